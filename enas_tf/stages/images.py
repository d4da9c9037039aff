"""Images, ready for a stage."""

import functools
from collections.abc import Mapping
from typing import Any

from absl import logging

from enas_tf.config.sections import Config, DataConfig
from enas_tf.data import memory
from enas_tf.data.images import fits, overview, standardise
from enas_tf.data.images import load as images_lib
from enas_tf.data.images.image_data import ImageData, Split
from enas_tf.tasks import classification


@functools.lru_cache(maxsize=1)
def _read(config: DataConfig, source: memory.Source | None) -> ImageData:
    """Cached, because `--mode=all` needs the same images twice."""
    data = source(config) if source else images_lib.load(config)
    for line in overview.lines(data, mirrored=_mirrored(data, config)):
        logging.info("%s", line)
    return data


def _mirrored(data: ImageData, config: DataConfig) -> bool:
    return dict(yes=True, no=False, auto=data.default_flip)[config.data_flip]


def load(config: Config, reductions: int, *, all_training: bool) -> ImageData:
    """The data set, big enough for `reductions` halvings and the batch.

    Args:
      config: of the stage.
      reductions: how often its child halves an image.
      all_training: whether the stage trains on the validation images too.

    Raises:
      ConfigError: the data cannot be had, or do not fit.
    """
    data = _read(config.data, memory.source(config.data))
    train, valid, _ = data.sizes
    size = train + valid if all_training else train
    fits.check_fits(data, config=config, reductions=reductions, training_size=size)
    return data


def task(
    data: ImageData, splits: Mapping[str, Split], config: Config
) -> classification.ImageClassification:
    """The task on `splits`, standardised by its "train" split alone."""
    mean, std = standardise.standardisation(splits["train"].images)
    pad = config.data.data_pad if config.data.data_pad >= 0 else data.default_pad
    augmentation = classification.Augmentation(
        pad=pad,
        flip=_mirrored(data, config.data),
        cutout=config.child.cutout_size,
    )
    return classification.ImageClassification(
        splits, mean=mean, std=std, augmentation=augmentation
    )


def sizes(data: ImageData, seed: int) -> dict[str, Any]:
    """The arguments on data that every child takes."""
    return dict(image_shape=data.image_shape, num_classes=data.num_classes, seed=seed)


def search_data(
    config: Config, reductions: int
) -> tuple[ImageData, classification.ImageClassification]:
    """The data of a search, and its task."""
    data = load(config, reductions, all_training=False)
    splits = dict(train=data.train, valid=data.valid)
    if config.loop.search_eval_test:
        splits["test"] = data.test
    return data, task(data, splits, config)
