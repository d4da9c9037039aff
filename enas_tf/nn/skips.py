"""Skip connections that are chosen at run time.

The problem: a macro layer adds those earlier maps whose bit is 1, and the bits are
tensors. A factor of 0 or 1 on each map is right, but goes over all of them, chosen or
not (docs/experiments.md, "Skips").

The idea: the maps of one size stand in a list of TensorFlow's, map i at place i + 1,
and a map of zeros at place 0. A map is read at place bit * (i + 1), by reference, so
that a map that is not chosen is never touched. The sum is over as many terms as before.

Not where what is chosen is one of several, which is `nn/switch.py`; nor in a final
child, whose skips are known when it is built.
"""

from collections.abc import Callable, Sequence

import tensorflow as tf

from enas_tf.nn import tensor_lists


class Sources:
    """The maps of one size so far, which later layers may add.

    Read a map through this object alone, and only before the next `append`: the next
    version of the list waits for all that was read from the one before. So a list
    always holds the maps that a sum reads, and none is made in the memory of one of
    them. TensorFlow would do that with a term that nobody else holds, and begin the sum
    with it: which one that is would hang on the threads, and with it the rounding.
    """

    def __init__(self, maps: Sequence[tf.Tensor]):
        """Holds the first maps.

        Args:
          maps: [B, H, W, C] each, at least one; all have one shape and type.
        """
        empty = tensor_lists.empty(maps[0].dtype)
        self._list = tensor_lists.pushed(empty, tf.zeros_like(maps[0]))
        self._maps: list[tf.Tensor] = []
        for x in maps:
            self.append(x)

    def append(self, x: tf.Tensor) -> None:
        """Adds map number `len(maps)`, [B, H, W, C]."""
        self._maps.append(x)
        self._list = tensor_lists.pushed(self._list, x)

    def all(self) -> list[tf.Tensor]:
        """All maps in order, [B, H, W, C] each."""
        places = tf.range(1, len(self._maps) + 1)
        return _read_maps(self._list, places, *self._maps)

    def last(self) -> tf.Tensor:
        """The map that was added last, [B, H, W, C]."""
        (x,) = _read_maps(self._list, tf.constant([len(self._maps)]), self._maps[-1])
        return x

    def add_chosen(self, y: tf.Tensor, bits: tf.Tensor) -> tf.Tensor:
        """The sum of y and of those of the first n maps whose bit is 1.

        Args:
          y: [B, H, W, C], like the maps.
          bits: [n] integers, 0 or 1; n is known when the graph is made.

        Returns:
          [B, H, W, C].
        """
        bits = tf.cast(bits, tf.int32)
        return _sum(self._list, bits, y, *self._maps[: bits.shape[0]])


# The list is an argument, not captured: for a captured tensor TensorFlow searches all
# that lies before it when it takes the gradient, and tracing took a second longer.


@tf.custom_gradient
def _read_maps(
    held: tf.Tensor, places: tf.Tensor, *maps: tf.Tensor
) -> tuple[list[tf.Tensor], Callable]:
    return _read(held, places, like=maps[0]), lambda *dys: [None, None, *dys]


@tf.custom_gradient
def _sum(
    held: tf.Tensor, bits: tf.Tensor, y: tf.Tensor, *maps: tf.Tensor
) -> tuple[tf.Tensor, Callable]:
    def gradient(dy: tf.Tensor) -> list[tf.Tensor | None]:
        # A product is new memory. By reference, as forward, several sums would hold dy,
        # and which of them may use its memory would hang on the threads (`Sources`).
        factors = tf.unstack(tf.cast(bits, dy.dtype))
        return [None, None, dy, *(factor * dy for factor in factors)]

    places = bits * tf.range(1, len(maps) + 1)  # [n]; 0, the zeros, for a bit of 0
    return tf.add_n([y, *_read(held, places, like=y)]), gradient


def _read(held: tf.Tensor, places: tf.Tensor, *, like: tf.Tensor) -> list[tf.Tensor]:
    """The items at `places` ([n] int32), by reference, each of the shape of `like`."""
    return tensor_lists.items(held, tf.unstack(places), like=like)
