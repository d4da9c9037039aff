"""Arcs that name their ops, of spaces whose ops are chosen by name."""

import json

import pytest

from enas_tf.spaces import genotype, macro, micro, op_rows, op_words, rnn
from enas_tf.spaces.op_table import OpRow

LIST = ("sepconv5x5", "maxpool3x3", "conv3x3")
MACRO = macro.MacroSpace(2).with_ops(LIST)
ARC = macro.MacroArc((0, 2), ((), (1,)))  # sepconv5x5, conv3x3


def test_numbers_are_places_in_the_list_and_names_are_written():
    assert MACRO.ops == LIST
    assert MACRO.text(ARC) == "sepconv5x5 conv3x3 1"
    assert MACRO.parse("sepconv5x5 | conv3x3 1") == ARC
    assert MACRO.parse("0 2 1") == ARC


def test_a_name_means_the_same_op_in_another_list():
    published = macro.MacroSpace(2)
    assert published.parse(MACRO.text(ARC)).ops == (3, 0)
    assert published.text(published.parse(MACRO.text(ARC))) == "3 0 1"


def test_the_first_of_the_table_are_written_as_ever():
    space = macro.MacroSpace(2).with_ops(("conv3x3", "sepconv3x3"))
    assert space.text(macro.MacroArc((0, 1), ((), (1,)))) == "0 1 1"
    assert not space.renumbered


def test_an_op_of_a_plugin_has_a_name_wherever_it_stands():
    with op_rows.MACRO.added(OpRow("own", "#000000")):
        space = macro.MacroSpace(1).with_ops((*macro.OPS, "own"))
        assert space.text(macro.MacroArc((6,), ((),))) == "own"


def test_in_a_cell_names_stand_between_nodes():
    space = micro.MicroSpace(1).with_ops(("identity", "sepconv3x3"))
    text = "0 identity 1 sepconv3x3 1 identity 0 identity"
    assert space.text(space.parse(text)) == text
    assert space.parse(text).normal == micro.Cell((0, 1), (0, 1))


def test_functions_of_a_recurrent_cell_have_names():
    space = rnn.RnnSpace(2).with_ops(("identity", "tanh"))
    assert space.text(rnn.RnnArc((0, 1), (1, 0))) == "0 tanh 1 identity"


@pytest.mark.parametrize("text", ["conv5x5 conv3x3 1", "conv5x5 wide 1"])
def test_an_op_that_is_not_in_the_list_is_missing(text):
    with pytest.raises(ValueError, match="from, sepconv5x5, .*; missing: conv5x5"):
        MACRO.parse(text)


def test_a_word_among_integers_is_no_name():
    with pytest.raises(ValueError, match="'x' is not a whole number of 0 or more$"):
        MACRO.parse("0 x 1")
    assert not op_words.may_be_arc(["0.5"])


def test_json_is_translated_by_name_and_its_integers_are_looked_at():
    published = macro.MacroSpace(2)
    written = published.to_json(macro.MacroArc((3, 0), ((), (1,))))
    assert MACRO.from_json(written) == ARC
    assert published.from_json(MACRO.to_json(ARC)).ops == (3, 0)
    fields = json.loads(written)
    for other in ("0 2 1", "maxpool3x3 conv3x3 1"):
        with pytest.raises(ValueError, match="they must be one arc"):
            MACRO.from_json(json.dumps({**fields, "arc": other}))


def test_json_with_an_op_that_the_list_lacks_names_it():
    written = macro.MacroSpace(1).to_json(macro.MacroArc((2,), ((),)))
    with pytest.raises(ValueError, match="layer 0 has the op .*; missing: conv5x5"):
        macro.MacroSpace(1).with_ops(LIST).from_json(written)


def test_a_genotype_becomes_numbers_of_the_list_and_back():
    ops = ("identity", "sepconv3x3", "sepconv5x5", "avgpool3x3", "maxpool3x3")
    text = genotype.text(
        genotype.of_arc(micro.MicroSpace(5).parse(micro.NAMED_ARCS["enas_micro"]))
    )
    arc = genotype.arc_of(genotype.parse(text), num_ops=ops)
    assert arc.normal.ops[:4] == (3, 1, 0, 2)  # avgpool3x3, sepconv3x3, ...
    assert genotype.text(genotype.of_arc(arc, ops=ops)) == text
