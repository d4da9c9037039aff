"""JSON is read to the letter."""

import pytest

from enas_tf.spaces import json_fields


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "this is not JSON (Expecting property name"),
        ("[" * 100_000, "this is not JSON (it is nested too deeply)"),
        ('{"a": 1, "a": 1}', "'a' is given twice in one object"),
        ('[{"b": {"a": 1, "b": 2, "a": 3}}]', "'a' is given twice in one object"),
        ("1" + "0" * 400, "a number has 401 digits, at most 20 will do"),
        ("-1" + "0" * 9999, "a number has 10000 digits, at most 20 will do"),
    ],
    ids=range(6),
)
def test_what_cannot_be_read_is_refused(text, message):
    with pytest.raises(ValueError) as caught:
        json_fields.read(text)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("0.5", "0.5"),
        ("1.0", "1.0"),
        ("1e400", "Infinity"),
        ("NaN", "NaN"),
        ("true", "true"),
        ("null", "null"),
        ('"0"', "'0'"),
        ("[0]", "[0]"),
        ("[" * 900 + "]" * 900, "[[[[[[[...]]]]]]]"),
    ],
)
def test_only_an_integer_is_whole(text, shown):
    assert json_fields.whole(json_fields.read("-3"), "it") == -3
    with pytest.raises(ValueError) as caught:
        json_fields.whole(json_fields.read(text), "the input of node 2")
    assert str(caught.value) == f"the input of node 2 is {shown}, not a whole number"


def test_an_object_has_all_its_fields_and_no_others():
    assert json_fields.only({"a": 1}, ("a",), "it") == {"a": 1}
    with pytest.raises(ValueError, match="it lacks b; its fields are a, b"):
        json_fields.only({"a": 1}, ("a", "b"), "it")
    with pytest.raises(ValueError, match="it has the field 'A'; its fields are a"):
        json_fields.only({"a": 1, "A": 1}, ("a",), "it")
    with pytest.raises(ValueError, match="it is null, not an object"):
        json_fields.only(None, ("a",), "it")


@pytest.mark.parametrize("value", ["x", 0, True, [], {}, None])
def test_a_word_is_one_of_those_allowed(value):
    assert json_fields.place("b", ("a", "b"), "it") == 1
    with pytest.raises(ValueError, match=r"it has the op .*, allowed are a, b"):
        json_fields.place(value, ("a", "b"), "it")


def test_a_number_that_python_does_not_write_is_shown_all_the_same():
    assert (
        json_fields.shown(1 << 100_000) in ("a huge number",)
        or len(json_fields.shown(1 << 100_000)) < 100
    )
