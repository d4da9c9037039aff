"""Arcs that are none: one line that says what is wrong with them, before TensorFlow."""

import json
import pathlib

import pytest

from enas_tf.arcs import argument as arc_argument
from enas_tf.config import sections as config
from enas_tf.spaces import genotype, macro, micro, rnn

SPACE = macro.MacroSpace(2)
GOOD_ARC = "0 1 0"
ARC_FIELDS = json.loads(SPACE.to_json(SPACE.parse(GOOD_ARC)))
# Every block is sepconv3x3(0) + identity(1), the last one sepconv3x3(0) + identity(2).
CELLS = micro.MicroSpace(2)
GOOD_CELLS = "0 0 1 4 0 0 1 4 0 0 1 4 0 0 2 4"
CELL_FIELDS = json.loads(CELLS.to_json(CELLS.parse(GOOD_CELLS)))
GENOTYPE = genotype.text(genotype.of_arc(CELLS.parse(GOOD_CELLS)))
OTHER_GENOTYPE = GENOTYPE.replace("sep_conv_3x3", "sep_conv_5x5")
RECURRENT = "Genotype(recurrent=[('relu', 0), ('tanh', 1)], concat=[2])"


# Values of --child_fixed_arc, by space and what is wrong.
ARCS = {
    "rnn": {
        "empty": ("", "the arc is empty"),
        "a word among integers": ("0 x", "'x' is not a whole number"),
        "a later node": ("1 0", "the input of node 1 is 1, allowed are 0 to 0"),
        "op out of range": ("0 4", "the op of node 1 is 4, allowed are 0 to 3"),
        "older form, cut short": ("0", "the first repository's form need 2N - 1"),
        "older form, another first op": ("1 0 0", "its node 0 is relu"),
        "older form, op out of range": ("0 0 4", "node 1 is 4, allowed are 0 to 3"),
        "too many nodes": (
            " ".join(["0"] * 402),
            "its number of nodes is 201, allowed are 1 to 200",
        ),
        "another space's name": ("enas24", "is one with --search_for=macro"),
        "no such file": ("runs/cell.txt", "there is no file 'runs/cell.txt'"),
        "a genotype of cells": (
            GENOTYPE,
            "a genotype, which goes with --search_for=mi",
        ),
        "unknown op in a genotype": (
            RECURRENT.replace("relu", "gelu"),
            "node 1 has the op 'gelu', which does not exist here; allowed are tanh, "
            "relu, sigmoid, identity",
        ),
        "another average": (
            RECURRENT.replace("[2]", "range(1, 3)"),
            "the cell averages [1, 2], but here it averages its loose ends, [2]; "
            "--child_average=all averages all nodes, --child_genotype_concat=convert",
        ),
        "nni's JSON": ('{"layer_1": "relu"}', "it is nni's JSON, which says nothing"),
    },
    "macro": {
        "empty": ("", "the arc is empty"),
        "only spaces": ("  ", "the arc is empty"),
        "a word among integers": ("0 x 0", "'x' is not a whole number"),
        "a fraction": ("0 1.5 0", "'1.5' is not a whole number"),
        "negative": ("0 -1 0", "'-1' is not a whole number"),
        "wrong length": ("0 1 0 2", "the arc has 4 integers"),
        "op out of range": ("0 6 0", "the op of layer 1 is 6, allowed are 0 to 5"),
        "skip bit of two": ("0 1 2", "skip 0 of layer 1 is 2, allowed are 0 to 1"),
        "too many layers": (
            " ".join(["0"] * (201 * 101)),
            "its number of layers is 201, allowed are 1 to 200",
        ),
        "unknown name": ("enas25", "there is no file 'enas25'"),
        "another space's name": ("enas_micro", "is one with --search_for=micro"),
        "another space's network": ("lstm", "is one with --search_for=rnn"),
        "a list too short": (
            "[3]\n[5 1]\n[0 0]\n[1 1 0 0]\n[0]",
            "the list of layer 2 has 2 integers, 3 are needed",
        ),
        "brackets cut off": ("[3]\n[5 1", "a bracket is not closed: it is cut off"),
        "brackets that close nothing": ("1] [0 1]", "a ']' closes nothing"),
        "a shortened print": ("[0 1 0 ... 1 0 0]", "that NumPy did not print"),
        "two arcs": (
            "[0]\n[1 0]\nval_acc=0.81\n-----\n[1]\n[1 0]\nval_acc=0.8\n-----",
            "it holds 2 arcs; give one of them",
        ),
        "a description": ("2 layers: 1 conv3x3; 0 of 1 skips.", "it describes an arc"),
        "nni's choices": ('{"layer_0": "conv3x3", "layer_1": 2}', "it is nni's JSON"),
        "a name in no file of genotypes": ("cells.py:A", "there is no file 'cells.py'"),
        "a genotype": (
            GENOTYPE,
            "it is a genotype, which goes with --search_for=micro",
        ),
        "no such file": ("runs/best.json", "there is no file 'runs/best.json'"),
    },
    "micro": {
        "empty": ("", "the arc is empty"),
        "a word among integers": (f"x{GOOD_CELLS[1:]}", "'x' is not a whole number"),
        "wrong length": ("0 1 0 2", "the arc has 4 integers; two cells of B blocks"),
        "a token missing": (GOOD_CELLS[:-2], "the arc has 15 integers; two cells"),
        "node out of range": (
            f"2{GOOD_CELLS[1:]}",
            "node 1 of block 0 of the normal cell is 2, allowed are 0 to 1",
        ),
        "op out of range": (
            f"{GOOD_CELLS[:-1]}5",
            "op 2 of block 1 of the reduce cell is 5, allowed are 0 to 4",
        ),
        "one block": (
            "0 0 0 0 0 0 0 0",
            "its number of blocks is 1, allowed are 2 to 50",
        ),
        "too many blocks": (
            " ".join(["0"] * 8 * 51),
            "its number of blocks is 51, allowed are 2 to 50",
        ),
        "another space's name": ("enas24", "is one with --search_for=macro"),
        "no such file": ("runs/cells.txt", "there is no file 'runs/cells.txt'"),
        "unknown op in a genotype": (
            GENOTYPE.replace("skip_connect", "dil_conv_5x5", 1),
            "edge 2 of block 0 of the normal cell is 'dil_conv_5x5', an op that does "
            "not exist here; allowed are sep_conv_3x3, sep_conv_5x5, avg_pool_3x3, "
            "max_pool_3x3, skip_connect",
        ),
        "another concatenation": (
            GENOTYPE.replace("reduce_concat=[3]", "reduce_concat=[2, 3]"),
            "the reduce cell concatenates [2, 3], but its output is made of its loose "
            "ends here, [3]; --child_genotype_concat=convert",
        ),
        "genotype cut short": (GENOTYPE[:-1], "the genotype is not Python ("),
        "genotype of one block": (
            "Genotype(normal=[('skip_connect', 0), ('skip_connect', 1)], "
            "normal_concat=[2], reduce=[('skip_connect', 0), ('skip_connect', 1)], "
            "reduce_concat=[2])",
            "its number of blocks is 1, allowed are 2 to 50",
        ),
        "genotype that would run something": (
            GENOTYPE.replace("[2, 3]", "open('trace', 'w')"),
            "neither written out nor a range",
        ),
        "a recurrent genotype": (
            RECURRENT,
            "a genotype, which goes with --search_for=r",
        ),
        "nni's choices": (
            '{"LayerChoice1": [true, false], "InputChoice2": [true]}',
            "it is nni's JSON, whose choices only the program that wrote it can tell; "
            "give the arc as integers, or its cells as Genotype(",
        ),
        "nni's mutables": ('{"mutables": {"layer_0": 1}}', "it is nni's JSON"),
        "JSON genotype cut short": (
            '{"normal_concat": [2',
            "the genotype cannot be read: this is not JSON (",
        ),
    },
}
PUBLISHED = {
    "macro": "enas24",
    "micro": "enas_micro",
    "rnn": "enas_rnn, darts_rnn, lstm",
}


def rows_of(table):
    """The rows of {space: {what is wrong: row}}, each with its space first."""
    return pytest.mark.parametrize(
        "row",
        [
            pytest.param((space, *row), id=f"{space}, {wrong}")
            for space, rows in table.items()
            for wrong, row in rows.items()
        ],
    )


@rows_of(ARCS)
def test_a_malformed_arc_is_refused(row, refused, tmp_path):
    space, value, fragment = row
    line = refused(f"--search_for={space}", f"--child_fixed_arc={value}")
    assert "--child_fixed_arc" in line and fragment in line
    assert f"name ({PUBLISHED[space]})" in line and "best.json" in line
    assert list(tmp_path.iterdir()) == []


def test_an_op_that_the_settings_exclude_is_refused(refused):
    line = refused("--child_fixed_arc=0 5 0", "--child_num_branches=4")
    assert line.endswith(
        "--child_fixed_arc has an op beyond --child_num_branches=4: maxpool3x3 is op 5 "
        "of the macro space: give --child_num_branches=6."
    )
    four = ["--search_for=micro", "--child_num_branches=4"]
    for arc in (GOOD_CELLS, GENOTYPE):
        line = refused(f"--child_fixed_arc={arc}", *four)
        assert (
            "identity is op 4 of the micro space: give --child_num_branches=5" in line
        )


def test_an_op_that_no_number_of_branches_allows_is_refused_as_before(refused):
    line = refused("--child_fixed_arc=0 7 0", "--child_num_branches=4")
    assert "the op of layer 1 is 7, allowed are 0 to 3" in line


def arc_json(**changes):
    return json.dumps({**ARC_FIELDS, **changes})


def cells_json(**changes):
    return json.dumps({**CELL_FIELDS, **changes}).encode()


NORMAL = CELL_FIELDS["normal"]

ARC_FILES = {
    "macro": {
        "not JSON": ("best.json", b"{ 0 1", "not JSON"),
        "cut short": ("best.json", arc_json()[:40].encode(), "not JSON"),
        "empty JSON": ("best.json", b"", "not JSON"),
        "no object": ("best.json", b"3", "not an object"),
        "a list cut short": ("best.json", b"[[0], [1, 0]", "a bracket is not closed"),
        "another space": (
            "best.json",
            arc_json(space="rnn").encode(),
            "of the space 'rnn', not 'macro'",
        ),
        "another version": ("best.json", arc_json(version=9).encode(), "version 9"),
        "no layers in it": (
            "best.json",
            arc_json(layers=None).encode(),
            "layers is null, not a list",
        ),
        "zero layers": ("best.json", arc_json(layers=[]).encode(), "0 integers"),
        "unknown op": (
            "best.json",
            arc_json(layers=[{"op": "conv9x9", "skips": []}]).encode(),
            "'conv9x9'",
        ),
        "skip from a later layer": (
            "best.json",
            arc_json(
                layers=[ARC_FIELDS["layers"][0], {"op": "conv3x3", "skips": [1]}]
            ).encode(),
            "layer 1 has a skip from 1, allowed are 0",
        ),
        "nested beyond reason": ("best.json", b"[" * 100_000, "is not closed"),
        "empty text": ("best.txt", b"", "the arc is empty"),
        "words": ("best.txt", b"the best arc", "'the' is not a whole number"),
        "bytes": ("best.txt", b"\xff\xfe\x00", "is not text"),
    },
    "micro": {
        "not JSON": ("best.json", b"{ 0 1", "not JSON"),
        "another space": (
            "best.json",
            arc_json().encode(),
            "of the space 'macro', not 'micro'",
        ),
        "one cell": ("best.json", cells_json(reduce=None), "the reduce cell is null"),
        "no cells": ("best.json", cells_json(normal=[], reduce=[]), "has 0 blocks"),
        "too few blocks": (
            "best.json",
            cells_json(normal=NORMAL[:1]),
            "normal cell has 1 blocks",
        ),
        "too many blocks": (
            "best.json",
            cells_json(normal=NORMAL * 26),
            "its number of blocks is 52, allowed are 2 to 50",
        ),
        "unlike cells": (
            "best.json",
            cells_json(normal=[*NORMAL, NORMAL[1]], reduce=NORMAL[:1]),
            "the reduce cell has 1 blocks, 3 are needed",
        ),
        "unknown op": (
            "best.json",
            cells_json(normal=[dict(inputs=[0, 1], ops=["conv3x3"] * 2), NORMAL[1]]),
            "block 0 of the normal cell has the op 'conv3x3'",
        ),
        "node of a later block": (
            "best.json",
            cells_json(normal=[dict(NORMAL[0], inputs=[0, 2]), NORMAL[1]]),
            "node 2 of block 0 of the normal cell is 2, allowed are 0 to 1",
        ),
        "genotype without a field": (
            "cells.json",
            b'{"normal_concat": [2]}',
            "the genotype lacks normal, reduce, reduce_concat",
        ),
        "genotype cut short": ("cells.txt", GENOTYPE[:90].encode(), "is not Python"),
        "genotypes of two spaces, none of this": (
            "genotypes.py",
            f"A = {RECURRENT}\nB = {RECURRENT}".encode(),
            "it has genotypes (A, B), which go with --search_for=rnn",
        ),
        "genotypes that are no arcs": (
            "genotypes.py",
            f"A = {GENOTYPE}\nB = {GENOTYPE}".replace("sep", "dil").encode(),
            "none of its genotypes (A, B) is an arc here; A: edge 1 of block 0",
        ),
        "Python without a word of genotypes": (
            "cells.py",
            b"CELLS = [3]",
            "it has no genotype: none is written Genotype(...)",
        ),
        "Python without genotypes": (
            "genotypes.py",
            b"Genotype = namedtuple('Genotype', 'a')\nprint(Genotype (3))",
            "the genotype is not of the form Genotype(normal=",
        ),
        "rows of arcs": (
            "sampled.jsonl",
            b'{"arc": "0"}\n{"arc": "1"}\n',
            "holds 2 arcs",
        ),
        "two genotypes": (
            "genotypes.py",
            f"A = {GENOTYPE}\nB = {OTHER_GENOTYPE}".encode(),
            "it has several genotypes, A, B; name one, as in FILE:A",
        ),
        "words": ("best.txt", b"the best arc", "'the' is not a whole number"),
        "bytes": ("best.txt", b"\xff\xfe\x00", "is not text"),
    },
}


@rows_of(ARC_FILES)
def test_a_malformed_arc_file_is_refused(row, refused, tmp_path):
    space, name, content, fragment = row
    (tmp_path / name).write_bytes(content)
    line = refused(f"--search_for={space}", f"--child_fixed_arc={tmp_path / name}")
    assert fragment in line and str(tmp_path / name) in line


def test_a_name_that_no_genotype_of_the_file_has_is_refused(refused, tmp_path):
    (tmp_path / "genotypes.py").write_text(f"A = {GENOTYPE}\nB = {OTHER_GENOTYPE}")
    line = refused("--search_for=micro", "--child_fixed_arc=genotypes.py:C")
    assert "it has no genotype C, but A, B (in genotypes.py:C)" in line


def test_a_name_in_another_kind_of_file_is_refused(refused, tmp_path):
    (tmp_path / "best.txt").write_text(GOOD_ARC)
    line = refused("--child_fixed_arc=best.txt:A")
    assert "only a file of genotypes has names such as A" in line


def test_a_name_longer_than_a_file_system_allows_is_refused(refused):
    assert "there is no file" in refused(f"--child_fixed_arc={'a' * 5000}.json")


def test_a_folder_is_no_arc_file(refused, tmp_path):
    assert "is not a file" in refused(f"--child_fixed_arc={tmp_path}")


def test_an_unreadable_arc_file_is_refused(refused, tmp_path, monkeypatch):
    path = tmp_path / "best.txt"
    path.write_text(GOOD_ARC)

    opened = pathlib.Path.open

    def forbidden(self, *args, **kwargs):
        if self == path:
            raise PermissionError(13, "Permission denied", str(path))
        return opened(self, *args, **kwargs)

    monkeypatch.setattr(pathlib.Path, "open", forbidden)
    line = refused(f"--child_fixed_arc={path}")
    assert "cannot be read (Permission denied)" in line


OLDER = "0 0 0 1 1 2 1 2 0 2 0 5 1 1 0 6 1 8 1 8 1 8 1"  # reference code, ptb_final.sh


def test_the_older_form_of_a_cell_is_taken_with_a_notice(caplog):
    child = config.ChildConfig(num_branches=4)
    found = arc_argument.arc_text(OLDER, "rnn", child)
    space = rnn.RnnSpace(11)
    assert space.parse(found) == rnn.from_older(OLDER)
    assert found in caplog.text and "older form" in caplog.text
    assert arc_argument.settings_of(found, "rnn") == dict(child_num_layers=11)


def test_the_lstm_is_no_arc_and_sets_no_size():
    child = config.ChildConfig(num_branches=4)
    assert arc_argument.arc_text("lstm", "rnn", child) == "lstm"
    assert arc_argument.settings_of("lstm", "rnn") == {}
