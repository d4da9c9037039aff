"""Skip connections that are chosen at run time."""

from collections.abc import Sequence

import tensorflow as tf


class Sources:
    """The maps of one size so far, to choose from at run time.

    An array holds references to them, and to one map of zeros, which is read in the
    place of a map that is not chosen: nothing is copied. A factor of 0 or 1 would go
    over each map once more (docs/design.md, "Skips").

    Whatever is computed from a map is computed while the array still holds it, for it
    is read from the array that has the next map. So no sum is made in the memory of one
    of its terms: TensorFlow's begins with such a term if it finds one, and whether it
    does would depend on which thread was faster, and with it how the sum is rounded.
    """

    def __init__(self, maps: Sequence[tf.Tensor], *, size: int):
        """Args: maps of [B, H, W, C], at least one; how many there will be at most."""
        like = maps[0]
        array = tf.TensorArray(
            like.dtype, size + 1, element_shape=like.shape, clear_after_read=False
        )
        self._array = array.write(0, tf.zeros_like(like))
        self._maps: list[tf.Tensor] = []
        for x in maps:
            self.append(x)

    def append(self, x: tf.Tensor) -> None:
        """One more map."""
        self._maps.append(x)
        self._array = self._array.write(len(self._maps), x)

    def all(self) -> list[tf.Tensor]:
        """The maps, in order."""
        array = self._array

        @tf.custom_gradient
        def held(*maps):
            return [array.read(n + 1) for n in range(len(maps))], lambda *dys: dys

        return held(*self._maps)

    def add_chosen(self, y: tf.Tensor, bits: tf.Tensor) -> tf.Tensor:
        """The sum of y and of the maps whose bit is 1; bits: [n] integers, 0 and 1.

        The maps are the first n.
        """
        array = self._array
        bits = tf.cast(bits, tf.int32)
        places = tf.unstack(bits * tf.range(1, bits.shape[0] + 1))

        @tf.custom_gradient
        def total(y, *maps):
            def gradient(dy):
                # Not by reference: these are added up by TensorFlow, see above.
                return [dy, *(bit * dy for bit in tf.unstack(tf.cast(bits, dy.dtype)))]

            return tf.add_n([y, *(array.read(place) for place in places)]), gradient

        return total(y, *self._maps[: len(places)])
