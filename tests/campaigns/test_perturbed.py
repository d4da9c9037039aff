"""--mode=perturb: which decisions matter, and whether an arc is locally optimal."""

import numpy as np
import pytest
import scipy.stats

from enas_tf.campaign import jobs, perturbed, perturbed_words
from enas_tf.campaign.results import Retrained
from enas_tf.run import measures
from enas_tf.spaces.macro import MacroSpace

SPACE = MacroSpace(2, num_ops=3)
ARC = "0 1 1"
NOTES = {"1 1 1": "op: a -> b", "2 1 1": "op: a -> c", "0 1 0": "skip: yes -> no"}


def found(ours, theirs):
    """Of scores of the arc, and of each neighbour."""
    scores = {"found": {ARC: ours}, "neighbour": theirs}
    rows = [
        Retrained(method, -1, arc, seed, score, 100, 10, 5, 2.0)
        for method, arcs in scores.items()
        for arc, found in arcs.items()
        for seed, score in enumerate(found)
    ]
    planned = [
        jobs.Job("n", "train", (), "neighbour", arc=arc, note=NOTES.get(arc, ""))
        for arc in theirs
    ]
    return perturbed.of(rows, planned, SPACE)


def first_words(*given):
    first, *others = perturbed_words.optimal(found(*given))
    return [first.partition(" (")[0], *others]


def test_a_decision_has_the_mean_change_of_its_neighbours():
    one = found([0.5], {"1 1 1": [0.4], "2 1 1": [0.5], "0 1 0": [0.6]})
    assert [d[:2] for d in one.decisions] == [
        (0, "the op of layer 0"),
        (2, "skip 0 of layer 1"),
    ]
    assert [d.gain for d in one.decisions] == pytest.approx([-0.05, 0.1])
    assert [d.neighbours for d in one.decisions] == [2, 1]
    assert [gain.note for gain in one.gains] == [
        "skip: yes -> no",
        "op: a -> c",
        "op: a -> b",
    ]


def test_no_decision_matters_that_is_not_told_apart():
    theirs = {"1 1 1": [0.4], "2 1 1": [0.5], "0 1 0": [0.6]}
    told = perturbed_words.words(found([0.5], theirs))
    assert (
        "No decision is told apart: another choice changes the score by between "
        "-0.0500 (the op of layer 0) and +0.1000 (skip 0 of layer 1)."
    ) in told
    assert told[-3:] == [
        "  +0.1000  skip: yes -> no",
        "  +0.0000  op: a -> c",
        "  -0.1000  op: a -> b",
    ]


def test_the_words_name_the_decision_that_costs_most_with_its_interval():
    theirs = {"1 1 1": [0.3, 0.31], "2 1 1": [0.4, 0.41], "0 1 0": [0.5, 0.51]}
    one = found([0.5, 0.51], theirs)
    # Both sides have deviations of 0.01 / sqrt(2): 4/3 degrees of freedom.
    reach = scipy.stats.t.ppf(0.975, 4 / 3) * 0.01 / np.sqrt(2)
    assert one.decisions[0].bounds == pytest.approx((-0.15 - reach, -0.15 + reach))
    (told,) = [line for line in perturbed_words.words(one) if "matters" in line]
    assert told.startswith(
        "The decision that matters most is the op of layer 0: another choice changes "
        "the score by -0.1500 ("
    )
    assert told.endswith("), the mean of 2 neighbours. 1 of 2 decisions is told apart.")


def test_one_seed_tells_nothing_apart():
    told, caution = first_words([0.5], {"1 1 1": [0.4]})
    assert told == (
        "Not distinguishable at this budget from the 1 neighbour that was trained, "
        "of 5."
    )
    assert caution.startswith("Each was trained from one seed")


def test_several_seeds_give_intervals_and_a_word_on_chance():
    better = {"1 1 1": [0.60, 0.61, 0.62], "0 1 0": [0.40, 0.41, 0.42]}
    told, chance = first_words([0.50, 0.51, 0.52], better)
    assert told == "Not locally optimal: the intervals of 1 neighbour lie above zero."
    assert chance.startswith("Of 2 intervals about 0.1 would lie above zero by chance")


WORSE, ALIKE = [0.40, 0.41, 0.42], [0.49, 0.53, 0.51]
OTHERS = ["2 1 1", "0 1 0", "0 0 1", "0 2 1"]


@pytest.mark.parametrize(
    ("theirs", "told"),
    [
        (
            {"1 1 1": ALIKE, "0 1 0": ALIKE},
            "Not distinguishable at this budget from the 2 neighbours that were "
            "trained, of 5.",
        ),
        (
            dict.fromkeys(["1 1 1", *OTHERS], ALIKE),
            "Not distinguishable at this budget from its 5 neighbours.",
        ),
        (
            {"1 1 1": WORSE},
            "Locally optimal among the neighbours that were trained, which are all "
            "worse.",
        ),
        (
            dict.fromkeys(["1 1 1", *OTHERS], WORSE),
            "Locally optimal: all neighbours are worse.",
        ),
        (
            {"1 1 1": WORSE, "0 1 0": ALIKE},
            "Worse than the arc: 1 of the 2 neighbours that were trained, of 5. The "
            "others are not distinguishable from it at this budget.",
        ),
    ],
)
def test_locally_optimal_is_what_neighbours_are_told_to_be_worse_than(theirs, told):
    assert first_words([0.50, 0.51, 0.52], theirs) == [told]


def test_where_all_were_trained_the_gain_is_named_that_may_be_overlooked():
    one = found([0.50, 0.51, 0.52], {**dict.fromkeys(OTHERS, ALIKE), "1 1 1": WORSE})
    most = max(gain.bounds[1] for gain in one.gains)
    assert most > 0.01
    assert perturbed_words.optimal(one) == [
        f"Locally optimal but for gains of less than {most:.4f}: 1 of 5 neighbours did "
        "worse, and no interval reaches above that."
    ]


def test_a_sample_of_the_neighbours_is_said_to_be_one():
    some = {"1 1 1": WORSE, "2 1 1": WORSE}
    told = perturbed_words.optimal(found([0.5, 0.51, 0.52], some))[0]
    assert told.endswith(" (2 of its 5 neighbours were trained.)")


def test_before_the_arc_is_trained_nothing_is_said():
    assert found([], {"1 1 1": [0.4]}) is None


def test_a_hundredth_is_told_in_the_unit_of_the_measure():
    assert perturbed_words.unit(measures.ACCURACY) == (
        "percentage points of test accuracy"
    )
    assert "1 % lower" in perturbed_words.unit(measures.PERPLEXITY)
