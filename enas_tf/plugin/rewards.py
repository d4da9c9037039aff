"""A reward of a plugin. No TensorFlow: its function is called when a search begins."""

import re
from collections.abc import Callable

from enas_tf.config import rewards
from enas_tf.run import measures

_NAME = re.compile("[a-z][a-z0-9_]*")


def reward(
    name: str,
    function: Callable[..., object],
    *,
    measure: str = "accuracy",
    of: str = rewards.MEASURED,
) -> None:
    """Add a reward, so that --controller_reward=NAME takes it.

      plugin.reward("cautious", lambda accuracy, arc: accuracy - 0.01)

    Args:
      name: small letters, digits and `_`, a letter first.
      function: (mean, arc) -> [] float32, higher is better; traced by TensorFlow. The
        arc is of scalar tensors.
      measure: "accuracy" of images, "perplexity" of texts.
      of: what the mean is of: "measured", accuracies or nats a word; or
        "log_likelihood", of images, nats.

    Raises:
      ValueError: one of these cannot be right, or the name is taken.
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ValueError(
            f"{name!r} cannot name a reward: give small letters, digits, _"
        )
    if name in rewards.choices():
        raise ValueError(f"there is a reward {name} already: give yours another name")
    if not callable(function):
        raise ValueError(f"the reward {name} is {function!r}: give a function")
    kinds = (rewards.MEASURED, rewards.LOG_LIKELIHOOD)
    allowed = dict(measure=tuple(measures.BY_NAME), of=kinds)
    for field, value in dict(measure=measure, of=of).items():
        if value not in allowed[field]:
            words = " or ".join(allowed[field])
            raise ValueError(f"the reward {name} has {field}={value!r}: give {words}")
    rewards.REWARDS[name] = rewards.Row(measure, function, of)
