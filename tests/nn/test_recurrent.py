"""The recurrent cell: a NumPy restatement, its limits, what is dropped, penalties."""

import functools

import numpy as np
import pytest
import tensorflow as tf

from enas_tf.nn import recurrent
from enas_tf.spaces import rnn

BATCH, TIME, HIDDEN, VOCABULARY = 3, 4, 5, 7
NAMES = ("tanh", "relu", "sigmoid", "identity")
# Node 1 reads 0, node 2 reads 0, node 3 reads 2, node 4 reads 1: 3 and 4 are loose.
INPUTS, OPS = (0, 0, 2, 1), (1, 3, 0, 2)
SHARES = (0.0, 0.0, 0.0, 0.5, 0.5)
NOTHING = recurrent.Dropout()
NUMPY = dict(
    tanh=np.tanh,
    relu=lambda x: np.maximum(x, 0.0),
    sigmoid=lambda x: 1.0 / (1.0 + np.exp(-x)),
    identity=lambda x: x,
)


def normal(*shape, seed=0, scale=1.0):
    return np.random.default_rng(seed).normal(0.0, scale, shape).astype(np.float32)


def cell_of(inputs=INPUTS, ops=OPS, shares=SHARES, *, scale=0.7):
    return recurrent.Cell(
        tf.constant(normal(HIDDEN, 2 * HIDDEN, seed=1, scale=scale)),
        tf.constant(normal(len(inputs) + 1, HIDDEN, 2 * HIDDEN, seed=2, scale=scale)),
        inputs,
        ops,
        NAMES,
        tf.constant(shares),
    )


WORDS, STATE = normal(BATCH, TIME, HIDDEN, seed=3), normal(BATCH, HIDDEN, seed=4)
DROPOUT = recurrent.Dropout(dict(x=0.4, l=0.3, w=0.2), tf.constant([3, 4]))


def restated(words, state, cell, dropout):
    """As the description has it: one product of [word, state] in every time step."""
    drawn = dict(x=state, l=state, w=cell.nodes)
    masks = {name: dropout.mask(name, like).numpy() for name, like in drawn.items()}
    nodes_w = cell.nodes.numpy() * masks["w"]
    node_0_w = np.concatenate([cell.word.numpy(), nodes_w[0]])  # [2H, 2H]
    found = []
    for t in range(words.shape[1]):
        both = np.concatenate([words[:, t] * masks["x"], state * masks["l"]], axis=1)
        nodes = [plain_highway(state, both @ node_0_w, "tanh")]
        for read, op, w in zip(cell.inputs, cell.ops, nodes_w[1:], strict=True):
            product = (nodes[read] * masks["l"]) @ w
            nodes.append(plain_highway(nodes[read], product, NAMES[op]))
        state = sum(
            share * node
            for share, node in zip(cell.average_weights, nodes, strict=True)
        )
        found.append(state)
    return np.stack(found, axis=1)


def plain_highway(carried, product, name):
    h, t = product[:, :HIDDEN], product[:, HIDDEN:]
    gate = NUMPY["sigmoid"](t)
    return gate * NUMPY[name](h) + (1.0 - gate) * carried


def test_every_op_of_the_space_has_a_function():
    assert set(recurrent.FUNCTIONS) == set(rnn.OPS) == set(NUMPY)


@pytest.mark.parametrize("dropout", [NOTHING, DROPOUT], ids=["nothing", "dropped"])
def test_projecting_all_words_outside_the_loop_equals_doing_so_inside(dropout):
    cell = cell_of()
    found = recurrent.states(WORDS, STATE, cell, dropout)
    wanted = restated(WORDS, STATE, cell, dropout)
    assert found.shape == (BATCH, TIME, HIDDEN)
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("op", range(len(NAMES)))
def test_each_function_is_the_one_that_it_is_named_for(op):
    cell = cell_of((0,), (op,), (0.0, 1.0))
    found = recurrent.states(WORDS, STATE, cell, NOTHING)
    wanted = restated(WORDS, STATE, cell, NOTHING)
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-5)


def test_choices_may_be_tensors_and_the_length_unknown():
    @tf.function(autograph=False)
    def traced(words, inputs, ops):
        assert words.shape[1] is None
        cell = cell_of(tf.unstack(inputs), tf.unstack(ops))
        return recurrent.states(words, STATE, cell, NOTHING)

    signature = (
        tf.TensorSpec([BATCH, None, HIDDEN]),
        *[tf.TensorSpec([4], tf.int32)] * 2,
    )
    states = traced.get_concrete_function(*signature)
    for length, inputs, ops in ((4, INPUTS, OPS), (1, (0, 1, 1, 3), (3, 2, 1, 0))):
        words = WORDS[:, :length]
        wanted = restated(words, STATE, cell_of(inputs, ops), NOTHING)
        found = states(*map(tf.constant, (words, inputs, ops)))
        np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", NAMES)
def test_a_closed_gate_carries_on_and_an_open_one_gives_the_function(name):
    carried = tf.constant([[0.5, -2.0]])
    highway = functools.partial(
        recurrent.highway, function=recurrent.FUNCTIONS[name].value
    )
    h = [[1.0, -1.0]]
    closed = highway(carried, tf.concat([h, [[-200.0, -200.0]]], axis=1))
    np.testing.assert_array_equal(closed, carried)
    opened = highway(carried, tf.concat([h, [[200.0, 200.0]]], axis=1))
    np.testing.assert_allclose(opened, NUMPY[name](np.array(h)), rtol=1e-6)
    half = highway(carried, tf.concat([h, [[0.0, 0.0]]], axis=1))
    np.testing.assert_allclose(half, (closed + opened) / 2.0, rtol=1e-6)


def test_where_all_gates_are_closed_the_state_is_copied_for_ever():
    # h of node 0 is 0 and its t is -200 for every word; the others' are likewise.
    shut = np.concatenate([np.zeros([HIDDEN]), np.full([HIDDEN], -200.0)])
    rows = np.zeros([HIDDEN, 2 * HIDDEN], np.float32)
    rows[0] = shut
    words, state = WORDS.copy(), np.abs(STATE) + 1.0
    words[..., 0] = 1.0
    cell = cell_of()._replace(word=rows, nodes=tf.constant([rows] * 5))
    found = recurrent.states(words, tf.constant(state), cell, NOTHING)
    np.testing.assert_array_equal(found, np.repeat(state[:, None], TIME, axis=1))


@pytest.mark.parametrize(
    ("inputs", "shares"),
    [
        ((0,), [0, 1]),
        ((0, 1, 2), [0, 0, 0, 1]),
        ((0, 0, 0), [0, 1 / 3, 1 / 3, 1 / 3]),
        (INPUTS, SHARES),
    ],
)
def test_loose_ends_have_equal_shares(inputs, shares):
    np.testing.assert_allclose(
        recurrent.weights_of_loose_ends(inputs), shares, rtol=1e-6
    )
    tensors = tuple(map(tf.constant, inputs))
    np.testing.assert_allclose(
        recurrent.weights_of_loose_ends(tensors), shares, rtol=1e-6
    )
    arc = rnn.RnnArc(inputs, (0,) * len(inputs))
    assert tuple(np.flatnonzero(shares)) == rnn.loose_ends(arc)


def test_all_nodes_but_node_0_have_equal_shares():
    np.testing.assert_allclose(recurrent.weights_of_all(4), [0, 0.25, 0.25, 0.25, 0.25])


def test_a_mask_keeps_and_scales_or_drops():
    like = tf.fill([40, 50], 7.0)
    mask = recurrent.Dropout(dict(o=0.75), tf.constant([1, 2])).mask("o", like).numpy()
    assert set(np.unique(mask)) == {0.0, 4.0}
    assert (mask == 0.0).mean() == pytest.approx(0.75, abs=0.04)


def test_each_mask_and_minibatch_has_draws_of_its_own():
    rates = dict.fromkeys(recurrent.DROPPED, 0.5)
    like = tf.ones([200])
    masks = {
        tuple(recurrent.Dropout(rates, tf.constant([1, seed])).mask(name, like).numpy())
        for name in recurrent.DROPPED
        for seed in (2, 3)
    }
    assert len(masks) == 2 * len(recurrent.DROPPED) == 12


@pytest.mark.parametrize("dropout", [NOTHING, recurrent.Dropout(dict(o=0.0))])
def test_a_rate_of_0_needs_no_seed(dropout):
    np.testing.assert_array_equal(dropout.mask("o", tf.zeros([2, 3])), np.ones([2, 3]))


TOKENS = tf.constant(np.random.default_rng(0).integers(0, VOCABULARY, (BATCH, 30)))
EMBEDDING = tf.constant(normal(VOCABULARY, HIDDEN, seed=5))


def test_words_are_rows_of_the_embedding_and_scores_products_with_it():
    words = recurrent.embedded(TOKENS, EMBEDDING, STATE, NOTHING)
    np.testing.assert_array_equal(words, EMBEDDING.numpy()[TOKENS.numpy()])
    logits = recurrent.word_logits(WORDS, EMBEDDING, NOTHING)
    assert logits.shape == (BATCH, TIME, VOCABULARY)
    np.testing.assert_allclose(
        logits, WORDS @ EMBEDDING.numpy().T, rtol=1e-4, atol=1e-5
    )


def test_a_dropped_word_is_dropped_wherever_it_stands():
    dropout = recurrent.Dropout(dict(e=0.5), tf.constant([1, 2]))
    words = recurrent.embedded(TOKENS, EMBEDDING, STATE, dropout).numpy()
    gone = {}
    for word, vector in zip(
        TOKENS.numpy().ravel(), words.reshape(-1, HIDDEN), strict=True
    ):
        dropped = not vector.any()
        wanted = np.zeros(HIDDEN) if dropped else 2.0 * EMBEDDING.numpy()[word]
        np.testing.assert_allclose(vector, wanted, rtol=1e-6)
        assert gone.setdefault(word, dropped) == dropped
    assert set(gone) == set(range(VOCABULARY)) and len(set(gone.values())) == 2


def test_no_word_is_dropped_from_those_that_may_come_next():
    dropout = recurrent.Dropout(dict(e=0.5), tf.constant([1, 2]))
    found, wanted = (
        recurrent.word_logits(WORDS, EMBEDDING, each) for each in (dropout, NOTHING)
    )
    np.testing.assert_array_equal(found, wanted)


@pytest.mark.parametrize("name", ["i", "o"])
def test_an_entry_of_embeddings_or_outputs_is_dropped_in_all_time_steps(name):
    dropout = recurrent.Dropout({name: 0.5}, tf.constant([1, 2]))
    if name == "i":
        whole = EMBEDDING.numpy()[TOKENS.numpy()]
        found = recurrent.embedded(TOKENS, EMBEDDING, STATE, dropout).numpy()
    else:
        whole = WORDS
        found = recurrent.word_logits(WORDS, tf.eye(HIDDEN), dropout).numpy()
    factors = found / whole  # [B, T, H]
    np.testing.assert_allclose(factors, np.broadcast_to(factors[:, :1], whole.shape))
    np.testing.assert_allclose(np.unique(factors.round(5)), [0.0, 2.0])
    assert (factors[0, 0] != factors[1, 0]).any()


def test_penalties_of_two_steps_by_hand():
    states = tf.constant([[[1.0, 2.0], [1.0, 4.0], [0.0, 4.0]]])
    assert float(recurrent.mean_square(states)) == pytest.approx(38 / 6)
    # Changes (0, 2) and (-1, 0); what came before the first state is not among them.
    assert float(recurrent.slowness(states)) == pytest.approx(5 / 4)


def test_the_slowness_of_a_single_step_is_0_and_so_is_its_gradient():
    states = tf.ones([2, 1, 3])
    with tf.GradientTape() as tape:
        tape.watch(states)
        value = recurrent.slowness(states)
    assert float(value) == 0.0
    np.testing.assert_array_equal(tape.gradient(value, states), np.zeros([2, 1, 3]))


def test_the_sum_of_squares_is_over_all_matrices_of_the_cell():
    cell = cell_of()._replace(
        word=tf.fill([HIDDEN, 2 * HIDDEN], 2.0),
        nodes=tf.fill([5, HIDDEN, 2 * HIDDEN], -1.0),
    )
    assert float(recurrent.sum_of_squares(cell)) == 50 * 4.0 + 5 * 50 * 1.0
