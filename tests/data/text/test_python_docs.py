import platform
import sys

import numpy as np
import pytest

from enas_tf.config import sections as config
from enas_tf.data.text import load as text
from enas_tf.data.text import python_docs

# Ten topics of one line and four words each: `topic 3 here .`
TEN = {f"t{number}": f"Topic {number} here." for number in range(10)}


def test_a_paragraph_is_a_line_in_lower_case_with_signs_apart():
    found = python_docs.paragraphs(
        "The \"with\" statement\n********\n\nIt isn't x.__init__(1.5);\n  see it's\n"
    )
    assert found == [
        'the " with " statement',
        "it isn't x . __init__ ( 1 . 5 ) ; see it's",
    ]


def test_rules_and_borders_of_tables_are_left_out():
    found = python_docs.paragraphs("====\n\n+---+---+\n| a | 1 |\n+===+===+\n\n___\n")
    assert found == ["| a | 1 |"]


def test_quotes_of_any_version_are_the_same():
    assert python_docs.paragraphs("“a” isn’t ‘b’") == ["\" a \" isn't ' b '"]


def test_whole_topics_go_to_the_splits_in_the_wanted_shares():
    parts = python_docs.arrange(TEN)
    assert {split: len(texts) for split, texts in parts.items()} == dict(
        train=8, valid=1, test=1
    )
    together = [paragraph for texts in parts.values() for paragraph in texts]
    assert sorted(together) == [f"topic {number} here ." for number in range(10)]


def test_paragraphs_of_one_topic_stay_together_and_in_order():
    topics = {**TEN, "long": "b one\n\na two\n\nc three\n\n" + "word " * 100}
    train = python_docs.arrange(topics)["train"]
    assert train[:3] == ["b one", "a two", "c three"]


def test_text_that_a_longer_topic_repeats_is_used_once():
    topics = {
        "short": "Said here.\n\nOnly here.",
        "long": "Said   here.\n\nAnd more,\nmuch more than in the other.",
        "copy": "Said here.",
    }
    parts = python_docs.arrange(topics)
    together = sorted(paragraph for texts in parts.values() for paragraph in texts)
    assert together == [
        "and more , much more than in the other .",
        "only here .",
        "said here .",
    ]


def test_the_order_of_the_topics_does_not_matter():
    backwards = dict(reversed(TEN.items()))
    assert python_docs.arrange(TEN) == python_docs.arrange(backwards)


def test_the_text_of_this_python_is_large_enough_to_learn_from():
    data = text.load("python_docs")
    sizes = np.array([len(ids) for ids in (data.train, data.valid, data.test)])
    assert sizes[0] > 40_000
    np.testing.assert_allclose(sizes / sizes.sum(), [0.8, 0.1, 0.1], atol=0.02)
    assert len(data.vocabulary) == python_docs.VOCAB_SIZE
    assert {"<eos>", "<unk>", "statement", "the", "."} < set(data.vocabulary)


def test_no_paragraph_is_in_two_splits():
    lines = python_docs.lines()
    sets = [set(lines[split]) for split in ("train", "valid", "test")]
    assert all(sets)
    assert sum(map(len, sets)) == len(set.union(*sets))


def test_loading_twice_gives_the_same():
    one, two = text.load("python_docs"), text.load("python_docs")
    assert one.vocabulary == two.vocabulary
    for split in ("train", "valid", "test"):
        np.testing.assert_array_equal(getattr(one, split), getattr(two, split))


def test_the_version_of_python_and_the_unknown_words_are_said():
    notes = text.load("python_docs").notes
    assert notes[0].endswith("words in train / valid / test")
    assert "vocabulary of 2,000; <unk>: " in notes[1]
    assert f"Python {platform.python_version()};" in notes[-2]


def test_vocab_size_goes_before_the_default():
    assert len(text.load("python_docs", vocab_size=50).vocabulary) == 50


def test_a_python_without_the_text_is_refused(monkeypatch):
    monkeypatch.setitem(sys.modules, "pydoc_data", None)
    with pytest.raises(config.ConfigError, match="pydoc_data.topics.*--data_path"):
        text.load("python_docs")
