"""A walk along a tape: an LSTM step, a decision, and what is fed to the next step.

The controller's weights are in controller.py; here is what happens with them at each
step of the tape, the same for all spaces.
"""

from typing import NamedTuple, Protocol

import tensorflow as tf

from enas_tf.nn import lstm_cell, seeds
from enas_tf.spaces import base

# The weights of a slot, by name. Decisions of one slot share their weights.
Head = dict[str, tf.Tensor]


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


class Weights(Protocol):
    """What a walk asks of a controller, whose weights are read once a walk."""

    @property
    def lstm(self) -> tf.Tensor:
        """[2 H, 4 H] float32, convertible to a tensor."""

    @property
    def start(self) -> tf.Tensor:
        """[1, H] float32, the first input."""

    @property
    def skip_target(self) -> float:
        """The wanted probability that a skip connection is there."""

    def heads(self) -> dict[str, Head]:
        """The weights of each slot."""

    def decision_biases(self) -> list[tf.Tensor | None]:
        """Of each decision, what is added to its bounded logits; None: nothing is."""

    def bound_logits(self, logits: tf.Tensor, *, reduced: bool = False) -> tf.Tensor:
        """`logits` of any shape, bounded."""

    def op_logits(self, h: tf.Tensor, decision: base.Op, head: Head) -> tf.Tensor:
        """The bounded logits of an op, [B, choices], from the state h [B, H]."""


class Walk:
    """The state of one walk along the tape.

    If `scored`, it collects log probabilities, entropies and KLs for `result`.

    Attributes:
      logits: each decision's, see `Controller.logits`.
    """

    def __init__(
        self,
        controller: Weights,
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
        logits = add_fixed_bias(self._controller.bound_logits(scores), decision)
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


def add_fixed_bias(logits: tf.Tensor, decision: base.Op | base.Index) -> tf.Tensor:
    """`logits` [B, choices], already bounded, with the bias that is never learned."""
    return logits + decision.fixed_bias if decision.fixed_bias else logits
