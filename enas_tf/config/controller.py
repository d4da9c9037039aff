"""The settings of the controller: a section of config/sections.py's `Config`.

No TensorFlow, as there.
"""

import dataclasses

from enas_tf.config import fields, rewards
from enas_tf.config.spaces import registry

REWARD_BATCHES = ("own", "common")
BASELINES = ("moving", "aggregate", "leave_one_out")
SCHEDULES = ("constant", "rising")

field = fields.field
_with = registry.Names  # the spaces that have a part


@dataclasses.dataclass(frozen=True)
class ControllerConfig:
    """The controller and its training."""

    lstm_size: int = field(64, "Hidden units of the LSTM.", low=1)
    init_range: float = field(
        0.1, "The first weights are uniform between minus and plus it.", low=1e-6
    )
    temperature: float = field(0.0, "Divides the logits; 0: off.", low=0.0)
    tanh_constant: float = field(1.5, "Bounds the logits, c tanh(z); 0: off.", low=0)
    op_tanh_reduce: float = field(
        1.0, "Divides that bound for ops.", low=1e-6, spaces=_with("reduced ops")
    )
    op_bias_inside_tanh: bool = field(
        False,
        "Bound the learned bias of the ops as well, as the original does: it can then "
        "hardly be learned.",
        spaces=_with("biased ops"),
    )
    training: bool = field(True, "Train the controller (no: search at random).")
    train_every: int = field(1, "Epochs between controller phases.", low=1)
    train_steps: int = field(50, "Updates in a controller phase.", low=1)
    num_aggregate: int = field(20, "Arcs whose gradients one update averages.", low=1)
    warmup_epochs: int = field(0, "Epochs before the first controller phase.", low=0)
    lr: float = field(1e-3, "Adam learning rate.", low=0.0)
    lr_schedule: str = field(
        "constant",
        "The learning rate over a search: constant, or rising tenfold from first to "
        "last update.",
        choices=SCHEDULES,
    )
    adam_beta1: float = field(
        0.0, "Adam decay of the first moment.", low=0.0, high=1 - 1e-6
    )
    adam_epsilon: float = field(1e-3, "Adam epsilon.", low=1e-12)
    l2_reg: float = field(0.0, "Weight of the sum of squared weights.", low=0.0)
    baseline: str = field(
        "moving",
        "Reward that an arc is compared with: a moving average, the mean of the "
        "aggregate, or the mean of its other arcs.",
        choices=BASELINES,
    )
    bl_dec: float = field(0.99, "Decay of the moving baseline.", low=0.0, high=1.0)
    normalize_advantage: bool = field(
        False,
        "Divide the advantage by its standard deviation over the aggregate, which "
        "must be of at least 2 arcs.",
    )
    entropy_weight: float = field(1e-4, "Entropy bonus in the reward.", low=0.0)
    reward: str = field(
        rewards.AUTO,
        "What an arc is paid for; auto: what its space measures, accuracy or, of a "
        "perplexity, 80 over it. log_likelihood: of the right classes, which tells "
        "more of an arc than accuracy on as many images.",
        choices=rewards.choices,
    )
    reward_batch: str = field(
        "own",
        "Validation batch of a reward: one of its own, or one that all arcs of an "
        "update have in common.",
        choices=REWARD_BATCHES,
    )
    batch_size: int = field(
        0,
        "Examples in a reward's batch; 0: as many as --batch_size.",
        low=0,
        high=10**6,
    )
    decision_bias: float = field(
        0.0,
        "Gives each decision a learned bias beside the LSTM's logits, zero at first, "
        "whose learning rate is so many times the controller's; 0: none.",
        low=0.0,
        high=1e6,
    )
    skip_target: float = field(
        0.4,
        "Wanted probability of a skip.",
        low=1e-6,
        high=1 - 1e-6,
        spaces=_with("skips"),
    )
    skip_weight: float = field(
        0.8, "Weight of the skip penalty.", low=0.0, spaces=_with("skips")
    )

    def phase_follows(self, finished: int) -> bool:
        """Whether the controller is trained after the `finished`-th epoch."""
        # Deviation D13: the original also waited for the evaluation's turn.
        due = finished % self.train_every == 0
        return self.training and due and finished > self.warmup_epochs

    def updates_by(self, finished: int) -> int:
        """Updates made by the end of so many epochs."""
        phases = sum(map(self.phase_follows, range(1, finished + 1)))
        return phases * self.train_steps
