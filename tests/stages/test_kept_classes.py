"""How each class did is kept as it was, and believed only if it is whole."""

import json

import numpy as np
import pytest

from enas_tf.run.readings import Identity
from enas_tf.stages import kept_classes
from enas_tf.training import by_class

NAMES = ["cat", 'the "dog"', "heron"]
OF = Identity("0a", "0b")


@pytest.fixture
def found():
    labels, answers = np.array([0, 0, 1]), np.array([0, 2, 1])
    return by_class.measure(labels, answers, NAMES)


def test_what_is_kept_is_json_without_nan(found):
    text = kept_classes.as_json(found, OF)
    kept = json.loads(text, parse_constant=lambda name: name)
    assert kept["of"] == {"weights": "0a", "data": "0b"}
    assert kept["confusion"] == [[1, 0, 1], [0, 1, 0], [0, 0, 0]]
    assert kept["classes"][1] == {
        "number": 1,
        "name": 'the "dog"',
        "images": 1,
        "precision": 1.0,
        "recall": 1.0,
    }
    assert kept["classes"][2]["recall"] is None
    assert kept["balanced_accuracy"] == 0.75


def test_what_is_kept_is_read_as_it_was(found, tmp_path):
    kept_classes.write(tmp_path, found, OF)
    again = kept_classes.read(tmp_path, NAMES, OF)
    assert (again.accuracy, again.balanced_accuracy) == (2 / 3, 0.75)
    for one, other in zip(again, found, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    "names, of",
    [
        (NAMES, Identity("0a", "ff")),
        (NAMES, Identity("ff", "0b")),
        (NAMES[:2], OF),
        (["cat", "dog", "heron"], OF),
    ],
)
def test_what_is_of_something_else_is_not_read(found, tmp_path, names, of):
    kept_classes.write(tmp_path, found, OF)
    assert kept_classes.read(tmp_path, names, of) is None


@pytest.mark.parametrize(
    "then, now",
    [
        ("[1, 0, 1]", "[1, 1, 0]"),  # the same accuracy, another precision
        ('"images": 2', '"images": 3'),
        ("]\n}\n", ""),
        ("[1, 0, 1]", '["x", 0, 1]'),
        ("[1, 0, 1]", "[1, 0]"),
    ],
)
def test_what_was_changed_since_is_not_read(found, tmp_path, then, now):
    kept_classes.write(tmp_path, found, OF)
    (path,) = tmp_path.iterdir()
    assert then in path.read_text()
    path.write_text(path.read_text().replace(then, now))
    assert kept_classes.read(tmp_path, NAMES, OF) is None


def test_without_a_file_nothing_is_read(tmp_path):
    assert kept_classes.read(tmp_path, NAMES, OF) is None
