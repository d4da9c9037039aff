"""The settings of the controller that are compared."""

import dataclasses

from enas_tf.config import presets
from enas_tf.config.sections import ControllerConfig

AGGREGATE = 10  # arcs of an update


def published(space: str, *, aggregate: int = AGGREGATE) -> ControllerConfig:
    """Those of the space's preset `paper`, with so many arcs an update."""
    given = dict(controller_num_aggregate=aggregate)
    return presets.resolve(space, "search", "paper", given).controller


def normalized(space: str) -> ControllerConfig:
    """The published ones, in the least that a short search needs to move at all."""
    return dataclasses.replace(published(space), normalize_advantage=True, lr=5e-3)


def short(space: str) -> ControllerConfig:
    """Those, with what takes the noise of images and the ties of the LSTM away."""
    return dataclasses.replace(
        normalized(space),
        reward_batch="common",
        baseline="leave_one_out",
        decision_bias=10.0,
    )


# Settings that a search on the table does not read: when it trains, skips, and how what
# was measured becomes a reward.
_UNREAD = (
    *("training", "train_every", "train_steps", "warmup_epochs"),
    *("skip_target", "skip_weight", "op_tanh_reduce", "op_bias_inside_tanh"),
    *("reward", "batch_size"),
)


def compared(space: str, given: ControllerConfig | None) -> dict[str, ControllerConfig]:
    """All of them by name, with a user's, where these differ."""
    found = dict(
        published=published(space), normalized=normalized(space), short=short(space)
    )
    if given is None:
        return found
    plain = {name: getattr(found["published"], name) for name in _UNREAD}
    read = dataclasses.replace(given, **plain)
    return found if read in found.values() else {**found, "given": read}
