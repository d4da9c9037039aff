"""A run keeps batch normalisation and ReLU apart, where oneDNN is on.

TensorFlow's fused kernel of both takes longer than the two. Only with oneDNN does it
fuse them on a CPU; the other tests run without it.
"""

import os
import pathlib
import platform
import subprocess
import sys

import pytest

from enas_tf.machine import record as machine

REPOSITORY = pathlib.Path(__file__).resolve().parents[1]
# Prints the kernels that run in a training step and for a reward, first with the
# setting of a new run, then with TensorFlow's own. The profiler sees all; the optimised
# graphs that TensorFlow hands out lack those that are called in others.
SCRIPT = """
import pathlib
import re
import sys
import tempfile

import tensorflow as tf

from enas_tf.machine import record as machine, tensorflow_state
from enas_tf.benchmark import phases, subjects as subjects_lib
from enas_tf.search import scoring

SMALL = dict(
    macro=dict(child_num_layers=3, child_num_branches=2),
    micro=dict(child_num_layers=1, child_num_cells=2, child_num_branches=2),
)


def show_kernels(call):
    call()
    with tempfile.TemporaryDirectory() as folder:
        tf.profiler.experimental.start(folder)
        call()
        tf.profiler.experimental.stop()
        (profile,) = pathlib.Path(folder).rglob("*.xplane.pb")
        kernels = re.findall(rb":(\\w+)", profile.read_bytes())
    print(*sorted({kernel.decode() for kernel in kernels}))


def show(space):
    subjects = subjects_lib.Subjects(
        space, batch_size=4, child_out_filters=4, **SMALL[space]
    )
    given, trainer = subjects.shared()
    tokens = subjects.arcs(1)
    given.tokens.assign(tokens[0])
    show_kernels(subjects_lib.steps(trainer, 1))
    scorer = scoring.Scorer(subjects.child, subjects.space, subjects.task)
    batches = phases.batches(subjects, 1, 4)
    show_kernels(lambda: scorer.means(tokens, batches, split="valid"))


tensorflow_state.start(machine.Wanted(threads=1))
show(sys.argv[1])
tensorflow_state.remap(True)
show(sys.argv[1])
"""


@pytest.mark.skipif(
    platform.machine() not in ("x86_64", "AMD64"), reason="not all have oneDNN"
)
@pytest.mark.parametrize("space", ["macro", "micro"])
def test_normalisation_and_relu_are_two_kernels(space):
    answer = subprocess.run(
        [sys.executable, "-c", SCRIPT, space],
        cwd=REPOSITORY,
        env=os.environ | {machine.ONEDNN: "1", "PYTHONPATH": "."},
        capture_output=True,
        text=True,
    )
    assert answer.returncode == 0, answer.stderr
    step, reward, *fused = (line.split() for line in answer.stdout.splitlines())
    for kernels in (step, reward):
        assert "_MklNativeFusedBatchNormV3" in kernels and "Relu" in kernels
        assert not [name for name in kernels if "FusedBatchNormEx" in name]
    # With TensorFlow's own setting there are some, so this test can fail.
    assert len(fused) == 2
    for kernels in fused:
        assert "_MklNativeFusedBatchNormEx" in kernels
