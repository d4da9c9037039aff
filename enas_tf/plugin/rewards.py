"""A reward of a plugin. No TensorFlow: its function is called when a search begins."""

import re
from collections.abc import Callable

from enas_tf.config import rewards
from enas_tf.run import measures

_NAME = re.compile("[a-z][a-z0-9_]*")


def reward(
    name: str, function: Callable[..., object], *, measure: str = "accuracy"
) -> None:
    """Add a reward, so that --controller_reward=NAME takes it.

      plugin.reward("squared", lambda inputs: inputs.measures["accuracy"] ** 2)

    Args:
      name: small letters, digits and `_`, a letter first.
      function: `RewardInputs` -> [] float32, higher is better; traced by TensorFlow.
      measure: "accuracy" of images, "perplexity" of texts.

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
    if measure not in measures.BY_NAME:
        words = " or ".join(measures.BY_NAME)
        raise ValueError(f"the reward {name} has measure={measure!r}: give {words}")
    rewards.REWARDS[name] = rewards.Row(measure, function)
