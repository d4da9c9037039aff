"""What a search is to make an arc good at: a section of config/sections.py's `Config`.

No TensorFlow, as there.
"""

import dataclasses

from enas_tf.config import fields, rewards

field = fields.field


@dataclasses.dataclass(frozen=True)
class ObjectiveConfig:
    """A reward of one's own, in place of --controller_reward alone."""

    reward: str = field(
        "",
        "What an arc is paid for, as an expression of accuracy (texts: perplexity), "
        "log_likelihood, params, flops and latency (ms), such as 'accuracy - "
        "0.1*abs(params/1e6 - 1)'; or a cost alone (params, flops, latency), which is "
        "held at --reward_target while --controller_reward pays. Costs are of the "
        "final child. Empty: --controller_reward alone.",
    )
    reward_target: float = field(
        0.0,
        "Wanted cost of an arc, where --reward names a cost: parameters, FLOPs of an "
        "image, or milliseconds.",
        low=0.0,
    )
    reward_beta: float = field(
        -0.5,
        "Weight of |cost / target - 1| in the reward, where --reward names a cost.",
        low=-1e6,
        high=0.0,
    )
    latency_arcs: int = field(
        60,
        "Random arcs whose exported networks are timed on one thread before a search "
        "whose reward reads the latency; a model of it is fitted to them.",
        low=10,
        high=10_000,
    )

    @property
    def cost(self) -> str:
        """The cost that is held at a target; "" where none is."""
        return self.reward if self.reward in rewards.COSTS else ""

    @property
    def expression(self) -> str:
        """The text of an expression; "" where there is none."""
        return "" if self.cost else self.reward
