"""Rewards that --reward writes, and a policy that learns them without a network."""

import numpy as np
import pytest
import tensorflow as tf
import toys

from enas_tf.children import costs_macro
from enas_tf.config import sections as config
from enas_tf.config.objective import ObjectiveConfig
from enas_tf.run import measures
from enas_tf.search import best_fifth, controller_trainer, rewards, signal
from enas_tf.search.arc_scores import Scores
from enas_tf.search.payer import Payer
from enas_tf.search.rewarder import Rewarded
from enas_tf.spaces import macro

FEW = toys.SPACE
TOKENS = np.array([[0, 0, 0], [1, 0, 1], [2, 2, 1]], np.int32)
# A table of costs in place of networks: 100, 200 and 300 by the first op.
COSTS = dict(params=lambda tokens: 100 * (tokens[:, 0] + 1))


def payer(measure=measures.ACCURACY, **settings):
    objective = ObjectiveConfig(**settings)
    reward = rewards.chosen(config.ControllerConfig(), measure, objective)
    return Payer(reward, FEW, measure, COSTS)


def paid(measured, likelihood, **settings):
    """The rewards of `TOKENS` whose means are given, in a graph."""
    own = payer(**settings)

    @tf.function(autograph=False)
    def pay(tokens):
        means = (lambda: tf.constant(measured), lambda: tf.constant(likelihood))
        return own.of(tokens, *means).rewards

    return pay(tf.constant(TOKENS)).numpy()


def test_an_expression_pays_what_it_comes_to():
    found = paid(
        [0.5, 0.6, 0.7],
        [-1.0, -2.0, -3.0],
        reward="accuracy + log_likelihood/10 - max(params/100 - 1, 0)**2",
    )
    np.testing.assert_allclose(found, [0.4, -0.6, -3.6], rtol=1e-6)


def test_a_perplexity_is_read_as_it_is_told():
    found = paid(
        [0.0, np.log(2.0), np.log(80.0)],
        [0.0, 0.0, 0.0],
        measure=measures.PERPLEXITY,
        reward="80/perplexity",
    )
    np.testing.assert_allclose(found, [80.0, 40.0, 1.0], rtol=1e-6)


def test_a_cost_off_its_target_is_paid_less_on_either_side():
    found = paid(
        [0.5, 0.5, 0.5],
        [0.0, 0.0, 0.0],
        reward="params",
        reward_target=200.0,
        reward_beta=-0.2,
    )
    np.testing.assert_allclose(found, [0.4, 0.5, 0.4], rtol=1e-6)


def test_what_is_not_read_is_not_made():
    def never():
        raise AssertionError("made")

    own = payer(reward="params / 100")
    found = own.of(tf.constant(TOKENS), never, never)
    np.testing.assert_allclose(found.rewards, [1.0, 2.0, 3.0])
    assert not found.by_likelihood


@pytest.mark.parametrize(
    ("text", "by_likelihood"),
    [("log_likelihood - params/1e3", True), ("log_likelihood + accuracy", False)],
)
def test_it_is_known_what_the_rewards_are_made_of(text, by_likelihood):
    own, means = payer(reward=text), tf.constant([0.1, 0.2, 0.3])
    found = own.of(tf.constant(TOKENS), lambda: means, lambda: means)
    assert found.by_likelihood is by_likelihood


def test_an_example_is_worth_what_it_moves_the_reward_of_its_arc():
    values = np.array([[1.0, 0.0], [1.0, 1.0], [0.0, 0.0]])
    own = payer(reward="accuracy**2 - params/100")
    found = own.worth(Scores(TOKENS, values, -values))
    # Of the first arc .25 - 1, and its slope there is 1; of the others all are alike.
    np.testing.assert_allclose(found, [[-0.25, -1.25], [-1, -1], [-3, -3]], atol=1e-6)


def test_a_reward_of_costs_alone_leaves_no_doubt_of_the_best():
    values = np.array([[1.0, 0.0], [1.0, 1.0], [0.0, 0.0]])
    worth = payer(reward="0 - params/100").worth(Scores(TOKENS, values, -values))
    np.testing.assert_allclose(worth, [[-1, -1], [-2, -2], [-3, -3]])
    assert best_fifth.chance(worth, np.random.default_rng(0)) == 1.0


@pytest.mark.filterwarnings("error")
def test_where_examples_move_a_reward_by_no_number_its_means_alone_rank():
    values = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 0.0]])
    own = payer(reward="accuracy**params**params - params/100")
    found = own.worth(Scores(TOKENS, values, -values))
    np.testing.assert_allclose(found, [[-1.0], [-1.0], [-3.0]])


@pytest.mark.parametrize("text", ["1/(params - 100)", "log(accuracy - 0.5)"])
def test_a_reward_that_is_not_finite_for_the_arc_of_zeros_is_refused(text):
    with pytest.raises(config.ConfigError) as caught:
        rewards.tried(
            config.ControllerConfig(),
            measures.ACCURACY,
            FEW,
            ObjectiveConfig(reward=text),
            dict(params=100.0),
        )
    assert str(caught.value).startswith(f"--reward='{text}' is not allowed: it must be")
    assert "inf for" in str(caught.value) and "the arc of zeros" in str(caught.value)


def test_a_long_reward_is_cut_where_it_is_refused():
    objective = ObjectiveConfig(reward="log(accuracy - 0.5)" + " + accuracy" * 50)
    settings = config.ControllerConfig(), measures.ACCURACY, FEW, objective
    with pytest.raises(config.ConfigError, match=r"\.\.\. is not allowed") as caught:
        rewards.tried(*settings)
    assert len(str(caught.value)) < 500


def test_a_target_that_no_cost_can_be_divided_by_is_refused():
    objective = ObjectiveConfig(reward="params", reward_target=1e-39)
    settings = config.ControllerConfig(), measures.ACCURACY, FEW, objective
    with pytest.raises(config.ConfigError) as caught:
        rewards.tried(*settings, dict(params=100.0))
    assert str(caught.value).startswith("--reward_target=1e-39 is not allowed: the")


def test_a_trial_tells_what_is_read():
    objective = ObjectiveConfig(reward="latency - accuracy/params")
    settings = config.ControllerConfig(), measures.ACCURACY, FEW, objective
    found = rewards.tried(*settings)
    assert found.measures == ("accuracy",)
    assert found.costs == ("latency", "params")


SPACE = macro.MacroSpace(4)
COUNTED = costs_macro.costs(
    SPACE,
    config.ChildConfig(out_filters=16, num_layers=4),
    image_shape=(8, 8, 3),
    num_classes=10,
)


class ByCost:
    """Pays by costs, and an accuracy that larger networks have more of."""

    def __init__(self, target):
        objective = ObjectiveConfig(reward="params", reward_target=target)
        reward = rewards.chosen(config.ControllerConfig(), measures.ACCURACY, objective)
        costs = dict(params=lambda tokens: COUNTED(tokens).parameters)
        self.payer = Payer(reward, SPACE, measures.ACCURACY, costs)
        self.most = COUNTED(SPACE.random(np.random.default_rng(0), 1000)).parameters

    def of(self, tokens, update):
        def accuracy():
            params = tf.numpy_function(
                lambda rows: COUNTED(rows).parameters.astype(np.float32),
                [tokens],
                tf.float32,
            )
            return 0.2 * tf.ensure_shape(params, [10]) / float(self.most.max())

        found = self.payer.of(tokens, accuracy, accuracy)
        nothing = signal.Variances(tf.constant(0.0), tf.constant(0.0))
        return Rewarded(found.rewards, found.rewards, nothing)


@pytest.mark.parametrize("share", [0.6, 1.5])
def test_a_policy_settles_at_its_target(share):
    random = COUNTED(SPACE.random(np.random.default_rng(1), 1000)).parameters.mean()
    target = share * random
    settings = config.ControllerConfig(
        num_aggregate=10,
        decision_bias=10.0,
        normalize_advantage=True,
        baseline="leave_one_out",
        lr=5e-3,
    )
    policy = toys.controller(SPACE, **{"decision_bias": 10.0})
    trainer = controller_trainer.ControllerTrainer(
        policy,
        ByCost(target),
        settings,
        num_tokens=SPACE.num_tokens,
        total_updates=300,
        seed=0,
    )
    trainer.run(toys.int64(0), toys.int64(300))
    arcs = policy.draw(200, seed=tf.constant([0, 1])).numpy()
    assert abs(COUNTED(arcs).parameters.mean() / target - 1) < 0.15
