"""Data whose test split cannot be read: for tests that nothing chooses by it."""

import contextlib
import dataclasses
from collections.abc import Iterator

import pytest

from enas_tf.data.images.image_data import ImageData, Split
from enas_tf.data.text.text_data import TextData
from enas_tf.stages import images, texts


class Unreadable:
    """An array of which only the size is known."""

    def __init__(self, array):
        self.shape, self.dtype, self.ndim = array.shape, array.dtype, array.ndim

    def __len__(self):
        return self.shape[0]

    def __array__(self, *given, **named):
        raise AssertionError("the test split was read")

    __getitem__ = __iter__ = __array__


@contextlib.contextmanager
def test_split() -> Iterator[None]:
    """No stage inside can read it.

    Nor is it in the checksum that tells whether a stage has its data again.
    """
    with pytest.MonkeyPatch.context() as patch:
        for module in (images, texts):
            patch.setattr(module, "_read", _without_test(module._read))
        arrays = property(lambda data: [*data.train, *data.valid])
        patch.setattr(ImageData, "arrays", arrays)
        patch.setattr(TextData, "arrays", property(lambda d: [d.train, d.valid]))
        yield


def _without_test(read):
    def reading(*given):
        data = read(*given)
        of_images = isinstance(data.test, Split)
        parts = map(Unreadable, data.test if of_images else [data.test])
        test = Split(*parts) if of_images else next(parts)
        return dataclasses.replace(data, test=test)

    return reading
