"""The controller: an LSTM that plays a tape, whatever the tape decides.

Reference: paper section 2.4; reference code src/cifar10/general_controller.py and
micro_controller.py, and enas_lm's controller.py. It knows decisions (choose an op,
point at an anchor, say yes or no to each anchor), not spaces.
"""

from collections.abc import Iterable
from typing import Generic, NamedTuple, TypeVar

import keras
import tensorflow as tf

from enas_tf.config.sections import ControllerConfig
from enas_tf.nn import seeds
from enas_tf.spaces import base

Head = dict[str, tf.Tensor]  # the weights of a slot
ValueT = TypeVar("ValueT")


class Sample(NamedTuple):
    """B arcs, as the tape was played, and their numbers.

    Attributes:
      tokens: [B, T] int32.
      log_prob: [B] float32, of the tokens under the policy.
      entropy: [B] float32, of all decisions on the way.
      skip_kl: [B] float32, mean over the `Skips` decisions of the sum over their
        anchors of KL(Bernoulli(P) || Bernoulli(skip_target)).
    """

    tokens: tf.Tensor
    log_prob: tf.Tensor
    entropy: tf.Tensor
    skip_kl: tf.Tensor


class Controller(keras.Model):
    """An LSTM policy over the token sequences of a tape; a `Policy`."""

    def __init__(
        self, tape: Iterable[base.Step], config: ControllerConfig, *, seed: int
    ):
        """Makes all weights.

        Args:
          tape: of a `SearchSpace`.
          config: the size, and how logits are bounded.
          seed: the run's; first weights follow from it and their names.
        """
        super().__init__(name="controller")
        # A tuple of NamedTuples, kept from Keras, which would wrap it as its own.
        self._tape = _Frozen(tuple(tape))
        self._config = config
        self._seed = seed
        size = config.lstm_size
        self.lstm = self._weight("lstm", (2 * size, 4 * size))
        self.start = self._weight("start", (1, size))
        self._heads: _Frozen[dict[str, Head]] = _Frozen({})
        for step in self._tape.value:
            self._add_head(step.decision, size)
        self.built = True

    def sample(self, batch_size: int, *, seed: tf.Tensor) -> Sample:
        """Draw `batch_size` arcs; seed: [2] int32."""
        return self._play(_Player(self, batch_size, seed=seed)).sample()

    def draw(self, batch_size: int, *, seed: tf.Tensor) -> tf.Tensor:
        """The tokens of `sample` alone, [B, T] int32; a smaller graph."""
        player = _Player(self, batch_size, seed=seed, scored=False)
        return self._play(player).drawn()

    def log_prob(self, tokens: tf.Tensor) -> Sample:
        """The same numbers for given `tokens` [B, T]."""
        return self._play(_Player(self, tf.shape(tokens)[0], tokens=tokens)).sample()

    def logits(self, tokens: tf.Tensor) -> list[tf.Tensor]:
        """Each decision's shaped logits along `tokens` [B, T].

        They are [B, choices], or for skips [B, width, 2] with (no, yes) last.
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
        if not decision.learned_bias:
            return
        start = tf.constant([decision.learned_bias])
        if not self._config.op_bias_inside_tanh:
            # Deviation D20: outside the tanh, which would hide it from its gradient;
            # bounded only once, so that the first probabilities are the original's.
            start = self.shape_logits(start, reduced=decision.reduced)
        bias = self.add_weight(
            name=f"{decision.slot}_bias",
            shape=(1, decision.choices),
            initializer=lambda shape, dtype=None: start,
        )
        self._heads.value.setdefault(decision.slot, {})["bias"] = bias

    # Playing.

    def _play(self, player: "_Player") -> "_Player":
        """`player` at the end of the tape."""
        for step in self._tape.value:
            player.move(step)
        return player

    def shape_logits(self, logits: tf.Tensor, *, reduced: bool = False) -> tf.Tensor:
        """Temperature, then c tanh(z): paper section 3, general_controller.py.

        `reduced`: c is divided by --controller_op_tanh_reduce (micro_controller.py).
        """
        if self._config.temperature:
            logits = logits / self._config.temperature
        if self._config.tanh_constant:
            bound = self._config.tanh_constant
            bound /= self._config.op_tanh_reduce if reduced else 1.0
            logits = bound * tf.tanh(logits)
        return logits

    def op_logits(self, h: tf.Tensor, decision: base.Op, head: Head) -> tf.Tensor:
        """The shaped logits of an op, [B, choices], from the state h [B, H]."""
        weights = tf.transpose(head["embedding"]) if decision.tied else head["softmax"]
        scores = tf.matmul(h, weights)
        inside = self._config.op_bias_inside_tanh and decision.learned_bias
        if inside:
            scores += head["bias"]
        logits = self.shape_logits(scores, reduced=decision.reduced)
        if decision.learned_bias and not inside:
            logits += head["bias"]
        return _add_fixed_bias(logits, decision)

    def heads(self) -> dict[str, Head]:
        """The weights of each slot, read now."""
        return {
            slot: {name: tf.convert_to_tensor(w) for name, w in head.items()}
            for slot, head in self._heads.value.items()
        }

    @property
    def skip_target(self) -> float:
        """The wanted probability of a skip."""
        return self._config.skip_target


class _Frozen(NamedTuple, Generic[ValueT]):
    """Holds a value that Keras' attribute tracking must not touch."""

    value: ValueT


class _Player:
    """The state of one play of the tape; it keeps what the numbers need if `scored`.

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
          controller: whose weights decide.
          batch_size: B.
          scored: whether `sample` will be asked for.
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
        size = self._lstm.shape[0] // 2
        self._zeros = tf.zeros([batch_size, size])
        self._start = self._zeros + tf.convert_to_tensor(controller.start)
        self._inputs, self._c, self._h = self._start, self._zeros, self._zeros
        self._anchors: list[tf.Tensor] = []
        self._keys: list[tf.Tensor] = []  # states behind the anchors, for attention
        self._tokens: list[tf.Tensor] = []
        self._log_probs: list[tf.Tensor] = []
        self._entropies: list[tf.Tensor] = []
        self._skip_kls: list[tf.Tensor] = []

    def move(self, step: base.Step) -> None:
        """One LSTM step, unless it is still, and its decision."""
        if step.forget:
            self._anchors, self._keys = [], []
        if not step.still:
            self._c, self._h = lstm_step(self._inputs, self._c, self._h, self._lstm)
        if isinstance(step.decision, base.Op):
            self._choose_op(step.decision)
        elif isinstance(step.decision, base.Index):
            self._choose_index(step.decision)
        elif isinstance(step.decision, base.Skips):
            self._choose_skips(step.decision)
        if step.anchor:
            self._anchors.append(self._h if step.anchor == "state" else self._zeros)
            self._keys.append(self._h)
        if step.restart:
            self._inputs = self._start

    def drawn(self) -> tf.Tensor:
        """All tokens, [B, T] int32."""
        return tf.concat(self._tokens, axis=1)

    def sample(self) -> Sample:
        """Everything summed over the decisions."""
        skip_kl = tf.reduce_sum(self._zeros, axis=1)
        if self._skip_kls:
            skip_kl = tf.add_n(self._skip_kls) / len(self._skip_kls)
        return Sample(
            tokens=self.drawn(),
            log_prob=tf.add_n(self._log_probs),
            entropy=tf.add_n(self._entropies),
            skip_kl=skip_kl,
        )

    def _choose_op(self, decision: base.Op) -> None:
        head = self._heads[decision.slot]
        token = self._decide_one(self._controller.op_logits(self._h, decision, head))
        self._inputs = tf.gather(head["embedding"], token)

    def _choose_index(self, decision: base.Index) -> None:
        scores = self._attention(decision.slot, decision.choices)
        logits = _add_fixed_bias(self._controller.shape_logits(scores), decision)
        token = self._decide_one(logits)
        anchors = tf.stack(self._anchors[: decision.choices], axis=1)  # [B, n, H]
        if decision.divisors:
            anchors /= tf.constant(decision.divisors, shape=[decision.choices, 1])
        self._inputs = tf.gather(anchors, token, batch_dims=1)

    def _choose_skips(self, decision: base.Skips) -> None:
        scores = self._attention(decision.slot, decision.width)
        logits = self._controller.shape_logits(tf.stack([-scores, scores], axis=2))
        bits = self._decide(logits, binary=True)
        weights = tf.expand_dims(tf.cast(bits, tf.float32), axis=2)  # [B, width, 1]
        anchors = tf.stack(self._anchors[: decision.width], axis=1)
        total = tf.reduce_sum(weights * anchors, axis=1)
        self._inputs = total / (1.0 + tf.reduce_sum(weights, axis=1))

    def _attention(self, slot: str, count: int) -> tf.Tensor:
        """Scores of the first `count` anchors, [B, count]: tanh(a W1 + h W2) v."""
        head = self._heads[slot]
        keys = tf.stack(self._keys[:count], axis=1)  # [B, n, H]
        query = tf.expand_dims(self._h @ head["w2"], axis=1)
        hidden = tf.tensordot(keys, head["w1"], 1) + query
        return tf.squeeze(tf.tensordot(tf.tanh(hidden), head["v"], 1), axis=2)

    def _decide_one(self, logits: tf.Tensor) -> tf.Tensor:
        """`_decide` for a single token: logits [B, choices] -> [B]."""
        return tf.squeeze(self._decide(tf.expand_dims(logits, axis=1)), axis=1)

    def _decide(self, logits: tf.Tensor, *, binary: bool = False) -> tf.Tensor:
        """Draw or follow the next tokens; logits [B, n, choices] -> [B, n] int32."""
        tokens = self._next_tokens(logits, logits.shape[1])
        self._tokens.append(tokens)
        self.logits.append(logits if binary else tf.squeeze(logits, axis=1))
        if self._scored:
            self._score(tokens, logits, binary)
        return tokens

    def _score(self, tokens: tf.Tensor, logits: tf.Tensor, binary: bool) -> None:
        log_p = tf.nn.log_softmax(logits)
        p = tf.exp(log_p)
        chosen = tf.gather(log_p, tokens, batch_dims=2)
        # Deviation D3: the entropy of the whole distribution, not -p log p of the draw.
        self._entropies.append(-tf.reduce_sum(p * log_p, axis=[1, 2]))
        self._log_probs.append(tf.reduce_sum(chosen, axis=1))
        if binary:
            self._skip_kls.append(self._skip_kl(p, log_p))

    def _next_tokens(self, logits: tf.Tensor, count: int) -> tf.Tensor:
        place = sum(tokens.shape[1] for tokens in self._tokens)
        if self._given is not None:
            return tf.cast(self._given[:, place : place + count], tf.int32)
        seed = seeds.fold(self._seed, place)
        uniform = tf.random.stateless_uniform(tf.shape(logits), seed, minval=1e-20)
        gumbel = -tf.math.log(-tf.math.log(uniform))
        return tf.argmax(logits + gumbel, axis=2, output_type=tf.int32)

    def _skip_kl(self, p: tf.Tensor, log_p: tf.Tensor) -> tf.Tensor:
        """[B]: sum over anchors of KL(Bernoulli(P) || Bernoulli(target)).

        # Deviation D4: of the probability that is sampled from.
        """
        target = self._controller.skip_target
        log_target = tf.math.log([1.0 - target, target])
        return tf.reduce_sum(p * (log_p - log_target), axis=[1, 2])


def _add_fixed_bias(logits: tf.Tensor, decision: base.Op | base.Index) -> tf.Tensor:
    """`logits` [B, choices], already bounded, with the bias that is never learned."""
    return logits + decision.fixed_bias if decision.fixed_bias else logits


def lstm_step(
    x: tf.Tensor, c: tf.Tensor, h: tf.Tensor, w: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """One LSTM step: x, c, h [B, H], w [2H, 4H] -> new (c, h).

    No bias, no forget bias, gates in the order i, f, o, g: src/common_ops.py,
    stack_lstm.
    """
    i, f, o, g = tf.split(tf.concat([x, h], axis=1) @ w, 4, axis=1)
    c = tf.sigmoid(i) * tf.tanh(g) + tf.sigmoid(f) * c
    return c, tf.sigmoid(o) * tf.tanh(c)
