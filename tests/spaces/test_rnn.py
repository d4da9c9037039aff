"""The rnn space: lengths, sizes, loose ends, the older form, refusals."""

import json

import numpy as np
import pytest

from enas_tf.spaces import base, rnn

# Node 1 = relu(0), node 2 = identity(0), node 3 = tanh(2).
THREE = rnn.RnnSpace(3)
TOKENS = [0, 1, 0, 3, 2, 0]
ARC = rnn.RnnArc(inputs=(0, 0, 2), ops=(1, 3, 0))

# Of the first repository's scripts/ptb_final.sh: 12 nodes, the first of them tanh.
OLDER_PTB = "0 0 0 1 1 2 1 2 0 2 0 5 1 1 0 6 1 8 1 8 1 8 1"


@pytest.mark.parametrize(
    ("nodes", "ops", "tokens", "size"),
    [
        (1, 4, 2, 4),
        (2, 4, 4, 2 * 4**2),
        (3, 2, 6, 6 * 2**3),
        (8, 4, 16, 2_642_411_520),
        (9, 4, 18, 95_126_814_720),
    ],
)
def test_length_and_number_of_architectures(nodes, ops, tokens, size):
    space = rnn.RnnSpace(nodes, num_ops=ops)
    assert space.num_tokens == tokens
    assert space.size == size


def test_the_size_in_words():
    assert rnn.RnnSpace(9).size_in_words() == "9.513e+10 architectures"


def test_the_first_ops_of_the_table_are_taken():
    assert rnn.RnnSpace(2).ops == ("tanh", "relu", "sigmoid", "identity")
    assert rnn.RnnSpace(2, num_ops=2).ops == ("tanh", "relu")


def test_the_tape_of_two_nodes():
    first, step_1, op_1, step_2, op_2 = rnn.RnnSpace(2, num_ops=3).tape()
    assert first == base.Step(None, anchor="zeros", still=True)
    op = base.Step(base.Op("op", 3, tied=True))
    assert (op_1, op_2) == (op, op)
    # -(l - j)^2 / 6 of the nodes before, and 0.1 + (l - j).
    assert step_1 == base.Step(
        base.Index("index", 1, fixed_bias=(-1 / 6,), divisors=(1.1,)), anchor="state"
    )
    assert step_2 == base.Step(
        base.Index("index", 2, fixed_bias=(-4 / 6, -1 / 6), divisors=(2.1, 1.1)),
        anchor="state",
    )


def test_a_node_reads_a_node_before_it():
    choices = rnn.RnnSpace(4, num_ops=3).choices_per_token()
    assert choices.tolist() == [1, 3, 2, 3, 3, 3, 4, 3]


@pytest.mark.parametrize(("tokens", "nodes"), [(2, 1), (16, 8), (18, 9)])
def test_nodes_of_length(tokens, nodes):
    assert rnn.nodes_of_length(tokens) == nodes


@pytest.mark.parametrize("tokens", [0, 1, 17, 23])
def test_a_length_of_no_number_of_nodes_is_refused(tokens):
    message = f"has {tokens} integers; N nodes need 2N, so 18 for 9 nodes"
    with pytest.raises(ValueError, match=message):
        rnn.nodes_of_length(tokens)


def test_an_arc_is_written_as_it_is_sampled():
    assert THREE.decode(TOKENS) == ARC
    assert THREE.encode(ARC) == TOKENS
    assert THREE.text(ARC) == "0 1 0 3 2 0"
    assert THREE.parse("0 1 | 0 3 | 2 0") == ARC


@pytest.mark.parametrize(
    ("inputs", "loose"),
    [
        ((0,), (1,)),
        ((0, 0, 0), (1, 2, 3)),
        ((0, 1, 2), (3,)),
        ((0, 0, 2), (1, 3)),
        ((0, 1, 1, 2, 2), (3, 4, 5)),
    ],
)
def test_loose_ends_are_the_nodes_that_no_node_reads(inputs, loose):
    assert rnn.loose_ends(rnn.RnnArc(inputs, (0,) * len(inputs))) == loose


@pytest.mark.parametrize(
    ("name", "inputs", "ops", "loose"),
    [
        (
            "enas_rnn",
            (0, 1, 2, 2, 4, 5, 3, 6),
            "sigmoid tanh relu sigmoid tanh tanh sigmoid sigmoid",
            (7, 8),
        ),
        (
            "darts_rnn",
            (0, 1, 1, 1, 2, 5, 3, 5),
            "sigmoid relu relu identity tanh sigmoid tanh relu",
            (4, 6, 7, 8),
        ),
    ],
)
def test_the_published_arcs_mean_what_they_meant(name, inputs, ops, loose):
    space = rnn.RnnSpace(8)
    arc = space.parse(rnn.NAMED_ARCS[name])
    assert arc.inputs == inputs
    assert [space.ops[op] for op in arc.ops] == ops.split()
    assert rnn.loose_ends(arc) == loose


def test_the_older_form_keeps_its_nodes_and_renumbers_its_ops():
    # tanh; identity(0), sigmoid(1), relu(0), tanh(3) in the older numbers.
    arc = rnn.from_older("0 | 0 2 | 1 3 | 0 1 | 3 0")
    assert arc == rnn.RnnArc(inputs=(0, 1, 0, 3), ops=(3, 2, 1, 0))
    assert rnn.RnnSpace(4).text(arc) == "0 3 1 2 0 1 3 0"


def test_the_published_older_arc_has_the_papers_six_loose_ends():
    arc = rnn.from_older(OLDER_PTB)
    assert arc.inputs == (0, 1, 2, 2, 2, 5, 1, 6, 8, 8, 8)
    assert arc.ops == (0, 1, 1, 0, 0, 1, 0, 1, 1, 1, 1)
    assert rnn.loose_ends(arc) == (3, 4, 7, 9, 10, 11)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the arc is empty"),
        ("0 0 x", "'x' is not a whole number of 0 or more"),
        (
            "0",
            "the arc has 1 integers; N nodes of the first repository's form need "
            "2N - 1 and are at least 2, so 23 for 12 nodes",
        ),
        (
            "0 0 0 1",
            "the arc has 4 integers; N nodes of the first repository's form need "
            "2N - 1 and are at least 2, so 23 for 12 nodes",
        ),
        ("1 0 0", "its node 0 is relu; node 0 of this space is always tanh"),
        ("2 0 0", "its node 0 is identity; node 0 of this space is always tanh"),
        ("3 0 0", "its node 0 is sigmoid; node 0 of this space is always tanh"),
        ("4 0 0", "the op of node 0 is 4, allowed are 0 to 3"),
        ("0 0 0 2 1", "the input of node 2 is 2, allowed are 0 to 1"),
        ("0 0 0 1 4", "the op of node 2 is 4, allowed are 0 to 3"),
    ],
)
def test_what_is_no_older_form_of_ours_is_refused_with_the_reason(text, message):
    with pytest.raises(ValueError) as caught:
        rnn.from_older(text)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("tokens", "message"),
    [
        (TOKENS[:5], "the arc has 5 integers, 3 nodes need 6"),
        ([], "the arc has 0 integers, 3 nodes need 6"),
        ([1, 1, 0, 3, 2, 0], "the input of node 1 is 1, allowed are 0 to 0"),
        ([0, 4, 0, 3, 2, 0], "the op of node 1 is 4, allowed are 0 to 3"),
        ([0, 1, 0, 3, 3, 0], "the input of node 3 is 3, allowed are 0 to 2"),
        ([0, 1, 0, 3, 2, -1], "the op of node 3 is -1, allowed are 0 to 3"),
    ],
)
def test_a_malformed_arc_is_refused_by_node(tokens, message):
    with pytest.raises(ValueError) as caught:
        THREE.validate(tokens)
    assert str(caught.value) == message


def test_an_op_that_this_space_lacks_is_refused():
    with pytest.raises(ValueError, match="op of node 2 is 3, allowed are 0 to 1"):
        rnn.RnnSpace(3, num_ops=2).parse("0 1 0 3 2 0")


def test_json_names_ops_by_node():
    assert json.loads(THREE.to_json(ARC)) == {
        "version": 1,
        "space": "rnn",
        "nodes": [
            {"input": 0, "op": "relu"},
            {"input": 0, "op": "identity"},
            {"input": 2, "op": "tanh"},
        ],
        "arc": "0 1 0 3 2 0",
    }


FIELDS = json.loads(THREE.to_json(ARC))
NODES = FIELDS["nodes"]


@pytest.mark.parametrize(
    ("nodes", "message"),
    [
        (
            [*NODES[:2], dict(input=2, op="gelu")],
            "node 3 has the op 'gelu', allowed are tanh, relu, sigmoid, identity",
        ),
        (
            [*NODES[:2], dict(input=3, op="tanh")],
            "the input of node 3 is 3, allowed are 0 to 2",
        ),
        (
            [dict(op="tanh"), *NODES[1:]],
            "node 1 lacks input; its fields are input, op",
        ),
        (
            [dict(input=None, op="tanh"), *NODES[1:]],
            "the input of node 1 is null, not a whole number",
        ),
        (["tanh", *NODES[1:]], "node 1 is 'tanh', not an object"),
        (NODES[:2], "the arc has 4 integers, 3 nodes need 6"),
        (3, "nodes is 3, not a list"),
    ],
)
def test_malformed_nodes_in_json_are_refused(nodes, message):
    with pytest.raises(ValueError) as caught:
        THREE.from_json(json.dumps({**FIELDS, "nodes": nodes}))
    assert str(caught.value).startswith(message)


def test_describe():
    assert THREE.describe(ARC) == (
        "3 nodes: 1 tanh, 1 relu, 1 identity; loose ends 1, 3."
    )
    one = rnn.RnnSpace(1)
    assert one.describe(one.parse("0 2")) == "1 node: 1 sigmoid; loose ends 1."


def test_statistics_count_ops_and_loose_ends_over_all_arcs():
    # The second arc is a chain of tanh: one loose end.
    tokens = np.array([TOKENS, [0, 0, 1, 0, 2, 0]])
    assert THREE.statistics(tokens) == {
        "op_frequency/tanh": pytest.approx(4 / 6),
        "op_frequency/relu": pytest.approx(1 / 6),
        "op_frequency/sigmoid": 0.0,
        "op_frequency/identity": pytest.approx(1 / 6),
        "loose_ends": pytest.approx((2 + 1) / 2),
    }
