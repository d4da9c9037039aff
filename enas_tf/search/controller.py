"""The controller: an LSTM that walks the steps of a search space and decides at each.

The list of steps is called the tape (spaces/base.py; nothing to do with TensorFlow's
gradient tape). A step may decide: choose an op, point at one of the anchors (states
remembered from earlier steps), or say yes or no to a skip from each of them. A decision
is one token, or for skips one token an anchor; an arc is its T tokens. The controller
depends on these kinds of decision alone, not on any space.

Reference: paper section 2.4; reference code src/cifar10/general_controller.py and
micro_controller.py, and enas_lm's controller.py. Deviations: docs/deviations.md.
"""

from collections.abc import Iterable
from typing import Generic, NamedTuple, TypeVar

import keras
import tensorflow as tf

from enas_tf.config.sections import ControllerConfig
from enas_tf.nn import seeds
from enas_tf.search import decision_bias, walk
from enas_tf.search.walk import Head, Sample, Walk
from enas_tf.spaces import base

ValueT = TypeVar("ValueT")


class Controller(keras.Model):
    """An LSTM policy over the arcs of a tape; a `training.networks.Policy`.

    All methods may be called in any order, eagerly or while a graph is traced, and use
    the weights of the time at which they run.
    """

    def __init__(
        self, tape: Iterable[base.Step], config: ControllerConfig, *, seed: int
    ):
        """Makes all weights.

        Args:
          tape: the steps of a `SearchSpace`; decisions of one slot have the same
            `choices`.
          config: the size, and how logits are bounded.
          seed: the run's; a weight's first values follow from it and the weight's name.
        """
        super().__init__(name="controller")
        # Hidden from Keras' tracking of attributes, which would wrap a copy of it.
        self._tape = _Untracked(tuple(tape))
        self._config = config
        self._seed = seed
        size = config.lstm_size
        self.lstm = self._weight("lstm", (2 * size, 4 * size))
        self.start = self._weight("start", (1, size))
        self._heads: _Untracked[dict[str, dict[str, keras.Variable]]] = _Untracked({})
        for step in self._tape.value:
            self._add_head(step.decision, size)
        self.decision_bias = self._add_decision_bias() if config.decision_bias else None
        self.built = True

    def sample(self, batch_size: int, *, seed: tf.Tensor) -> Sample:
        """Draw `batch_size` arcs, with what their gradient needs; seed: [2] int32."""
        return self._play(Walk(self, batch_size, seed=seed)).result()

    def draw(self, batch_size: int, *, seed: tf.Tensor) -> tf.Tensor:
        """The tokens that `sample` draws with that seed, [B, T] int32, and no more.

        A smaller graph, for where no log probability is needed.
        """
        walked = Walk(self, batch_size, seed=seed, scored=False)
        return self._play(walked).tokens()

    def log_prob(self, tokens: tf.Tensor) -> Sample:
        """The `Sample` of given `tokens` [B, T]: as `sample`, but drawing nothing."""
        return self._play(Walk(self, tf.shape(tokens)[0], tokens=tokens)).result()

    def logits(self, tokens: tf.Tensor) -> list[tf.Tensor]:
        """What each decision is drawn by along `tokens` [B, T], biases added.

        One entry a decision, not a token: [B, choices], or for skips [B, width, 2] with
        (no, yes) last.
        """
        walked = Walk(self, tf.shape(tokens)[0], tokens=tokens, scored=False)
        return self._play(walked).logits

    def call(self, tokens: tf.Tensor) -> Sample:
        """Keras' name for `log_prob`."""
        return self.log_prob(tokens)

    # Weights.

    def _weight(self, name: str, shape: tuple[int, ...]) -> keras.Variable:
        bound = self._config.init_range
        initializer = keras.initializers.RandomUniform(
            -bound, bound, seed=seeds.of_name(self._seed, name)
        )
        return self.add_weight(name=name, shape=shape, initializer=initializer)

    def _add_head(self, decision: base.Decision | None, size: int) -> None:
        """The weights of a decision's slot; decisions of one slot share them."""
        if decision is None or decision.slot in self._heads.value:
            return
        slot = decision.slot
        if isinstance(decision, base.Op):
            shapes = {"embedding": (decision.choices, size)}
            if not decision.tied:
                shapes["softmax"] = (size, decision.choices)
            self._add_bias(decision)
        else:
            shapes = dict(w1=(size, size), w2=(size, size), v=(size, 1))
        head = self._heads.value.setdefault(slot, {})
        for name, shape in shapes.items():
            head[name] = self._weight(f"{slot}_{name}", shape)

    def _add_bias(self, decision: base.Op) -> None:
        if not decision.learned_bias:  # its first values; empty: it has no bias
            return
        first = tf.constant([decision.learned_bias])
        if not self._config.op_bias_inside_tanh:
            # Deviation D20: added behind the tanh, in which a large bias would get
            # almost no gradient. Its first values go through the tanh here, once, so
            # that the first probabilities are the original's while scores are near 0.
            first = self.bound_logits(first, reduced=decision.reduced)
        bias = self.add_weight(
            name=f"{decision.slot}_bias",
            shape=(1, decision.choices),
            initializer=lambda shape, dtype=None: first,
        )
        self._heads.value.setdefault(decision.slot, {})["bias"] = bias

    def _add_decision_bias(self) -> keras.Variable:
        # Deviation D35: an option, see search/decision_bias.py.
        shape = (decision_bias.count(self._decisions()),)
        return self.add_weight(name="decision_bias", shape=shape, initializer="zeros")

    def _decisions(self) -> list[base.Decision]:
        """The decisions of the tape, in order."""
        return [step.decision for step in self._tape.value if step.decision]

    @property
    def lr_factors(self) -> list[float]:
        """Of each of `trainable_variables`, the factor of its learning rate."""
        factor = self._config.decision_bias
        return [
            factor if weight is self.decision_bias else 1.0
            for weight in self.trainable_variables
        ]

    # Playing: what `Walk` asks for.

    def decision_biases(self) -> list[tf.Tensor | None]:
        """Of each decision, what is added to its bounded logits; None: nothing is."""
        decisions = self._decisions()
        if self.decision_bias is None:
            return [None] * len(decisions)
        return [*decision_bias.split(self.decision_bias.value, decisions)]

    def _play(self, walked: Walk) -> Walk:
        """`walked` at the end of the tape."""
        for step in self._tape.value:
            walked.move(step)
        return walked

    def bound_logits(self, logits: tf.Tensor, *, reduced: bool = False) -> tf.Tensor:
        """c tanh(logits / temperature); paper section 3, general_controller.py.

        Either is left out where its setting is 0.

        Args:
          logits: of any shape, which stays.
          reduced: whether c is divided by `config.op_tanh_reduce`, as in
            micro_controller.py.
        """
        if self._config.temperature:
            logits = logits / self._config.temperature
        if self._config.tanh_constant:
            bound = self._config.tanh_constant
            bound /= self._config.op_tanh_reduce if reduced else 1.0
            logits = bound * tf.tanh(logits)
        return logits

    def op_logits(self, h: tf.Tensor, decision: base.Op, head: Head) -> tf.Tensor:
        """The bounded logits of an op, [B, choices], from the state h [B, H]."""
        weights = tf.transpose(head["embedding"]) if decision.tied else head["softmax"]
        scores = tf.matmul(h, weights)
        inside = self._config.op_bias_inside_tanh and decision.learned_bias
        if inside:
            scores += head["bias"]
        logits = self.bound_logits(scores, reduced=decision.reduced)
        if decision.learned_bias and not inside:
            logits += head["bias"]
        return walk.add_fixed_bias(logits, decision)

    def heads(self) -> dict[str, Head]:
        """The weights of each slot as tensors: each variable is read once a play."""
        return {
            slot: {name: tf.convert_to_tensor(w) for name, w in head.items()}
            for slot, head in self._heads.value.items()
        }

    @property
    def skip_target(self) -> float:
        """The wanted probability that a skip connection is there."""
        return self._config.skip_target


class _Untracked(NamedTuple, Generic[ValueT]):
    """Holds a value that Keras' attribute tracking must not touch."""

    value: ValueT
