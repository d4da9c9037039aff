"""The adaptive softmax: against a restatement, its sum, its sizes, what is tied."""

import numpy as np
import pytest
import tensorflow as tf

from enas_tf.nn import adaptive, lexicon, lexicons, recurrent

HIDDEN, WORDS = 8, 9
TREE = adaptive.Tree(HIDDEN, (3, 5, WORDS))  # clusters of words 3, 4 and 5 to 8
NOTHING = recurrent.Dropout()
RNG = np.random.default_rng(0)
STATES = RNG.normal(size=(2, 6, HIDDEN)).astype(np.float32)
LIKE = tf.zeros([2, HIDDEN])
TARGETS = np.array([[0, 3, 8, 5, 2, 4], [7, 7, 1, 6, 0, 3]], np.int32)


def weights_of(tree=TREE):
    return {
        one.name: RNG.normal(size=one.shape).astype(np.float32)
        for one in tree.weights(0.1)
    }


WEIGHTS = weights_of()


def softmax(scores):
    raised = np.exp(scores - scores.max(-1, keepdims=True))
    return raised / raised.sum(-1, keepdims=True)


def restated(weights, states):
    """P of each word, [..., 9], as the paper writes it: two levels, by hand."""
    head = softmax(
        states @ np.concatenate([weights["embedding"], weights["clusters"]]).T
    )
    first, second = (
        softmax(states @ weights[f"project_{n}"] @ weights[f"tail_{n}"].T)
        for n in (1, 2)
    )
    return np.concatenate(
        [head[..., :3], head[..., 3:4] * first, head[..., 4:5] * second], axis=-1
    )


def test_probabilities_equal_their_restatement_and_sum_to_one():
    found = np.exp(TREE.logits(STATES, WEIGHTS, NOTHING))
    np.testing.assert_allclose(found, restated(WEIGHTS, STATES), rtol=1e-4, atol=1e-7)
    np.testing.assert_allclose(found.sum(-1), np.ones([2, 6]), rtol=1e-5)


def test_a_softmax_of_the_scores_is_the_same_again():
    scores = TREE.logits(STATES, WEIGHTS, NOTHING)
    np.testing.assert_allclose(tf.nn.log_softmax(scores), scores, atol=1e-5)


@pytest.mark.parametrize("targets", [TARGETS, TARGETS % 3, 3 + TARGETS % 2])
def test_losses_are_those_of_the_whole_also_where_a_cluster_has_no_word(targets):
    wanted = np.log(restated(WEIGHTS, STATES))
    wanted = -np.take_along_axis(wanted, targets[..., None], -1)[..., 0]
    losses = TREE.losses(STATES, WEIGHTS, NOTHING)
    np.testing.assert_allclose(losses.measured(targets), wanted, rtol=1e-4, atol=1e-6)
    np.testing.assert_array_equal(losses.trained(targets), losses.measured(targets))


def test_gradients_are_those_of_the_whole():
    def gradients(loss):
        weights = {name: tf.constant(value) for name, value in WEIGHTS.items()}
        with tf.GradientTape() as tape:
            tape.watch(weights)
            value = tf.reduce_mean(loss(weights))
        found = tape.gradient(value, weights)
        return {name: tf.convert_to_tensor(one) for name, one in found.items()}

    def whole(weights):
        scores = TREE.logits(STATES, weights, NOTHING)
        return tf.nn.sparse_softmax_cross_entropy_with_logits(TARGETS, scores)

    wanted = gradients(whole)
    found = gradients(lambda w: TREE.losses(STATES, w, NOTHING).trained(TARGETS))
    for name, gradient in found.items():
        assert np.abs(wanted[name]).max() > 1e-3, name
        np.testing.assert_allclose(gradient, wanted[name], rtol=1e-3, atol=1e-6)


def test_a_rare_word_goes_in_by_the_vector_that_it_comes_out_by():
    found = TREE.vectors(tf.constant([[1, 2, 3], [8, 5, 4]]), WEIGHTS, LIKE, NOTHING)
    rows = WEIGHTS["embedding"]
    first = WEIGHTS["tail_1"] @ WEIGHTS["project_1"].T  # of words 3 and 4
    second = WEIGHTS["tail_2"] @ WEIGHTS["project_2"].T  # of words 5 to 8
    wanted = [[rows[1], rows[2], first[0]], [second[3], second[0], first[1]]]
    np.testing.assert_allclose(found, wanted, rtol=1e-5)


def test_dropout_is_that_of_the_published_embedding():
    """On the way in "e" and "i", on the way out "o": what is dropped is the same."""
    dropout = recurrent.Dropout(dict(e=0.5, i=0.5, o=0.5), tf.constant([1, 2]))
    tied = lexicon.Tied(WORDS, HIDDEN)
    table = dict(embedding=np.ones([WORDS, HIDDEN], np.float32))
    words = tf.constant(TARGETS)
    there = tied.vectors(words, table, LIKE, dropout) != 0.0
    found = TREE.vectors(words, WEIGHTS, LIKE, dropout) != 0.0
    np.testing.assert_array_equal(found, there)
    assert 0.05 < np.mean(there) < 0.6
    outputs = recurrent.dropped_outputs(STATES, dropout)
    np.testing.assert_allclose(
        TREE.logits(STATES, WEIGHTS, dropout),
        TREE.logits(outputs, WEIGHTS, NOTHING),
        rtol=1e-6,
    )


def test_widths_are_a_quarter_a_sixteenth_and_never_none():
    tree = adaptive.Tree(32, (10, 20, 40, 80, 100))
    assert [c.width for c in tree.clusters] == [8, 2, 1, 1]
    shapes = {one.name: one.shape for one in tree.weights(0.1)}
    assert shapes["embedding"] == (10, 32) and shapes["clusters"] == (4, 32)
    assert (shapes["tail_2"], shapes["project_2"]) == ((20, 2), (32, 2))


def test_rare_vectors_begin_as_large_as_frequent_ones():
    tree = adaptive.Tree(64, (500, 1000, 2000))
    rng = np.random.default_rng(0)
    start = {
        one.name: rng.uniform(-one.uniform, one.uniform, one.shape).astype(np.float32)
        for one in tree.weights(0.04)
    }
    words = tf.range(2000)[tf.newaxis]
    found = tree.vectors(words, start, tf.zeros([1, 64]), NOTHING)[0].numpy()
    sizes = [np.sqrt(np.mean(found[a:b] ** 2)) for a, b in ((0, 500), (1000, 2000))]
    np.testing.assert_allclose(sizes, 0.04 / np.sqrt(3.0), rtol=0.1)


def test_without_cutoffs_a_lexicon_is_the_published_one():
    assert lexicons.of(9, 8) == lexicon.Tied(9, 8)
    assert lexicons.of(9, 8, (3, 5)) == TREE
