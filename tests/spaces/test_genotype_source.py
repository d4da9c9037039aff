"""Genotypes in text: found, told apart, and never run."""

import pytest

from enas_tf.spaces import genotype_source

CELLS = "Genotype(normal=[1], normal_concat=range(2, 4), reduce=[], reduce_concat=[2])"
FIELDS = dict(normal=[1], normal_concat=range(2, 4), reduce=[], reduce_concat=[2])
RECURRENT = "Genotype(recurrent=[('relu', 0)], concat=[1])"
FILE = f"""
'''Cells, such as \\d.'''
from collections import namedtuple

Genotype = namedtuple('Genotype', 'normal normal_concat reduce reduce_concat')
PRIMITIVES = ['none', 'max_pool_3x3']
FIRST = {CELLS}
SECOND: Genotype = genotypes.{RECURRENT}
ALIAS = FIRST
GONE = {CELLS}
GONE = 3


def later():
    return {CELLS}
"""


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        (CELLS, True),
        (f"A = {CELLS}", True),
        (FILE, True),
        ("Genotype(", True),
        ('{"normal_concat": [2]}', True),
        ('{"recurrent": []}', True),
        ("{'normal_concat': [2]}", False),
        ('{"version": 1, "space": "micro", "normal": []}', False),
        ("0 1 0 2", False),
        ("runs/Genotype.txt", False),
        ("enas_micro", False),
        ("", False),
    ],
)
def test_what_is_meant_as_a_genotype(text, is_one):
    assert genotype_source.is_genotype(text) is is_one


def test_every_genotype_of_a_file_is_found_by_its_name():
    found = genotype_source.read(FILE)
    assert [(one.name, one.kind) for one in found] == [
        ("FIRST", "cells"),
        ("SECOND", "recurrent"),
        ("ALIAS", "cells"),
    ]
    assert found[0].fields == found[2].fields == FIELDS
    assert found[1].fields == dict(recurrent=[("relu", 0)], concat=[1])


@pytest.mark.parametrize(
    "nodes", ["range(2, 4)", "list(range(2, 4))", "tuple(range(2, 4))", "[2, 3]"]
)
def test_nodes_may_be_a_range_or_a_list_of_one(nodes):
    (found,) = genotype_source.read(CELLS.replace("range(2, 4)", nodes))
    assert list(found.fields["normal_concat"]) == [2, 3]


def test_one_that_cannot_be_read_does_not_spoil_the_others():
    found = genotype_source.read(f"A = {CELLS.replace('[1]', 'EDGES')}\nB = {CELLS}")
    assert found[0].fault == "normal of the genotype is neither written out nor a range"
    assert found[0].kind == "cells"
    assert (found[1].name, found[1].fault) == ("B", "")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "the genotype cannot be read: this is not JSON ("),
        ("A = Genotype(", "the genotype is not Python ('(' was never closed (line 1))"),
        ("Genotype(1, 2)", "the genotype is not of the form Genotype(normal="),
        ("print(Genotype (a=1))", "the genotype is not of the form Genotype(normal="),
    ],
)
def test_text_without_one_is_refused(text, message):
    with pytest.raises(ValueError) as caught:
        genotype_source.read(text)
    assert str(caught.value).startswith(message)


def test_reading_a_file_runs_nothing(tmp_path):
    target = tmp_path / "written"
    call = f"__import__('pathlib').Path({str(target)!r}).touch()"
    found = genotype_source.read(f"{call}\nA = {CELLS.replace('[1]', call)}\n{call}")
    assert [one.name for one in found] == ["A"] and found[0].fault
    assert not target.exists()
