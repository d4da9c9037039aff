"""The final rnn child: against the shared one of its arc, its size, its penalty."""

import numpy as np
import pytest
import shared_children
import tensorflow as tf

from enas_tf.children import final_rnn
from enas_tf.children import rnn as rnn_child
from enas_tf.config.rnn import RnnChildConfig
from enas_tf.nn import language, recurrent
from enas_tf.spaces import rnn

HIDDEN, VOCABULARY, NODES = 6, 9, 4
SPACE = rnn.RnnSpace(NODES)
RNG = np.random.default_rng(0)
TOKENS = tf.constant(RNG.integers(0, VOCABULARY, (3, 7)), tf.int32)
FOLLOW = tf.constant(RNG.integers(0, VOCABULARY, (3, 7)), tf.int32)
STATE = tf.constant(RNG.normal(size=(3, HIDDEN)), tf.float32)
SEED = tf.constant([1, 2])


def config_of(**settings):
    return RnnChildConfig(**{"hidden_size": HIDDEN, "init_range": 0.5, **settings})


def final_of(arc, config, *, seed=0, num_nodes=NODES, vocab_size=VOCABULARY):
    return final_rnn.final_rnn_child(
        arc, config, num_nodes=num_nodes, vocab_size=vocab_size, seed=seed
    )


def slices(values, arc):
    """The weights of the shared child that `arc` uses, as the final child has them."""
    word, from_state = np.split(values["node_0"], 2)
    nodes = [from_state]
    for node, (read, op) in enumerate(zip(*arc, strict=True), start=1):
        nodes.append(values[f"node_{node}"][op, read])
    return dict(embedding=values["embedding"], word=word, nodes=np.stack(nodes))


def alike(arc, config):
    """The shared child, and the final child of `arc` with the same weights."""
    shared = rnn_child.SharedRnnChild(SPACE, config, vocab_size=VOCABULARY, seed=0)
    final = final_of(arc, config, seed=1)
    used = slices(shared_children.weights_of(shared.parameters), arc)
    for weight in final.weights:
        weight.assign(used[weight.name])
    return shared, final


def cross_entropy(logits):
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(FOLLOW, logits)
    return tf.reduce_mean(losses)


ARCS = [SPACE.decode(t) for t in SPACE.random(np.random.default_rng(2), 4)]


@pytest.mark.parametrize("average", ["loose", "all"])
@pytest.mark.parametrize("arc", ARCS, ids=str)
def test_with_the_weights_of_the_shared_child_it_is_the_shared_child(arc, average):
    config = config_of(average=average)
    shared, final = alike(arc, config)
    dropout = recurrent.Dropout(rnn_child.drop_rates(config), SEED)
    for training, drop in ((False, recurrent.Dropout()), (True, dropout)):
        wanted = shared(TOKENS, arc=arc, state=STATE, training=training, seed=SEED)
        found = final.run(TOKENS, STATE, drop)
        np.testing.assert_allclose(found.logits, wanted.logits, rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(found.state, wanted.state, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("arc", ARCS[:2], ids=str)
def test_its_gradients_are_those_of_the_shared_child(arc):
    shared, final = alike(arc, config_of())
    vector = shared.parameters.vector
    variables = [v.value for v in final.trainable_variables]
    with tf.GradientTape() as tape:
        loss = cross_entropy(shared(TOKENS, arc=arc, state=STATE).logits)
    whole = shared.parameters.unpack(tape.gradient(loss, vector))
    wanted = slices({name: value.numpy() for name, value in whole.items()}, arc)
    with tf.GradientTape() as tape:
        loss = cross_entropy(final(TOKENS, STATE)[0])
    for weight, gradient in zip(
        final.weights, tape.gradient(loss, variables), strict=True
    ):
        assert np.abs(wanted[weight.name]).max() > 1e-4
        np.testing.assert_allclose(
            tf.convert_to_tensor(gradient), wanted[weight.name], rtol=1e-3, atol=1e-6
        )


def test_it_has_the_parameters_of_the_authors_cell_and_the_lstm_as_many():
    arc = rnn.RnnSpace(8).parse(rnn.ENAS_RNN)
    sizes = dict(num_nodes=8, vocab_size=10_000)
    config = config_of(hidden_size=800)
    # 8,000,000 + 20 * 640,000
    assert final_of(arc, config, **sizes).count_params() == 20_800_000
    lstm = final_of(None, config, **sizes)
    assert isinstance(lstm, language.LstmWordModel)
    assert lstm.inner_size == 989
    # 8,000,000 + 4 * 1789^2
    assert lstm.count_params() == 20_802_084
    assert lstm.count_params() == pytest.approx(20_800_000, rel=1e-3)


@pytest.mark.parametrize(
    ("nodes", "hidden", "inner"), [(8, 800, 989), (6, 100, 100), (1, 2, 1), (1, 1, 1)]
)
def test_the_lstm_is_as_large_as_a_cell_of_so_many_nodes(nodes, hidden, inner):
    assert final_rnn.lstm_size(nodes, hidden) == inner


@pytest.mark.parametrize("arc", [ARCS[0], None], ids=["cell", "lstm"])
def test_the_settings_are_those_of_the_config(arc):
    first = final_of(arc, config_of(init_range=0.02, average="all"), seed=5)
    for weight in first.weights:
        assert 0.01 < np.abs(weight).max() <= 0.02
    config = first.get_config()
    assert (config["seed"], config["hidden_size"]) == (5, HIDDEN)
    assert config["vocab_size"] == VOCABULARY
    if arc is not None:
        assert config["average"] == "all"
        assert (tuple(config["inputs"]), tuple(config["ops"])) == arc
        assert tuple(config["functions"]) == rnn.OPS


def test_a_worked_penalty():
    model = final_of(ARCS[0], config_of())
    for weight in model.weights:
        weight.assign(2.0 * np.ones(weight.shape))
    # The states of a text of three words: 1, 3 and 0; their squares' mean is 10 / 3,
    # that of the changes' squares 13 / 2, the sum of squared weights 4 times their
    # number, 9 * 6 + 6 * 12 + 5 * 6 * 12 = 486.
    states = tf.constant([[[1.0], [3.0], [0.0]]])
    run = language.Reading(tf.zeros([1, 3, VOCABULARY]), states, states[:, -1])
    nothing = dict(alpha=0.0, beta=0.0, weight_decay=0.0)
    for settings, wanted in [
        ({}, 0.0),
        (dict(alpha=0.7), 0.7 * 10 / 3),
        (dict(beta=2.0), 13.0),
        (dict(weight_decay=0.01), 0.01 * 4 * 486),
        (dict(alpha=3.0, beta=1.0, weight_decay=1.0), 10.0 + 6.5 + 1944.0),
    ]:
        config = config_of(**{**nothing, **settings})
        found = final_rnn.penalty(model, run, config)
        np.testing.assert_allclose(found, wanted, rtol=1e-5)


@pytest.mark.parametrize("arc", [ARCS[0], None], ids=["cell", "lstm"])
def test_the_penalty_moves_every_weight(arc):
    config = config_of(alpha=0.0, beta=0.0, weight_decay=0.25)
    model = final_of(arc, config)
    variables = [v.value for v in model.trainable_variables]
    with tf.GradientTape() as tape:
        run = model.run(TOKENS, model.initial_state(3), recurrent.Dropout())
        value = final_rnn.penalty(model, run, config)
    for variable, gradient in zip(
        variables, tape.gradient(value, variables), strict=True
    ):
        np.testing.assert_allclose(gradient, 0.5 * variable, rtol=1e-6)
