"""Expressions: what they come to, and what is refused, by its character."""

import math

import pytest

from enas_tf.config import expressions

NAMES = ("accuracy", "params")
FUNCTIONS = {name: getattr(math, name) for name in ("exp", "log", "sqrt", "tanh")}
FUNCTIONS |= dict(abs=abs, min=min, max=max)


def worked_out(text, **values):
    found = expressions.parse(text, NAMES)
    return expressions.value(found, values, FUNCTIONS, float)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("accuracy - 0.1*abs(params/1e6 - 1)", 0.4),
        ("  -accuracy ** 2", -0.25),
        ("min(accuracy, 1, 2) + max(params / 2e6, 0)", 1.5),
        ("sqrt(4)\n+ log(exp(1)) - tanh(0) * accuracy", 3.0),
        ("2 ** 3 ** 2 * accuracy", 256.0),
        ("(((+accuracy)))", 0.5),
    ],
)
def test_an_expression_is_worked_out_as_python_would(text, value):
    assert worked_out(text, accuracy=0.5, params=2e6) == pytest.approx(value)


def test_its_names_are_told_once_and_in_order():
    found = expressions.parse("params + accuracy * params", NAMES)
    assert found.names == ("params", "accuracy")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it is empty"),
        ("accuracy - speed", "at character 12: 'speed' is none of these names"),
        ("  speed", "at character 3: 'speed' is none of these names"),
        ("abs(accuracy", "at character 4: '(' was never closed"),
        ("accuracy)", "at character 9: unmatched ')'"),
        ("accuracy^2", "'accuracy^2' is not allowed: a power is written **"),
        ("accuracy // 2", "a division is written /"),
        ("accuracy - 0,1", "'accuracy - 0,1' is not allowed: decimals have a point"),
        ("accuracy > 0.5", "at character 1: 'accuracy > 0.5' is not allowed"),
        ("__import__('os')", "'__import__' is none of these functions"),
        ("accuracy.real", "'accuracy.real' is not allowed"),
        ("1 + max(params)", "at character 5: 'max' takes 2 to 9 values"),
        ("abs(*params)", "'abs' takes one value"),
        ("2 * 1j", "at character 5: '1j' is no number"),
        ("True", "'True' is no number"),
        ("accuracy * 1e31", "at character 12: '1e31' is more than 1e30"),
        ("9" * 500, "is more than 1e30"),
        ("accuracy \N{MINUS SIGN} 1", "at character 10: '\N{MINUS SIGN}' is not"),
        ("accuracy\0", "at character 9: '\\x00' is not allowed"),
        ("(" * 10_000, "it has 10,000 characters, 1,000 are allowed"),
        ("x" * 2**20, "it has 1,048,576 characters"),
        ("-" * 999 + "1", "is more than 40 brackets deep"),
        ("(" * 400 + "1" + ")" * 400, "too many"),
        ("1if 2 else 3", "is not allowed"),
        ("(lambda: accuracy)()", "is not allowed"),
        ("[accuracy][0]", "is not allowed"),
    ],
)
def test_what_is_none_is_refused_in_one_line(text, reason):
    with pytest.raises(ValueError) as caught:
        expressions.parse(text, NAMES)
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 120
