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
    exported.restore(folder)
    beside = exported.fresh(folder)
    try:
        _write(model, beside, class_names)
        difference = _difference(model, beside, sample)
        exported.swap(beside, folder)
    finally:
        exported.discard(beside)
    return difference


def _write(
    model: keras.Model, folder: pathlib.Path, class_names: Sequence[str]
) -> None:
    names = "".join(f"{name}\n" for name in class_names)
    (folder / exported.CLASSES_FILE).write_text(names, encoding="utf-8")
    model.save(folder / exported.KERAS_FILE)
    saved = folder / exported.SAVED_MODEL
    _write_saved_model(model, saved)
    (saved / exported.EXTRA).mkdir()
    (saved / exported.EXTRA / exported.CLASSES_FILE).write_text(names, encoding="utf-8")


def _write_saved_model(model: keras.Model, folder: pathlib.Path) -> None:
    """`serving_default`: images [B, H, W, C] uint8 -> probabilities [B, V] float32."""

    def serve(images: tf.Tensor) -> dict[str, tf.Tensor]:
        answers = model(tf.cast(images, tf.float32), training=False)
        return {"probabilities": answers}

    archive = keras.export.ExportArchive()
    archive.track(model)
    images = tf.TensorSpec([None, *model.input_shape[1:]], tf.uint8, name="images")
    archive.add_endpoint("serving_default", serve, input_signature=[images])
    with _quiet():
        archive.write_out(str(folder), verbose=False)


def _difference(model: keras.Model, folder: pathlib.Path, sample: np.ndarray) -> float:
    """How far the files' answers are from the model's; refuses more than rounding."""
    expected = np.asarray(model(sample, training=False))
    loaded = keras.models.load_model(folder / exported.KERAS_FILE, compile=False)
    served = tf.saved_model.load(str(folder / exported.SAVED_MODEL))
    signature = served.signatures["serving_default"]
    answers = [
        loaded(sample, training=False),
        signature(images=tf.constant(sample, tf.uint8))["probabilities"],
    ]
    largest = max(float(np.max(np.abs(a - expected))) for a in answers)
    if not largest <= TOLERANCE:  # `not <=` catches NaN as well
        raise RuntimeError(
            f"the exported model's probabilities differ by {largest:.2g} from the "
            f"trained one's, at most {TOLERANCE:.0e} is rounding; nothing was exported"
        )
    return largest


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Hold back TensorFlow's note of the folder it writes: a temporary one."""
    logger = logging.getLogger("tensorflow")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)
