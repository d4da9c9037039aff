"""Whether a training may have another number of epochs than it began with.

No TensorFlow, as in request.py.
"""

from enas_tf.config import Config, ConfigError


def why_not(config: Config) -> str:
    """What else depends on the number of epochs, in words; "" if nothing does."""
    if config.child.lr_cosine:
        return (
            "a training with the cosine learning rate (--child_lr_cosine) ends with "
            "the lowest one, and more epochs would begin at the highest"
        )
    if config.child.drop_path_keep_prob < 1.0:
        return (
            "drop path (--child_drop_path_keep_prob) grows over the whole length of a "
            "training, so the epochs so far would have been others"
        )
    return ""


def refuse(
    config: Config, *, begun: int, trained: int, output_dir: str, changed: str
) -> None:
    """Refuse a training's new number of epochs where it cannot be had.

    Args:
      config: what is asked for now.
      begun: the number of epochs so far.
      trained: how many epochs have been finished and tested.
      output_dir: where.
      changed: how a changed setting is refused in general.

    Raises:
      ConfigError: another length means another training, or more is trained already.
    """
    asked, reason = config.loop.num_epochs, why_not(config)
    if asked > begun and reason:
        raise ConfigError(
            f"--num_epochs was {begun} when this train began, and is now {asked}: "
            f"{reason}. Give --num_epochs={begun} again, or begin a new run with the "
            f"weights of the finished one by --warm_start={output_dir} and another "
            "--output_dir."
        )
    if reason:
        raise ConfigError(changed)
    if asked < trained:
        raise too_few(asked, trained, output_dir)


def too_few(asked: int, trained: int, output_dir: str) -> ConfigError:
    """The refusal of fewer epochs than there are already."""
    return ConfigError(
        f"--num_epochs={asked} is too few: --output_dir={output_dir} has been trained "
        f"for longer. Give at least --num_epochs={trained}, begin anew with "
        "--reset_output_dir, or choose another folder."
    )
