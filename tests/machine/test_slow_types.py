"""What is said of a type that the machine is slow in."""

import pytest

from enas_tf.machine import slow_types
from enas_tf.machine.record import Machine

OLD, NEW = "Xeon; avx2 fma", "Xeon; amx_bf16 avx512_bf16"


def told(*names, processor=NEW, onednn=True, gpu=""):
    held = Machine(
        threads=2,
        onednn=onednn,
        remapping=False,
        processor=processor,
        gpu=gpu,
        tensorflow="2.21.0",
        keras="3.15.0",
        filters_in_parts=False,
    )
    return slow_types.notes(names, held)


@pytest.mark.parametrize(
    ("names", "machine"),
    [
        (["float32"], dict(processor=OLD)),
        (["bfloat16"], {}),
        (["bfloat16"], dict(processor="Neoverse; bf16 sve")),
        (["float16", "bfloat16"], dict(processor=OLD, gpu="NVIDIA H100")),
    ],
)
def test_nothing_is_said_where_a_type_is_fast(names, machine):
    assert told(*names, **machine) == []


def test_bfloat16_needs_units_for_it_and_onednn():
    (line,) = told("bfloat16", processor=OLD)
    assert "neither AVX512-BF16 nor AMX" in line
    (line,) = told("bfloat16", onednn=False)
    assert "oneDNN is off" in line


def test_float16_needs_a_gpu_and_that_is_said_once():
    (line,) = told("float16", "float16")
    assert line.startswith("Careful: --child_precision=float16 is for a GPU")
