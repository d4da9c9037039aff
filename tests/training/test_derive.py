"""Which arc is best, and whether the policy beats chance."""

import numpy as np
import pytest
import scipy.stats
import tensorflow as tf
import toys

from enas_tf.config import DeriveConfig
from enas_tf.tasks import measures
from enas_tf.training import derive, scoring

POLICY, RANDOM = np.array([0.5, 0.6, 0.7, 0.8]), np.array([0.3, 0.5, 0.4])


def restated_welch(a, b):
    """Welch 1947: the 95 % interval of the difference of two means."""
    parts = a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)
    error = np.sqrt(sum(parts))
    freedom = sum(parts) ** 2 / (
        parts[0] ** 2 / (len(a) - 1) + parts[1] ** 2 / (len(b) - 1)
    )
    reach = scipy.stats.t.ppf(0.975, freedom) * error
    difference = a.mean() - b.mean()
    return difference - reach, difference + reach


def test_the_interval_is_welchs():
    ours = derive.compare(POLICY, RANDOM)
    assert ours.policy_mean == pytest.approx(0.65)
    assert ours.random_mean == pytest.approx(0.4)
    assert ours.difference == pytest.approx(0.25)
    assert (ours.low, ours.high) == pytest.approx(restated_welch(POLICY, RANDOM))


def test_two_constant_samples_have_no_width():
    ours = derive.compare(np.full(3, 0.5), np.full(4, 0.25))
    assert (ours.difference, ours.low, ours.high) == (0.25, 0.25, 0.25)


def test_one_constant_sample_still_has_an_interval():
    """A collapsed policy; its variance is 0 and warns of nothing."""
    constant = np.full(4, 0.5)
    ours = derive.compare(constant, RANDOM)
    assert (ours.low, ours.high) == pytest.approx(restated_welch(constant, RANDOM))


@pytest.mark.parametrize(
    ("policy", "random", "verdict"),
    [
        ([0.5, 0.51, 0.52], [0.1, 0.11, 0.12], "the controller beats chance"),
        ([0.1, 0.11, 0.12], [0.5, 0.51, 0.52], "the controller is worse than chance"),
        ([0.1, 0.5, 0.3], [0.2, 0.4, 0.3], "no difference from chance is shown"),
    ],
)
def test_the_sentence_says_what_the_interval_shows(policy, random, verdict):
    sentence = derive.compare(np.array(policy), np.array(random)).sentence(
        measures.ACCURACY
    )
    assert sentence.endswith(f"{verdict}.")
    assert f"Policy {np.mean(policy):.4f}" in sentence


class FirstTokenScorer:
    """An arc is as good as its first token says; remembers what it was asked."""

    measure = measures.ACCURACY

    def __init__(self):
        self.calls = []

    def means(self, tokens, batches, *, split):
        assert split == "valid"
        self.calls.append((tokens, batches))
        # Example 0 is got right by every arc, the others as the token says.
        right = np.where(batches.indices == 0, 1.0, tokens[:, :1] / 3.0)
        return (right * batches.weights).sum(axis=1) / batches.weights.sum(axis=1)


def run(*, batches="all", samples=30, valid_size=5, batch_size=2):
    scorer, told = FirstTokenScorer(), []
    found = derive.derive(
        toys.controller(),
        scorer,
        DeriveConfig(num_samples=samples, batches=batches),
        space=toys.SPACE,
        valid_size=valid_size,
        batch_size=batch_size,
        seed=0,
        progress=lambda done, total, seconds: told.append((done, total)),
    )
    return found, scorer, told


def test_arcs_of_the_policy_come_best_first_with_their_own_accuracy():
    found, *_ = run()
    assert len(found.policy) == len(found.policy_means) == 30
    assert np.all(np.diff(found.policy_means) <= 0)
    wanted = (1.0 + 4 * found.policy[:, 0] / 3.0) / 5  # over all five examples
    np.testing.assert_allclose(found.policy_means, wanted)
    np.testing.assert_allclose(
        found.random_means, (1.0 + 4 * found.random[:, 0] / 3.0) / 5
    )
    assert found.comparison() == derive.compare(found.policy_means, found.random_means)


@pytest.mark.parametrize(("batches", "count"), [("1", 1), ("2", 2), ("all", 3)])
def test_every_arc_is_tried_on_the_same_batches(batches, count):
    found, scorer, _ = run(batches=batches)
    tokens = np.concatenate([tokens for tokens, _ in scorer.calls])
    indices = np.concatenate([batch.indices for _, batch in scorer.calls])
    assert len(tokens) == 60 * count
    per_arc = indices.reshape(60, -1)
    assert np.all(per_arc == per_arc[0])
    assert sorted(map(tuple, tokens[: 30 * count : count])) == sorted(
        map(tuple, found.policy)
    )


def test_progress_is_told_up_to_the_last_row():
    _, scorer, told = run()
    assert told == [(50, 180), (100, 180), (150, 180), (180, 180)]
    assert all(len(tokens) <= derive.ROWS_PER_CALL for tokens, _ in scorer.calls)


def test_deriving_again_gives_the_same():
    first, second = run()[0], run()[0]
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, other)


def test_with_a_real_child_the_accuracy_is_that_of_the_whole_split():
    task = toys.task()
    scorer = scoring.Scorer(toys.child(), toys.SPACE, task)
    found = derive.derive(
        toys.controller(),
        scorer,
        DeriveConfig(num_samples=2, batches="1"),
        space=toys.SPACE,
        valid_size=task.size("valid"),
        batch_size=task.size("valid"),
        seed=0,
        progress=lambda *told: None,
    )
    batch = task.batch("valid", tf.range(task.size("valid")))
    for tokens, accuracy in zip(found.policy, found.policy_means, strict=True):
        output = toys.child()(batch.inputs, arc=toys.SPACE.decode(tokens))
        wanted = np.mean(task.measured(output, batch))
        np.testing.assert_allclose(accuracy, wanted, atol=1e-6)
