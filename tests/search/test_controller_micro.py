"""The controller on the micro tape: its two cells, and the biases of its ops."""

import numpy as np
import pytest
import restated_plays
import tensorflow as tf
import toys

from enas_tf.search import controller as controller_lib
from enas_tf.spaces import macro, micro
from enas_tf.spaces.base import Op

SEED = tf.constant([1, 2])
SPACE = micro.MicroSpace(2)
# The published search's; an op's logits are bounded by 1.10 / 2.5 = 0.44.
PUBLISHED = dict(tanh_constant=1.10, op_tanh_reduce=2.5)
BOUND = 0.44
FIXED = np.array([[0.25, 0.25, -0.25, -0.25, -0.25], [0.0] * 5])  # normal, reduce
# softmax([.44 + .25, .44 + .25, -.25, -.25, -.25]) and softmax([.44, .44, 0, 0, 0])
NORMAL = [0.315269, 0.315269, 0.123154, 0.123154, 0.123154]
REDUCE = [0.254315, 0.254315, 0.163790, 0.163790, 0.163790]

inside_and_outside = pytest.mark.parametrize(
    "settings", [{}, {"op_bias_inside_tanh": True}], ids=["outside", "inside"]
)


def build(space=SPACE, **settings):
    return toys.controller(space, **{**PUBLISHED, **settings})


def weights_of(model):
    return {weight.name: weight.numpy() for weight in model.weights}


def assign(model, **values):
    """`model` with these weights changed."""
    by_name = {weight.name: weight for weight in model.weights}
    for name, value in values.items():
        by_name[name].assign(value)
    return model


def by_kind(model, tokens, space=SPACE):
    """(logits of the ops [B, n, 5], those of the pointers as one [B, m])."""
    found = list(zip(space.decisions(), model.logits(tokens), strict=True))
    ops = [logits for decision, logits in found if isinstance(decision, Op)]
    rest = [logits for decision, logits in found if not isinstance(decision, Op)]
    return tf.stack(ops, axis=1).numpy(), tf.concat(rest, axis=1).numpy()


@inside_and_outside
def test_a_play_is_the_restated_one(settings):
    space = micro.MicroSpace(3)
    model = toys.spread(build(space, **settings))
    weights = weights_of(model)

    def shape_op(score, cell):
        bias = weights["op_bias"][0]
        if settings:
            return BOUND * np.tanh(score + bias) + FIXED[cell]
        return BOUND * np.tanh(score) + bias + FIXED[cell]

    tokens = space.random(np.random.default_rng(1), 6)
    ours = model.logits(tokens)
    for row, one in enumerate(tokens):
        wanted = restated_plays.micro_play(
            weights,
            one,
            blocks=3,
            shape=lambda z: 1.10 * np.tanh(z),
            shape_op=shape_op,
        )
        for mine, theirs in zip(ours, wanted, strict=True):
            np.testing.assert_allclose(mine[row], theirs, rtol=1e-4, atol=1e-5)


@inside_and_outside
def test_a_new_controller_favours_separable_convolutions(settings):
    model = build(micro.MicroSpace(5), lstm_size=64, **settings)
    sample = model.sample(4, seed=SEED)
    # 4 ln 720 for the pointers; ten normal ops of 1.50156, ten reduce ops of 1.58542.
    np.testing.assert_allclose(sample.entropy, 57.187, atol=2e-2)
    ops, _ = by_kind(model, sample.tokens, micro.MicroSpace(5))
    p = tf.nn.softmax(ops)
    for cell, wanted in ((p[:, :10], NORMAL), (p[:, 10:], REDUCE)):
        np.testing.assert_allclose(cell, np.broadcast_to(wanted, cell.shape), atol=0.02)


@inside_and_outside
@pytest.mark.parametrize("temperature", [0.0, 5.0])
def test_the_biases_alone_give_the_original_probabilities(settings, temperature):
    model = build(temperature=temperature, **settings)
    assign(model, op_softmax=tf.zeros([8, 5]))
    ops, _ = by_kind(model, model.sample(1, seed=SEED).tokens)
    p = tf.nn.softmax(ops[0]).numpy()
    wanted = np.array([NORMAL] * 4 + [REDUCE] * 4)
    if temperature:  # it divides the bias, so that tanh(10 / 5) = 0.964028 is left
        learned = np.array([1, 1, 0, 0, 0]) * BOUND * 0.964028
        wanted = tf.nn.softmax(np.repeat(FIXED, 4, axis=0) + learned)
    np.testing.assert_allclose(p, wanted, atol=2e-6)


@pytest.mark.parametrize(
    ("settings", "first"),
    [
        ({}, [0.44, 0.44, 0.0, 0.0, 0.0]),
        ({"op_bias_inside_tanh": True}, [10.0, 10.0, 0.0, 0.0, 0.0]),
        ({"tanh_constant": 0.0}, [10.0, 10.0, 0.0, 0.0, 0.0]),
    ],
)
def test_the_learned_bias_starts_at(settings, first):
    bias = weights_of(build(**settings))["op_bias"]
    np.testing.assert_allclose(bias, [first], rtol=1e-5)


def bias_gradient(**settings):
    """d log p / d bias of an arc of first ops, with a policy of biases alone."""
    model = assign(build(**settings), op_softmax=tf.zeros([8, 5]))
    bias = next(w for w in model.weights if w.name == "op_bias").value
    with tf.GradientTape() as tape:
        log_prob = model.log_prob(tf.zeros([1, SPACE.num_tokens], tf.int32)).log_prob
    return tape.gradient(log_prob, bias)[0].numpy()


def test_the_learned_bias_gets_its_gradient_outside_the_tanh_only():
    # Four ops a cell: 4 (1 - .3153) + 4 (1 - .2543), and -4 times the others' sums.
    logits = [5.721664, -2.278336, -1.147776, -1.147776, -1.147776]
    np.testing.assert_allclose(bias_gradient(), logits, rtol=1e-5)
    inside = bias_gradient(op_bias_inside_tanh=True)
    # Behind the tanh of 10 next to nothing is left, behind that of 0 all but the bound.
    assert np.abs(inside[:2] / logits[:2]).max() < 1e-7
    np.testing.assert_allclose(inside[2:], BOUND * np.array(logits[2:]), rtol=1e-5)


def test_the_fixed_bias_is_of_the_normal_cell_and_is_not_learned():
    model = assign(build(), op_softmax=tf.zeros([8, 5]), op_bias=tf.zeros([1, 5]))
    ops, _ = by_kind(model, model.sample(1, seed=SEED).tokens)
    np.testing.assert_allclose(ops[0], np.repeat(FIXED, 4, axis=0), atol=1e-6)
    names = {"lstm", "start", "op_embedding", "op_softmax", "op_bias"}
    names |= {"index_w1", "index_w2", "index_v"}
    assert {weight.name for weight in model.trainable_weights} == names


def test_ops_are_bounded_more_tightly_than_pointers():
    model = toys.spread(build(), scale=50)
    assign(model, op_bias=tf.zeros([1, 5]))
    ops, pointers = by_kind(model, model.sample(50, seed=SEED).tokens)
    ops = ops - np.repeat(FIXED, 4, axis=0)
    np.testing.assert_allclose(np.abs(ops).max(), 0.44, rtol=1e-4)
    np.testing.assert_allclose(np.abs(pointers).max(), 1.10, rtol=1e-4)


def test_the_reduction_of_the_bound_is_not_for_macro_ops():
    space = macro.MacroSpace(3)
    tokens = space.random(np.random.default_rng(0), 5)
    plain, reduced = (
        toys.spread(toys.controller(space, op_tanh_reduce=by)).logits(tokens)
        for by in (1.0, 2.5)
    )
    for one, other in zip(plain, reduced, strict=True):
        np.testing.assert_array_equal(one, other)


def without_memory(tape):
    """A controller whose state is of its input alone, unless that is zeros."""
    config = controller_lib.ControllerConfig(lstm_size=8)
    model = toys.spread(controller_lib.Controller(tape, config, seed=0))
    weights = weights_of(model)
    lstm = weights["lstm"]
    lstm[8:] = 0.0  # no recurrence
    lstm[:, 8:16] = -1e3  # and a forget gate that is shut
    positive = {name: np.abs(weights[name]) for name in ("start", "op_embedding")}
    return assign(model, lstm=lstm, **positive)


def reduce_logits(model, normal_tokens):
    """The logits of a reduction cell behind this normal cell."""
    reduce_tokens = [0, 1, 0, 1, 2, 0, 2, 3]
    logits = model.logits(tf.constant([normal_tokens + reduce_tokens]))[8:]
    return np.concatenate([one.numpy().ravel() for one in logits])


NORMAL_CELLS = ([0, 1, 0, 1, 2, 0, 2, 3], [1, 0, 4, 2, 0, 2, 1, 0])


def test_the_reduction_cell_points_at_its_own_nodes():
    tape = tuple(SPACE.tape())
    one, other = (reduce_logits(without_memory(tape), cell) for cell in NORMAL_CELLS)
    np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)
    # It would see the blocks of the normal cell if they were not forgotten.
    hoarding = [step._replace(forget=False) for step in tape]
    one, other = (
        reduce_logits(without_memory(hoarding), cell) for cell in NORMAL_CELLS
    )
    assert np.abs(one - other).max() > 1e-2


def test_the_reduction_cell_remembers_the_normal_one_in_its_state():
    model = toys.spread(build())
    one, other = (reduce_logits(model, cell) for cell in NORMAL_CELLS)
    assert np.abs(one[:2] - other[:2]).max() > 1e-2  # its first pointer already
