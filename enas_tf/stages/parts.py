"""What every stage is put together from: the table of spaces, data, task, driver."""

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import keras
import tensorflow as tf
from absl import logging

from enas_tf import plots
from enas_tf.children import final_macro, final_micro
from enas_tf.children import macro as macro_child
from enas_tf.children import micro as micro_child
from enas_tf.config import Config, DataConfig
from enas_tf.data import fits, standardise
from enas_tf.data import images as images_lib
from enas_tf.request import Request
from enas_tf.run_folder import RunFolder
from enas_tf.spaces import macro, micro
from enas_tf.tasks import classification
from enas_tf.training import epochs as epochs_lib
from enas_tf.training import progress
from enas_tf.training.checkpoint import Checkpoint
from enas_tf.training.driver import Driver
from enas_tf.training.report import Report


class SpaceParts(NamedTuple):
    """What a search space brings: a row here, and nothing else knows its name.

    Attributes:
      space: config -> the space.
      shared: (space, child config, sizes) -> the shared child.
      final: (arc, child config, sizes) -> the final child, a `keras.Model`.
      reductions: (space) -> how often a child halves its images.
    """

    space: Callable[[Config], Any]
    shared: Callable[..., Any]
    final: Callable[..., keras.Model]
    reductions: Callable[[Any], int]


SPACES: dict[str, SpaceParts] = {
    "macro": SpaceParts(
        space=lambda c: macro.MacroSpace(
            c.child.num_layers, num_ops=c.child.num_branches
        ),
        shared=macro_child.SharedMacroChild,
        final=final_macro.final_macro_child,
        reductions=lambda space: len(macro.pool_layers(space.num_layers)),
    ),
    "micro": SpaceParts(
        space=lambda c: micro.MicroSpace(
            c.child.num_cells, num_ops=c.child.num_branches
        ),
        shared=micro_child.SharedMicroChild,
        final=final_micro.final_micro_child,
        reductions=lambda space: micro.NUM_REDUCTIONS,
    ),
}


@functools.lru_cache(maxsize=1)
def _read(config: DataConfig, seed: int) -> images_lib.ImageData:
    """Kept, because `--mode=all` needs the same images twice."""
    data = images_lib.load(config, seed=seed)
    for note in data.notes:
        logging.info("%s", note)
    return data


def load(config: Config, reductions: int, *, training: str) -> images_lib.ImageData:
    """The data set, big enough for `reductions` halvings and the batch.

    Args:
      config: of the stage.
      reductions: how often its child halves an image.
      training: "train", or "all" if the stage trains on the validation images too.

    Raises:
      ConfigError: the data cannot be had, or do not fit.
    """
    data = _read(config.data, config.run.seed)
    size = len((data.train if training == "train" else data.all_training()).labels)
    fits.check_fits(data, config=config, reductions=reductions, training_size=size)
    return data


def task(
    data: images_lib.ImageData, splits: Mapping[str, images_lib.Split], config: Config
) -> classification.ImageClassification:
    """The task on `splits`, standardised by its "train" split alone."""
    mean, std = standardise.standardisation(splits["train"].images)
    pad = config.data.data_pad if config.data.data_pad >= 0 else data.default_pad
    flips = dict(yes=True, no=False, auto=data.default_flip)
    augmentation = classification.Augmentation(
        pad=pad,
        flip=flips[config.data.data_flip],
        cutout=config.child.cutout_size,
    )
    return classification.ImageClassification(
        splits, mean=mean, std=std, augmentation=augmentation
    )


def sizes(data: images_lib.ImageData, seed: int) -> dict[str, Any]:
    """What every child is told about the data."""
    return dict(image_shape=data.image_shape, num_classes=data.num_classes, seed=seed)


def driver(
    request: Request,
    stage: str,
    report: Report,
    groups: Mapping[str, Sequence[tf.Variable]],
    counters: Sequence[str],
) -> Driver:
    """What carries `stage` on; `groups` is all that its checkpoints hold."""
    checkpoint = Checkpoint(
        request.folder.checkpoints(stage), groups=groups, counters=counters
    )
    config = request.configs["train" if stage == "train" else "search"]
    return Driver(
        checkpoint,
        report,
        log_every=config.loop.log_every,
        checkpoint_every=config.run.checkpoint_every_steps,
    )


def restore(driver: Driver, report: Report, stage: str) -> bool:
    """Go to the last checkpoint; drop what was reported after it."""
    if not driver.restore():
        return False
    position = driver.position
    limits = dict(
        child=position[epochs_lib.COUNTER],
        controller=position.get("controller_step", 0),
    )
    report.rewind(lambda row: row["step"] <= limits.get(row["kind"], position["epoch"]))
    where = ", ".join(f"{name} {value}" for name, value in position.items())
    report.message(f"Found a checkpoint of the {stage} stage: {where}.")
    return True


def announce(report: Report, label: str, seconds: float, request: Request) -> None:
    """Say how long it will take."""
    has_gpu = bool(tf.config.list_physical_devices("GPU"))
    hint = not any(word.startswith("--preset=cpu") for word in request.command)
    report.message(progress.estimate(label, seconds, has_gpu=has_gpu, preset_hint=hint))


def draw_curves(folder: RunFolder) -> None:
    """Draw curves.png from what has been measured so far."""
    plots.draw_curves(folder.metrics, folder.path / "curves.png")
