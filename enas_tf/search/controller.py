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
from enas_tf.nn import lstm_cell, seeds
from enas_tf.search import decision_bias
from enas_tf.spaces import base

# The weights of a slot, by name. Decisions of one slot share their weights.
Head = dict[str, tf.Tensor]
ValueT = TypeVar("ValueT")


class Sample(NamedTuple):
    """B arcs, and how likely the policy makes them.

    Attributes:
      tokens: [B, T] int32.
      log_prob: [B] float32, of all tokens together: the sum over the decisions.
      entropy: [B] float32, of the policy at each decision on the way, summed.
      skip_kl: [B] float32, mean over the `Skips` decisions of the sum over their
        anchors of KL(Bernoulli(p) || Bernoulli(skip_target)), where p is the policy's
        probability of yes; zeros where the tape has none.
    """

    tokens: tf.Tensor
    log_prob: tf.Tensor
    entropy: tf.Tensor
    skip_kl: tf.Tensor


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
        return self._play(_Player(self, batch_size, seed=seed)).result()

    def draw(self, batch_size: int, *, seed: tf.Tensor) -> tf.Tensor:
        """The tokens that `sample` draws with that seed, [B, T] int32, and no more.

        A smaller graph, for where no log probability is needed.
        """
        player = _Player(self, batch_size, seed=seed, scored=False)
        return self._play(player).tokens()

    def log_prob(self, tokens: tf.Tensor) -> Sample:
        """The `Sample` of given `tokens` [B, T]: as `sample`, but drawing nothing."""
        return self._play(_Player(self, tf.shape(tokens)[0], tokens=tokens)).result()

    def logits(self, tokens: tf.Tensor) -> list[tf.Tensor]:
        """What each decision is drawn by along `tokens` [B, T], biases added.

        One entry a decision, not a token: [B, choices], or for skips [B, width, 2] with
        (no, yes) last.
        """
        player = _Player(self, tf.shape(tokens)[0], tokens=tokens, scored=False)
        return self._play(player).logits

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

    # Playing: what `_Player` asks for.

    def decision_biases(self) -> list[tf.Tensor | None]:
        """Of each decision, what is added to its bounded logits; None: nothing is."""
        decisions = self._decisions()
        if self.decision_bias is None:
            return [None] * len(decisions)
        return [*decision_bias.split(self.decision_bias.value, decisions)]

    def _play(self, player: "_Player") -> "_Player":
        """`player` at the end of the tape."""
        for step in self._tape.value:
            player.move(step)
        return player

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
        return _add_fixed_bias(logits, decision)

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


class _Player:
    """The state of one walk along the tape.

    If `scored`, it collects log probabilities, entropies and KLs for `result`.

    Attributes:
      logits: each decision's, see `Controller.logits`.
    """

    def __init__(
        self,
        controller: Controller,
        batch_size: tf.Tensor | int,
        *,
        scored: bool = True,
        seed: tf.Tensor | None = None,
        tokens: tf.Tensor | None = None,
    ):
        """At the beginning of the tape.

        Args:
          controller: the policy.
          batch_size: B.
          scored: whether `result` will be asked for; else only `tokens` and `logits`.
          seed: [2] int32, of the draws; None where `tokens` are given.
          tokens: [B, T], followed instead of drawing; None: draw.
        """
        self.logits: list[tf.Tensor] = []
        self._controller = controller
        self._scored = scored
        self._seed = seed
        self._given = tokens
        self._lstm = tf.convert_to_tensor(controller.lstm)
        self._heads = controller.heads()
        self._biases = iter(controller.decision_biases())
        size = self._lstm.shape[0] // 2
        self._zeros = tf.zeros([batch_size, size])
        self._first_input = self._zeros + tf.convert_to_tensor(controller.start)
        self._next_input = self._first_input  # [B, H], what the LSTM reads next
        self._c, self._h = self._zeros, self._zeros
        self._anchors: list[tf.Tensor] = []
        self._keys: list[tf.Tensor] = []  # a state for each anchor, to be scored by
        self._tokens: list[tf.Tensor] = []
        self._log_probs: list[tf.Tensor] = []
        self._entropies: list[tf.Tensor] = []
        self._skip_kls: list[tf.Tensor] = []

    def move(self, step: base.Step) -> None:
        """One step of the tape, by its flags in this order.

        Clear the anchors (`forget`); advance the LSTM, unless it stands `still`;
        decide; remember an anchor; feed the first input again (`restart`; the state
        stays).
        """
        if step.forget:
            self._anchors, self._keys = [], []
        if not step.still:
            read = tf.concat([self._next_input, self._h], axis=1)
            self._h, self._c = lstm_cell.step(read @ self._lstm, self._c)
        if isinstance(step.decision, base.Op):
            self._choose_op(step.decision)
        elif isinstance(step.decision, base.Index):
            self._choose_index(step.decision)
        elif isinstance(step.decision, base.Skips):
            self._choose_skips(step.decision)
        if step.anchor:
            # Fed when it is chosen; of the first nodes there is no state to feed.
            self._anchors.append(self._h if step.anchor == "state" else self._zeros)
            self._keys.append(self._h)
        if step.restart:
            self._next_input = self._first_input

    def tokens(self) -> tf.Tensor:
        """All tokens, drawn or given, [B, T] int32."""
        return tf.concat(self._tokens, axis=1)

    def result(self) -> Sample:
        """Log probability and entropy summed over the decisions, KLs averaged."""
        skip_kl = tf.reduce_sum(self._zeros, axis=1)
        if self._skip_kls:
            skip_kl = tf.add_n(self._skip_kls) / len(self._skip_kls)
        return Sample(
            tokens=self.tokens(),
            log_prob=tf.add_n(self._log_probs),
            entropy=tf.add_n(self._entropies),
            skip_kl=skip_kl,
        )

    def _choose_op(self, decision: base.Op) -> None:
        head = self._heads[decision.slot]
        token = self._decide_one(self._controller.op_logits(self._h, decision, head))
        self._next_input = tf.gather(head["embedding"], token)

    def _choose_index(self, decision: base.Index) -> None:
        scores = self._attention(decision.slot, decision.choices)
        logits = _add_fixed_bias(self._controller.bound_logits(scores), decision)
        token = self._decide_one(logits)
        anchors = tf.stack(self._anchors[: decision.choices], axis=1)  # [B, n, H]
        if decision.divisors:  # spaces/base.py, `Index`
            anchors /= tf.constant(decision.divisors, shape=[decision.choices, 1])
        self._next_input = tf.gather(anchors, token, batch_dims=1)

    def _choose_skips(self, decision: base.Skips) -> None:
        scores = self._attention(decision.slot, decision.width)
        # (no, yes) as in general_controller.py: P(yes) = sigmoid(2 scores), unbounded.
        logits = self._controller.bound_logits(tf.stack([-scores, scores], axis=2))
        bits = self._decide(logits, skips=True)
        weights = tf.expand_dims(tf.cast(bits, tf.float32), axis=2)  # [B, width, 1]
        anchors = tf.stack(self._anchors[: decision.width], axis=1)
        total = tf.reduce_sum(weights * anchors, axis=1)
        # general_controller.py divides by one more than the number of skips.
        self._next_input = total / (1.0 + tf.reduce_sum(weights, axis=1))

    def _attention(self, slot: str, count: int) -> tf.Tensor:
        """Scores of the first `count` keys k, [B, count]: tanh(k W1 + h W2) v."""
        head = self._heads[slot]
        keys = tf.stack(self._keys[:count], axis=1)  # [B, n, H]
        query = tf.expand_dims(self._h @ head["w2"], axis=1)
        hidden = tf.tensordot(keys, head["w1"], 1) + query
        return tf.squeeze(tf.tensordot(tf.tanh(hidden), head["v"], 1), axis=2)

    def _decide_one(self, logits: tf.Tensor) -> tf.Tensor:
        """`_decide` for a single token: logits [B, choices] -> [B]."""
        return tf.squeeze(self._decide(tf.expand_dims(logits, axis=1)), axis=1)

    def _decide(self, logits: tf.Tensor, *, skips: bool = False) -> tf.Tensor:
        """Draw or follow the next tokens; logits [B, n, choices] -> [B, n] int32."""
        bias = next(self._biases)
        if bias is not None:
            logits += bias
        tokens = self._next_tokens(logits)
        self._tokens.append(tokens)
        self.logits.append(logits if skips else tf.squeeze(logits, axis=1))
        if self._scored:
            self._score(tokens, logits, skips)
        return tokens

    def _score(self, tokens: tf.Tensor, logits: tf.Tensor, skips: bool) -> None:
        log_p = tf.nn.log_softmax(logits)
        p = tf.exp(log_p)
        chosen = tf.gather(log_p, tokens, batch_dims=2)
        # Deviation D3: the entropy of the whole distribution, not -p log p of the draw.
        self._entropies.append(-tf.reduce_sum(p * log_p, axis=[1, 2]))
        self._log_probs.append(tf.reduce_sum(chosen, axis=1))
        if skips:
            self._skip_kls.append(self._skip_kl(p, log_p))

    def _next_tokens(self, logits: tf.Tensor) -> tf.Tensor:
        """The next tokens [B, n], given or drawn by the Gumbel trick."""
        count = logits.shape[1]
        place = sum(tokens.shape[1] for tokens in self._tokens)
        if self._given is not None:
            return tf.cast(self._given[:, place : place + count], tf.int32)
        seed = seeds.fold(self._seed, place)
        # Not from 0 on, whose logarithm is infinite.
        uniform = tf.random.stateless_uniform(tf.shape(logits), seed, minval=1e-20)
        gumbel = -tf.math.log(-tf.math.log(uniform))
        return tf.argmax(logits + gumbel, axis=2, output_type=tf.int32)

    def _skip_kl(self, p: tf.Tensor, log_p: tf.Tensor) -> tf.Tensor:
        """[B]: sum over anchors of KL(Bernoulli(p) || Bernoulli(target))."""
        # Deviation D4: p is the probability of yes that the token is drawn with; the
        # original penalises sigmoid(score) and draws with sigmoid(2 score).
        target = self._controller.skip_target
        log_target = tf.math.log([1.0 - target, target])
        return tf.reduce_sum(p * (log_p - log_target), axis=[1, 2])


def _add_fixed_bias(logits: tf.Tensor, decision: base.Op | base.Index) -> tf.Tensor:
    """`logits` [B, choices], already bounded, with the bias that is never learned."""
    return logits + decision.fixed_bias if decision.fixed_bias else logits
