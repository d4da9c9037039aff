"""What an exported model says about image files.

Files are read and checked before TensorFlow is imported, and nothing but the export is
needed: no configuration, no data set.
"""

import pathlib
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from PIL import Image, ImageOps

from enas_tf import exported
from enas_tf.config import ConfigError

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".ppm")
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
    exported.restore(final_folder)
    labels = _labels(final_folder)
    for file in files:
        _open(file)  # all of them first: a bad one should not come up after minutes
    served, signature = _load(final_folder / exported.SAVED_MODEL)
    shape = tuple(signature.structured_input_signature[1]["images"].shape[1:])
    predictions = []
    for batch in _batches(files):
        images = np.stack([_pixels(file, shape) for file in batch])
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
    below = sorted(path.rglob("*"))
    files = [f for f in below if f.suffix.lower() in SUFFIXES and f.is_file()]
    if not files:
        raise ConfigError(
            f"--input={path} holds no image: it must be a folder with files that end "
            f"in {', '.join(SUFFIXES)}. Name another folder, or a single file."
        )
    return files


def _labels(final_folder: pathlib.Path) -> list[str]:
    file = final_folder / exported.CLASSES_FILE
    try:
        return file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
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


def _open(file: pathlib.Path) -> Image.Image:
    """Decoded and turned upright."""
    try:
        with Image.open(file) as image:
            return ImageOps.exif_transpose(image)
    # Pillow raises each of these for some kind of damaged file.
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise ConfigError(
            f"--input: {file} cannot be read as an image ({reason}). Replace or "
            "remove this file."
        ) from None


def _pixels(file: pathlib.Path, shape: tuple[int, int, int]) -> np.ndarray:
    """The image as [H, W, C] uint8, whatever size and colours it has; C is 1 or 3."""
    height, width, channels = shape
    image = _open(file).convert("L" if channels == 1 else "RGB")
    image = image.resize((width, height), Image.Resampling.BILINEAR)
    return np.asarray(image).reshape(shape)


def _batches(files: list[pathlib.Path]) -> Iterator[list[pathlib.Path]]:
    for start in range(0, len(files), BATCH_SIZE):
        yield files[start : start + BATCH_SIZE]
