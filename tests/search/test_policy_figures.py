"""Figures of a policy, each against a count by hand."""

import math

import numpy as np
import pytest

from enas_tf.children import op_forms
from enas_tf.search import policy_figures
from enas_tf.spaces import macro, micro, rnn

SPACE = macro.MacroSpace(3)  # op, op, bit, op, bit, bit; ops 4 and 5 are pools


def updates(*pairs):
    names = ("value_variance", "noise_variance")
    return [dict(zip(names, pair, strict=True)) for pair in pairs]


@pytest.mark.parametrize(
    ("pairs", "share"),
    [
        ([(4.0, 1.0), (2.0, 2.0)], 0.5),
        ([(1.0, 3.0), (3.0, 0.0)], 0.25),  # an update may have more noise than variance
        ([(1.0, 2.0)], 0.0),
        ([(0.0, 0.0)], None),
        ([(None, None), (4.0, 1.0)], 0.75),
        ([], None),
    ],
)
def test_the_signal_is_what_is_no_noise_over_all_updates(pairs, share):
    assert policy_figures.signal_share(updates(*pairs)) == share


def test_rows_of_versions_without_variances_are_passed_over():
    rows = [dict(step=1, reward=0.5), *updates((4.0, 3.0))]
    assert policy_figures.signal_share(rows) == 0.25


def test_a_uniform_policy_is_at_no_distance_and_one_arc_at_the_greatest():
    uniform = 3 * math.log(6) + 3 * math.log(2)
    found = [
        policy_figures.divergence_from_uniform(SPACE, entropy)
        for entropy in (uniform, uniform + 1e-6, 0.0)
    ]
    assert found == pytest.approx([0.0, 0.0, uniform], abs=1e-9)
    assert min(found) >= 0


@pytest.mark.parametrize(
    ("bits", "divergence", "moved"),
    [
        ([[0, 1, 0], [1, 0, 1]], 0.5, 0.5),  # half of the skips, as at the beginning
        ([[0, 0, 1], [0, 0, 0]], 2.0, 2.0 - 3 * 0.242586),  # a sixth of them
        ([[0, 0, 0], [0, 0, 0]], 2.0, 0.0),  # more than that accounts for
    ],
)
def test_that_skips_are_rarer_alike_is_not_learned(bits, divergence, moved):
    tokens = np.array([[0, 0, a, 0, b, c] for a, b, c in bits])
    found = policy_figures.moved(SPACE, tokens, divergence)
    assert found == pytest.approx(moved, abs=1e-5)


def test_without_skips_all_of_the_distance_is_learned():
    tokens = np.zeros((2, 4), int)
    assert policy_figures.moved(rnn.RnnSpace(2), tokens, 0.75) == 0.75


def test_equal_arcs_are_counted_once():
    tokens = np.array([[0, 0, 1, 0, 0, 0], [0, 0, 0, 0, 0, 0], [0, 0, 1, 0, 0, 0]])
    assert policy_figures.unique(tokens) == 2


def test_the_ops_without_weights_are_those_of_the_tables():
    pools = {"avgpool3x3", "maxpool3x3"}
    assert op_forms.weightless(SPACE.table, SPACE.ops) == pools
    cells = micro.MicroSpace(2)
    assert op_forms.weightless(cells.table, cells.ops) == {*pools, "identity"}
    functions = rnn.RnnSpace(2)
    assert op_forms.weightless(functions.table, functions.ops) == set()


def test_a_share_of_pools_is_of_ops_alone():
    """The 4 and 5 in the place of bits would be no tokens; 1 as a bit is no sepconv."""
    tokens = np.array([[4, 0, 1, 5, 1, 1], [0, 4, 1, 1, 0, 0]])
    pools = ("avgpool3x3", "maxpool3x3")
    assert policy_figures.weightless_share(SPACE, tokens, pools) == 0.5


@pytest.mark.parametrize("weightless", [(), SPACE.ops])
def test_where_all_ops_are_alike_there_is_no_share_of_pools(weightless):
    tokens = np.zeros((1, 6), int)
    assert policy_figures.weightless_share(SPACE, tokens, weightless) is None


def test_a_geometric_mean_of_sizes():
    sizes = np.array([10, 1000], np.int64)
    assert policy_figures.geometric_mean(sizes) == pytest.approx(100)


def test_choices_are_told_by_layer_with_its_skips():
    space = macro.MacroSpace(3, num_ops=2)
    tokens = np.array([[0, 1, 1, 0, 0, 1], [1, 1, 0, 0, 1, 1]])
    assert policy_figures.choices(space, tokens) == {
        "layer 0/conv3x3": 0.5,
        "layer 0/sepconv3x3": 0.5,
        "layer 1/conv3x3": 0.0,
        "layer 1/sepconv3x3": 1.0,
        "layer 1/skips: yes": 0.5,
        "layer 2/conv3x3": 1.0,
        "layer 2/sepconv3x3": 0.0,
        "layer 2/skips: yes": 0.75,
    }


@pytest.mark.parametrize(
    ("space", "first", "last"),
    [
        (micro.MicroSpace(2), "normal 0, op 1/sepconv3x3", "reduce 1, op 2/identity"),
        (rnn.RnnSpace(2), "node 1/tanh", "node 2/identity"),
    ],
)
def test_choices_of_cells_and_nodes_are_told_by_their_place(space, first, last):
    tokens = space.random(np.random.default_rng(0), 5)
    found = list(policy_figures.choices(space, tokens))
    assert (found[0], found[-1]) == (first, last)
    ops = [d for d in space.decisions() if d.num_tokens == 1 and "op" in d.slot]
    assert len(found) == len(space.ops) * len(ops)
