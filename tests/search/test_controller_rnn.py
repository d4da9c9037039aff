"""The controller on the rnn tape: near nodes, tied ops, no step for node 0."""

import numpy as np
import pytest
import restated_plays
import tensorflow as tf
import toys

from enas_tf.spaces import rnn
from enas_tf.spaces.base import Index, Op, Step

SEED = tf.constant([1, 2])
SPACE = rnn.RnnSpace(4)
PUBLISHED = dict(temperature=5.0, tanh_constant=2.25, init_range=0.01)


class TapeOf:
    """Stands in for a space where only the tape matters."""

    def __init__(self, *steps):
        self.tape = lambda: steps


def build(space=SPACE, **settings):
    return toys.controller(space, **{**PUBLISHED, **settings})


def weights_of(model):
    return {weight.name: weight for weight in model.weights}


def logits_of(model, tokens):
    """Of one arc: each decision's, [choices]."""
    return [one[0].numpy() for one in model.logits(tf.constant([tokens]))]


def test_a_play_is_the_restated_one():
    model = toys.spread(build())
    tokens = SPACE.random(np.random.default_rng(1), 6)
    ours = model.logits(tokens)
    weights = {name: weight.numpy() for name, weight in weights_of(model).items()}
    for row, one in enumerate(tokens):
        wanted = restated_plays.rnn_play(
            weights, one, shape=lambda z: 2.25 * np.tanh(z / 5.0)
        )
        for mine, theirs in zip(ours, wanted, strict=True):
            np.testing.assert_allclose(mine[row], theirs, rtol=1e-4, atol=1e-5)


def test_a_new_controller_prefers_near_nodes_and_no_op():
    sample = build(rnn.RnnSpace(9), lstm_size=64).sample(4, seed=SEED)
    # The priors of nodes 1 to 9 alone, and 9 ln 4.
    np.testing.assert_allclose(sample.entropy, 8.550 + 12.477, atol=2e-3)


@pytest.mark.parametrize(
    ("node", "wanted"),
    [
        (1, [1.0]),
        (2, [0.377541, 0.622459]),
        # exp of -9/6, -4/6 and -1/6 over their sum
        (3, [0.140951, 0.324326, 0.534723]),
    ],
)
def test_without_scores_the_prior_is_left(node, wanted):
    model = toys.spread(build())
    weights_of(model)["index_v"].assign(tf.zeros([8, 1]))
    logits = logits_of(model, [0, 1, 1, 2, 2, 3, 3, 0])[2 * (node - 1)]
    np.testing.assert_allclose(tf.nn.softmax(logits), wanted, rtol=1e-5)


def test_the_prior_is_outside_the_bound():
    model = toys.spread(build(), scale=50)
    tokens = model.sample(100, seed=SEED).tokens
    scores = model.logits(tokens)[6] + np.array([16, 9, 4, 1]) / 6
    np.testing.assert_allclose(np.abs(scores).max(), 2.25, rtol=1e-4)


def test_ops_are_decided_by_their_embeddings():
    model = toys.spread(build())
    names = {"lstm", "start", "op_embedding", "index_w1", "index_w2", "index_v"}
    weights = weights_of(model)
    assert set(weights) == names
    before = logits_of(model, [0, 1] * 4)[1]
    embedding = weights["op_embedding"].numpy()
    # An op that is not chosen on the way: only its own logit is of its embedding.
    embedding[2] = 0.0
    weights["op_embedding"].assign(embedding)
    after = logits_of(model, [0, 1] * 4)[1]
    assert after[2] == 0.0 != before[2]
    np.testing.assert_array_equal(after[[0, 1, 3]], before[[0, 1, 3]])


def test_an_embedding_learns_as_input_and_as_weight():
    model = toys.spread(build(rnn.RnnSpace(2)))
    embedding = weights_of(model)["op_embedding"].value
    tokens = tf.constant([[0, 1, 0, 2]])
    with tf.GradientTape() as tape:
        log_prob = model.log_prob(tokens).log_prob
    gradient = tf.convert_to_tensor(tape.gradient(log_prob, embedding)).numpy()
    # All four as weights of two decisions; op 1 is an input besides.
    assert np.abs(gradient).max(axis=1).min() > 0
    step = 1e-2 * gradient
    embedding.assign_add(step)
    moved = model.log_prob(tokens).log_prob - log_prob
    np.testing.assert_allclose(moved, [np.sum(step * gradient)], rtol=0.1)


def test_no_step_is_made_for_node_0():
    """Its key is zeros, so that the first pointer is of the first state alone."""
    model = toys.spread(build())
    weights = {name: weight.numpy() for name, weight in weights_of(model).items()}
    zeros = np.zeros(8)
    _, h = restated_plays.lstm_step(weights["start"][0], zeros, zeros, weights["lstm"])
    score = np.tanh(h @ weights["index_w2"]) @ weights["index_v"]
    first = logits_of(model, [0, 0] * 4)[0]
    np.testing.assert_allclose(first, 2.25 * np.tanh(score / 5) - 1 / 6, rtol=1e-4)


def test_a_still_step_leaves_the_state():
    op = Step(Op("op", 3), restart=True)
    still = Step(None, still=True)
    found = [
        logits_of(toys.spread(build(TapeOf(*steps))), [1, 2])
        for steps in ((op, op), (still, op, still, still, op))
    ]
    np.testing.assert_array_equal(*found)


def behind_an_anchor(anchor, *divisors):
    """The logits of an op behind a pointer to this anchor."""
    steps = (
        Step(Op("op", 3), anchor=anchor),
        Step(Index("index", 1, divisors=divisors)),
        Step(Op("op", 3)),
    )
    return logits_of(toys.spread(build(TapeOf(*steps))), [1, 0, 0])[2]


def test_a_chosen_anchor_is_divided():
    np.testing.assert_array_equal(
        behind_an_anchor("state", 1.0), behind_an_anchor("state")
    )
    far = behind_an_anchor("state", 1e6)
    np.testing.assert_allclose(far, behind_an_anchor("zeros"), atol=1e-4)
    assert np.abs(far - behind_an_anchor("state", 1.1)).max() > 1e-2
