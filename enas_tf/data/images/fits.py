"""Checks that images and settings go together, before anything is trained."""

from enas_tf.config import sections as config_lib
from enas_tf.config.sections import Config, ConfigError
from enas_tf.data.images.image_data import ImageData


def check_fits(
    data: ImageData, *, config: Config, reductions: int, training_size: int
) -> None:
    """Refuse settings that this data cannot serve.

    Args:
      data: the images.
      config: the stage's settings.
      reductions: how often the network halves its maps.
      training_size: number of images that are trained on; more than `data.train` has
        means that nothing is held out for rewards.

    Raises:
      ConfigError: the first setting that does not fit.
    """
    _check_halvings(data, reductions)
    sizes = dict(training=training_size)
    if training_size <= len(data.train.labels):
        sizes["validation"] = len(data.valid.labels)
    kind = min(sizes, key=sizes.__getitem__)
    if config.loop.batch_size > sizes[kind]:
        allowed = f"at most {sizes[kind]}, the number of {kind} images"
        _refuse("batch_size", config.loop.batch_size, allowed)
    side = min(data.image_shape[:2])
    allowed = f"at most {side}, the smaller side of the images"
    if config.data.data_pad > side:
        _refuse("data_pad", config.data.data_pad, allowed)
    if config.child.cutout_size > side:
        _refuse("child_cutout_size", config.child.cutout_size, allowed)


def smallest_side(reductions: int) -> int:
    """The side that keeps every map at least 2 x 2 before it is halved.

    A factorised reduction rounds up, so odd sides are fine: 3 -> 2 -> 1.
    """
    return 2 ** (reductions - 1) + 1 if reductions else 1


def _check_halvings(data: ImageData, reductions: int) -> None:
    height, width, _ = data.image_shape
    needed = smallest_side(reductions)
    if min(height, width) >= needed:
        return
    raise ConfigError(
        f"The {height} x {width} images of {data.name} are too small for "
        f"{reductions} halvings: they must be at least {needed} x {needed}. Enlarge "
        f"them, e.g. --image_size={max(8, needed)}."
    )


def _refuse(flag: str, value: int, allowed: str) -> None:
    raise ConfigError(
        config_lib.refusal(flag, value, allowed, f"Lower --{flag}, or use more data.")
    )
