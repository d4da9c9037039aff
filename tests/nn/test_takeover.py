"""Weights taken over by name, by shape, and by the labels of their places."""

import numpy as np

from enas_tf.nn import takeover
from enas_tf.nn.takeover import Labelled, Taken


def column(*values):
    return np.float32(values)[:, None]


def one(there, here):
    """The values and the row of a weight that both networks have."""
    made = takeover.take(dict(w=there), dict(w=here))
    (row,) = made.taken
    return made.values["w"], row


def test_a_weight_of_the_same_shape_is_taken_whole():
    value, row = one(Labelled(np.float32([1, 2])), Labelled(np.float32([0, 0])))
    np.testing.assert_array_equal(value, [1, 2])
    assert row == Taken("w", 2, 2)


def test_another_shape_or_name_keeps_the_first_values():
    first = np.zeros([2, 1], np.float32)
    value, row = one(Labelled(column(1, 2, 3)), Labelled(first))
    np.testing.assert_array_equal(value, first)
    assert row == Taken("w", 0, 2, "of another shape", "3x1 there, 2x1 here")
    made = takeover.take(dict(v=Labelled(first)), dict(w=Labelled(first)))
    assert made.taken == [Taken("w", 0, 2, "not there")]


def test_rows_go_by_their_names_in_any_order():
    there = Labelled(column(1, 2, 3), ("conv3x3", "conv5x5", "maxpool3x3"))
    here = Labelled(column(7, 8, 9), ("maxpool3x3", "own", "conv3x3"))
    value, row = one(there, here)
    np.testing.assert_array_equal(value, column(3, 8, 1))
    assert row == Taken("w", 2, 3, "without own")
    np.testing.assert_array_equal(here.value, column(7, 8, 9))


def test_columns_do_so_too():
    there = Labelled(np.float32([[1, 2], [3, 4]]), ("a", "b"), axis=1)
    here = Labelled(np.zeros([2, 3], np.float32), ("b", "c", "a"), axis=1)
    value, _ = one(there, here)
    np.testing.assert_array_equal(value, [[2, 0, 1], [4, 0, 3]])


def test_equal_shapes_of_other_ops_are_not_taken_for_each_other():
    there = Labelled(column(1, 2), ("a", "b"))
    value, row = one(there, Labelled(column(0, 0), ("b", "a")))
    np.testing.assert_array_equal(value, column(2, 1))
    value, row = one(there, Labelled(column(0, 0), ("c", "d")))
    np.testing.assert_array_equal(value, column(0, 0))
    assert row == Taken("w", 0, 2, "none of c, d is there")


def test_rows_of_another_width_are_not_taken():
    there = Labelled(np.ones([2, 3], np.float32), ("a", "b"))
    value, row = one(there, Labelled(np.zeros([2, 4], np.float32), ("a", "b")))
    assert not value.any() and row.detail == "2x3 there, 2x4 here"
