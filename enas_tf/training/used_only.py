"""An update that leaves alone what a step did not use.

Between unlike arcs a shared accumulator is noise (arXiv 2503.10740): it pushes a weight
along what other arcs learned, in steps that do not look at it. An entry of a weight is
used where its gradient of the step's loss, before L2, is not zero.
"""

import contextlib
import itertools
from collections.abc import Iterator, Sequence

import tensorflow as tf


def masks(gradients: Sequence[tf.Tensor]) -> list[tf.Tensor]:
    """Where each of the gradients of a loss is not zero, bool in its shape."""
    return [tf.not_equal(gradient, 0.0) for gradient in gradients]


def masked(
    gradients: Sequence[tf.Tensor], used: Sequence[tf.Tensor]
) -> list[tf.Tensor]:
    """The gradients where `used`, zeros elsewhere."""
    pairs = zip(gradients, used, strict=True)
    return [tf.where(mask, gradient, 0.0) for gradient, mask in pairs]


@contextlib.contextmanager
def others_kept(
    variables: Sequence[tf.Variable], used: Sequence[tf.Tensor]
) -> Iterator[None]:
    """Inside, an update may change everything; behind it, only what is `used` differs.

    Args:
      variables: those that are trained, then the optimizer's own: none, or so many
        again, in the same order and shapes.
      used: the masks of those that are trained.
    """
    before = [tf.identity(variable) for variable in variables]
    yield
    rows = zip(variables, before, itertools.cycle(used), strict=False)
    for variable, old, mask in rows:
        variable.assign(tf.where(mask, variable, old))
