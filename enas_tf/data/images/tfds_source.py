"""Any TFDS image classification data set, by name.

TFDS and TensorFlow are imported when asked for: seconds that a mistyped flag need not
cost.
"""

import contextlib
import io
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from absl import logging

from enas_tf.config import sections as config_lib
from enas_tf.config.sections import ConfigError
from enas_tf.data import tfds_download
from enas_tf.data.images import pictures, split_folders, splits, store, threads
from enas_tf.data.images.image_data import ImageData, Split

if TYPE_CHECKING:
    import tensorflow_datasets as tfds

READ_BATCH = 500  # encoded images that are fetched and decoded at a time
ELSEWHERE = "choose --dataset=digits (embedded), or files with --data_path"


class Keys(NamedTuple):
    """The names of a data set's images and of its labels."""

    image: str
    label: str


def load(config: config_lib.DataConfig) -> ImageData:
    """The data set `config.dataset`, downloaded if it must be.

    Raises:
      ConfigError: no such set, no way to get it, or it is not image classification.
    """
    name, folder = config.dataset, _data_dir(config)
    builder = _builder(name, folder)
    keys = image_and_label(builder.info, name=name)
    if not builder.is_prepared():
        tfds_download.prepare(builder, name=name)
    names = [n for n in ("train", "validation", "test") if n in builder.info.splits]
    if "train" not in names:
        have = ", ".join(builder.info.splits) or "none"
        raise ConfigError(
            f"--dataset={name} has no split named train (it has: {have}): it must "
            f"have one. Name another set, or {ELSEWHERE}."
        )
    given = _read(builder, names, keys, config)
    notes = _drop_unlabelled(given, name)
    found = splits.arrange(given, name=name, seed=config.split_seed, in_place=True)
    classes = tuple(builder.info.features[keys.label].names)
    for label in classes:
        split_folders.check_name(label, name, flag="dataset")
    return ImageData(
        name, *found[:3], class_names=classes, notes=(*notes, *found.notes)
    )


def image_and_label(info: "tfds.core.DatasetInfo", *, name: str) -> Keys:
    """Which features of `info` (a `tfds.core.DatasetInfo`) are image and label.

    The authors' input and target, if these are an image and a class; else the only
    image and the only class that there are.

    Raises:
      ConfigError: the set is not image classification.
    """
    import tensorflow_datasets as tfds

    features = info.features
    kinds = dict(features) if hasattr(features, "items") else {}
    images = [k for k, f in kinds.items() if type(f) is tfds.features.Image]
    labels = [k for k, f in kinds.items() if type(f) is tfds.features.ClassLabel]
    keys = _supervised(info, images, labels)
    if keys is None:
        shown = ", ".join(f"{k}: {type(f).__name__}" for k, f in kinds.items())
        raise ConfigError(
            f"--dataset={name} is not image classification (it has {shown or 'none'}): "
            "it must have one image and one class label. Name another set, or "
            f"{ELSEWHERE}."
        )
    if kinds[keys.image].dtype != np.uint8:
        raise ConfigError(
            f"--dataset={name} has images of {np.dtype(kinds[keys.image].dtype)}: they "
            f"must be of 8 bits a channel. Name another set, or {ELSEWHERE}."
        )
    return keys


def _supervised(
    info: "tfds.core.DatasetInfo", images: list[str], labels: list[str]
) -> Keys | None:
    pair = tuple(info.supervised_keys or ())
    if len(pair) == 2 and pair[0] in images and pair[1] in labels:
        return Keys(*pair)
    if len(images) == 1 and len(labels) == 1:
        return Keys(images[0], labels[0])
    return None


def _data_dir(config: config_lib.DataConfig) -> str | None:
    """TFDS reads its variable once, at import; a later change counts here too."""
    folder = config.data_dir or os.environ.get("TFDS_DATA_DIR")
    return os.path.expanduser(folder) if folder else None


def _builder(name: str, folder: str | None) -> "tfds.core.DatasetBuilder":
    import tensorflow_datasets as tfds

    try:
        with quiet():
            return tfds.builder(name, data_dir=folder)
    except tfds.core.registered.DatasetNotFoundError:
        raise ConfigError(
            f"--dataset={name} is not known to TFDS: it must be `digits` or a TFDS "
            "name, see tensorflow.org/datasets/catalog. Correct the name, or name the "
            "folder that holds it with --data_dir or --data_path."
        ) from None
    except Exception as error:  # TFDS raises AssertionError and more for bad names
        reason = tfds_download.one_line(error)
        raise ConfigError(
            f"--dataset={name} cannot be opened by TFDS ({reason}): it must "
            "be `digits` or name[/config][:version]. Correct --dataset or --data_dir."
        ) from None


def _read(
    builder: "tfds.core.DatasetBuilder",
    names: list[str],
    keys: Keys,
    config: config_lib.DataConfig,
) -> dict[str, Split]:
    """The splits of these names as arrays."""
    import tensorflow as tf

    sizes = [builder.info.splits[name].num_examples for name in names]
    try:
        first = next(_batches(builder, names[0], keys), None)
        if first is None:
            raise ConfigError(_damaged(builder))
        shape = _shape(first[0][0], builder, keys, config.image_size)
        rooms = store.of_config(config).empty(sizes, shape, name=builder.name)
        return {
            name: _read_split(builder, name, keys, room, resizes=config.image_size > 0)
            for name, room in zip(names, rooms, strict=True)
        }
    except ConfigError:  # a ValueError too
        raise
    except pictures.PictureError as error:
        raise ConfigError(
            f"--dataset={builder.name} has an image that cannot be read ({error}). "
            f"Name another set, or {ELSEWHERE}."
        ) from None
    except (tf.errors.OpError, ValueError):
        raise ConfigError(_damaged(builder)) from None


def _read_split(
    builder: "tfds.core.DatasetBuilder",
    split: str,
    keys: Keys,
    images: np.ndarray,
    *,
    resizes: bool,
) -> Split:
    """One split, its pictures written to `images` [N, H, W, C]."""
    start, labels = 0, np.empty(len(images), np.int32)
    for encoded, its_labels in _batches(builder, split, keys):
        stop = start + len(encoded)
        _decode(encoded, images[start:stop], builder.name, resizes=resizes)
        labels[start:stop] = its_labels
        start = stop
    if start < len(images):
        raise ConfigError(_damaged(builder))
    return Split(images, labels)


def _batches(
    builder: "tfds.core.DatasetBuilder", split: str, keys: Keys
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Images as they are stored, files in bytes, and their labels."""
    import tensorflow_datasets as tfds

    wanted = tfds.decode.PartialDecoding(
        {keys.image: True, keys.label: True},
        decoders={keys.image: tfds.decode.SkipDecoding()},
    )
    dataset = builder.as_dataset(
        split=split,
        decoders=wanted,
        read_config=tfds.ReadConfig(try_autocache=False),
    )
    dataset = dataset.batch(READ_BATCH).prefetch(2)
    for examples in dataset.as_numpy_iterator():
        yield examples[keys.image], examples[keys.label]


def _shape(
    first: bytes, builder: "tfds.core.DatasetBuilder", keys: Keys, image_size: int
) -> tuple[int, int, int]:
    """Height, width, channels of all; the set's authors say how many channels."""
    declared = builder.info.features[keys.image].shape[-1]
    channels = 1 if declared == 1 else 3
    if image_size:
        return (image_size, image_size, channels)
    width, height = pictures.decode(first).size
    return (height, width, channels)


def _decode(encoded: np.ndarray, images: np.ndarray, name: str, resizes: bool) -> None:
    """Writes the pictures of `encoded` to `images` [N, H, W, C], in threads."""
    height, width = images.shape[1:3]

    def decode(number: int) -> None:
        image = pictures.decode(encoded[number])
        if not resizes and image.size != (width, height):
            raise ConfigError(_several_sizes(name))
        images[number] = pictures.brought_to(image, images.shape[1:])

    threads.each(decode, len(encoded))


def _drop_unlabelled(given: dict[str, Split], name: str) -> tuple[str, ...]:
    """Remove splits whose labels are withheld (-1, as in a contest's test set)."""
    notes = []
    for split in [key for key, value in given.items() if value.labels.min() < 0]:
        if split == "train":
            raise ConfigError(
                f"--dataset={name} has training images without a label: each must "
                f"have one. Name another set, or {ELSEWHERE}."
            )
        del given[split]
        notes.append(f"{name}: the {split} split has no labels and is not used.")
    return tuple(notes)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Silences TFDS' logs and prints, where our own one line says it."""
    before = logging.get_verbosity()
    logging.set_verbosity(logging.ERROR)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        logging.set_verbosity(before)


def _several_sizes(name: str) -> str:
    return (
        f"The images of {name} are of several sizes: give --image_size, "
        "e.g. --image_size=32."
    )


def _damaged(builder: "tfds.core.DatasetBuilder") -> str:
    return (
        f"--data_dir: {builder.data_path} is damaged: it must be as TFDS wrote it. "
        "Remove that folder, so that it is prepared anew."
    )
