"""The verdict of a campaign: what it compares, and in which words."""

import json

import numpy as np
import pytest

from enas_tf.campaign import grouped, interval, verdict, verdict_words
from enas_tf.campaign.contrast import Contrast
from enas_tf.campaign.results import Retrained


def row(method, search, arc, score, *, retrain=0, parameters=100):
    return Retrained(method, search, arc, retrain, score, parameters, 10, 5, 2.0)


def searches(method, scores, **more):
    """A row for each of `scores` [searches, arcs]."""
    return [
        row(method, search, f"{search} {place}", score, **more)
        for search, arcs in enumerate(scores)
        for place, score in enumerate(arcs)
    ]


def arcs(method, scores):
    return [row(method, -1, str(place), score) for place, score in enumerate(scores)]


OURS = [[0.92, 0.94], [0.90, 0.92], [0.94, 0.96]]
POOR = [0.80, 0.82, 0.81, 0.79, 0.80, 0.81]
SAME = [0.93, 0.95, 0.91, 0.93, 0.94, 0.92]


def test_searches_are_the_units_and_their_arcs_are_averaged():
    found = verdict.judge(searches("enas", OURS) + arcs("random", POOR))
    expected = interval.unpaired(np.array([0.93, 0.91, 0.95]), np.array(POOR))
    one = found.contrasts[0]
    assert one.bounds == pytest.approx((expected.low, expected.high))
    assert (one.counts, one.units) == ((3, 6), ("search", "arc"))


def test_trainings_of_an_arc_are_averaged_first():
    rows = searches("enas", OURS) + arcs("random", POOR)
    more = [row("random", -1, "0", 0.86, retrain=1)]
    found = verdict.judge(rows + more).contrasts[0]
    assert found.counts == (3, 6)
    assert found.difference == pytest.approx(0.93 - (sum(POOR) + 0.03) / 6)


def test_a_row_that_is_there_twice_counts_once():
    rows = searches("enas", OURS) + arcs("random", POOR)
    assert verdict.judge(rows + rows[-1:]) == verdict.judge(rows)


def test_arcs_of_the_same_size_are_compared_search_by_search():
    matched = [[0.91, 0.93], [0.89, 0.92], [0.94, 0.94]]
    rows = searches("enas", OURS) + searches("random_matched", matched)
    found = verdict.judge(rows)
    one = found.contrasts[0]
    assert "; n = 3 searches, in pairs; higher is better)." in found.words[1]
    expected = interval.paired(np.array([0.01, 0.005, 0.01]))
    assert one.is_paired
    assert one.bounds == pytest.approx((expected.low, expected.high))


def test_an_arc_that_nothing_matched_in_size_is_left_out_of_that_comparison():
    ours = [row("enas", 0, "0", 0.9, parameters=100)]
    ours += [row("enas", 0, "1", 0.5, parameters=900)]
    theirs = [row("random_matched", 0, "2", 0.8, parameters=108)]
    pairs = grouped.pairs(
        grouped.of(ours, "enas"), grouped.of(theirs, theirs[0].method)
    )
    assert pairs == pytest.approx([0.1])


def test_better_than_random_but_not_than_size_says_so():
    matched = [[0.95, 0.95], [0.89, 0.90], [0.93, 0.96]]
    rows = searches("enas", OURS) + searches("random_matched", matched)
    found = verdict.judge(rows + arcs("random", POOR))
    assert found.sentence == (
        "ENAS is better than random arcs, but not distinguishable at this budget from "
        "random arcs of its size. What it found may be size alone."
    )


@pytest.mark.parametrize(
    ("random", "matched", "said"),
    [
        (1, 1, "better than random arcs and random arcs of its size."),
        (0, 0, "not distinguishable at this budget from random arcs or random arcs of "
               "its size."),
        (-1, -1, "worse than random arcs and random arcs of its size."),
        (0, -1, "worse than random arcs of its size, but not distinguishable at this "
                "budget from random arcs."),
        (1, -1, "better than random arcs, but worse than random arcs of its size. What "
                "it found is size, and for its size it is worse than chance."),
        (1, None, "better than random arcs, but not comparable at this budget with "
                  "random arcs of its size. What it found may be size alone."),
    ],
)  # fmt: skip
def test_each_outcome_has_its_sentence(random, matched, said):
    bounds = {1: (0.1, 0.3), 0: (-0.1, 0.3), -1: (-0.3, -0.1), None: None}
    contrasts = [
        Contrast(name, 0.1, bounds[outcome], (3, 3), ("search", "search"))
        for name, outcome in (("random", random), ("random_matched", matched))
    ]
    assert verdict_words.sentence("enas", contrasts) == f"ENAS is {said}"


def test_words_tell_the_interval_n_and_how_many_more_are_needed():
    found = verdict.judge(searches("enas", OURS) + arcs("random", SAME))
    one = found.contrasts[0]
    assert one.outcome == 0
    assert found.words[0] == (
        "ENAS is not distinguishable at this budget from random arcs."
    )
    assert found.words[1].startswith("ENAS minus random arcs: +0.0000 (95 % interval -")
    assert "; n = 3 searches against 6 arcs; higher is better)." in found.words[1]
    better = [[score + 0.01 for score in scores] for scores in OURS]
    found = verdict.judge(searches("enas", better) + arcs("random", SAME))
    needed = found.contrasts[0].needed
    assert needed is not None and needed[1] == 2 * needed[0] > 6
    assert found.words[2] == (
        "To see a difference of +0.0100 from random arcs in four of five such "
        f"campaigns, about {needed[0] - 3} more searches and {needed[1] - 6} more arcs "
        "would be needed."
    )


def test_the_spread_is_told_apart_and_never_the_best_alone():
    words = verdict.judge(searches("enas", OURS) + arcs("random", POOR)).words
    assert words[-2] == (
        "enas: mean 0.9300 of 6 trainings; deviation between searches 0.0173, arcs of "
        "a search 0.0141 (retrainings are in it)."
    )
    assert words[-1].endswith("between arcs 0.0105 (retrainings are in it).")
    assert not any("0.96" in line for line in words)


def test_what_one_arc_a_search_cannot_tell_apart_is_said():
    found = verdict.judge(searches("enas", [[0.9], [0.8]]) + arcs("random", POOR))
    assert found.words[-2] == (
        "enas: mean 0.8500 of 2 trainings; deviation between searches 0.0707 (arcs and "
        "retrainings are in it)."
    )


def test_one_search_is_compared_with_nothing():
    found = verdict.judge(searches("enas", OURS[:1]) + arcs("random", POOR))
    assert found.contrasts[0].bounds is None
    assert found.sentence == "ENAS is not comparable at this budget with random arcs."
    assert "(no interval; n = 1 search against 6 arcs;" in found.words[1]
    assert "--compare_search_seeds" in found.words[2]


def test_the_verdict_is_json_without_numbers_that_are_none():
    found = verdict.judge(searches("enas", OURS[:1]) + arcs("random", POOR))
    kept = json.loads(json.dumps(found.in_json(), allow_nan=False))
    assert kept["contrasts"][0]["outcome"] == "unknown"
    assert kept["figures"][0]["spread"]["searches"] is None
    assert [one["trainings"] for one in kept["figures"]] == [2, 6]
