"""Small parts for tests of the trainers: an 8x8 task, a tiny space and its networks."""

import numpy as np
import tensorflow as tf

from enas_tf.children import macro as macro_child
from enas_tf.children import micro as micro_child
from enas_tf.config.sections import ChildConfig, ControllerConfig
from enas_tf.data.images.image_data import Split
from enas_tf.search.controller import Controller
from enas_tf.spaces import macro
from enas_tf.tasks.classification import Augmentation, ImageClassification

SPACE = macro.MacroSpace(2, num_ops=3)
IMAGE_SHAPE = (8, 8, 3)
NUM_CLASSES = 4
SIZES = dict(train=22, valid=14, test=10)
CHILDREN = {
    "macro": macro_child.SharedMacroChild,
    "micro": micro_child.SharedMicroChild,
}


def split(count: int, rng: np.random.Generator) -> Split:
    """Noise whose class is the channel that is bright; none is for the last class."""
    labels = rng.integers(0, NUM_CLASSES, count, dtype=np.int32)
    images = rng.integers(0, 128, (count, *IMAGE_SHAPE), dtype=np.uint8)
    bright = labels[:, None] == np.arange(IMAGE_SHAPE[2])
    images += 100 * bright.astype(np.uint8)[:, None, None]
    return Split(images, labels)


def task(*, pad: int = 1, flip: bool = True) -> ImageClassification:
    rng = np.random.default_rng(0)
    return ImageClassification(
        {name: split(count, rng) for name, count in SIZES.items()},
        mean=np.full(3, 128.0),
        std=np.full(3, 64.0),
        augmentation=Augmentation(pad, flip, 0),
    )


def child(
    space=SPACE,
    *,
    seed: int = 0,
    shape=IMAGE_SHAPE,
    num_classes: int = NUM_CLASSES,
    **settings,
):
    return CHILDREN[space.name](
        space,
        ChildConfig(**{"out_filters": 4, **settings}),
        image_shape=shape,
        num_classes=num_classes,
        seed=seed,
    )


def controller(space=SPACE, *, seed: int = 0, **settings) -> Controller:
    config = ControllerConfig(**{"lstm_size": 8, **settings})
    return Controller(space.tape(), config, seed=seed)


def spread(model: Controller, *, seed: int = 0, scale: float = 1.0) -> Controller:
    """`model` with weights so large that its choices are far from equally likely."""
    rng = np.random.default_rng(seed)
    for weight in model.weights:
        weight.assign(rng.normal(0.0, scale, weight.shape))
    return model


def int64(number: int) -> tf.Tensor:
    return tf.constant(number, tf.int64)
