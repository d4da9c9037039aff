"""Texts that are in two splits are told."""

from enas_tf.data.text import repeats as text_repeats


def notes(train, valid, test):
    return text_repeats.notes("mine", dict(train=train, valid=valid, test=test))


def test_equal_texts_are_told_whatever_lies_between_their_words():
    assert notes(["a b", "c"], ["x"], ["a  b", "", "c "]) == [
        "mine: train and test are the same text"
    ]
    assert notes(["a"], ["x", "y"], ["x", "y"]) == [
        "mine: valid and test are the same text"
    ]


def test_more_than_half_of_held_out_lines_in_training_are_told():
    train = ["a", "b", "c", "", "d"]
    assert notes(train, ["a", "", "x"], ["a", "c", "x"]) == [
        "mine: also in train: 2 of 3 lines of test"
    ]


def test_texts_of_their_own_are_not_spoken_of():
    assert notes(["a", ""], ["b", ""], ["c", ""]) == []
