"""Checks that a loss and the weights of a checkpoint are finite."""

from collections.abc import Iterable, Mapping

import numpy as np

# The place of the fault, and its remedy.
NETWORK, CONTROLLER, REWARD = "network", "controller", "reward"
REMEDIES = {
    NETWORK: "Try a lower --child_lr_max (without cosine: --child_lr), or "
    "--child_clip_mode=global, in another --output_dir.",
    CONTROLLER: "Try a lower --controller_lr, in another --output_dir.",
    REWARD: "Change the reward so that it is finite for every arc, in another "
    "--output_dir.",
}


class NotFinite(ArithmeticError):
    """A loss or a weight is not a number; the message says where."""

    def __init__(self, what: str, part: str, remedy: str = ""):
        """A message with its remedy.

        Args:
          what: is wrong and where, a sentence without its full stop.
          part: a key of `REMEDIES`.
          remedy: in place of that part's, where more is known.
        """
        super().__init__(f"{what}. {remedy or REMEDIES[part]}")


def check(
    weights: Iterable[tuple[str, np.ndarray]], position: Mapping[str, int]
) -> None:
    """Refuse weights that are about to be saved at `position`.

    Raises:
      NotFinite: one of them is not finite.
    """
    bad = first_bad(weights)
    if bad is None:
        return
    part = CONTROLLER if bad.startswith(CONTROLLER) else NETWORK
    where = ", ".join(f"{name} {value}" for name, value in position.items())
    raise NotFinite(f"A weight of the {part} is not a number after {where}", part)


def first_bad(weights: Iterable[tuple[str, np.ndarray]]) -> str | None:
    """The name of the first weight with a value that is not finite; None: all are."""
    for name, values in weights:
        if np.issubdtype(values.dtype, np.floating) and not np.isfinite(values).all():
            return name
    return None
