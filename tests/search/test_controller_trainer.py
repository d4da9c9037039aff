"""The controller trainer: REINFORCE over an aggregate, restated arc by arc."""

import numpy as np
import pytest
import tensorflow as tf
import toys

from enas_tf.config.sections import ControllerConfig
from enas_tf.nn import seeds
from enas_tf.run import measures
from enas_tf.search import controller_trainer as trainer_lib
from enas_tf.search import rewarder as rewarder_lib
from enas_tf.search import rewards, scoring
from enas_tf.search.payer import Payer
from enas_tf.training import batching

COUNT, BATCH = 4, 8


class KnownScorer(scoring.Scorer):
    """Gets as many examples right as the arc's first token says, out of a batch."""

    def __init__(self):
        super().__init__(None, toys.SPACE, toys.task())
        self.asked = []

    def row_values(self, tokens, indices, *, split):
        self.asked.append((tokens, indices, split))
        right = tf.range(tf.shape(indices)[1]) < tokens[:, :1]
        right = tf.cast(right, tf.float32)
        return scoring.Values(right, right - 1.0)


def real_scorer():
    return scoring.Scorer(toys.child(), toys.SPACE, toys.task())


def build(scorer, model=None, **settings):
    model = model or toys.spread(toys.controller(), scale=0.5)
    config = ControllerConfig(**{"num_aggregate": COUNT, **settings})
    name = "accuracy" if config.reward == "auto" else config.reward
    rewarder = rewarder_lib.Rewarder(
        scorer,
        config,
        payer=Payer(rewards.REWARDS[name], toys.SPACE, measures.ACCURACY),
        batch_size=BATCH,
        seed=0,
    )
    return trainer_lib.ControllerTrainer(
        model,
        rewarder,
        config,
        num_tokens=toys.SPACE.num_tokens,
        total_updates=5,
        seed=0,
    )


def run(trainer, first, last):
    return trainer.run(toys.int64(first), toys.int64(last))


def one_arc_gradient(model, tokens, advantage, skip_weight):
    values = [weight.value for weight in model.trainable_variables]
    with tf.GradientTape() as tape:
        play = model.log_prob(tokens[None])
        loss = -play.log_prob[0] * advantage + skip_weight * play.skip_kl[0]
    return [tf.convert_to_tensor(g).numpy() for g in tape.gradient(loss, values)]


@pytest.mark.parametrize("normalise", [False, True])
def test_an_update_follows_the_mean_of_the_gradients_of_its_arcs(normalise):
    model = toys.spread(toys.controller(), scale=0.5)
    draw = seeds.at(0, "controller", 0)
    sample = model.sample(COUNT, seed=draw)
    # By hand: rewards, advantages against the baseline before each.
    paid = sample.tokens[:, 0].numpy() / BATCH + 1e-2 * sample.entropy.numpy()
    baseline, advantages = paid[0], []
    for reward in paid:
        advantages.append(reward - baseline)
        baseline += 0.1 * (reward - baseline)
    if normalise:
        advantages = np.array(advantages) / (np.std(advantages) + 1e-4)
    rows = [
        one_arc_gradient(model, sample.tokens[k], advantages[k], 0.8)
        for k in range(COUNT)
    ]
    wanted = [np.mean(parts, axis=0) for parts in zip(*rows, strict=True)]
    trainer = build(
        KnownScorer(),
        model,
        bl_dec=0.9,
        entropy_weight=1e-2,
        skip_weight=0.8,
        normalize_advantage=normalise,
    )
    metrics = run(trainer, 0, 1).metrics
    # Adam's first moment, with beta1 = 0, is the gradient.
    for moment, gradient in zip(trainer.variables, wanted, strict=False):
        np.testing.assert_allclose(moment, gradient, rtol=1e-3, atol=1e-6)
    norm = np.sqrt(sum(np.sum(g**2) for g in wanted))
    np.testing.assert_allclose(metrics.grad_norm[0], norm, rtol=1e-3)
    np.testing.assert_allclose(metrics.reward[0], paid.mean(), rtol=1e-5)
    np.testing.assert_allclose(metrics.baseline[0], baseline, rtol=1e-5)
    np.testing.assert_allclose(
        metrics.advantage[0], np.mean(advantages), rtol=1e-3, atol=1e-6
    )
    np.testing.assert_array_equal(trainer.variables[-1], metrics.baseline[0])


@pytest.mark.parametrize("beta1", [0.0, 0.9])
def test_adam_decays_its_first_moment_by_the_setting(beta1):
    trainer = build(KnownScorer(), adam_beta1=beta1)
    norm = run(trainer, 0, 1).metrics.grad_norm[0]
    moments = trainer.variables[: len(toys.controller().trainable_variables)]
    found = np.sqrt(sum(np.sum(moment.numpy() ** 2) for moment in moments))
    np.testing.assert_allclose(found, (1 - beta1) * norm, rtol=1e-4)


def test_l2_is_added_to_the_gradient():
    model = toys.spread(toys.controller(), scale=0.5)
    before = [weight.numpy() for weight in model.trainable_variables]
    plain, heavy = (
        build(KnownScorer(), toys.spread(toys.controller(), scale=0.5), l2_reg=weight)
        for weight in (0.0, 0.25)
    )
    run(plain, 0, 1)
    run(heavy, 0, 1)
    for weight, one, other in zip(
        before, plain.variables, heavy.variables, strict=False
    ):
        np.testing.assert_allclose(other - one, 0.5 * weight, atol=1e-5)


def test_reward_batches_are_full_and_another_one_for_each_arc_and_update():
    scorer = KnownScorer()
    trainer = build(scorer)
    tf.config.run_functions_eagerly(True)
    try:
        run(trainer, 0, 2)
    finally:
        tf.config.run_functions_eagerly(False)
    assert [split for *_, split in scorer.asked] == ["valid", "valid"]
    rows = np.concatenate([indices.numpy() for _, indices, _ in scorer.asked])
    assert rows.shape == (2 * COUNT, BATCH)
    assert all(len(set(row)) == BATCH for row in rows)
    assert len({tuple(sorted(row)) for row in rows}) == 2 * COUNT


def test_metrics_and_arcs_of_every_update_come_back_from_one_trace():
    trainer = build(real_scorer())
    found = run(trainer, 0, 3)
    assert found.tokens.shape == (3, COUNT, 3)
    for values in found.metrics:
        assert values.shape == (3,) and np.all(np.isfinite(values))
    assert np.all((0 <= found.metrics.measured) & (found.metrics.measured <= 1))
    run(trainer, 3, 4)
    run(trainer, 4, 9)
    assert trainer.run.experimental_get_tracing_count() == 1


def test_the_accuracy_of_an_update_is_that_of_the_shared_child():
    scorer = real_scorer()
    found = run(build(scorer), 0, 1)
    draw = seeds.at(0, "reward", 0)
    indices = scorer.random_batches("valid", COUNT, BATCH, seed=draw).numpy()
    batches = batching.Batches(indices, np.ones(indices.shape, np.float32))
    wanted = scorer.means(found.tokens[0].numpy(), batches, split="valid")
    np.testing.assert_allclose(found.metrics.measured[0], wanted.mean(), rtol=1e-5)


def test_the_cut_into_calls_does_not_change_a_bit():
    found = []
    for cuts in ([0, 4], [0, 1, 4], [0, 1, 2, 3, 4]):
        model = toys.spread(toys.controller(), scale=0.5)
        trainer = build(KnownScorer(), model)
        for first, last in zip(cuts, cuts[1:], strict=False):
            run(trainer, first, last)
        variables = [*(weight.value for weight in model.weights), *trainer.variables]
        found.append([variable.numpy().tobytes() for variable in variables])
    assert found[0] == found[1] == found[2]


def test_the_child_is_not_trained():
    child = toys.child()
    before = child.parameters.vector.numpy()
    run(build(scoring.Scorer(child, toys.SPACE, toys.task())), 0, 2)
    np.testing.assert_array_equal(child.parameters.vector, before)


def test_what_is_paid_for_becomes_likelier():
    model = toys.controller()
    settings = dict(lr=0.05, skip_weight=0.0, normalize_advantage=True)
    trainer = build(KnownScorer(), model, num_aggregate=10, **settings)
    found = run(trainer, 0, 60)
    rewards_of = found.metrics.reward.numpy()
    # Tokens 0 to 2 are paid 0 to 2 eighths: 1/8 by chance, 2/8 at best.
    assert rewards_of[:5].mean() < 0.17
    assert rewards_of[-5:].mean() > 0.22


def test_the_skip_weight_pulls_skips_to_their_target():
    model = toys.controller(skip_target=0.1)
    trainer = build(
        KnownScorer(), model, lr=0.05, skip_weight=3.0, skip_target=0.1, bl_dec=0.0
    )
    kl = run(trainer, 0, 60).metrics.skip_kl.numpy()
    assert kl[-1] < 0.2 * kl[0]


def asked_indices(**settings):
    scorer = KnownScorer()
    trainer = build(scorer, **settings)
    tf.config.run_functions_eagerly(True)
    try:
        run(trainer, 0, 2)
    finally:
        tf.config.run_functions_eagerly(False)
    return [indices.numpy() for _, indices, _ in scorer.asked]


def test_a_common_batch_is_one_for_all_arcs_of_an_update_and_another_for_the_next():
    settings = dict(reward_batch="common", baseline="leave_one_out")
    first, second = asked_indices(**settings)
    assert np.all(first == first[0]) and np.all(second == second[0])
    assert set(first[0]) != set(second[0])


def test_log_likelihood_is_paid_and_accuracy_is_told():
    trainer = build(
        KnownScorer(), reward="log_likelihood", entropy_weight=0.0, baseline="aggregate"
    )
    metrics = run(trainer, 0, 1).metrics
    # The scorer's log-likelihoods are its right answers less 1.
    np.testing.assert_allclose(metrics.reward, metrics.measured - 1.0, rtol=1e-5)
    np.testing.assert_allclose(metrics.baseline, metrics.reward, rtol=1e-5)
    np.testing.assert_allclose(metrics.advantage, [0.0], atol=1e-6)


def test_a_rising_learning_rate_ends_at_ten_times_its_first():
    # So small that the weights, and with them the gradients, hardly change.
    settings = dict(lr=1e-7, adam_beta1=0.0)
    steady = build(KnownScorer(), **settings)
    rising = build(KnownScorer(), lr_schedule="rising", **settings)
    rates = [float(rising._learning_rate(toys.int64(n))) for n in range(5)]
    wanted = 1e-7 * 10.0 ** np.array([0.0, 0.25, 0.5, 0.75, 1.0])
    np.testing.assert_allclose(rates, wanted, rtol=1e-5)
    assert float(steady._learning_rate(toys.int64(4))) == pytest.approx(1e-7)


def test_a_decision_bias_moves_by_its_factor():
    """Adam's first step is the learning rate times the gradient's own scale."""
    moved = []
    for factor in (1.0, 10.0):
        model = toys.spread(toys.controller(decision_bias=factor), scale=0.5)
        model.decision_bias.assign(tf.zeros_like(model.decision_bias))
        trainer = build(KnownScorer(), model, lr=1e-3, decision_bias=factor)
        run(trainer, 0, 1)
        moved.append(model.decision_bias.numpy())
    assert np.any(moved[0])
    np.testing.assert_allclose(moved[1], 10.0 * moved[0], rtol=1e-4)
