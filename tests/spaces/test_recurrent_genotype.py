"""Recurrent genotypes, to rnn arcs."""

import pytest
from absl import logging

from enas_tf.spaces import recurrent_genotype, rnn

# The second-order cell of DARTS' genotypes.py.
DARTS_V2 = dict(
    recurrent=[
        ("sigmoid", 0),
        ("relu", 1),
        ("relu", 1),
        ("identity", 1),
        ("tanh", 2),
        ("sigmoid", 5),
        ("tanh", 3),
        ("relu", 5),
    ],
    concat=range(1, 9),
)
# Node 1 = relu(0), node 2 = tanh(1), node 3 = identity(1); 2 and 3 are read by none.
FORK = [("relu", 0), ("tanh", 1), ("identity", 1)]
FORK_ARC = rnn.RnnArc(inputs=(0, 1, 1), ops=(1, 0, 3))


@pytest.fixture
def warnings(monkeypatch):
    """What is logged as a warning, one string each."""
    lines = []
    monkeypatch.setattr(logging, "warning", lambda text, *a: lines.append(text % a))
    return lines


def refusal(recurrent, concat, **arguments):
    with pytest.raises(ValueError) as caught:
        recurrent_genotype.arc_of(dict(recurrent=recurrent, concat=concat), **arguments)
    return str(caught.value)


def test_the_published_cell_is_that_of_enas_lm():
    arc = recurrent_genotype.arc_of(DARTS_V2, average="all")
    assert rnn.RnnSpace(8).text(arc) == rnn.DARTS_RNN


def test_the_loose_ends_are_an_average_that_is_exact_here():
    fields = dict(recurrent=FORK, concat=[3, 2])
    assert recurrent_genotype.arc_of(fields) == FORK_ARC


def test_all_nodes_are_exact_where_all_are_averaged(warnings):
    fields = dict(recurrent=FORK, concat=range(1, 4))
    assert recurrent_genotype.arc_of(fields, average="all") == FORK_ARC
    assert warnings == []


def test_another_average_is_refused_naming_both_and_the_flags():
    assert refusal(FORK, [1, 2, 3]) == (
        "the cell averages [1, 2, 3], but here it averages its loose ends, [2, 3]; "
        "--child_average=all averages all nodes, --child_genotype_concat=convert "
        "trains that instead"
    )
    assert refusal(FORK, [2, 3], average="all") == (
        "the cell averages [2, 3], but here it averages all its nodes, [1, 2, 3]; "
        "--child_genotype_concat=convert trains that instead"
    )


def test_another_average_is_converted_with_a_warning(warnings):
    fields = dict(recurrent=FORK, concat=[1])
    assert recurrent_genotype.arc_of(fields, concat="convert") == FORK_ARC
    assert warnings == [
        "Genotype converted: the cell averages [1], but here it averages its loose "
        "ends, [2, 3]."
    ]
    assert recurrent_genotype.arc_of(fields, concat="any") == FORK_ARC
    assert len(warnings) == 1


@pytest.mark.parametrize(
    ("recurrent", "concat", "message"),
    [
        (3, [1], "recurrent is 3, not a list of pairs"),
        ([("relu",)], [1], "node 1 is ('relu',), not a pair like ('relu', 0)"),
        ([("relu", True)], [1], "node 1 is ('relu', True), not a pair"),
        ([("none", 0)], [1], "node 1 has the op 'none', which does not exist here;"),
        ([("relu", 1)], [1], "the input of node 1 is 1, allowed are 0 to 0"),
        ([], [], "an rnn cell needs at least 1 node, not 0"),
        (FORK, [0, 1], "concat names node 0, allowed are 1 to 3"),
        (FORK, [4], "concat names node 4, allowed are 1 to 3"),
        (FORK, "all", "concat is 'all', not a list of nodes"),
    ],
)
def test_a_malformed_one_is_refused(recurrent, concat, message):
    assert refusal(recurrent, concat).startswith(message)


def test_a_missing_field_is_named():
    with pytest.raises(ValueError, match="lacks concat; its fields are recurrent, con"):
        recurrent_genotype.arc_of(dict(recurrent=FORK))


def test_an_op_beyond_the_allowed_number_is_refused():
    assert "node 3 has the op 'identity'" in refusal(FORK, [2, 3], num_ops=3)
