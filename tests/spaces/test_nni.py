"""nni's exports: cells are converted where they say enough, the rest is refused."""

import pytest

from enas_tf.spaces import micro, nni

# Node 2 = sepconv3x3(0) + identity(1), node 3 = avgpool(0) + maxpool(1), both loose.
WIDE = {
    "op_2_0": "sep_conv_3x3",
    "input_2_0": 0,
    "op_2_1": "skip_connect",
    "input_2_1": [1],
    "op_3_0": "avg_pool_3x3",
    "input_3_0": 0,
    "op_3_1": "max_pool_3x3",
    "input_3_1": 1,
}
WIDE_CELL = micro.Cell(inputs=(0, 1, 0, 1), ops=(0, 4, 2, 3))
# Node 3 reads node 2, so that it alone is a loose end.
DEEP = {**WIDE, "input_3_0": 2}


def cells(normal, reduce):
    named = {f"normal/{label}": value for label, value in normal.items()}
    return named | {f"reduce/{label}": value for label, value in reduce.items()}


def refusal(fields, **arguments):
    with pytest.raises(ValueError) as caught:
        nni.arc_of(fields, **arguments)
    return str(caught.value)


@pytest.mark.parametrize(
    ("fields", "is_one"),
    [
        (cells(WIDE, WIDE), True),
        ({**cells(WIDE, WIDE), "width": 16}, True),
        ({"layer_0": "conv3x3", "layer_1": "maxpool"}, True),
        ({"LayerChoice1": [True, False], "InputChoice2": [True]}, True),
        ({"mutables": {"layer_0": 0}}, True),
        ({"layer_0": 1, "version": 1}, False),
        ({"layers": []}, False),
        ({}, False),
    ],
)
def test_what_nni_exports_is_told_by_its_labels(fields, is_one):
    assert nni.is_nni(fields) is is_one


def test_cells_whose_blocks_are_all_loose_are_converted():
    arc = nni.arc_of({**cells(WIDE, WIDE), "width": 16})
    assert arc == micro.MicroArc(WIDE_CELL, WIDE_CELL)


def test_labels_may_come_in_any_order():
    fields = dict(reversed(cells(WIDE, WIDE).items()))
    assert nni.arc_of(fields).normal == WIDE_CELL


def test_a_block_that_is_read_leaves_a_doubt_that_only_the_user_can_settle():
    message = refusal(cells(WIDE, DEEP))
    assert "does not say what the reduce cell concatenates" in message
    assert "takes all blocks, [2, 3]" in message and "loose ends, [3]" in message
    arc = nni.arc_of(cells(WIDE, DEEP), concat="convert")
    assert arc.reduce.inputs == (0, 1, 2, 1)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"normal/op_2_0": "dil_conv_3x3"}, "it is nni's JSON of cells: edge 1 of"),
        ({"normal/op_2_0": 3}, "it is nni's JSON, whose normal/op_2_0 names no op"),
        ({"normal/input_2_0": "x"}, "whose normal/input_2_0 is no node"),
        ({"reduce/input_2_0": 2}, "node 1 of block 0 of the reduce cell is 2, allowed"),
        ({"reduce/op_5_0": "skip_connect"}, "whose reduce cell lacks a part"),
    ],
)
def test_malformed_cells_are_refused(changes, message):
    assert message in refusal({**cells(WIDE, WIDE), **changes})


def test_other_exports_are_refused_saying_what_to_give():
    message = refusal({"layer_0": "conv3x3"})
    assert "whose choices only the program that wrote it can tell" in message
    assert "give the arc as integers, or its cells as Genotype(" in message
