"""Score and size: points at one place, and the line."""

import re

from enas_tf.page import scatter
from enas_tf.page.scatter import Point


def figure(**groups):
    return scatter.figure(groups, sign=1, words=("size", "score"), note="A note.")


def test_groups_at_one_place_are_rings_around_its_point():
    drawn = figure(
        a=[Point(10, 0.5, "a"), Point(20, 0.6, "b"), Point(20, 0.6, "b")],
        b=[Point(20, 0.6, "c")],
    )
    assert re.findall('r="([^"]*)" class="(c.*?)"', drawn) == [
        ("3.5", "c0"),
        ("3.5", "c0"),
        ("6.5", "c1 ring"),
    ]
    assert "<title>b (2 times)</title>" in drawn
    assert "A ring around a point is another group" in drawn


def test_a_line_is_spoken_of_where_there_is_one():
    line = figure(a=[Point(10, 0.5, "a"), Point(20, 0.6, "b")])
    assert 'class="front"' in line and "The line joins" in line
    none = figure(a=[Point(10, 0.6, "a"), Point(20, 0.5, "b")])
    assert 'class="front"' not in none and "The line joins" not in none
    assert "A ring" not in none and 'class="c0 dot"' in none
