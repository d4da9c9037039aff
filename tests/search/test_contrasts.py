"""The policy beside random arcs, random ones of its sizes, and the largest."""

import numpy as np
import pytest

from enas_tf.run import measures
from enas_tf.search import contrasts, size, size_words
from enas_tf.search.arc_scores import Scores
from enas_tf.search.comparison import Comparison
from enas_tf.search.contrasts import Arcs, Contrasts, Groups
from enas_tf.spaces.costs import Costs

BETTER = Comparison(0.5, 0.3, 0.2, 0.1, 0.3)
UNCLEAR = Comparison(0.5, 0.45, 0.05, -0.1, 0.2)
WORSE = Comparison(0.5, 0.7, -0.2, -0.3, -0.1)


def costs(*counts):
    return Costs(np.array(counts), 2 * np.array(counts))


def tokens(count):
    return np.arange(count, dtype=np.int32)[:, np.newaxis]


SIZES = (5, 10, 20, 30, 40, 50, 60, 70, 80, 90)


def arcs(*, policy=(100, 400), random=SIZES, matched=()):
    """Sizes of the policy's arcs, of random ones, and of matches of the first ones."""
    match = None
    if matched:
        places = np.arange(len(matched))
        match = size.Match(tokens(len(matched)), places, costs(*matched))
    sizes = costs(*policy), costs(*random)
    return Arcs(tokens(len(policy)), tokens(len(random)), match, *sizes)


def groups(of, policy, random, matched=()):
    """Each arc's score at each of 40 examples, the same at all."""
    values = np.repeat(np.array([*policy, *random, *matched])[:, np.newaxis], 40, 1)
    return Groups.of(of, Scores(of.tokens, values, values))


def test_each_comparison_is_with_its_own_group():
    asked = arcs(policy=(100, 400, 900), matched=(101, 399))
    random = (0.3,) * 5 + (0.2, 0.3, 0.4, 0.5, 0.9)
    scores = groups(asked, (0.6, 0.8, 0.1), random, (0.5, 0.6))
    found = contrasts.contrasts(scores, asked, seed=0)
    assert found.random[:2] == pytest.approx((0.5, 0.38))
    # Five of ten have most FLOPs: the last ones.
    assert found.largest[:2] == pytest.approx((0.5, 0.46))
    # The third arc of the policy has no match, and is left out.
    assert found.matched[:2] == pytest.approx((0.7, 0.55))


@pytest.mark.parametrize(
    "asked",
    [
        Arcs(tokens(2), tokens(6)),
        arcs(policy=(10, 10), random=(10,) * 6),
    ],
    ids=["no costs", "one size"],
)
def test_without_sizes_that_differ_there_is_no_comparison_by_size(asked):
    found = contrasts.contrasts(groups(asked, (1, 1), (0,) * 6), asked, seed=0)
    assert found.largest is None and found.matched is None


@pytest.mark.parametrize(("count", "there"), [(9, False), (10, True)])
def test_the_largest_are_compared_where_they_are_at_most_half(count, there):
    asked = arcs(random=SIZES[:count])
    found = contrasts.contrasts(groups(asked, (1, 1), (0,) * count), asked, seed=0)
    assert (found.largest is not None) == there
    said = size_words.compared(asked, found, measures.ACCURACY, trained=True)
    assert there != (
        said[0] == "9 random arcs are too few to compare the policy with the largest "
        "of them: at least 10 are needed (--derive_num_samples)."
    )


def test_under_other_weights_each_comparison_says_so():
    asked = arcs(matched=(101, 399))
    said = size_words.compared(
        *(asked, Contrasts(BETTER, UNCLEAR, WORSE), measures.ACCURACY),
        trained=True,
        under="neutral weights",
    )
    assert said[0].startswith("Under neutral weights: the 5 largest of the random")
    assert said[1].startswith("Under neutral weights: all 2 arcs of the policy have")


def test_a_single_match_is_not_compared_and_that_is_said():
    asked = arcs(matched=(101,))
    found = contrasts.contrasts(groups(asked, (1, 1), (0,) * 10, (1,)), asked, seed=0)
    said = size_words.compared(asked, found, measures.ACCURACY, trained=True)
    assert found.matched is None
    assert said[1] == (
        "1 of the 2 arcs of the policy have a random arc of their size in 20,000 "
        "draws: at least 2 are needed to compare."
    )


def test_the_verdict_says_which_are_clear_of_zero():
    found = Contrasts(BETTER, UNCLEAR, WORSE)
    assert found.verdict(measures.ACCURACY) == (
        "The policy's arcs are better than random arcs; worse than the largest random "
        "arcs; not shown to differ from random arcs of their sizes."
    )
    under = found.verdict(measures.ACCURACY, under="neutral weights")
    assert under.startswith("Under neutral weights the policy's arcs are better than")
    assert found.verdict(measures.PERPLEXITY) == (
        "The policy's arcs are better than the largest random arcs; worse than random "
        "arcs; not shown to differ from random arcs of their sizes."
    )


def test_the_words_tell_sizes_and_comparisons():
    asked = arcs(matched=(101, 399))
    found = Contrasts(BETTER, UNCLEAR, WORSE)
    said = size_words.sentences(asked)
    said += size_words.compared(asked, found, measures.ACCURACY, trained=True)
    assert said[:3] == [
        "Final children, geometric means: policy 200 parameters and 400 FLOPs, random "
        "34 and 67.",
        "The 5 largest of the random arcs by FLOPs: 0.7000, difference -0.2000 (95 % "
        "interval -0.3000 to -0.1000).",
        "All 2 arcs of the policy have a random arc of their size: policy 0.5000, "
        "random 0.4500, difference +0.0500 (95 % interval -0.1000 to +0.2000).",
    ]
    untrained = size_words.compared(asked, found, measures.ACCURACY, trained=False)
    assert len(said) == 4 and untrained == said[1:3]


def test_of_arcs_of_one_size_one_sentence_says_so():
    asked = arcs(policy=(10, 10), random=(10,) * 6)
    assert size_words.sentences(asked, of_child=" (guessed)") == [
        "All these arcs have one size (guessed), 10 parameters and 20 FLOPs, so none "
        "are compared by size."
    ]


def test_figures_are_kept_by_name():
    asked = arcs(matched=(101, 399))
    assert size_words.sizes(asked) == dict(
        policy_parameters=200,
        policy_flops=400,
        random_parameters=34,
        random_flops=67,
        largest_arcs=5,
        matched_arcs=2,
    )
    found = size_words.figures(Contrasts(BETTER, UNCLEAR, None), measures.ACCURACY)
    assert found == dict(
        matched_accuracy=0.45,
        over_matched=0.05,
        over_matched_low=-0.1,
        over_matched_high=0.2,
    )
