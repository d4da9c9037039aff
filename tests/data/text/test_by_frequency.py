"""A text whose words are numbered by their frequency."""

import numpy as np

from enas_tf.data.text import by_frequency
from enas_tf.data.text.text_data import TextData


def test_a_word_is_numbered_by_its_place_and_stays_the_same_word():
    ids = [np.array(ids, np.int32) for ids in ([2, 2, 0, 3, 3, 2], [1, 3], [0, 2])]
    data = TextData("mine", *ids, vocabulary=("a", "b", "c", "d"), notes=("note",))
    found = by_frequency.ordered(data)
    # c three times, d twice, a once, b only in validation.
    assert found.vocabulary == ("c", "d", "a", "b")
    assert found.train.tolist() == [0, 0, 2, 1, 1, 0]
    assert (found.valid.tolist(), found.test.tolist()) == ([3, 1], [2, 0])
    assert found.train.dtype == np.int32
    assert (found.name, found.notes) == ("mine", ("note",))


def test_equally_frequent_words_keep_their_order():
    ids = np.array([2, 1, 0, 3], np.int32)
    data = TextData("mine", ids, ids, ids, vocabulary=("a", "b", "c", "d"))
    assert by_frequency.ordered(data).vocabulary == ("a", "b", "c", "d")
