"""One rule for lines and words, in Python and in a graph."""

import random
import sys

import pytest
import tensorflow as tf

from enas_tf.data.text import words, words_in_graph


def read(text):
    return list(words.of_lines(words.lines_of(text)))


def in_graph(*texts):
    found = words_in_graph.of_texts(tf.constant(texts, tf.string)).to_list()
    assert all(row[0] == b"<eos>" for row in found)  # what the first word follows
    return [[word.decode() for word in row[1:]] for row in found]


def test_spaces_are_those_of_str_split():
    every = {chr(point) for point in range(sys.maxunicode + 1)}
    assert set(words.SPACES) == {sign for sign in every if sign.isspace()}
    assert len(words.SPACES) == len(set(words.SPACES))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a b", "a b <eos>"),
        ("a b <eos>", "a b <eos>"),
        ("a b <eos> <eos>", "a b <eos> <eos>"),
        ("a b<eos>", "a b<eos> <eos>"),
        ("<eos>", "<eos>"),
        ("", "<eos>"),
        ("<eos> a", "<eos> a <eos>"),
        ("a <eos> b", "a <eos> b <eos>"),
        ("a\nb <eos>\n\n<eos>\nc", "a <eos> b <eos> <eos> <eos> c <eos>"),
        ("a\r\nb\rc\n\rd", "a <eos> b <eos> c <eos> <eos> d <eos>"),
        (" \n a \n ", "a <eos>"),
        ("a\u2028b\x0bc\x85d", "a b c d <eos>"),
        ("a\u200bb\ufeffc\u2060d", "a\u200bb\ufeffc\u2060d <eos>"),
    ],
)
def test_texts_are_read_alike_in_python_and_in_a_graph(text, expected):
    assert read(text) == expected.split(" ")
    assert in_graph(text) == [read(text)]


def test_random_texts_are_read_alike():
    rng = random.Random(0)
    signs = [
        *words.SPACES,
        *"\n\n  ab",
        "\r\n",
        "<eos>",
        " <eos>\n",
        "\u200b",
        "\u00e9",
    ]
    texts = ["".join(rng.choices(signs, k=rng.randint(0, 14))) for _ in range(3000)]
    assert in_graph(*texts) == [read(text) for text in texts]


def test_no_texts_have_no_words():
    assert in_graph() == []
