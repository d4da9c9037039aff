"""Integers out of what programs print about an arc."""

import pytest

from enas_tf.spaces import printed

# The original prints a list a layer, what it measured, and a rule of 80 dashes.
ORIGINAL = f"[3]\n[5 1]\n[0 0 1]\nval_acc=0.8125\n{'-' * 80}\n"


def words(text):
    return printed.read(text).text.replace(",", " ").replace("|", " ").split()


@pytest.mark.parametrize(
    "text",
    [
        "3 5 1 0 0 1",
        "3 | 5 1 | 0 0 1",
        ORIGINAL,
        "[3 5 1 0 0 1]",
        "[3, 5, 1, 0, 0, 1]",
        "[[3], [5, 1], [0, 0, 1]]",
        "[[3] [5 1]\n [0 0 1]]",
        "((3,), (5, 1,), (0, 0, 1))",
        "arc=[3 5 1 0 0 1]",
        "arc = [3, 5, 1, 0, 0, 1]",
        'fixed_arc="3 5 1 0 0 1"',
        'fixed_arc="3"\nfixed_arc="$fixed_arc 5 1"\nfixed_arc="${fixed_arc} 0 0 1"',
        "--child_fixed_arc='3 5 1 0 0 1'",
        "best = [3, 5, 1, 0, 0, 1]",
        "val_ppl=80.15 arc=[3 5 1 0 0 1]",
        "epoch=3 val_acc: 81.25% arc: [3 5 1 0 0 1]",
        "3 5 1 0 0 1 val_acc=.8125",
        "09:40:10 3 5 1 0 0 1\nval_acc=0.1562  3 layers: 1 conv3x3; 2 of 3 skips.",
        "  [3\n5 1 0 0 1] \n\n",
    ],
)
def test_the_integers_are_found(text):
    assert words(text) == "3 5 1 0 0 1".split()


def test_the_lists_are_counted():
    assert printed.read(ORIGINAL).lists == (1, 2, 3)
    assert printed.read("[[3], [5, 1], [0, 0, 1,]]").lists == (1, 2, 3)
    assert printed.read("3 5 1").lists == ()


def test_words_that_are_no_integers_stay_for_the_refusal():
    assert words("[0 x 1]") == ["0", "x", "1"]
    assert words("-1 0.5") == ["-1", "0.5"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0\nval_acc=.5 1 node:\n  more\n1\nval_acc=.5", "it holds 2 arcs; give one"),
        ("  0\n  val_acc=.5\n  1\n", "it holds 2 arcs; give one of them"),
        (ORIGINAL * 10, "it holds 10 arcs; give one of them"),
        ("[0 1", "a bracket is not closed: it is cut off"),
        ("0 1]", "a ']' closes nothing: it is cut off"),
        ("[0 1 ... 3 4]", "'...' stands for integers that NumPy did not print"),
        ("3 layers: 3 conv3x3; 0 of 3 skips.", "it describes an arc, but the arc's"),
        ("1 node: 1 tanh; loose ends 1.", "it describes an arc, but the arc's"),
    ],
)
def test_what_is_no_single_whole_arc_is_refused(text, message):
    with pytest.raises(ValueError) as caught:
        printed.read(text)
    assert str(caught.value).startswith(message)
