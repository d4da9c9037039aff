"""A classifier's answers, class by class."""

import numpy as np
import pytest

from enas_tf.training import by_class

NAMES = ["cat", "dog", "heron"]


def found(labels, answers, names=NAMES):
    return by_class.measure(np.array(labels), np.array(answers), names)


def test_rows_are_classes_and_columns_answers():
    ours = found([0, 0, 0, 1, 2, 2], [0, 0, 1, 1, 1, 2])
    np.testing.assert_array_equal(ours.confusion, [[2, 1, 0], [0, 1, 0], [0, 1, 1]])
    np.testing.assert_array_equal(ours.images, [3, 1, 2])
    np.testing.assert_allclose(ours.precision, [1, 1 / 3, 1])
    np.testing.assert_allclose(ours.recall, [2 / 3, 1, 1 / 2])
    assert ours.accuracy == 4 / 6
    assert ours.balanced_accuracy == pytest.approx((2 / 3 + 1 + 1 / 2) / 3)


def test_who_always_names_the_frequent_class_has_a_low_balanced_accuracy():
    ours = found([0] * 18 + [1] * 2, [0] * 20, NAMES[:2])
    assert ours.accuracy == 0.9
    assert ours.balanced_accuracy == 0.5
    assert ours.unbalanced
    assert np.isnan(ours.precision[1])


def test_a_class_without_images_counts_in_no_mean():
    ours = found([0, 0, 1], [0, 2, 1])
    np.testing.assert_array_equal(ours.recall, [0.5, 1.0, np.nan])
    assert ours.precision[2] == 0.0
    assert ours.balanced_accuracy == 0.75
    assert ours.worst(3) == [0, 1, 2]


def test_classes_of_nearly_one_size_are_balanced():
    assert not found([0, 0, 0, 1, 1], [0, 0, 0, 1, 1], NAMES[:2]).unbalanced


def test_the_worst_classes_are_those_least_found():
    ours = found([0, 0, 1, 1, 2, 2], [0, 1, 0, 0, 2, 2])
    assert ours.worst(2) == [1, 0]
