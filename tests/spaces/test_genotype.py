"""Genotypes: read as data, converted to arcs and back, refused by cell and place."""

import json

import pytest
from absl import logging

from enas_tf.spaces import genotype, micro, op_rows

# Node 2 = sepconv3x3(1) + identity(0), node 3 = maxpool(2) + sepconv5x5(0);
# node 2 = avgpool(0) + avgpool(1), node 3 = identity(1) + sepconv3x3(0).
TEXT = (
    "Genotype(normal=[('sep_conv_3x3', 1), ('skip_connect', 0), ('max_pool_3x3', 2), "
    "('sep_conv_5x5', 0)], normal_concat=[3], reduce=[('avg_pool_3x3', 0), "
    "('avg_pool_3x3', 1), ('skip_connect', 1), ('sep_conv_3x3', 0)], "
    "reduce_concat=[2, 3])"
)
GENOTYPE = genotype.Genotype(
    normal=[
        ("sep_conv_3x3", 1),
        ("skip_connect", 0),
        ("max_pool_3x3", 2),
        ("sep_conv_5x5", 0),
    ],
    normal_concat=[3],
    reduce=[
        ("avg_pool_3x3", 0),
        ("avg_pool_3x3", 1),
        ("skip_connect", 1),
        ("sep_conv_3x3", 0),
    ],
    reduce_concat=[2, 3],
)
ARC = micro.MicroArc(
    micro.Cell(inputs=(1, 0, 2, 0), ops=(0, 4, 3, 1)),
    micro.Cell(inputs=(0, 1, 1, 0), ops=(2, 2, 4, 0)),
)
# The first-order cells of the DARTS paper. Node 2 is read in both, yet concatenated.
DARTS_V1 = """
DARTS_V1 = Genotype(
  normal=[('sep_conv_3x3', 1), ('sep_conv_3x3', 0), ('skip_connect', 0),
          ('sep_conv_3x3', 1), ('skip_connect', 0), ('sep_conv_3x3', 1),
          ('sep_conv_3x3', 0), ('skip_connect', 2)],
  normal_concat=range(2, 6),
  reduce=[('max_pool_3x3', 0), ('max_pool_3x3', 1), ('skip_connect', 2),
          ('max_pool_3x3', 0), ('max_pool_3x3', 0), ('skip_connect', 2),
          ('skip_connect', 2), ('avg_pool_3x3', 0)],
  reduce_concat=[2, 3, 4, 5],
)
"""


@pytest.fixture
def warnings(monkeypatch):
    """What is logged as a warning, one string each."""
    lines = []
    monkeypatch.setattr(logging, "warning", lambda text, *a: lines.append(text % a))
    return lines


def refusal(text, **arguments):
    with pytest.raises(ValueError) as caught:
        genotype.arc_of(genotype.parse(text), **arguments)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_every_op_of_the_space_has_a_name():
    names = [row.genotype_names for row in op_rows.MICRO.rows]
    assert len(set(names)) == len(micro.OPS)


def test_the_python_form_is_read():
    assert genotype.parse(TEXT) == GENOTYPE


def test_the_json_form_is_read():
    assert genotype.parse(json.dumps(GENOTYPE._asdict())) == GENOTYPE


@pytest.mark.parametrize(
    "text",
    [
        f"  {TEXT}\n",
        f"MINE = {TEXT}",
        TEXT.replace("[3]", "range(3, 4)"),
        TEXT.replace("[2, 3]", "(2, 3)"),
        TEXT.replace("('skip_connect', 0)", "['skip_connect', 0]"),
    ],
)
def test_it_may_be_written_otherwise(text):
    assert text != TEXT
    assert genotype.parse(text) == GENOTYPE


def test_it_is_printed_as_it_is_read():
    assert genotype.text(GENOTYPE) == TEXT


def test_edges_are_the_operands_of_blocks_and_nodes_count_alike():
    assert genotype.arc_of(GENOTYPE) == ARC
    assert genotype.of_arc(ARC) == GENOTYPE


def test_the_published_arc_round_trips():
    arc = micro.MicroSpace(5).parse(micro.NAMED_ARCS["enas_micro"])
    written = genotype.text(genotype.of_arc(arc))
    assert "normal=[('avg_pool_3x3', 0), ('sep_conv_3x3', 0), (" in written
    assert "normal_concat=[2, 3, 4, 5, 6]" in written
    assert "reduce_concat=[2, 4, 5, 6]" in written
    assert genotype.arc_of(genotype.parse(written)) == arc


def test_the_order_of_the_concatenation_is_of_no_importance():
    assert genotype.arc_of(GENOTYPE._replace(reduce_concat=[3, 2])) == ARC


def test_another_concatenation_is_refused_naming_both_and_the_flag():
    assert refusal(DARTS_V1) == (
        "the normal cell concatenates [2, 3, 4, 5], but its output is made of its "
        "loose ends here, [3, 4, 5]; --child_genotype_concat=convert trains that "
        "instead"
    )


def test_another_concatenation_is_converted_with_a_warning_for_each_cell(warnings):
    arc = genotype.arc_of(genotype.parse(DARTS_V1), concat="convert")
    assert micro.MicroSpace(4).text(arc) == (
        "1 0 0 0 0 4 1 0 0 4 1 0 0 0 2 4 0 3 1 3 2 4 0 3 0 3 2 4 2 4 0 2"
    )
    assert warnings == [
        f"Genotype converted: the {cell} cell concatenates [2, 3, 4, 5], but its "
        "output is made of its loose ends here, [3, 4, 5]."
        for cell in ("normal", "reduce")
    ]


def test_what_needs_no_conversion_gives_no_warning(warnings):
    assert genotype.arc_of(GENOTYPE, concat="convert") == ARC
    assert warnings == []


def test_an_unread_input_must_be_concatenated():
    text = TEXT.replace("('avg_pool_3x3', 1)", "('avg_pool_3x3', 0)")
    text = text.replace("('skip_connect', 1), ('sep_conv_3x3', 0)]", "(*), (*)]")
    text = text.replace("(*)", "('skip_connect', 0)")
    assert "loose ends here, [1, 2, 3]" in refusal(text)
    assert genotype.arc_of(genotype.parse(text.replace("[2, 3]", "[1, 2, 3]")))


@pytest.mark.parametrize("op", ["none", "dil_conv_3x3", "sep_conv_7x7", "conv_7x1_1x7"])
def test_an_op_that_does_not_exist_here_is_named_with_its_place(op):
    assert refusal(TEXT.replace("max_pool_3x3", op)) == (
        f"edge 1 of block 1 of the normal cell is {op!r}, an op that does not exist "
        "here; allowed are sep_conv_3x3, sep_conv_5x5, avg_pool_3x3, max_pool_3x3, "
        "skip_connect"
    )


def test_an_op_beyond_the_allowed_number_is_refused():
    message = refusal(TEXT, num_ops=4)
    assert message.startswith("edge 2 of block 0 of the normal cell is 'skip_connect'")
    assert message.endswith(
        "allowed are sep_conv_3x3, sep_conv_5x5, avg_pool_3x3, max_pool_3x3"
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "('sep_conv_3x3', 1), ",
            "",
            "the normal cell has 3 edges, an odd number; a block has 2",
        ),
        (
            "('skip_connect', 1), ('sep_conv_3x3', 0)]",
            "]",
            "the normal cell has 2 blocks, the reduce cell 1: both must have as many",
        ),
        (
            "('skip_connect', 0)",
            "('skip_connect', 2)",
            "node 2 of block 0 of the normal cell is 2, allowed are 0 to 1",
        ),
        (
            "('skip_connect', 1)",
            "('skip_connect', -1)",
            "node 1 of block 1 of the reduce cell is -1, allowed are 0 to 2",
        ),
        ("[2, 3]", "[2, 4]", "reduce_concat names node 4, allowed are 0 to 3"),
        ("[3]", "[-1]", "normal_concat names node -1, allowed are 0 to 3"),
        ("[3]", "[3, 3]", "the normal cell concatenates [3, 3], but"),
        ("[3]", "[]", "the normal cell concatenates [], but"),
        ("[3]", "3", "normal_concat is 3, not a list of nodes"),
        ("[3]", "['3']", "normal_concat is ['3'], not a list of nodes"),
        ("[3]", "[True]", "normal_concat is [True], not a list of nodes"),
        ("[3]", "range(3.5)", "normal_concat of the genotype is neither written out"),
        ("[3]", "range(10**9)", "normal_concat of the genotype is neither"),
        ("[3]", "range(1000000000000)", "normal_concat names node 4, allowed are 0"),
        ("[3]", "open('x')", "normal_concat of the genotype is neither written out"),
        (
            "('skip_connect', 0)",
            "('skip_connect',)",
            "edge 2 of block 0 of the normal cell is ('skip_connect',), not a pair",
        ),
        (
            "('skip_connect', 0)",
            "('skip_connect', '0')",
            "edge 2 of block 0 of the normal cell is ('skip_connect', '0'), not a",
        ),
        (
            "('skip_connect', 0)",
            "'skip_connect'",
            "edge 2 of block 0 of the normal cell is 'skip_connect', not a pair",
        ),
        (
            "normal_concat=[3], ",
            "",
            "the genotype lacks normal_concat; its fields are normal, normal_concat, "
            "reduce, reduce_concat",
        ),
        ("Genotype(normal", "Genotype(cells", "the genotype lacks normal; its fields"),
        ("reduce_concat=[2, 3])", "", "the genotype is not Python ("),
        ("reduce_concat=[2, 3])", "\0)", "the genotype is not Python ("),
        ("Genotype(", "Cells(", "the genotype is not of the form Genotype(normal="),
        ("reduce_concat=[2, 3])", "**more)", "the genotype lacks reduce_concat"),
        (TEXT, f"{TEXT}; {TEXT}", "there are 2 genotypes: one without a name, one"),
        (TEXT, f"A = {TEXT}; B = {TEXT}", "there are 2 genotypes: A, B"),
        (TEXT, "Genotype([], [], [], [])", "the genotype is not of the form"),
        (TEXT, "", "the genotype is not of the form"),
        (TEXT, "import os", "the genotype is not of the form"),
        (
            TEXT,
            "Genotype(normal=[], normal_concat=[], reduce=[], reduce_concat=[])",
            "a micro cell needs at least 1 block, not 0",
        ),
        (TEXT, "{", "the genotype cannot be read: this is not JSON ("),
        (TEXT, '{"normal": []}', "the genotype lacks normal_concat, reduce, "),
    ],
)
def test_a_malformed_genotype_is_refused(old, new, message):
    assert TEXT.count(old) == 1
    assert refusal(TEXT.replace(old, new)).startswith(message)


# The edges of TEXT's normal cell in other forms that genotype files have.
NORMAL = TEXT[TEXT.index("[(") : TEXT.index(", normal_concat")]
NESTED = (
    "[(('sep_conv_3x3', 1), ('skip_connect', 0)), "
    "(('max_pool_3x3', 2), ('sep_conv_5x5', 0))]"
)
TRIPLES = (
    "[('sep_conv_3x3', 1, 2), ('skip_connect', 0, 2), ('max_pool_3x3', 2, 3), "
    "('sep_conv_5x5', 0, 3)]"
)
NESTED_TRIPLES = (
    "[[('sep_conv_3x3', 1, 2), ('skip_connect', 0, 2)], "
    "[('max_pool_3x3', 2, 3), ('sep_conv_5x5', 0, 3)]]"
)


@pytest.mark.parametrize("edges", [NESTED, TRIPLES, NESTED_TRIPLES])
def test_edges_may_be_nested_by_block_or_name_the_node_they_go_to(edges):
    assert TEXT.count(NORMAL) == 1
    assert genotype.parse(TEXT.replace(NORMAL, edges)) == GENOTYPE


@pytest.mark.parametrize(
    ("edges", "message"),
    [
        (
            TRIPLES.replace("0, 3)", "0, 4)"),
            "edge 2 of block 1 of the normal cell is ('sep_conv_5x5', 0, 4), to node "
            "4; by its place it goes to node 3",
        ),
        (
            NESTED.replace(", ('skip_connect', 0))", ",)"),
            "block 0 of the normal cell has 1 edges; a block has 2",
        ),
        (
            NESTED.replace("('skip_connect', 0))", "('skip_connect', 0), ('a', 1))"),
            "block 0 of the normal cell has 3 edges; a block has 2",
        ),
        (
            "[('skip_connect', 0, 2, 3)]",
            "edge 1 of block 0 of the normal cell is ('skip_connect', 0, 2, 3), not",
        ),
        ("[(0, 'skip_connect')]", "edge 1 of block 0 of the normal cell is (0, 'skip"),
        ("[[[('skip_connect', 0)]]]", "block 0 of the normal cell has 1 edges"),
        ("[{'skip_connect': 0}]", "edge 1 of block 0 of the normal cell is {'skip_co"),
    ],
)
def test_edges_of_other_forms_that_do_not_agree_are_refused(edges, message):
    assert refusal(TEXT.replace(NORMAL, edges)).startswith(message)


def test_any_concatenation_is_taken_in_silence_where_that_is_asked_for(warnings):
    parsed = genotype.parse(DARTS_V1)
    silent = genotype.arc_of(parsed, concat="any")
    assert warnings == []
    assert silent == genotype.arc_of(parsed, concat="convert")


def test_edges_that_are_no_list_are_refused():
    with pytest.raises(ValueError, match="normal is 3, not a list of edges"):
        genotype.parse(json.dumps({**GENOTYPE._asdict(), "normal": 3}))


@pytest.mark.parametrize("text", ["{" * 100_000, "Genotype(normal=" + "[" * 100_000])
def test_nesting_beyond_reason_is_refused(text):
    with pytest.raises(ValueError, match="the genotype (is not|cannot be read)"):
        genotype.parse(text)


def test_reading_runs_nothing(tmp_path):
    target = tmp_path / "written"
    call = f"__import__('pathlib').Path({str(target)!r}).touch()"
    for text in (TEXT.replace("[3]", call), TEXT.replace("[3]", f"range({call})")):
        with pytest.raises(ValueError, match="neither written out nor a range"):
            genotype.parse(text)
    assert not target.exists()
