"""Whether a training may have another number of epochs than it began with.

No TensorFlow, as in command/request.py.
"""

import itertools

from enas_tf.config import cosine
from enas_tf.config.sections import ChildConfig, Config, ConfigError

NAMED = 2  # ends of cycles that a refusal offers


def objection(config: Config, begun: int) -> str:
    """The reason why a training of `begun` epochs should not have those of `config`.

    In words; "" if nothing speaks against it. The epochs so far are those of the longer
    training in any case but that of drop path.
    """
    child, asked = config.child, config.loop.num_epochs
    if child.drop_path_keep_prob < 1.0:
        return (
            "drop path (--child_drop_path_keep_prob) grows over the whole length of a "
            "training, so the epochs so far would have been others"
        )
    if child.lr_cosine and asked > begun and _rises(child, begun, asked):
        return (
            "the cosine learning rate (--child_lr_cosine) begins a new cycle, in which "
            f"epoch {asked} is at a higher rate than epoch {begun} was; cycles end "
            f"after {' and '.join(_ends(child, begun))} epochs"
        )
    return ""


def _rises(child: ChildConfig, begun: int, asked: int) -> bool:
    """Whether the last of `asked` epochs has a higher rate than the last of `begun`."""
    shares = []
    for last in (begun - 1, asked - 1):
        cycle = cosine.cycle_of(last, first=child.lr_T_0, factor=child.lr_T_mul)
        shares.append(cycle.share(last))
    return shares[1] < shares[0]


def _ends(child: ChildConfig, begun: int) -> list[str]:
    """The next lengths at which the rate is lowest."""
    ends = (cycle.end for cycle in cosine.cycles(child.lr_T_0, child.lr_T_mul))
    later = (str(end) for end in ends if end > begun)
    return list(itertools.islice(later, NAMED))


def refuse(
    config: Config, *, begun: int, trained: int, output_dir: str, changed: str
) -> None:
    """Refuse a training's new number of epochs where it cannot be had.

    Args:
      config: of this command.
      begun: the number of epochs that was asked for before.
      trained: the number of epochs that are finished and tested.
      output_dir: the run's folder.
      changed: the general refusal of a changed setting.

    Raises:
      ConfigError: another length means another training, or more is trained already.
    """
    asked, reason = config.loop.num_epochs, objection(config, begun)
    if asked > begun and reason:
        raise ConfigError(
            f"--num_epochs was {begun} when this training began, and is now {asked}: "
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
