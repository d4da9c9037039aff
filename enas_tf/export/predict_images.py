"""An exported model's answers to image files.

Files are read and checked before TensorFlow is imported, and nothing but the export is
needed: no configuration, no data set.
"""

import pathlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from enas_tf.config.sections import ConfigError
from enas_tf.data.images import picture_files, pictures, threads
from enas_tf.export import array_inputs, inputs, reading
from enas_tf.export import folder as exported
from enas_tf.export.reading import Export
from enas_tf.run import layout, lines

BATCH_SIZE = 64
SIGNATURE = "serving_default"


class Prediction(NamedTuple):
    """The likeliest class of one image, and how likely the model thinks it."""

    path: pathlib.Path
    label: str
    probability: float


def report(final: pathlib.Path, source: pathlib.Path) -> Iterator[str]:
    """A line for each image: its class, and how likely that is; args as `predict`."""
    for answer in predict(final, source):
        path, label = lines.quoted(answer.path), lines.quoted(answer.label)
        yield f"{path}: {label} ({answer.probability:.3f})"


def predict(final_folder: pathlib.Path, input_path: pathlib.Path) -> list[Prediction]:
    """Classify an image, every image in a folder and those below it, or in an array.

    Args:
      final_folder: what `export.export` wrote.
      input_path: a file, whatever its name, or a folder.

    Raises:
      ConfigError: no export there, no image there, or one that cannot be read.
    """
    if array_inputs.is_one(input_path):
        return _of_array(final_folder, input_path)
    files = image_files(input_path)
    reading.refuse_missing(final_folder, layout.CLASSES)
    # All of them first: a bad one should not come up after minutes.
    threads.each(lambda number: _check(files[number]), len(files))
    classifier = _Classifier(final_folder)
    return [
        answer
        for batch in _batches(files)
        for answer in classifier.answers(
            batch, np.stack(_read(batch, classifier.shape))
        )
    ]


class _Classifier:
    """An exported model, ready to be asked.

    Attributes:
      shape: height, width and channels of the images that it takes.
    """

    def __init__(self, final_folder: pathlib.Path):
        """Reads the export.

        Args:
          final_folder: of a run.

        Raises:
          ConfigError: it cannot be read.
        """
        self._export = reading.load(final_folder, layout.CLASSES, SIGNATURE)
        self._labels = _labels(self._export)
        taken = self._export.signature.structured_input_signature[1]["images"]
        height, width, channels = taken.shape[1:]
        self.shape: tuple[int, int, int] = (height, width, channels)

    def answers(
        self, paths: Sequence[pathlib.Path], images: np.ndarray
    ) -> list[Prediction]:
        """What it says of `images` [n, *shape] uint8, which are called `paths`."""
        rows = self._export.signature(images=images)["probabilities"].numpy()
        return [
            Prediction(path, self._labels[best], float(row[best]))
            for path, row, best in zip(paths, rows, rows.argmax(axis=1), strict=True)
        ]


def _of_array(final_folder: pathlib.Path, path: pathlib.Path) -> list[Prediction]:
    """The images in a file of arrays, which are called by their numbers."""
    file = array_inputs.look(path)
    reading.refuse_missing(final_folder, layout.CLASSES)
    classifier = _Classifier(final_folder)
    found: list[Prediction] = []
    for images in array_inputs.batches(file, classifier.shape, BATCH_SIZE):
        numbers = range(len(found), len(found) + len(images))
        paths = [path.with_name(f"{path.name}[{number}]") for number in numbers]
        found += classifier.answers(paths, images)
    return found


def image_files(path: pathlib.Path) -> list[pathlib.Path]:
    """`path`, or the image files below it in the order of their names."""
    if not path.is_file() and not path.is_dir():
        raise ConfigError(
            f"--input={path} does not exist: it must be an image or a folder of "
            "images. Check the path."
        )
    return inputs.files(path, _below)


def _below(path: pathlib.Path) -> inputs.Found:
    try:
        found = picture_files.find(str(path))
    except OSError as error:
        raise ConfigError(
            f"--input={path}: cannot read {error.filename} ({error.strerror}). Check "
            "its permissions."
        ) from None
    reasons = picture_files.in_words(found.left_out)
    if not found.paths:
        raise ConfigError(
            f"--input={path} holds no image{reasons and f' ({reasons})'}: it must be a "
            f"folder with files that end in {', '.join(pictures.ENDINGS)}. Name "
            "another folder, or a single file."
        )
    left_out = reasons and f"{path.name}: {reasons}."
    return inputs.Found([pathlib.Path(file) for file in found.paths], left_out)


def _labels(export: Export) -> list[str]:
    count = export.signature.structured_outputs["probabilities"].shape[-1]
    try:
        return exported.names(export.folder, count)
    except ValueError as error:
        raise ConfigError(
            f"{export.folder} does not say what the classes are called ({error}). "
            "Write it anew with --mode=export."
        ) from None
    except OSError:
        raise reading.missing(export.folder, layout.CLASSES) from None


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
