"""A trained final child as files that need nothing of this package.

`model.keras` loads with Keras alone, `saved_model/` with TensorFlow alone; both take
raw images and return probabilities.
"""

import contextlib
import logging
import pathlib
from collections.abc import Iterator, Sequence

import keras
import numpy as np
import tensorflow as tf

from enas_tf import exported

# The largest difference between two answers to one image that counts as rounding.
TOLERANCE = 1e-4


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
    standardize = keras.layers.Normalization(
        mean=np.asarray(mean, np.float64).tolist(),
        variance=np.square(np.asarray(std, np.float64)).tolist(),
        name="standardize",
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
    """A text file with a name a line."""
    text = "".join(f"{name}\n" for name in names)
    (folder / file).write_text(text, encoding="utf-8")


def _write(
    model: keras.Model, folder: pathlib.Path, class_names: Sequence[str]
) -> None:
    write_names(folder, exported.CLASSES_FILE, class_names)
    model.save(folder / exported.KERAS_FILE)
    saved = folder / exported.SAVED_MODEL
    _write_saved_model(model, saved)
    extra = saved / exported.EXTRA
    extra.mkdir()
    write_names(extra, exported.CLASSES_FILE, class_names)


def _write_saved_model(model: keras.Model, folder: pathlib.Path) -> None:
    """`serving_default`: images [B, H, W, C] uint8 -> probabilities [B, V] float32."""

    def serve(images: tf.Tensor) -> dict[str, tf.Tensor]:
        answers = model(tf.cast(images, tf.float32), training=False)
        return {"probabilities": answers}

    archive = keras.export.ExportArchive()
    archive.track(model)
    images = tf.TensorSpec([None, *model.input_shape[1:]], tf.uint8, name="images")
    archive.add_endpoint("serving_default", serve, input_signature=[images])
    with quiet():
        archive.write_out(str(folder), verbose=False)


def _differences(
    model: keras.Model, folder: pathlib.Path, sample: np.ndarray
) -> list[float]:
    """How far the answers of each file are from the model's."""
    expected = np.asarray(model(sample, training=False))
    loaded = keras.models.load_model(folder / exported.KERAS_FILE, compile=False)
    served = tf.saved_model.load(str(folder / exported.SAVED_MODEL))
    signature = served.signatures["serving_default"]
    answers = [
        loaded(sample, training=False),
        signature(images=tf.constant(sample, tf.uint8))["probabilities"],
    ]
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
