"""Skip connections that are chosen at run time."""

import functools
from collections.abc import Callable, Sequence

import tensorflow as tf

_ANY = -1  # a shape, of an item of a list


class Sources:
    """The maps of one size so far, to choose from at run time.

    A list holds references to them, and to one map of zeros, which is read in the
    place of a map that is not chosen: nothing is copied. A factor of 0 or 1 would go
    over each map once more (docs/design.md, "Skips").

    Whatever is computed from a map is computed while the list still holds it, for it
    is read from the list that has the next map. So no sum is made in the memory of a
    map: TensorFlow makes it in that of a term that nobody else holds, beginning with
    it; which term that is would hang on the threads, and with it the rounding.
    """

    def __init__(self, maps: Sequence[tf.Tensor]):
        """Args: maps of [B, H, W, C], at least one."""
        empty = tf.raw_ops.EmptyTensorList(
            element_shape=_ANY, max_num_elements=-1, element_dtype=maps[0].dtype
        )
        self._list = _with(empty, tf.zeros_like(maps[0]))
        self._maps: list[tf.Tensor] = []
        for x in maps:
            self.append(x)

    def append(self, x: tf.Tensor) -> None:
        """One more map."""
        self._maps.append(x)
        self._list = _with(self._list, x)

    def all(self) -> list[tf.Tensor]:
        """The maps, in order."""
        places = tf.range(1, len(self._maps) + 1)
        return _given_back(self._list, places, *self._maps)

    def last(self) -> tf.Tensor:
        """The last map."""
        (x,) = _given_back(self._list, tf.constant([len(self._maps)]), self._maps[-1])
        return x

    def add_chosen(self, y: tf.Tensor, bits: tf.Tensor) -> tf.Tensor:
        """The sum of y and of the maps whose bit is 1; bits: [n] integers, 0 and 1.

        The maps are the first n.
        """
        bits = tf.cast(bits, tf.int32)
        return _sum(self._list, bits, y, *self._maps[: bits.shape[0]])


# To these functions the list is given: to take the gradient, TensorFlow looks through
# all that lies before what is not given, and tracing took a second longer.


@tf.custom_gradient
def _given_back(
    held: tf.Tensor, places: tf.Tensor, *maps: tf.Tensor
) -> tuple[list[tf.Tensor], Callable]:
    return _read(held, places, like=maps[0]), lambda *dys: [None, None, *dys]


@tf.custom_gradient
def _sum(
    held: tf.Tensor, bits: tf.Tensor, y: tf.Tensor, *maps: tf.Tensor
) -> tuple[tf.Tensor, Callable]:
    def gradient(dy):
        # Not by reference: these are added up by TensorFlow, see above.
        factors = tf.unstack(tf.cast(bits, dy.dtype))
        return [None, None, dy, *(factor * dy for factor in factors)]

    places = bits * tf.range(1, len(maps) + 1)
    return tf.add_n([y, *_read(held, places, like=y)]), gradient


def _with(held: tf.Tensor, x: tf.Tensor) -> tf.Tensor:
    """The list and one more."""
    return tf.raw_ops.TensorListPushBack(input_handle=held, tensor=x)


def _read(held: tf.Tensor, places: tf.Tensor, *, like: tf.Tensor) -> list[tf.Tensor]:
    """The items at some places, [n] int32."""
    read = functools.partial(
        tf.raw_ops.TensorListGetItem,
        input_handle=held,
        element_shape=tf.constant(_ANY),
        element_dtype=like.dtype,
    )
    items = [read(index=place) for place in tf.unstack(places)]
    for item in items:
        item.set_shape(like.shape)
    return items
