"""An exported model's answers to image files.

Files are read and checked before TensorFlow is imported, and nothing but the export is
needed: no configuration, no data set.
"""

import pathlib
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from enas_tf.config.sections import ConfigError
from enas_tf.data.images import picture_files, pictures, threads
from enas_tf.export import answering, array_inputs, formats, inputs, reading
from enas_tf.export import folder as exported
from enas_tf.run import layout, lines

BATCH_SIZE = 64
SIGNATURE = "serving_default"


class Prediction(NamedTuple):
    """The likeliest class of one image, and how likely the model thinks it."""

    path: pathlib.Path
    label: str
    probability: float


def report(
    final: pathlib.Path, source: pathlib.Path, name: str = formats.ASKED
) -> Iterator[str]:
    """A line for each image: its class, and how likely that is; args as `predict`."""
    for answer in predict(final, source, name):
        path, label = lines.quoted(answer.path), lines.quoted(answer.label)
        yield f"{path}: {label} ({answer.probability:.3f})"


def predict(
    final_folder: pathlib.Path, input_path: pathlib.Path, name: str = formats.ASKED
) -> list[Prediction]:
    """Classify an image, every image in a folder and those below it, or in an array.

    Args:
      final_folder: what `export.export` wrote.
      input_path: a file, whatever its name, or a folder.
      name: of the format whose file answers.

    Raises:
      ConfigError: no export there, no image there, or one that cannot be read.
    """
    if array_inputs.is_one(input_path):
        return _of_array(final_folder, input_path, name)
    files = image_files(input_path)
    reading.refuse_missing(final_folder, layout.CLASSES)
    # All of them first: a bad one should not come up after minutes.
    threads.each(lambda number: _check(files[number]), len(files))
    classifier = _classifier(final_folder, name)
    return [
        answer
        for batch in _batches(files)
        for answer in classifier.answers(
            batch, np.stack(_read(batch, classifier.shape))
        )
    ]


class _Classifier(NamedTuple):
    """An exported model, ready to be asked.

    Attributes:
      shape: height, width and channels of the images that it takes.
      labels: of its classes.
      ask: [n, *shape] uint8 -> probabilities [n, V].
    """

    shape: tuple[int, int, int]
    labels: Sequence[str]
    ask: Callable[[np.ndarray], np.ndarray]

    def answers(
        self, paths: Sequence[pathlib.Path], images: np.ndarray
    ) -> list[Prediction]:
        """What it says of `images` [n, *shape] uint8, which are called `paths`."""
        rows = self.ask(images)
        return [
            Prediction(path, self.labels[best], float(row[best]))
            for path, row, best in zip(paths, rows, rows.argmax(axis=1), strict=True)
        ]


def _classifier(final_folder: pathlib.Path, name: str) -> _Classifier:
    """The file of the format `name`; ConfigError: it cannot be read."""
    if name == formats.ASKED:
        return _saved_model(final_folder)
    folder = reading.refuse_missing(final_folder, layout.CLASSES)
    asked = answering.of_user(name, folder)
    _, height, width, channels = asked.inputs["images"]
    labels = _labels(folder, asked.outputs["probabilities"][-1])

    def ask(images: np.ndarray) -> np.ndarray:
        return asked(images=images)["probabilities"]

    return _Classifier((height, width, channels), labels, ask)


def _saved_model(final_folder: pathlib.Path) -> _Classifier:
    export = reading.load(final_folder, layout.CLASSES, SIGNATURE)
    taken = export.signature.structured_input_signature[1]["images"]
    height, width, channels = taken.shape[1:]
    count = export.signature.structured_outputs["probabilities"].shape[-1]

    def ask(images: np.ndarray) -> np.ndarray:
        return export.signature(images=images)["probabilities"].numpy()

    shape = (height, width, channels)
    return _Classifier(shape, _labels(export.folder, count), ask)


def _of_array(
    final_folder: pathlib.Path, path: pathlib.Path, name: str
) -> list[Prediction]:
    """The images in a file of arrays, which are called by their numbers."""
    file = array_inputs.look(path)
    reading.refuse_missing(final_folder, layout.CLASSES)
    classifier = _classifier(final_folder, name)
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


def _labels(folder: pathlib.Path, count: int) -> list[str]:
    try:
        return exported.names(folder, count)
    except ValueError as error:
        raise ConfigError(
            f"{folder} does not say what the classes are called ({error}). "
            "Write it anew with --mode=export."
        ) from None
    except OSError:
        raise reading.missing(folder, layout.CLASSES) from None


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
