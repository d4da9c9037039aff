"""Losses of words by the softmax, against float64 and TensorFlow's own operation."""

import numpy as np
import pytest
import scipy.special
import tensorflow as tf

from enas_tf.nn import cross_entropy
from enas_tf.tasks import language_model

OWN = tf.nn.sparse_softmax_cross_entropy_with_logits


@pytest.fixture
def by_softmax():
    """Graphs that are traced in the test have losses by the softmax."""
    before = cross_entropy.by_softmax()
    cross_entropy.take_by_softmax(True)
    yield
    cross_entropy.take_by_softmax(before)


def with_gradient(losses, targets, logits, weights):
    """The losses, and the gradient of their sum by `weights`."""

    @tf.function(autograph=False)
    def both(logits):
        with tf.GradientTape() as tape:
            tape.watch(logits)
            found = losses(targets, logits)
            total = tf.reduce_sum(found * weights)
        return found, tape.gradient(total, logits)

    return [value.numpy() for value in both(tf.constant(logits))]


def in_float64(targets, logits, weights):
    """The same by their definition."""
    logs = scipy.special.log_softmax(logits.astype(np.float64), axis=-1)
    right = np.zeros(logits.shape)
    np.put_along_axis(right, np.asarray(targets)[..., None], 1.0, axis=-1)
    gradient = weights[..., None] * (np.exp(logs) - right)
    return -(logs * right).sum(axis=-1), gradient


def case(scale=3.0, words=1000):
    """Two texts of five words each: targets, scores, and the weight of each loss."""
    rng = np.random.default_rng(0)
    targets = rng.integers(words, size=(2, 5)).astype(np.int32)
    logits = (scale * rng.standard_normal((2, 5, words))).astype(np.float32)
    return targets, logits, rng.standard_normal((2, 5)).astype(np.float32)


def test_the_loss_and_the_gradient_of_a_case_by_hand(by_softmax):
    """Shares 1/8, 1/8, 3/4: -ln 1/8, and the loss's gradient, 2, of these less one."""
    logits = np.log(np.array([[1.0, 1.0, 6.0]], np.float32))
    loss, gradient = with_gradient(cross_entropy.of_words, [1], logits, [2.0])
    np.testing.assert_allclose(loss, [np.log(8)], rtol=1e-6)
    np.testing.assert_allclose(gradient, [[0.25, -1.75, 1.5]], rtol=1e-6)


@pytest.mark.parametrize(("scale", "words"), [(3.0, 1000), (1e4, 1000), (0.0, 20)])
def test_losses_and_gradients_are_those_of_float64_and_of_tensorflow(
    by_softmax, scale, words
):
    given = case(scale, words)
    ours = with_gradient(cross_entropy.of_words, *given)
    wanted, theirs = in_float64(*given), with_gradient(OWN, *given)
    for one, other, exact in zip(ours, theirs, wanted, strict=True):
        np.testing.assert_allclose(one, exact, rtol=2e-6, atol=2e-6)
        np.testing.assert_allclose(one, other, rtol=2e-6, atol=2e-6)


def test_of_many_words_they_are_as_exact_as_tensorflows(by_softmax):
    given = case(words=10_000)
    exact, _ = in_float64(*given)
    ours, theirs = (
        with_gradient(of, *given)[0] for of in (cross_entropy.of_words, OWN)
    )
    assert abs(ours - exact).max() <= 2 * max(abs(theirs - exact).max(), 1e-6)


def test_a_language_of_one_word_costs_nothing(by_softmax):
    given = np.zeros([2, 5], np.int32), np.full([2, 5, 1], 7.0, np.float32), 1.0
    loss, gradient = with_gradient(cross_entropy.of_words, *given)
    np.testing.assert_allclose(loss, np.zeros([2, 5]), atol=2e-6)
    np.testing.assert_allclose(gradient, np.zeros([2, 5, 1]), atol=2e-6)


def test_no_words_have_no_losses(by_softmax):
    given = np.zeros([0], np.int32), np.zeros([0, 3], np.float32), np.zeros([0], "f")
    loss, gradient = with_gradient(cross_entropy.of_words, *given)
    assert loss.shape == (0,) and gradient.shape == (0, 3)


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("place", [0, 1])
def test_a_score_that_is_not_finite_shows_in_loss_and_gradient(
    by_softmax, value, place
):
    """At the word and beside it; the row above is as it was."""
    logits = np.zeros([2, 3], np.float32)
    logits[1, place] = value
    loss, gradient = with_gradient(cross_entropy.of_words, [0, 0], logits, 1.0)
    np.testing.assert_allclose(loss[0], np.log(3), rtol=1e-6)
    assert np.isfinite(gradient[0]).all()
    assert not np.isfinite(loss[1]) and not np.isfinite(gradient[1]).all()


def test_a_word_that_cannot_be_costs_more_than_any_number(by_softmax):
    logits = np.array([[-np.inf, 0.0, 0.0]], np.float32)
    loss, gradient = with_gradient(cross_entropy.of_words, [0], logits, 1.0)
    assert loss[0] == np.inf
    np.testing.assert_allclose(gradient, [[-1.0, 0.5, 0.5]])


def test_a_word_that_does_not_exist_is_an_error(by_softmax):
    with pytest.raises(tf.errors.InvalidArgumentError):
        cross_entropy.of_words(tf.constant([3]), tf.zeros([1, 3]))


def test_a_graph_has_tensorflows_operation_unless_it_is_asked_for_the_other():
    assert not cross_entropy.by_softmax()
    targets, logits, _ = case()
    ours = cross_entropy.of_words(targets, logits)
    np.testing.assert_array_equal(ours, OWN(targets, logits))


def test_a_task_of_words_takes_the_form_that_is_asked_for(by_softmax):
    targets, logits, _ = case()
    batch = language_model.Batch(tf.constant(targets), tf.constant(targets))

    def graph(logits):
        output = language_model.ChildOutput(logits)
        return language_model.cross_entropies(output, batch)

    spec = tf.TensorSpec(logits.shape, tf.float32)
    made = tf.function(graph, autograph=False).get_concrete_function(spec).graph
    types = {op.type for op in made.get_operations()}
    assert "Softmax" in types
    assert "SparseSoftmaxCrossEntropyWithLogits" not in types


def test_compiled_by_xla_it_is_the_same(by_softmax):
    targets, logits, _ = case(words=20)
    compiled = tf.function(cross_entropy.of_words, autograph=False, jit_compile=True)
    ours = with_gradient(compiled, targets, logits, 1.0)
    wanted = in_float64(targets, logits, np.ones([2, 5]))
    for one, exact in zip(ours, wanted, strict=True):
        np.testing.assert_allclose(one, exact, rtol=2e-6, atol=2e-6)
