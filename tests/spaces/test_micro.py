"""The micro space: lengths, sizes, the two orders of an arc, loose ends, refusals."""

import json

import numpy as np
import pytest

from enas_tf.spaces import base, micro

# Normal: node 2 = sepconv5x5(1) + identity(0), node 3 = maxpool(2) + sepconv3x3(0).
# Reduce: node 2 = avgpool(0) + avgpool(0), node 3 = identity(1) + sepconv5x5(1).
TWO = micro.MicroSpace(2)
STORED = "1 1 0 4 2 3 0 0 0 2 0 2 1 4 1 1"
TOKENS = [1, 0, 1, 4, 2, 0, 3, 0, 0, 0, 2, 2, 1, 1, 4, 1]
ARC = micro.MicroArc(
    micro.Cell(inputs=(1, 0, 2, 0), ops=(1, 4, 3, 0)),
    micro.Cell(inputs=(0, 0, 1, 1), ops=(2, 2, 4, 1)),
)


@pytest.mark.parametrize(
    ("blocks", "ops", "tokens", "size", "paper"),
    [
        (1, 5, 8, (2**2 * 5**2) ** 2, 5**4),
        (2, 5, 16, (6**2 * 5**4) ** 2, 10**4),
        (2, 3, 16, (6**2 * 3**4) ** 2, 6**4),
        (5, 5, 40, 25628906250000000000000000, 129600000000),
        (7, 5, 56, (40320**2 * 5**14) ** 2, 25200**4),
    ],
)
def test_length_and_both_counts_of_architectures(blocks, ops, tokens, size, paper):
    space = micro.MicroSpace(blocks, num_ops=ops)
    assert space.num_tokens == tokens
    assert space.size == size
    assert space.paper_size == paper


def test_both_counts_are_told():
    assert micro.MicroSpace(5).size_in_words() == (
        "2.563e+25 token sequences (by the paper's rougher count 1.3e+11 architectures)"
    )


def test_the_first_ops_of_the_table_are_taken():
    assert micro.MicroSpace(2).ops == micro.OPS
    assert micro.MicroSpace(2, num_ops=2).ops == ("sepconv3x3", "sepconv5x5")


def test_the_tape_of_one_block():
    first = base.Step(None, anchor="zeros", restart=True, forget=True)
    second = base.Step(None, anchor="zeros", restart=True)
    node = base.Step(base.Index("index", 2))
    block = base.Step(None, anchor="state", restart=True)
    learned = (10.0, 10.0, 0.0, 0.0, 0.0)
    fixed = (0.25, 0.25, -0.25, -0.25, -0.25)
    normal = base.Step(base.Op("op", 5, learned, fixed, reduced=True))
    reduce = base.Step(base.Op("op", 5, learned, (), reduced=True))
    assert list(micro.MicroSpace(1).tape()) == [
        *(first, second, node, node, normal, normal, block),
        *(first, second, node, node, reduce, reduce, block),
    ]


def test_fewer_ops_have_fewer_biases():
    op = micro.MicroSpace(1, num_ops=3).decisions()[2]
    assert op == base.Op("op", 3, (10.0, 10.0, 0.0), (0.25, 0.25, -0.25), reduced=True)


def test_a_block_reads_the_inputs_and_the_blocks_before_it():
    choices = micro.MicroSpace(3, num_ops=4).choices_per_token()
    cell = [2, 2, 4, 4, 3, 3, 4, 4, 4, 4, 4, 4]
    assert choices.tolist() == cell + cell


@pytest.mark.parametrize(("tokens", "blocks"), [(8, 1), (16, 2), (40, 5), (56, 7)])
def test_blocks_of_length(tokens, blocks):
    assert micro.blocks_of_length(tokens) == blocks


@pytest.mark.parametrize("tokens", [0, 4, 20, 39, 41])
def test_a_length_of_no_number_of_blocks_is_refused(tokens):
    message = f"has {tokens} integers; two cells of B blocks need 8B"
    with pytest.raises(ValueError, match=message):
        micro.blocks_of_length(tokens)


@pytest.mark.parametrize("kind", [list, tuple, np.asarray])
def test_tokens_decode_to_an_arc_of_plain_integers(kind):
    arc = TWO.decode(kind(TOKENS))
    assert arc == ARC
    assert {type(number) for cell in arc for part in cell for number in part} == {int}


def test_a_tensor_decodes_to_tensors_in_and_out_of_a_graph():
    import tensorflow as tf  # seconds; the rest of this file needs none

    def total(tokens):
        arc = TWO.decode(tokens)
        assert [part.shape for cell in arc for part in cell.inputs] == [()] * 8
        return arc.normal.ops[2] * 100 + arc.normal.inputs[2] * 10 + arc.reduce.ops[3]

    tokens = tf.constant(TOKENS)
    assert int(total(tokens)) == 321
    signature = [tf.TensorSpec([16], tf.int32)]
    assert int(tf.function(total, input_signature=signature)(tokens)) == 321
    assert TWO.encode(TWO.decode(tokens)) == TOKENS


def test_an_arc_is_written_node_op_node_op_and_sampled_node_node_op_op():
    assert TWO.parse(STORED) == ARC
    assert TWO.text(ARC) == STORED
    assert TWO.encode(ARC) == TOKENS
    assert [TOKENS[place] for place in TWO.stored_order()] == [
        *map(int, STORED.split())
    ]


def test_the_published_arc_means_what_it_meant():
    space = micro.MicroSpace(5)
    arc = space.parse(micro.NAMED_ARCS["enas_micro"])
    # "0 2 0 0 | 0 4 0 1": avgpool(0) + sepconv3x3(0), identity(0) + sepconv5x5(0).
    assert arc.normal.inputs[:4] == (0, 0, 0, 0)
    assert arc.normal.ops[:4] == (2, 0, 4, 1)
    # "1 1 3 1", the third block of the reduction cell: sepconv5x5(1) + sepconv5x5(3).
    assert (arc.reduce.inputs[4:6], arc.reduce.ops[4:6]) == ((1, 3), (1, 1))
    assert micro.loose_ends(arc.normal) == (2, 3, 4, 5, 6)
    assert micro.loose_ends(arc.reduce) == (2, 4, 5, 6)
    assert space.describe(arc) == (
        "5 blocks: normal cell 2 sepconv3x3, 4 sepconv5x5, 2 avgpool3x3, 2 identity, "
        "loose ends 2, 3, 4, 5, 6; reduce cell 3 sepconv3x3, 3 sepconv5x5, "
        "1 avgpool3x3, 2 maxpool3x3, 1 identity, loose ends 2, 4, 5, 6."
    )


@pytest.mark.parametrize(
    ("inputs", "loose"),
    [
        ((0, 1), (2,)),
        ((0, 0), (1, 2)),  # an input that no block reads is a loose end too
        ((1, 1, 1, 1), (0, 2, 3)),
        ((0, 1, 2, 2), (3,)),
        ((0, 0, 2, 2, 3, 3), (1, 4)),
    ],
)
def test_loose_ends_are_the_nodes_that_no_block_reads(inputs, loose):
    assert micro.loose_ends(micro.Cell(inputs, (0,) * len(inputs))) == loose


@pytest.mark.parametrize(
    ("layers", "cells", "aux"),
    [
        (1, (0, 1), 2),
        (2, (0, 1), 2),
        (3, (1, 3), 4),
        (6, (2, 5), 6),
        (7, (2, 5), 6),
        (15, (5, 11), 12),
    ],
)
def test_reduction_cells_and_the_cell_of_the_aux_head(layers, cells, aux):
    assert micro.reduction_cells(layers) == cells
    assert micro.aux_cell(layers) == aux
    assert aux < layers + 2


def changed(place, value):
    return [*TOKENS[:place], value, *TOKENS[place + 1 :]]


@pytest.mark.parametrize(
    ("tokens", "message"),
    [
        (TOKENS[:15], "the arc has 15 integers, two cells of 2 blocks need 16"),
        ([], "the arc has 0 integers, two cells of 2 blocks need 16"),
        (
            changed(0, 2),
            "node 1 of block 0 of the normal cell is 2, allowed are 0 to 1",
        ),
        (
            changed(5, -1),
            "node 2 of block 1 of the normal cell is -1, allowed are 0 to 2",
        ),
        (changed(6, 5), "op 1 of block 1 of the normal cell is 5, allowed are 0 to 4"),
        (
            changed(12, 3),
            "node 1 of block 1 of the reduce cell is 3, allowed are 0 to 2",
        ),
        (changed(15, 9), "op 2 of block 1 of the reduce cell is 9, allowed are 0 to 4"),
    ],
)
def test_a_malformed_arc_is_refused_by_cell_and_block(tokens, message):
    with pytest.raises(ValueError) as caught:
        TWO.validate(tokens)
    assert str(caught.value) == message


def test_a_written_arc_is_refused_by_what_the_integer_means():
    # The second integer of the text is the first block's first op, not a node.
    with pytest.raises(ValueError, match="op 1 of block 0 of the normal cell is 7"):
        TWO.parse("1 7" + STORED[3:])


def test_an_op_that_this_space_lacks_is_refused():
    with pytest.raises(ValueError, match="op 2 of block 0 .* is 4, allowed are 0 to 3"):
        micro.MicroSpace(2, num_ops=4).parse(STORED)


def test_json_names_ops_by_block():
    assert json.loads(TWO.to_json(ARC)) == {
        "version": 1,
        "space": "micro",
        "normal": [
            {"inputs": [1, 0], "ops": ["sepconv5x5", "identity"]},
            {"inputs": [2, 0], "ops": ["maxpool3x3", "sepconv3x3"]},
        ],
        "reduce": [
            {"inputs": [0, 0], "ops": ["avgpool3x3", "avgpool3x3"]},
            {"inputs": [1, 1], "ops": ["identity", "sepconv5x5"]},
        ],
        "arc": STORED,
    }


FIELDS = json.loads(TWO.to_json(ARC))
NORMAL = FIELDS["normal"]


@pytest.mark.parametrize(
    ("normal", "message"),
    [
        (
            [dict(inputs=[1, 0], ops=["conv3x3", "identity"]), NORMAL[1]],
            "block 0 of the normal cell has the op 'conv3x3', allowed are sepconv3x3, "
            "sepconv5x5, avgpool3x3, maxpool3x3, identity",
        ),
        (
            [NORMAL[0], dict(inputs=[3, 0], ops=["identity", "identity"])],
            "node 1 of block 1 of the normal cell is 3, allowed are 0 to 2",
        ),
        (
            [NORMAL[0], dict(inputs=[1], ops=["identity", "identity"])],
            "block 1 of the normal cell needs two inputs and two ops",
        ),
        (
            [NORMAL[0], dict(inputs=[1, 0], ops=["identity"] * 3)],
            "block 1 of the normal cell needs two inputs and two ops",
        ),
        (
            [dict(inputs=[1, 0]), NORMAL[1]],
            "block 0 of the normal cell lacks ops; its fields are inputs, ops",
        ),
        (["identity", NORMAL[1]], "block 0 of the normal cell is 'identity', not an"),
        (NORMAL[:1], "the normal cell has 1 blocks, 2 are needed"),
        ([*NORMAL, NORMAL[1]], "the normal cell has 3 blocks, 2 are needed"),
        (3, "the normal cell is 3, not a list"),
        (None, "the normal cell is null, not a list"),
    ],
)
def test_malformed_cells_in_json_are_refused(normal, message):
    with pytest.raises(ValueError) as caught:
        TWO.from_json(json.dumps({**FIELDS, "normal": normal}))
    assert str(caught.value).startswith(message)


def test_json_of_one_cell_is_refused():
    del (fields := dict(FIELDS))["reduce"]
    with pytest.raises(ValueError, match="the JSON lacks reduce; its fields are"):
        TWO.from_json(json.dumps(fields))


def test_describe():
    assert TWO.describe(ARC) == (
        "2 blocks: normal cell 1 sepconv3x3, 1 sepconv5x5, 1 maxpool3x3, 1 identity, "
        "loose ends 3; reduce cell 1 sepconv5x5, 2 avgpool3x3, 1 identity, loose ends "
        "2, 3."
    )
    one = micro.MicroSpace(1)
    assert one.describe(one.parse("0 0 1 0 1 4 1 4")).startswith("1 block: normal cell")


def test_statistics_count_ops_and_loose_ends_by_cell_over_all_arcs():
    # Of the second arc all nodes are 0 and all ops sepconv3x3: 3 loose ends a cell.
    tokens = np.array([TOKENS, [0] * 16])
    assert TWO.statistics(tokens) == {
        "op_frequency_normal/sepconv3x3": pytest.approx(5 / 8),
        "op_frequency_normal/sepconv5x5": pytest.approx(1 / 8),
        "op_frequency_normal/avgpool3x3": 0.0,
        "op_frequency_normal/maxpool3x3": pytest.approx(1 / 8),
        "op_frequency_normal/identity": pytest.approx(1 / 8),
        "loose_ends_normal": pytest.approx((1 + 3) / 2),
        "op_frequency_reduce/sepconv3x3": pytest.approx(4 / 8),
        "op_frequency_reduce/sepconv5x5": pytest.approx(1 / 8),
        "op_frequency_reduce/avgpool3x3": pytest.approx(2 / 8),
        "op_frequency_reduce/maxpool3x3": 0.0,
        "op_frequency_reduce/identity": pytest.approx(1 / 8),
        "loose_ends_reduce": pytest.approx((2 + 3) / 2),
    }
