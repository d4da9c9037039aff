"""What every space has from its tape: tried on a space of three decisions."""

import json
from typing import NamedTuple

import numpy as np
import pytest

from enas_tf.spaces import base, json_fields


class ToyArc(NamedTuple):
    """One op, one index, two bits."""

    op: int
    index: int
    bits: tuple[int, ...]


class ToySpace(base.SearchSpace[ToyArc]):
    """3 ops x 2 anchors x 2 bits, so 4 tokens and 24 arcs."""

    name = "toy"
    ops = ("a", "b", "c")
    json_names = ("op", "index", "bits")

    def tape(self):
        yield base.Step(None, anchor="zeros", restart=True)
        yield base.Step(base.Op("op", 3), anchor="state")
        yield base.Step(base.Index("index", 2))
        yield base.Step(base.Skips("skip", 2))

    def decode(self, tokens):
        return ToyArc(tokens[0], tokens[1], tuple(tokens[2:]))

    def encode(self, arc):
        return [arc.op, arc.index, *arc.bits]

    def describe(self, arc):
        return self.ops[arc.op]

    def statistics(self, tokens):
        return {}

    def _fields(self, arc):
        return dict(op=self.ops[arc.op], index=arc.index, bits=list(arc.bits))

    def _from_fields(self, fields):
        op = json_fields.place(fields["op"], self.ops, "the toy")
        index = json_fields.whole(fields["index"], "index")
        bits = json_fields.elements(fields["bits"], "bits")
        return [op, index, *(json_fields.whole(bit, "a bit") for bit in bits)]


SPACE = ToySpace()
ARC = ToyArc(2, 1, (0, 1))


def test_a_tape_that_decides_nothing_in_a_step_skips_it():
    assert SPACE.decisions() == [
        base.Op("op", 3),
        base.Index("index", 2),
        base.Skips("skip", 2),
    ]


@pytest.mark.parametrize(
    ("decision", "tokens", "choices"),
    [
        (base.Op("op", 5), 1, 5),
        (base.Index("index", 7), 1, 7),
        (base.Skips("skip", 4), 4, 2),
        (base.Skips("skip", 0), 0, 2),
    ],
)
def test_tokens_and_choices_of_a_decision(decision, tokens, choices):
    assert (decision.num_tokens, decision.choices) == (tokens, choices)


def test_length_choices_and_size_follow_from_the_tape():
    assert SPACE.num_tokens == 4
    assert SPACE.choices_per_token().tolist() == [3, 2, 2, 2]
    assert SPACE.size == 24


def test_random_tokens_reach_every_arc():
    tokens = SPACE.random(np.random.default_rng(0), 1000)
    assert tokens.shape == (1000, 4)
    assert tokens.dtype == np.int32
    assert len({tuple(row) for row in tokens.tolist()}) == 24
    for row in tokens:
        SPACE.validate(row)


def test_random_tokens_are_uniform():
    tokens = SPACE.random(np.random.default_rng(0), 6000)
    # Expected 2000 of each op with standard deviation 37.
    assert abs(np.bincount(tokens[:, 0]) - 2000).max() < 150


def test_random_tokens_follow_from_the_generator():
    first = SPACE.random(np.random.default_rng(3), 5)
    again = SPACE.random(np.random.default_rng(3), 5)
    other = SPACE.random(np.random.default_rng(4), 5)
    assert first.tolist() == again.tolist() != other.tolist()


@pytest.mark.parametrize(
    "tokens", [[2, 1, 0, 1], (2, 1, 0, 1), np.array([2, 1, 0, 1], np.int32)]
)
def test_valid_tokens_come_back_as_plain_integers(tokens):
    checked = SPACE.validate(tokens)
    assert checked == [2, 1, 0, 1]
    assert {type(token) for token in checked} == {int}


@pytest.mark.parametrize(
    ("tokens", "message"),
    [
        ([2, 1, 0], "the arc has 3 integers, 4 are needed"),
        ([2, 1, 0, 1, 0], "the arc has 5 integers, 4 are needed"),
        ([], "the arc has 0 integers, 4 are needed"),
        ([3, 1, 0, 1], "integer 1 of the arc is 3, allowed are 0 to 2"),
        ([2, 2, 0, 1], "integer 2 of the arc is 2, allowed are 0 to 1"),
        ([2, 1, 0, -1], "integer 4 of the arc is -1, allowed are 0 to 1"),
    ],
)
def test_invalid_tokens_are_named_with_their_place(tokens, message):
    with pytest.raises(ValueError) as caught:
        SPACE.validate(tokens)
    assert str(caught.value) == message


@pytest.mark.parametrize("text", ["2 1 0 1", "2 | 1 | 0 1", "2,1,0,1", "\n2\t1 0 1\n"])
def test_bars_and_commas_are_spaces(text):
    assert SPACE.parse(text) == ARC


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the arc is empty"),
        (" | , \n", "the arc is empty"),
        ("2 1 x 1", "'x' is not a whole number of 0 or more"),
        ("2 1 0.5 1", "'0.5' is not a whole number of 0 or more"),
        ("2 1 -1 1", "'-1' is not a whole number of 0 or more"),
        ("2 1 1e0 1", "'1e0' is not a whole number of 0 or more"),
        ("2 1 \u0661 1", "'\u0661' is not a whole number of 0 or more"),
        ("2 1 \u00b2 1", "'\u00b2' is not a whole number of 0 or more"),
        ("2 1 0", "the arc has 3 integers, 4 are needed"),
        ("9 1 0 1", "integer 1 of the arc is 9, allowed are 0 to 2"),
    ],
)
def test_text_that_is_no_arc_is_refused(text, message):
    with pytest.raises(ValueError) as caught:
        SPACE.parse(text)
    assert str(caught.value) == message


def test_text_is_the_integers():
    assert SPACE.text(ARC) == "2 1 0 1"


def test_json_has_names_version_space_and_the_integers():
    assert json.loads(SPACE.to_json(ARC)) == {
        "version": 1,
        "space": "toy",
        "op": "c",
        "index": 1,
        "bits": [0, 1],
        "arc": "2 1 0 1",
    }


def test_json_comes_back_as_the_arc():
    assert SPACE.from_json(SPACE.to_json(ARC)) == ARC


def test_json_of_another_numbering_is_no_other_arc():
    renumbered = ToySpace()
    renumbered.ops = ("c", "a", "b")
    with pytest.raises(
        ValueError, match="op and index and bits say '0 1 0 1', its arc"
    ):
        renumbered.from_json(SPACE.to_json(ARC))


GOOD = json.loads(SPACE.to_json(ARC))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "this is not JSON"),
        ("{", "this is not JSON"),
        ("2 1 0 1", "this is not JSON"),
        ("[2, 1, 0, 1]", "the JSON is not an object with the fields of an arc"),
        ('"2 1 0 1"', "the JSON is not an object with the fields of an arc"),
        (json.dumps({**GOOD, "version": 2}), "version 2 is not known, only 1"),
        ('{"space": "toy"}', "the JSON is no arc's: it has 'space', no version"),
        ("{}", "the JSON is no arc's: it has nothing, no version"),
        (json.dumps({**GOOD, "space": "rnn"}), "of the space 'rnn', not 'toy'"),
        (json.dumps({**GOOD, "version": True}), "version true is not known, only 1"),
        (json.dumps({**GOOD, "version": 1.0}), "version 1.0 is not known, only 1"),
        (json.dumps({**GOOD, "space": ["toy"]}), "of the space ['toy'], not 'toy'"),
        ('{"version": 1, "space": "toy"}', "the JSON lacks op, index, bits, arc; its"),
        (json.dumps({**GOOD, "more": 0}), "the JSON has the field 'more'; its fields"),
        (json.dumps({**GOOD, "bits": 0}), "bits is 0, not a list"),
        (
            json.dumps({**GOOD, "op": "z"}),
            "the toy has the op 'z', allowed are a, b, c",
        ),
        (json.dumps({**GOOD, "index": True}), "index is true, not a whole number"),
        (
            json.dumps({**GOOD, "arc": "2 1 1 1"}),
            "say '2 1 0 1', its arc says '2 1 1 1'",
        ),
        (json.dumps({**GOOD, "arc": [2, 1, 0, 1]}), "is [2, 1, 0, 1], not integers in"),
        (json.dumps({**GOOD, "index": 2}), "integer 2 of the arc is 2"),
        (json.dumps({**GOOD, "bits": [1]}), "the arc has 3 integers, 4 are needed"),
    ],
)
def test_json_that_is_no_arc_is_refused(text, message):
    with pytest.raises(ValueError) as caught:
        SPACE.from_json(text)
    assert message in str(caught.value)


@pytest.mark.parametrize("token", [0.5, 1.0, True, np.float32(1), np.True_, "1", None])
def test_a_token_that_is_no_integer_is_refused(token):
    with pytest.raises(ValueError, match="a token is .*, not a whole number"):
        SPACE.validate([2, token, 0, 1])
    assert SPACE.validate(np.array([2, 1, 0, 1], np.int32)) == [2, 1, 0, 1]
