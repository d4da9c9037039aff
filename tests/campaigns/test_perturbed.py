"""--mode=perturb: which decisions matter, and whether an arc is locally optimal."""

import pytest

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


def test_the_words_name_the_decision_that_costs_most():
    theirs = {"1 1 1": [0.4], "2 1 1": [0.5], "0 1 0": [0.6]}
    told = perturbed_words.words(found([0.5], theirs))
    assert (
        "The decision that matters most by these scores is the op of layer 0: another "
        "choice changes the score by -0.0500, the mean of 2 neighbours."
    ) in told
    assert told[-3:] == [
        "  +0.1000  skip: yes -> no",
        "  +0.0000  op: a -> c",
        "  -0.1000  op: a -> b",
    ]


def test_one_seed_is_said_to_be_one():
    told, caution = first_words([0.5], {"1 1 1": [0.4]})
    assert told == "Locally optimal by these scores: no neighbour did better."
    assert caution.startswith("Each was trained from one seed")


def test_several_seeds_give_intervals_and_a_word_on_chance():
    better = {"1 1 1": [0.60, 0.61, 0.62], "0 1 0": [0.40, 0.41, 0.42]}
    told, chance = first_words([0.50, 0.51, 0.52], better)
    assert told == "Not locally optimal: the intervals of 1 neighbour lie above zero."
    assert chance.startswith("Of 2 intervals about 0.1 would lie above zero by chance")


def test_a_neighbour_that_is_better_within_noise_is_told_as_such():
    (told,) = first_words([0.50, 0.60, 0.40], {"1 1 1": [0.51, 0.62, 0.41]})
    assert told == (
        "Locally optimal as far as can be told: no neighbour is distinguishably "
        "better, though 1 neighbour did better on average."
    )


def test_a_sample_of_the_neighbours_is_said_to_be_one():
    some = {"1 1 1": [0.4], "2 1 1": [0.5], "0 1 0": [0.6]}
    told = perturbed_words.optimal(found([0.5], some))[0]
    assert told.endswith(" (3 of its 5 neighbours were trained.)")
    every = {**some, "0 0 1": [0.4], "0 2 1": [0.4]}
    assert "trained" not in perturbed_words.optimal(found([0.5], every))[0]


def test_before_the_arc_is_trained_nothing_is_said():
    assert found([], {"1 1 1": [0.4]}) is None


def test_a_hundredth_is_told_in_the_unit_of_the_measure():
    assert perturbed_words.unit(measures.ACCURACY) == (
        "percentage points of test accuracy"
    )
    assert "1 % lower" in perturbed_words.unit(measures.PERPLEXITY)
