"""What the controller draws: as often as its policy says, by seed, in one graph."""

import itertools

import numpy as np
import pytest
import tensorflow as tf
import toys

from enas_tf.nn import seeds
from enas_tf.spaces import micro, rnn

SEED = tf.constant([3, 4])
# So small that every arc can be listed: two ops of three and a skip; two cells of one
# block, two inputs and two ops; three nodes and two ops.
SPACES = {
    "macro": toys.SPACE,
    "micro": micro.MicroSpace(1, num_ops=2),
    "rnn": rnn.RnnSpace(3, num_ops=2),
}
by_space = pytest.mark.parametrize("space", SPACES.values(), ids=SPACES)


def every_arc(space):
    """All token sequences, [N, T] int32."""
    choices = map(range, space.choices_per_token())
    return np.array(list(itertools.product(*choices)), np.int32)


@by_space
def test_the_probabilities_of_all_arcs_sum_to_one(space):
    model = toys.spread(toys.controller(space))
    total = tf.reduce_sum(tf.exp(model.log_prob(every_arc(space)).log_prob))
    np.testing.assert_allclose(total, 1.0, rtol=1e-5)


@by_space
def test_arcs_come_as_often_as_the_policy_says(space):
    # Not so far from equally likely that an arc is expected less than ten times.
    model = toys.spread(toys.controller(space), scale=0.4)
    count, arcs = 20_000, every_arc(space)
    drawn = model.sample(count, seed=SEED).tokens.numpy()
    found = (drawn[:, None] == arcs).all(axis=2).mean(axis=0)
    p = np.exp(model.log_prob(arcs).log_prob)
    assert p.max() > 3 * p.min() and p.min() * count > 10
    # Four standard deviations of a frequency: one arc in 16,000 is outside by chance.
    assert np.all(np.abs(found - p) <= 4 * np.sqrt(p * (1 - p) / count))


@by_space
def test_the_expected_entropy_is_minus_the_expected_log_probability(space):
    model = toys.spread(toys.controller(space))
    play = model.log_prob(every_arc(space))
    p = np.exp(play.log_prob)
    np.testing.assert_allclose(
        np.sum(p * play.entropy), -np.sum(p * play.log_prob), rtol=1e-4
    )


@by_space
def test_drawing_gives_the_tokens_of_sampling_in_a_smaller_graph(space):
    model = toys.spread(toys.controller(space))

    @tf.function(autograph=False)
    def drawn(seed):
        return model.draw(20, seed=seed)

    @tf.function(autograph=False)
    def sampled(seed):
        return model.sample(20, seed=seed).tokens

    np.testing.assert_array_equal(drawn(SEED), sampled(SEED))
    sizes = [
        len(function.get_concrete_function(SEED).graph.get_operations())
        for function in (drawn, sampled)
    ]
    assert sizes[0] < sizes[1]


def test_one_seed_gives_the_same_arcs_and_another_one_others():
    model = toys.controller()
    first, again, other = (
        model.sample(20, seed=tf.constant(seed)).tokens.numpy()
        for seed in ([1, 2], [1, 2], [1, 3])
    )
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_the_decisions_of_an_arc_are_drawn_independently():
    tokens = toys.controller().sample(2000, seed=SEED).tokens.numpy()
    # Almost uniform, so two ops agree in a third; 0.04 is about four deviations.
    assert abs((tokens[:, 0] == tokens[:, 1]).mean() - 1 / 3) < 0.04


def test_equal_shapes_start_with_different_values():
    weights = {weight.name: weight.numpy() for weight in toys.controller().weights}
    assert not np.array_equal(weights["skip_w1"], weights["skip_w2"])


@pytest.mark.parametrize(
    ("settings", "bound"), [({}, 0.1), ({"init_range": 0.01}, 0.01)]
)
def test_the_seed_decides_the_first_weights_within_their_range(settings, bound):
    first, again, other = (toys.controller(seed=s, **settings) for s in (0, 0, 1))
    for one, two, three in zip(
        first.weights, again.weights, other.weights, strict=True
    ):
        np.testing.assert_array_equal(one.numpy(), two.numpy())
        assert not np.array_equal(one.numpy(), three.numpy())
        assert bound / 2 < np.abs(one.numpy()).max() <= bound


@by_space
def test_a_graph_samples_what_eager_execution_samples_with_one_trace(space):
    model = toys.spread(toys.controller(space))

    @tf.function(autograph=False)
    def sample(step):
        return model.sample(5, seed=seeds.at(0, "controller", step)).tokens

    for step in range(4):
        eager = model.sample(5, seed=seeds.at(0, "controller", step)).tokens
        np.testing.assert_array_equal(sample(tf.constant(step)), eager)
    assert sample.experimental_get_tracing_count() == 1


@by_space
def test_one_trace_scores_any_number_of_arcs(space):
    model = toys.spread(toys.controller(space))
    shape = tf.TensorSpec([None, space.num_tokens], tf.int32)

    @tf.function(autograph=False, input_signature=[shape])
    def log_prob(tokens):
        return model(tokens).log_prob

    arcs = every_arc(space)
    wanted = model.log_prob(arcs).log_prob
    for count in (1, 4, len(arcs)):
        np.testing.assert_allclose(log_prob(arcs[:count]), wanted[:count], rtol=1e-5)
    assert log_prob.experimental_get_tracing_count() == 1
