"""What the file of each format is, once it is opened: a function of arrays by name."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

import numpy as np

Shapes = dict[str, tuple[int, ...]]  # by name; a size of any number is 0


class Traced(Protocol):
    """A `tf.function` with a signature, for those that do not import TensorFlow.

    Attributes:
      input_signature: a named spec for each input.
    """

    input_signature: Any

    def get_concrete_function(self) -> Any:
        """The graph, whose outputs have names: a dict of tensors."""


class Asked(Protocol):
    """A file of a model.

    Attributes:
      inputs: the shape of each.
      outputs: the same.
    """

    inputs: Shapes
    outputs: Shapes

    def __call__(self, **inputs: np.ndarray) -> dict[str, np.ndarray]:
        """Images [B, H, W, C] uint8 -> "probabilities" [B, V] float32.

        Or "words" [B, T] int32 and a "state" [B, S] float32 -> "logits" [B, T, V] and
        "next_state" [B, S]; or "probabilities" [B, V] of the word behind all.
        """


def shapes(found: Mapping[str, Iterable[object]]) -> Shapes:
    """Shapes as any engine has them: a size of any number is a name, -1 or None."""
    return {name: tuple(map(_size, sizes)) for name, sizes in found.items()}


def _size(size: object) -> int:
    return max(int(size), 0) if isinstance(size, int | np.integer) else 0
