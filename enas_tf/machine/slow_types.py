"""Whether a type of --child_precision is one that this machine computes fast in."""

import re
from collections.abc import Iterable

from enas_tf.machine.record import Machine

# Of a processor with units for products in bfloat16; the last is Arm's.
_BFLOAT16 = re.compile(r"\b(avx512_bf16|amx_bf16|avx_ne_convert|bf16)\b")


def notes(names: Iterable[str], held: Machine) -> list[str]:
    """A line for each type, of those of a command, that is slower than float32 here.

    Args:
      names: of the types.
      held: the conditions of this process.
    """
    if held.gpu:
        return []
    return [line for name in sorted(set(names)) if (line := _slow(name, held))]


def _slow(name: str, held: Machine) -> str:
    flag = f"Careful: --child_precision={name}"
    if name == "float16":
        return (
            f"{flag} is for a GPU, and none is used here: on a processor TensorFlow's "
            "convolutions have gradients in it that take a hundred times as long as in "
            "float32. Results are as good."
        )
    if name == "bfloat16" and not held.onednn:
        return f"{flag} is slower than float32 here: oneDNN is off."
    if name == "bfloat16" and not _BFLOAT16.search(held.processor):
        return (
            f"{flag} is slower than float32 here: this processor has neither "
            "AVX512-BF16 nor AMX. Results are as good."
        )
    return ""
