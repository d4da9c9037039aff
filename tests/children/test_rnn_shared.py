"""The shared rnn child: what an arc selects, what is dropped, what is carried."""

import numpy as np
import pytest
import shared_children
import tensorflow as tf

from enas_tf.children import rnn as rnn_child
from enas_tf.config.rnn import RnnChildConfig
from enas_tf.nn import recurrent
from enas_tf.spaces import rnn
from enas_tf.spaces.rnn import RnnArc

SEED = tf.constant([1, 2])
SPACE = rnn.RnnSpace(3)
HIDDEN, VOCABULARY = 6, 9
TOKENS = np.random.default_rng(0).integers(0, VOCABULARY, (4, 10), dtype=np.int32)
OPS = range(len(rnn.OPS))
NO_DROPOUT = {f"drop_{name}": 0.0 for name in recurrent.DROPPED}
# Node 1 reads 0, node 2 reads 1, node 3 reads 1: nodes 2 and 3 are loose.
INPUTS = (0, 1, 1)
ARC = RnnArc(INPUTS, (0, 1, 3))


def child_of(space=SPACE, *, vocab_size=VOCABULARY, seed=0, **settings):
    settings = {"hidden_size": HIDDEN, "init_range": 0.8, **settings}
    config = RnnChildConfig(**settings)
    return rnn_child.SharedRnnChild(space, config, vocab_size=vocab_size, seed=seed)


@pytest.fixture
def child():
    return child_of()


def child_of_states(**settings):
    """A child whose logits are its states: its embedding is the identity."""
    child = child_of(vocab_size=HIDDEN, **settings)
    values = shared_children.weights_of(child.parameters)
    child.parameters.load({**values, "embedding": np.eye(HIDDEN, dtype=np.float32)})
    return child


WORDS = TOKENS % HIDDEN  # for that child


def trained(child, *, seed=SEED, tokens=TOKENS):
    return child(tokens, arc=ARC, training=True, seed=seed)


@pytest.mark.parametrize(
    ("nodes", "hidden", "vocabulary", "count"),
    [
        # enas_lm's search: 2,000,000 + 160,000 + 45 * 4 * 80,000
        (9, 200, 10_000, 16_560_000),
        # Its 8 nodes: 2,000,000 + 160,000 + 36 * 4 * 80,000
        (8, 200, 10_000, 13_680_000),
        (1, 2, 3, 3 * 2 + 4 * 4 + 4 * 2 * 4),
    ],
)
def test_it_has_so_many_parameters(nodes, hidden, vocabulary, count):
    space = rnn.RnnSpace(nodes)
    child = child_of(space, vocab_size=vocabulary, hidden_size=hidden)
    assert child.parameters.vector.shape == (count,)
    assert [w.value.ref() for w in child.weights] == [child.parameters.vector.ref()]


def test_the_matrices_of_a_child_count_once_per_function_and_node_read():
    shapes = {w.name: w.shape for w in child_of().parameters.weights_by_name.values()}
    assert shapes == {
        "embedding": (9, 6),
        "node_0": (12, 12),
        "node_1": (4, 1, 6, 12),
        "node_2": (4, 2, 6, 12),
        "node_3": (4, 3, 6, 12),
    }


def test_all_weights_start_uniform_in_the_range_of_the_settings():
    first, again, other = (
        child_of(init_range=0.04, hidden_size=20, seed=seed).parameters
        for seed in (0, 0, 1)
    )
    for name, weight in first.views().items():
        assert 0.035 < np.abs(weight).max() <= 0.04, name
    np.testing.assert_array_equal(first.vector, again.vector)
    assert np.mean(first.vector == other.vector) < 0.01


def test_it_answers_every_word_and_gives_the_state_behind_the_last():
    output = child_of_states()(WORDS, arc=ARC)
    assert output.logits.shape == (4, 10, HIDDEN)
    np.testing.assert_array_equal(output.state, output.logits[:, -1])
    assert output.aux_logits is None and child_of().aux_parameters is None


def test_a_state_that_is_carried_makes_two_halves_equal_the_whole(child):
    whole = child(TOKENS, arc=ARC)
    first = child(TOKENS[:, :4], arc=ARC)
    second = child(TOKENS[:, 4:], arc=ARC, state=first.state)
    halves = tf.concat([first.logits, second.logits], axis=1)
    np.testing.assert_allclose(halves, whole.logits, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(second.state, whole.state, rtol=1e-4, atol=1e-5)
    # The test can fail: the state matters.
    alone = child(TOKENS[:, 4:], arc=ARC)
    assert np.abs(alone.logits - second.logits).max() > 1e-2


def test_a_text_begins_with_zeros(child):
    zeros = child.initial_state(4)
    np.testing.assert_array_equal(zeros, np.zeros([4, HIDDEN]))
    found = child(TOKENS, arc=ARC, state=zeros).logits
    np.testing.assert_array_equal(found, child(TOKENS, arc=ARC).logits)


def test_each_op_gives_another_output(child):
    outputs = [child(TOKENS, arc=RnnArc(INPUTS, (op,) * 3)).logits for op in OPS]
    for number, one in enumerate(outputs):
        for other in outputs[:number]:
            assert np.abs(one - other).max() > 1e-3


def test_the_chosen_matrix_gets_a_gradient_and_no_other_one(child):
    gradient = shared_children.gradient_of(child, ARC, TOKENS)
    for node, choice in enumerate(zip(ARC.ops, ARC.inputs, strict=True), start=1):
        touched = np.any(gradient[f"node_{node}"], axis=(2, 3))  # [ops, nodes read]
        assert [tuple(place) for place in np.argwhere(touched)] == [choice]
    assert np.any(gradient["node_0"][:HIDDEN]) and np.any(gradient["node_0"][HIDDEN:])


def unchosen(arc):
    """The matrices that `arc` does not use, as `poison` is told them."""
    for node, choice in enumerate(zip(arc.ops, arc.inputs, strict=True), start=1):
        others = np.ones([len(rnn.OPS), node], bool)
        others[choice] = False
        yield f"node_{node}", others


def test_what_is_not_chosen_is_not_computed(child):
    """A NaN in it would show, in the penalty and its gradient, too."""
    shared_children.poison(child, unchosen(ARC))
    with tf.GradientTape() as tape:
        output = trained(child)
        loss = tf.reduce_sum(output.logits) + output.penalty
    assert np.all(np.isfinite(output.logits)) and np.isfinite(output.penalty)
    assert np.all(np.isfinite(tape.gradient(loss, child.parameters.vector)))
    # The test can fail: other ops and inputs do meet a NaN.
    others = [RnnArc(INPUTS, (0, 1, 2)), RnnArc((0, 0, 1), ARC.ops)]
    for arc in others:
        assert np.all(np.isnan(child(TOKENS, arc=arc).logits))


def test_the_functions_are_inside_a_switch(child):
    @tf.function(autograph=False)
    def logits(tokens):
        return child(TOKENS, arc=SPACE.decode(tokens)).logits

    graph = logits.get_concrete_function(tf.zeros([6], tf.int32)).graph.as_graph_def()
    bodies = [[node.op for node in one.node_def] for one in graph.library.function]
    relus = [body for body in bodies if "Relu" in body]
    assert len(relus) == 3 and not any("MatMul" in body for body in relus)
    assert "Relu" not in [node.op for node in graph.node]


def test_one_trace_serves_all_arcs_and_lengths(child):
    lengths = tf.TensorSpec([4, None], tf.int32), tf.TensorSpec([6], tf.int32)

    @tf.function(autograph=False, input_signature=lengths)
    def logits(words, tokens):
        return child(words, arc=SPACE.decode(tokens)).logits

    for number, tokens in enumerate(SPACE.random(np.random.default_rng(0), 5)):
        words = TOKENS[:, : 2 * number + 1]
        wanted = child(words, arc=SPACE.decode(tokens)).logits
        found = logits(tf.constant(words), tf.constant(tokens))
        np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-5)
    assert logits.experimental_get_tracing_count() == 1


def test_only_loose_ends_are_averaged_unless_all_are_wanted():
    loose, every = child_of(average="loose"), child_of(average="all")
    star = RnnArc((0, 0, 0), ARC.ops)  # where all nodes are loose
    found = [child(TOKENS, arc=star).state for child in (loose, every)]
    np.testing.assert_allclose(*found, rtol=1e-4, atol=1e-5)
    found = [child(TOKENS, arc=ARC).state for child in (loose, every)]
    assert np.abs(found[0] - found[1]).max() > 1e-2


def test_the_end_of_a_chain_is_the_state():
    """Node 2 = tanh(0) through a half open gate: half of node 1, which nobody adds."""
    one, two = child_of(rnn.RnnSpace(1)), child_of(rnn.RnnSpace(2))
    weights = shared_children.weights_of(one.parameters)
    closed = {"node_2": np.zeros([4, 2, HIDDEN, 2 * HIDDEN], np.float32)}
    two.parameters.load({**weights, **closed})
    node_1 = one(TOKENS[:, :1], arc=RnnArc((0,), (1,))).state
    state = two(TOKENS[:, :1], arc=RnnArc((0, 1), (1, 0))).state
    np.testing.assert_allclose(state, node_1 / 2.0, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("name", recurrent.DROPPED)
def test_each_dropout_is_for_training_only(name):
    child = child_of(**{**NO_DROPOUT, f"drop_{name}": 0.5})
    plain = child(TOKENS, arc=ARC, seed=SEED).logits
    np.testing.assert_array_equal(plain, child_of()(TOKENS, arc=ARC).logits)
    dropped = trained(child).logits
    assert np.abs(dropped - plain).max() > 1e-3
    np.testing.assert_array_equal(trained(child).logits, dropped)
    other = trained(child, seed=tf.constant([1, 3])).logits
    assert np.abs(other - dropped).max() > 1e-3


def test_training_without_dropout_equals_an_evaluation():
    child = child_of(**NO_DROPOUT)
    output = child(TOKENS, arc=ARC, training=True)  # without a seed
    np.testing.assert_array_equal(output.logits, child(TOKENS, arc=ARC).logits)


def test_an_output_mask_is_drawn_once_a_minibatch():
    plain = child_of_states()(WORDS, arc=ARC).logits
    child = child_of_states(**{**NO_DROPOUT, "drop_o": 0.5})
    factors = (trained(child, tokens=WORDS).logits / plain).numpy()
    for step in range(10):
        np.testing.assert_allclose(factors[:, step], factors[:, 0], rtol=1e-5)
    np.testing.assert_allclose(np.unique(factors.round(4)), [0.0, 2.0])


def test_states_are_penalised_before_outputs_are_dropped():
    settings = dict(NO_DROPOUT, alpha=0.3, beta=0.7, weight_decay=0.0)
    states = child_of_states()(WORDS, arc=ARC).logits.numpy()
    wanted = 0.3 * np.mean(states**2) + 0.7 * np.mean(np.diff(states, axis=1) ** 2)
    for rate in (0.0, 0.5):
        child = child_of_states(**{**settings, "drop_o": rate})
        penalty = trained(child, tokens=WORDS).penalty
        assert penalty.shape == ()
        np.testing.assert_allclose(penalty, wanted, rtol=1e-4)


def test_weight_decay_is_on_node_0_and_the_chosen_matrices_alone():
    child = child_of(alpha=0.0, beta=0.0, weight_decay=0.25)
    weights = shared_children.weights_of(child.parameters)
    used = [weights["node_0"]]
    for node, choice in enumerate(zip(ARC.ops, ARC.inputs, strict=True), start=1):
        used.append(weights[f"node_{node}"][choice])
    wanted = 0.25 * sum(np.sum(np.square(weight)) for weight in used)
    np.testing.assert_allclose(trained(child).penalty, wanted, rtol=1e-5)


def test_an_evaluation_has_no_penalty(child):
    assert float(child(TOKENS, arc=ARC).penalty) == 0.0
    assert float(trained(child).penalty) > 0.0


def test_fewer_ops_have_fewer_matrices():
    child = child_of(rnn.RnnSpace(2, num_ops=2))
    assert child.parameters.views()["node_2"].shape == (2, 2, HIDDEN, 2 * HIDDEN)
    assert np.all(np.isfinite(child(TOKENS, arc=RnnArc((0, 1), (1, 0))).logits))
