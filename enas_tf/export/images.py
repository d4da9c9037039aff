"""A trained final child as files that need nothing of this package.

`model.keras` loads with Keras alone, `saved_model/` with TensorFlow alone; both take
raw images and return probabilities.
"""

import contextlib
import json
import logging
import pathlib
import zipfile
from collections.abc import Iterator, Sequence

import keras
import numpy as np
import tensorflow as tf

from enas_tf.export import folder as exported
from enas_tf.export import sums as export_sums

# The largest difference between two answers to one image that counts as rounding.
TOLERANCE = 1e-4
# Of a SavedModel, with the type of the images each takes: bytes as files hold them, and
# what a layer of a Keras model gives, to `keras.layers.TFSMLayer`, which calls `serve`.
ENDPOINTS = {"serving_default": tf.uint8, "serve": tf.float32}


def deployable(
    final: keras.Model, *, mean: np.ndarray, std: np.ndarray, name: str
) -> keras.Model:
    """Raw images [B, H, W, C], 0..255 of any number type -> probabilities [B, V].

    Shares the weights of `final`. Standardisation is inside, as a stock layer.

    Args:
      final: standardised images -> logits.
      mean: [C] float64, per channel, in units of 0..255.
      std: the same.
      name: the model's name.
    """
    images = keras.Input(final.input_shape[1:], name="images")
    mean, std = np.asarray(mean, np.float64), np.asarray(std, np.float64)
    # Not Normalization, whose ONNX file is written without a word and cannot be run.
    standardize = keras.layers.Rescaling(
        (1 / std).tolist(), (-mean / std).tolist(), name="standardize"
    )
    logits = final(standardize(images))
    probabilities = keras.layers.Softmax(name="probabilities")(logits)
    return keras.Model(images, probabilities, name=name)


def export(
    model: keras.Model,
    folder: pathlib.Path,
    *,
    class_names: Sequence[str],
    sample: np.ndarray,
) -> float:
    """Write `folder` whole, or leave it as it was.

    Args:
      model: what `deployable` returned.
      folder: holds `model.keras`, `saved_model/` and `classes.txt` afterwards.
      class_names: V names.
      sample: [B, H, W, C] uint8 images to compare the answers with.

    Returns:
      The largest difference between the probabilities of `model` and those of the two
      files, read again from the disk.

    Raises:
      RuntimeError: that difference is more than `TOLERANCE`.
    """
    if len(class_names) != model.output_shape[-1]:
        raise ValueError(
            f"{len(class_names)} class names for {model.output_shape[-1]} classes"
        )
    with beside(folder) as new:
        _write(model, new, class_names)
        return rounding(_differences(model, new, sample))


@contextlib.contextmanager
def beside(folder: pathlib.Path) -> Iterator[pathlib.Path]:
    """A new folder to fill, which takes the place of `folder` if nothing is raised."""
    exported.restore(folder)
    new = exported.fresh(folder)
    try:
        yield new
        export_sums.write(new)
        exported.swap(new, folder)
    finally:
        exported.discard(new)


def rounding(differences: Sequence[float]) -> float:
    """The largest of `differences`.

    Raises:
      RuntimeError: it is more than rounding.
    """
    largest = max(differences)
    # `not <=` catches NaN as well, which max() might pass over.
    if not all(difference <= TOLERANCE for difference in differences):
        raise RuntimeError(
            f"the exported model's answers differ by {largest:.2g} from the trained "
            f"one's, at most {TOLERANCE:.0e} is rounding; nothing was exported"
        )
    return largest


def write_names(folder: pathlib.Path, file: str, names: Sequence[str]) -> None:
    """A text file with a name a line; ValueError for one that is not a line."""
    for name in map(str, names):
        if name.splitlines() != [name]:
            raise ValueError(f"the name {name!r} is not one line of text")
    text = "".join(f"{name}\n" for name in names)
    (folder / file).write_text(text, encoding="utf-8")


def enclose_names(keras_file: pathlib.Path, file: str, names: Sequence[str]) -> None:
    """Put `names` into a .keras file, a zip, as the JSON list `file`.

    Keras reads what it wrote and passes over the rest.
    """
    with zipfile.ZipFile(keras_file, "a") as archive:
        archive.writestr(file, json.dumps(list(names), indent=1) + "\n")


def _write(
    model: keras.Model, folder: pathlib.Path, class_names: Sequence[str]
) -> None:
    write_names(folder, exported.CLASSES_FILE, class_names)
    keras_file = folder / exported.KERAS_FILE
    model.save(keras_file)
    enclose_names(keras_file, exported.ENCLOSED_CLASSES, class_names)
    saved = folder / exported.SAVED_MODEL
    _write_saved_model(model, saved)
    extra = saved / exported.EXTRA
    extra.mkdir()
    write_names(extra, exported.CLASSES_FILE, class_names)


def _write_saved_model(model: keras.Model, folder: pathlib.Path) -> None:
    """`ENDPOINTS`, each of images [B, H, W, C] -> probabilities [B, V] float32."""

    def answer(images: tf.Tensor) -> dict[str, tf.Tensor]:
        count = tf.shape(images)[0]
        # A convolution of no images at all gives a wrong shape where oneDNN is on.
        missing = tf.maximum(0, 1 - count)
        images = tf.cast(images, tf.float32)
        images = tf.pad(images, [[0, missing], [0, 0], [0, 0], [0, 0]])
        answers = model(images, training=False)
        return {"probabilities": answers[:count]}

    archive = keras.export.ExportArchive()
    archive.track(model)
    for name, dtype in ENDPOINTS.items():
        images = tf.TensorSpec([None, *model.input_shape[1:]], dtype, name="images")
        archive.add_endpoint(name, answer, input_signature=[images])
    with quiet():
        archive.write_out(str(folder), verbose=False)


def _differences(
    model: keras.Model, folder: pathlib.Path, sample: np.ndarray
) -> list[float]:
    """How far the answers of each file are from the model's."""
    expected = np.asarray(model(sample, training=False))
    loaded = keras.models.load_model(folder / exported.KERAS_FILE, compile=False)
    served = tf.saved_model.load(str(folder / exported.SAVED_MODEL))
    answers = [loaded(sample, training=False)]
    for name, dtype in ENDPOINTS.items():
        images = tf.constant(sample, dtype)
        answers.append(served.signatures[name](images=images)["probabilities"])
    return [float(np.max(np.abs(answer - expected))) for answer in answers]


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Hold back TensorFlow's note of the folder it writes: a temporary one."""
    logger = logging.getLogger("tensorflow")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)
