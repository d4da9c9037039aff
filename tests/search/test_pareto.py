"""The front of what was seen, and its picture."""

import numpy as np

from enas_tf.plots import pareto as picture
from enas_tf.search import pareto


def test_the_front_is_what_nothing_beats_by_rising_cost():
    costs = np.array([3.0, 1.0, 2.0, 2.0, 1.0, 4.0])
    worth = np.array([0.8, 0.5, 0.4, 0.7, 0.6, 0.8])
    assert pareto.front(costs, worth).tolist() == [4, 3, 0]


def test_an_arc_that_was_seen_twice_is_there_once_with_its_mean():
    rows = [
        dict(arc="0", step=1, accuracy=0.5, params=10.0),
        dict(arc="1", step=1, accuracy=0.6, params=20.0),
        dict(arc="0", step=2, accuracy=0.7, params=10.0),
    ]
    first, second = pareto.seen(rows, "accuracy", "params")
    assert (first.arc, first.measured, first.cost) == ("0", 0.6, 10.0)
    assert (first.seen, first.step, second.seen) == (2, 2, 1)


def test_the_picture_names_the_target_and_both_axes():
    numbers = np.array([1e5, 2e5])
    seen = picture.Seen(
        numbers,
        numbers / 1e6,
        numbers,
        np.array([0, 1]),
        "parameters",
        "accuracy",
        15e4,
    )
    axes, bar = picture.draw(seen).axes
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("parameters", "accuracy")
    words = [text.get_text() for text in axes.get_legend().get_texts()]
    assert words == ["the front, 2 arcs", "target 150k"]
    assert bar.get_ylabel() == "controller update"
