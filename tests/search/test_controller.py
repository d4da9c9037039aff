"""The controller's numbers: against NumPy, against worked values, on any tape."""

import numpy as np
import pytest
import restated_plays
import tensorflow as tf
import toys

from enas_tf.config.sections import ControllerConfig
from enas_tf.nn import lstm_cell
from enas_tf.search import controller as controller_lib
from enas_tf.spaces import macro, micro, rnn
from enas_tf.spaces.base import Index, Op, Skips, Step

SEED = tf.constant([1, 2])

# Two zero anchors, two nodes that point back and choose ops, yes or no to all four.
MADE_UP = (
    Step(None, anchor="zeros"),
    Step(None, anchor="zeros", restart=True),
    Step(Index("index", 2)),
    Step(Op("op", 3)),
    Step(None, anchor="state", restart=True),
    Step(Index("index", 3)),
    Step(Op("op", 3), anchor="state"),
    Step(Skips("skip", 4)),
    Step(Op("kind", 2)),
)
TAPES = {
    "macro": tuple(macro.MacroSpace(4).tape()),
    "micro": tuple(micro.MicroSpace(2).tape()),
    "rnn": tuple(rnn.RnnSpace(3).tape()),
    "made_up": MADE_UP,
}
tapes = pytest.mark.parametrize("tape", TAPES.values(), ids=TAPES.keys())


def build(tape, *, seed=0, **settings):
    config = ControllerConfig(**{"lstm_size": 8, **settings})
    return controller_lib.Controller(tape, config, seed=seed)


def test_an_lstm_step_is_the_restated_one():
    rng = np.random.default_rng(0)
    x, c, h = rng.normal(size=(3, 5, 4)).astype(np.float32)
    w = rng.normal(size=(8, 16)).astype(np.float32)
    new_h, new_c = lstm_cell.step(np.concatenate([x, h], axis=1) @ w, c)
    wanted = [restated_plays.lstm_step(x[row], c[row], h[row], w) for row in range(5)]
    np.testing.assert_allclose(new_c, [c for c, _ in wanted], rtol=1e-5)
    np.testing.assert_allclose(new_h, [h for _, h in wanted], rtol=1e-5)


def test_a_macro_play_is_the_restated_one():
    space = macro.MacroSpace(4, num_ops=5)
    model = toys.spread(toys.controller(space, temperature=5.0, tanh_constant=2.5))
    tokens = space.random(np.random.default_rng(1), 6)
    ours = model.logits(tf.constant(tokens))
    weights = {weight.name: weight.numpy() for weight in model.weights}
    for row, one in enumerate(tokens):
        wanted = restated_plays.macro_play(
            weights, one, layers=4, shape=lambda z: 2.5 * np.tanh(z / 5.0)
        )
        for mine, theirs in zip(ours, wanted, strict=True):
            np.testing.assert_allclose(mine[row], theirs, rtol=1e-4, atol=1e-5)


@tapes
def test_the_log_probability_of_a_sample_is_what_sampling_said(tape):
    model = toys.spread(build(tape))
    sample = model.sample(7, seed=SEED)
    again = model.log_prob(sample.tokens)
    np.testing.assert_array_equal(again.tokens, sample.tokens)
    for ours, wanted in zip(again[1:], sample[1:], strict=True):
        np.testing.assert_allclose(ours, wanted, rtol=1e-5)


@tapes
def test_many_arcs_at_once_equal_one_by_one(tape):
    model = toys.spread(build(tape))
    sample = model.sample(5, seed=SEED)
    for row in range(5):
        one = model.log_prob(sample.tokens[row : row + 1])
        for ours, wanted in zip(one[1:], sample[1:], strict=True):
            np.testing.assert_allclose(ours[0], wanted[row], rtol=1e-4, atol=1e-5)


@tapes
def test_tokens_are_within_their_choices_and_logits_have_their_shapes(tape):
    model = toys.spread(build(tape))
    tokens = model.sample(50, seed=SEED).tokens
    decisions = [step.decision for step in tape if step.decision is not None]
    place = 0
    for decision, logits in zip(decisions, model.logits(tokens), strict=True):
        binary = isinstance(decision, Skips)
        shape = (50, decision.width, 2) if binary else (50, decision.choices)
        assert logits.shape == shape
        for _ in range(decision.num_tokens):
            assert set(tokens[:, place].numpy()) <= set(range(decision.choices))
            place += 1
    assert place == tokens.shape[1]


@pytest.mark.parametrize(
    ("space", "tensors", "count"),
    [
        (macro.MacroSpace(12), 7, 41_856),
        (macro.MacroSpace(12, num_ops=4), 7, 41_600),
        (micro.MicroSpace(5), 8, 41_733),
        (rnn.RnnSpace(9), 6, 41_344),
    ],
)
def test_a_published_search_has_so_many_parameters(space, tensors, count):
    model = build(space.tape(), lstm_size=64)
    assert len(model.weights) == tensors
    assert model.count_params() == count


def test_a_new_macro_controller_chooses_almost_uniformly():
    model = build(macro.MacroSpace(12).tape(), lstm_size=64)
    sample = model.sample(4, seed=SEED)
    # 12 ln 6 + 66 ln 2, and a KL of 0.0204110 for each of 66 skips over 11 layers.
    np.testing.assert_allclose(sample.entropy, 67.249, atol=2e-2)
    np.testing.assert_allclose(sample.log_prob, -67.249, atol=0.5)
    np.testing.assert_allclose(sample.skip_kl, 0.122466, atol=2e-2)


def test_skips_of_probability_one_half_cost_their_distance_to_the_target():
    space = macro.MacroSpace(12)
    for target, wanted in [(0.4, 0.0204110 * 66 / 11), (0.5, 0.0)]:
        model = toys.controller(space, skip_target=target)
        model.weights[[w.name for w in model.weights].index("skip_v")].assign(
            tf.zeros([8, 1])
        )
        kl = model.sample(3, seed=SEED).skip_kl
        np.testing.assert_allclose(kl, wanted, rtol=1e-5, atol=1e-7)


def test_a_tape_without_skips_has_no_skip_penalty():
    sample = build((Step(Op("op", 3)), Step(Op("op", 3)))).sample(2, seed=SEED)
    np.testing.assert_array_equal(sample.skip_kl, [0.0, 0.0])


def test_the_tanh_constant_bounds_every_probability():
    model = toys.spread(build(macro.MacroSpace(4).tape(), tanh_constant=1.5), scale=50)
    logits = model.logits(model.sample(50, seed=SEED).tokens)
    ops = tf.nn.softmax([one for one in logits if one.shape.rank == 2]).numpy()
    skips = [tf.nn.softmax(one)[..., 1] for one in logits if one.shape.rank == 3]
    skips = tf.concat(skips, axis=1).numpy()
    np.testing.assert_allclose([skips.min(), skips.max()], [0.0474, 0.9526], atol=1e-4)
    assert ops.min() >= 0.00985 and ops.max() <= 0.80075


def test_the_temperature_divides_the_logits():
    tokens = tf.constant([[0, 1, 0]])
    plain, warm = (
        toys.spread(toys.controller(temperature=t, tanh_constant=0.0)).logits(tokens)
        for t in (0.0, 5.0)
    )
    for cold, one in zip(plain, warm, strict=True):
        np.testing.assert_allclose(one, cold / 5.0, rtol=1e-5)


def test_to_point_at_a_zero_anchor_feeds_zeros():
    model = toys.spread(build(MADE_UP))
    tokens = tf.constant([[index, 0, 0, 0, 1, 1, 1, 1, 0] for index in (0, 1)])
    first, second = (
        np.concatenate([one[row].numpy().ravel() for one in model.logits(tokens)])
        for row in (0, 1)
    )
    np.testing.assert_allclose(first, second, rtol=1e-5)
    # The second pointer may choose a state, and that is another input.
    tokens = tf.constant([[0, 0, index, 0, 1, 1, 1, 1, 0] for index in (1, 2)])
    ops = model.logits(tokens)[3]
    assert np.abs(ops[0] - ops[1]).max() > 1e-3


def test_a_restart_feeds_the_start_embedding():
    tape = (Step(Op("op", 3), restart=True), Step(Op("op", 3)), Step(Op("op", 3)))
    model = toys.spread(build(tape))
    weights = {weight.name: weight for weight in model.weights}
    # A state that depends on the input alone: no recurrence, and a shut forget gate.
    lstm = weights["lstm"].numpy()
    lstm[8:] = 0.0
    lstm[:, 8:16] = -1e3
    weights["lstm"].assign(lstm)
    for name in ("start", "op_embedding"):
        weights[name].assign(np.abs(weights[name].numpy()))
    _, after_restart, after_op = model.logits(tf.constant([[0, 0, 0], [2, 1, 0]]))
    np.testing.assert_allclose(after_restart[0], after_restart[1], rtol=1e-5)
    assert np.abs(after_op[0] - after_op[1]).max() > 1e-3
