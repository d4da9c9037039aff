"""Which arc is best, and whether the policy beats chance."""

import numpy as np
import pytest
import tensorflow as tf
import toys

from enas_tf.config.sections import DeriveConfig
from enas_tf.run import measures
from enas_tf.search import arc_scores, comparison, derive, scoring
from enas_tf.spaces.costs import Costs

RNG = np.random.default_rng


def right(shares, examples=10):
    """[N, examples]: arc i gets the first `shares[i]` of the examples right."""
    return (np.arange(examples) < examples * np.array(shares)[:, None]).astype(float)


@pytest.mark.parametrize(
    ("policy", "random", "verdict"),
    [
        ([0.8, 0.9, 0.8], [0.1, 0.2, 0.1], "the controller beats chance"),
        ([0.1, 0.2, 0.1], [0.8, 0.9, 0.8], "the controller is worse than chance"),
        ([0.1, 0.5, 0.3], [0.2, 0.4, 0.3], "no difference from chance is shown"),
    ],
)
def test_the_sentence_says_what_the_interval_shows(policy, random, verdict):
    ours = comparison.compare(right(policy, 200), right(random, 200), RNG(0))
    sentence = ours.sentence(measures.ACCURACY)
    assert sentence.endswith(f"higher is better): {verdict}.")
    assert sentence.startswith(
        f"Policy {np.mean(policy):.4f}, random {np.mean(random):.4f}, difference "
    )


def test_a_ratio_of_perplexities_says_its_direction():
    ours = comparison.Comparison(*np.log([90.0, 100.0, 0.9, 0.8, 1.0]))
    assert ours.sentence(measures.PERPLEXITY) == (
        "Policy 90.00, random 100.00, ratio 0.9000 (95 % interval 0.8000 to "
        "1.0000; lower is better): no difference from chance is shown."
    )


@pytest.mark.parametrize("policy", [[0.8, 0.9], [0.3, 0.1]])
def test_of_a_controller_that_was_never_trained_nothing_is_concluded(policy):
    ours = comparison.compare(right(policy, 200), right([0.1, 0.3], 200), RNG(0))
    sentence = ours.sentence(measures.ACCURACY, trained=False)
    assert sentence.endswith("is better): the controller was never trained.")


class FirstTokenScorer:
    """An arc is as good as its first token says; remembers what it was asked."""

    measure = measures.ACCURACY

    def __init__(self):
        self.calls = []

    def scores(self, tokens, batches, *, split):
        assert split == "valid"
        self.calls.append((tokens, batches))
        # Example 0 is got right by every arc, the others as the token says.
        values = np.where(batches.indices == 0, 1.0, tokens[:, :1] / 3.0)
        return scoring.Values(values, 2.0 * values - 5.0)


def run(
    *,
    batches="all",
    samples=30,
    valid_size=5,
    batch_size=2,
    scorer=None,
    costs_of=None,
    pays=None,
    **settings,
):
    scorer, told = scorer or FirstTokenScorer(), []
    found = derive.derive(
        toys.controller(),
        scorer,
        DeriveConfig(num_samples=samples, batches=batches, **settings),
        space=toys.SPACE,
        valid_size=valid_size,
        batch_size=batch_size,
        seed=0,
        progress=lambda done, total, seconds: told.append((done, total)),
        costs_of=costs_of,
        pays=pays,
    )
    return found, scorer, told


def test_arcs_of_the_policy_come_best_first_with_their_own_accuracy():
    found, scorer, _ = run()
    assert len(found.policy.tokens) == len(found.policy.means) == 30
    assert np.all(np.diff(found.policy.means) <= 0)
    seen = scorer.calls[0][1].indices[:2].ravel()  # of the first arc: who chooses
    easy = (seen == 0).sum()
    for scores in (found.policy, found.random):
        wanted = (easy + (4 - easy) * scores.tokens[:, 0] / 3.0) / 4
        np.testing.assert_allclose(scores.means, wanted)


@pytest.mark.parametrize(("batches", "count"), [("1", 1), ("2", 2), ("all", 2)])
def test_every_arc_is_tried_on_the_same_batches(batches, count):
    found, scorer, _ = run(batches=batches)
    tokens = np.concatenate([tokens for tokens, _ in scorer.calls])
    indices = np.concatenate([batch.indices for _, batch in scorer.calls[:-1]])
    assert len(indices) == 60 * count
    per_arc = indices.reshape(60, -1)
    assert np.all(per_arc == per_arc[0])
    assert sorted(map(tuple, tokens[: 30 * count : count])) == sorted(
        map(tuple, found.policy.tokens)
    )


@pytest.mark.parametrize("batches", ["1", "2", "all"])
def test_the_best_arc_is_checked_on_every_example_that_did_not_choose_it(batches):
    found, scorer, _ = run(batches=batches)
    (*choosing, (tokens, checking)) = scorer.calls
    assert {tuple(row) for row in tokens} == {tuple(found.policy.tokens[0])}
    chose = set(np.concatenate([batch.indices for _, batch in choosing]).ravel())
    checked = set(checking.indices[checking.weights > 0])
    assert chose | checked == set(range(5)) and not chose & checked
    assert len(found.held_out) == len(checked)
    easy = int(0 in checked)
    wanted = (easy + (len(checked) - easy) * found.policy.tokens[0, 0] / 3.0) / len(
        checked
    )
    assert found.held_out_mean == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("batches", "valid_size", "batch_size", "count"),
    [
        ("1", 5000, 128, 128),
        ("10", 5000, 32, 320),
        ("39", 5000, 128, 4000),  # 4992: a fifth is left to check
        ("all", 5000, 128, 4000),
        ("all", 359, 32, 287),
        ("all", 14, 14, 14),  # one batch: nothing is left
        ("3", 14, 100, 14),
    ],
)
def test_a_fifth_of_the_examples_is_kept_from_choosing(
    batches, valid_size, batch_size, count
):
    assert arc_scores.num_choosing(batches, valid_size, batch_size) == count


def test_where_all_examples_chose_the_words_say_so():
    found, *_ = run(batches="1", batch_size=5)
    assert len(found.held_out) == 0
    assert "best_accuracy_on_others" not in found.figures(measures.ACCURACY)
    assert "All of them chose it" in found.sentences(measures.ACCURACY)[1]
    assert found.held_out_mean == found.policy.means[0]


def test_figures_bear_names_that_say_what_they_are():
    found, *_ = run()
    ours = found.figures(measures.ACCURACY)
    assert list(ours) == [
        "best_accuracy_on_choosing",
        "best_accuracy_on_others",
        "policy_accuracy",
        "random_accuracy",
        "accuracy_above_random",
        "accuracy_above_random_low",
        "accuracy_above_random_high",
    ]
    difference = found.policy.means.mean() - found.random.means.mean()
    assert ours["accuracy_above_random"] == pytest.approx(difference)
    told = found.figures(measures.PERPLEXITY)
    wanted = np.exp(found.policy.means.mean())
    assert told["policy_perplexity"] == pytest.approx(wanted)
    ratio = told["perplexity_ratio_to_random_lower_is_better"]
    assert ratio == pytest.approx(np.exp(difference))
    assert found.sizes() == dict(arcs=30, choosing_examples=4, other_examples=1)


def test_progress_is_told_up_to_the_last_row():
    _, scorer, told = run()
    assert told == [(50, 121), (100, 121), (120, 121), (121, 121)]
    assert all(len(tokens) <= arc_scores.ROWS_PER_CALL for tokens, _ in scorer.calls)


def test_deriving_again_gives_the_same():
    first, second = run()[0], run()[0]
    for one, other in zip(first[:2], second[:2], strict=True):
        np.testing.assert_array_equal(one.tokens, other.tokens)
        np.testing.assert_array_equal(one.values, other.values)
    np.testing.assert_array_equal(first.held_out, second.held_out)
    assert first.comparison == second.comparison


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
    best_first = zip(found.policy.tokens, found.policy.means, strict=True)
    for tokens, accuracy in best_first:
        output = toys.child()(batch.inputs, arc=toys.SPACE.decode(tokens))
        wanted = np.mean(task.measured(output, batch))
        np.testing.assert_allclose(accuracy, wanted, atol=1e-6)


def costs_of(tokens):
    """The larger, the larger the first token."""
    parameters = 100 + 100 * tokens[:, 0].astype(np.int64)
    return Costs(parameters, parameters)


def test_an_arc_that_was_drawn_twice_is_ranked_once_and_counted_in_the_mean():
    found, *_ = run()
    distinct = {tuple(row) for row in found.policy.tokens}
    assert len(found.different.tokens) == len(distinct) < 30
    assert np.all(np.diff(found.different.means) <= 0)
    assert found.comparison.policy_mean == pytest.approx(found.policy.means.mean())
    assert found.ranking()["different_arcs"] == len(distinct)
    sure = found._replace(chance=0.999)
    assert sure.worth_of_choice() == (
        f"The chance that the best of the policy's 30 arcs, of which {len(distinct)} "
        "are different, is truly among their best fifth, under the shared weights: "
        "over 99 %."
    )
    unsure = found._replace(chance=0.624).worth_of_choice()
    assert unsure.endswith("under the shared weights: 62 %.")


@pytest.mark.parametrize("unknown", [np.nan, -np.inf])
def test_rewards_that_no_example_explains_rank_and_leave_out_the_chance(unknown):
    def pays(scores):
        first = scores.tokens[:, :1].astype(float)
        return np.where(first == first.max(), unknown, first)

    found, *_ = run(pays=pays)
    first = found.different.tokens[:, 0]
    assert first[0] == first.max() - 1 and first[-1] == first.max()
    assert found.ranking()["chance_of_best_fifth"] is None
    assert found.worth_of_choice().startswith(
        "Arcs are ranked by the reward of their means"
    )


def test_of_an_arc_that_is_not_kept_every_sentence_says_so():
    found, *_ = run()
    said = found.sentences(measures.ACCURACY, kept=False)
    assert said[0].startswith("Number 1 by the shared weights: best of 30 arcs of the")
    assert said[1].startswith("Number 1 by the shared weights: the same arc on the 1 ")
    assert (
        found._replace(chance=0.5)
        .worth_of_choice(kept=False)
        .startswith(
            "Number 1 by the shared weights: the chance that the best of the policy's "
        )
    )


class ContraryScorer(FirstTokenScorer):
    """The more accurate an arc is, the less likely it finds the right answers."""

    def scores(self, tokens, batches, *, split):
        measured = super().scores(tokens, batches, split=split).measured
        return scoring.Values(measured, -measured)


@pytest.mark.parametrize(("rank_by", "first"), [("measure", 2), ("log_likelihood", 0)])
def test_arcs_are_ranked_by_what_is_asked_for(rank_by, first):
    found, *_ = run(scorer=ContraryScorer(), rank_by=rank_by)
    assert found.policy.tokens[0, 0] == first
    # The figure that is told is the accuracy either way.
    seen = found.figures(measures.ACCURACY)["best_accuracy_on_choosing"]
    assert seen == found.policy.values[0].mean()
    worth = found.policy.worth(rank_by, measures.ACCURACY).mean(axis=1)
    assert np.all(np.diff(worth) <= 0)


def test_a_size_control_scores_an_arc_of_its_size_beside_each_of_the_policy():
    found, scorer, told = run(costs_of=costs_of, size_control=True)
    assert len(found.matched.tokens) == 30
    # In this space the size is the first token: so it is that of the policy's arc.
    ours = found.arcs.policy[:, 0]
    np.testing.assert_array_equal(found.matched.tokens[:, 0], ours)
    assert found.contrasts.matched.difference == pytest.approx(0.0)
    assert told[-1] == (181, 181)


def test_sizes_change_nothing_of_what_is_found_without_them():
    plain, sized = run()[0], run(costs_of=costs_of)[0]
    assert plain.comparison == sized.comparison
    np.testing.assert_array_equal(plain.policy.values, sized.policy.values)
    assert plain.contrasts.largest is None and sized.contrasts.largest is not None


def test_comparing_again_takes_the_same_arcs_and_examples():
    first, scorer, _ = run(costs_of=costs_of, size_control=True)
    before = list(scorer.calls)
    scorer.calls.clear()
    config = DeriveConfig(num_samples=30, batches="all", size_control=True)
    sizes = dict(valid_size=5, batch_size=2, seed=0)
    found = derive.again(first, scorer, config, **sizes, progress=lambda *told: None)
    asked = [np.concatenate([t for t, _ in c]) for c in (before[:-1], scorer.calls)]
    np.testing.assert_array_equal(*asked)
    for one, other in zip(found, first.contrasts, strict=True):
        assert one.difference == other.difference and one.low != other.low
