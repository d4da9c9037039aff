"""What an exported model says about image files.

Files are read and checked before TensorFlow is imported, and nothing but the export is
needed: no configuration, no data set.
"""

import pathlib
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from absl import logging

from enas_tf.config.sections import ConfigError
from enas_tf.data.images import picture_files, pictures, threads
from enas_tf.export import folder as exported

BATCH_SIZE = 64


class Prediction(NamedTuple):
    """The likeliest class of one image, and how likely the model thinks it."""

    path: pathlib.Path
    label: str
    probability: float


def predict(final_folder: pathlib.Path, input_path: pathlib.Path) -> list[Prediction]:
    """Classify an image, or every image in a folder and the folders below it.

    Args:
      final_folder: what `export.export` wrote.
      input_path: a file, whatever its name, or a folder.

    Raises:
      ConfigError: no export there, no image there, or one that cannot be read.
    """
    files = image_files(input_path)
    final_folder = exported.found(final_folder)
    if not (final_folder / exported.CLASSES_FILE).is_file():
        raise _no_export(final_folder)
    # All of them first: a bad one should not come up after minutes.
    threads.each(lambda number: _check(files[number]), len(files))
    served, signature = _load(final_folder / exported.SAVED_MODEL)
    labels = _labels(final_folder, signature)
    shape = tuple(signature.structured_input_signature[1]["images"].shape[1:])
    predictions = []
    for batch in _batches(files):
        images = np.stack(_read(batch, shape))
        answers = signature(images=images)["probabilities"].numpy()
        best = answers.argmax(axis=1)
        predictions += [
            Prediction(file, labels[i], float(row[i]))
            for file, row, i in zip(batch, answers, best, strict=True)
        ]
    return predictions


def image_files(path: pathlib.Path) -> list[pathlib.Path]:
    """`path`, or the image files below it in the order of their names."""
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise ConfigError(
            f"--input={path} does not exist: it must be an image or a folder of "
            "images. Check the path."
        )
    try:
        found = picture_files.below(str(path))
    except OSError as error:
        raise ConfigError(
            f"--input={path}: cannot read {error.filename} ({error.strerror}). Check "
            "its permissions."
        ) from None
    told = picture_files.in_words(found.left_out)
    if not found.paths:
        raise ConfigError(
            f"--input={path} holds no image{told and f' ({told})'}: it must be a "
            f"folder with files that end in {', '.join(pictures.ENDINGS)}. Name "
            "another folder, or a single file."
        )
    if told:
        logging.info("%s: %s.", path.name, told)
    return sorted(map(pathlib.Path, found.paths))


def _labels(final_folder: pathlib.Path, signature: Any) -> list[str]:
    count = signature.structured_outputs["probabilities"].shape[-1]
    try:
        return exported.names(final_folder, count)
    except ValueError as error:
        raise ConfigError(
            f"{final_folder} does not say what the classes are called ({error}). Write "
            "it anew with --mode=export."
        ) from None
    except OSError:
        raise _no_export(final_folder) from None


def _load(folder: pathlib.Path) -> tuple[Any, Any]:
    """The saved model, which must stay alive, and its signature."""
    import tensorflow as tf  # seconds, so not before the files are known to be good

    try:
        served = tf.saved_model.load(str(folder))
        return served, served.signatures["serving_default"]
    except (OSError, KeyError, tf.errors.OpError):
        raise _no_export(folder.parent) from None


def _no_export(folder: pathlib.Path) -> ConfigError:
    return ConfigError(
        f"{folder} holds no complete exported model (saved_model/, classes.txt). Train "
        "one with --mode=train, or write it with --mode=export."
    )


def _check(file: pathlib.Path) -> None:
    with pictures.named(file, "input"):
        pictures.decode(file)


def _pixels(file: pathlib.Path, shape: tuple[int, int, int]) -> np.ndarray:
    """The image as [H, W, C] uint8, whatever size and colours it has; C is 1 or 3."""
    with pictures.named(file, "input"):
        return pictures.pixels(file, shape)


def _read(batch: list[pathlib.Path], shape: tuple[int, int, int]) -> list[np.ndarray]:
    return threads.each(lambda number: _pixels(batch[number], shape), len(batch))


def _batches(files: list[pathlib.Path]) -> Iterator[list[pathlib.Path]]:
    for start in range(0, len(files), BATCH_SIZE):
        yield files[start : start + BATCH_SIZE]
