"""Images that a program has in memory, as an `ImageData`.

Arrays or a `tf.data.Dataset` in, three splits out, arranged by the rules for files.
What cannot be images and classes is refused in one line that names the argument.
"""

import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from enas_tf.config.sections import ConfigError, DataConfig
from enas_tf.data import memory
from enas_tf.data.images import class_labels, resize, splits
from enas_tf.data.images.image_data import ImageData, Split
from enas_tf.library import labels_given

if TYPE_CHECKING:
    import tensorflow as tf

# The names of the splits in splits.py, and the arguments of `Search.run`.
ARGUMENTS = dict(train="data", validation="validation_data", test="test_data")


def source(given: Mapping[str, object]) -> memory.Source:
    """What makes an `ImageData` of `given`, as settings say.

    Args:
      given: {"train", "validation" and "test" as far as they are there}, each a pair of
        arrays or a data set of pairs.

    Raises:
      ConfigError: they are no images, or do not fit each other.
    """
    pairs = {name: _arrays(value, ARGUMENTS[name]) for name, value in given.items()}
    plain = {
        name: labels_given.plain(labels, ARGUMENTS[name])
        for name, (_, labels) in pairs.items()
    }
    labels_given.refuse_unlearned(plain, ARGUMENTS)
    known = class_labels.of(plain, place=ARGUMENTS["train"])
    found = {name: Split(pairs[name][0], known.labels[name]) for name in pairs}
    _refuse_other_shapes(found)

    def load(config: DataConfig) -> ImageData:
        sized = {
            name: split._replace(images=resize.resize(split.images, config.image_size))
            for name, split in found.items()
        }
        return _arranged(sized, known.names, seed=config.split_seed)

    return load


def _arranged(
    given: dict[str, Split], names: tuple[str, ...], *, seed: int
) -> ImageData:
    notes: tuple[str, ...] = ()
    if "validation" in given and "test" not in given:
        # By the rules for files the first would be the second, but it was named.
        given, notes = (
            _with_test(given, seed),
            ("There is no test_data: a tenth of training is the test split.",),
        )
    parts = splits.arrange(given, name=memory.NAME, seed=seed)
    return ImageData(
        memory.NAME, *parts[:3], class_names=names, notes=(*notes, *parts.notes)
    )


def _with_test(given: Mapping[str, Split], seed: int) -> dict[str, Split]:
    train = given["train"]
    if splits.stored_by_class(train.labels):
        order = np.random.default_rng(seed).permutation(len(train.labels))
        train = Split(train.images[order], train.labels[order])
    train, test = splits.hold_out_tail(train, name=memory.NAME)
    return {**given, "train": train, "test": test}


def _arrays(value: object, argument: str) -> tuple[np.ndarray, np.ndarray]:
    """Images [N, H, W, C] uint8 and labels [N] of any kind."""
    images, labels = _pair(value, argument)
    images = _bytes(np.asarray(images), argument)
    labels = np.asarray(labels)
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim != 1 or len(labels) != len(images):
        raise _refusal(
            argument,
            f"labels of shape {labels.shape} for {len(images)} images",
            "a label for each image, its class and not one-hot",
        )
    return images, labels


def _pair(value: object, argument: str) -> tuple[Any, Any]:
    tensorflow = sys.modules.get("tensorflow")  # without it there is no data set of it
    if tensorflow is not None and isinstance(value, tensorflow.data.Dataset):
        return _joined(value, argument)
    if isinstance(value, tuple | list) and len(value) == 2:
        return value[0], value[1]
    raise _refusal(
        argument,
        f"a {type(value).__name__}",
        "a pair of arrays (images, labels), a tf.data.Dataset of such pairs, or the "
        "name of a data set or folder",
    )


def _joined(dataset: "tf.data.Dataset", argument: str) -> tuple[np.ndarray, np.ndarray]:
    """All of a `tf.data.Dataset`, batched or not."""
    if int(dataset.cardinality()) == -1:  # tf.data.INFINITE_CARDINALITY
        raise _refusal(argument, "a data set without an end", "one that ends")
    element = dataset.element_spec
    if not isinstance(element, tuple) or len(element) != 2:
        raise _refusal(argument, f"a data set of {element}", "one of (image, label)")
    batched = element[0].shape.rank == 4
    parts = list(_elements(dataset, batched=batched))
    if not parts:
        raise _refusal(argument, "a data set without elements", "one with images")
    shapes = {images.shape[1:] for images, _ in parts}
    if len(shapes) > 1:
        raise _refusal(argument, f"images of shapes {shapes}", "images of one shape")
    images, labels = zip(*parts, strict=True)
    return np.concatenate(images), np.concatenate(labels)


def _elements(
    dataset: "tf.data.Dataset", *, batched: bool
) -> Iterator[tuple[Any, Any]]:
    for images, labels in dataset.as_numpy_iterator():
        if batched:
            yield images, labels
        else:
            yield np.asarray(images)[np.newaxis], np.asarray(labels)[np.newaxis]


def _bytes(images: np.ndarray, argument: str) -> np.ndarray:
    if images.ndim == 3:
        images = images[..., np.newaxis]
    if images.ndim != 4 or not len(images):
        raise _refusal(
            argument,
            f"images of shape {images.shape}",
            "[N, height, width, channels] or, grey, [N, height, width], with N above 0",
        )
    if images.shape[-1] not in (1, 3):
        raise _refusal(argument, f"{images.shape[-1]} channels", "1 (grey) or 3 (RGB)")
    if images.dtype == np.uint8:
        return images
    found = images.astype(np.uint8, casting="unsafe") if _whole(images) else None
    if found is None:
        raise _refusal(
            argument,
            f"images of {images.dtype} from {images.min():.4g} to {images.max():.4g}",
            "whole numbers from 0 to 255, as pictures are stored: they are "
            "standardised here. Hand over what they were before they were scaled",
        )
    return found


def _whole(images: np.ndarray) -> bool:
    """Whether nothing is lost in bytes; up to 1, they may be parts of a whole."""
    if images.dtype.kind not in "iuf":
        return False
    low, high = images.min(), images.max()
    if not (0 <= low and 1 < high <= 255):
        return False
    return images.dtype.kind != "f" or bool(np.all(images == np.floor(images)))


def _refuse_other_shapes(found: Mapping[str, Split]) -> None:
    shape = found["train"].images.shape[1:]
    for name, split in found.items():
        if split.images.shape[1:] != shape:
            raise _refusal(
                ARGUMENTS[name],
                f"images of shape {split.images.shape[1:]}",
                f"{shape}, as those of data are",
            )


def _refusal(argument: str, came: str, allowed: str) -> ConfigError:
    return ConfigError(f"{argument} has {came}: it must be {allowed}.")
