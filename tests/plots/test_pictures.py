"""Pictures of arcs: what is true of those of every space."""

from typing import Any, NamedTuple

import numpy as np
import pictures
import pytest

from enas_tf import plots
from enas_tf.config import sections as config
from enas_tf.plots import pen
from enas_tf.spaces import base, macro, micro, op_rows, rnn


class Case(NamedTuple):
    """An arc of a space, and others of which each differs from it in one thing.

    `unused`: an op that only the legend can show; none where boxes name their ops.
    """

    space: base.SearchSpace
    one_op: base.SearchSpace
    arc: str
    others: dict[str, str]
    unused: str


CASES: dict[str, Any] = {
    "macro": Case(
        macro.MacroSpace(6),
        macro.MacroSpace(6, num_ops=1),
        "0 | 0 0 | 0 1 0 | 0 0 1 0 | 0 0 0 1 0 | 0 1 0 0 0 1",
        {
            "an op": "0 | 0 0 | 0 1 0 | 0 0 1 0 | 0 0 0 1 0 | 4 1 0 0 0 1",
            "a skip less": "0 | 0 0 | 0 1 0 | 0 0 1 0 | 0 0 0 1 0 | 0 1 0 0 0 0",
            "another skip": "0 | 0 0 | 0 1 0 | 0 0 1 0 | 0 0 0 1 0 | 0 1 0 0 1 0",
        },
        "maxpool3x3",
    ),
    "micro": Case(
        micro.MicroSpace(2),
        micro.MicroSpace(2, num_ops=1),
        "0 0 1 0 | 2 0 1 0 | 0 0 0 0 | 1 0 2 0",
        {
            "an op": "0 0 1 0 | 2 0 1 3 | 0 0 0 0 | 1 0 2 0",
            "an input": "0 0 1 0 | 2 0 0 0 | 0 0 0 0 | 1 0 2 0",
            "an op of the reduction": "0 0 1 0 | 2 0 1 0 | 0 0 0 4 | 1 0 2 0",
        },
        "identity",
    ),
    "rnn": Case(
        rnn.RnnSpace(3),
        rnn.RnnSpace(3, num_ops=1),
        "0 0 1 0 1 0",
        {
            "an op": "0 0 1 0 1 3",
            "an input": "0 0 1 0 2 0",
        },
        "",
    ),
}
WITH_LEGEND = [case for case in CASES.values() if case.unused]
EVERY = pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))


def test_every_space_has_a_picture_and_is_tested():
    assert set(plots.PICTURES) == set(CASES) == set(config.SPACES)


def test_every_op_has_a_colour_and_no_two_have_the_same():
    tables = (op_rows.MACRO, op_rows.MICRO, op_rows.RNN)
    pairs = {(row.name, row.colour) for table in tables for row in table.rows}
    names, colours = zip(*pairs, strict=True)
    assert set(names) == {*macro.OPS, *micro.OPS, *rnn.OPS}
    # One of two spaces has the same colour in both.
    assert len(set(colours)) == len(set(names)) == len(pairs)


def test_sources_have_colours_of_their_own_and_then_again():
    first = [pen.source_colour(source) for source in range(14)]
    assert len(set(first)) == 14
    assert pen.source_colour(14) == first[0]


@EVERY
def test_picture_is_the_same_for_the_same_arc(tmp_path, case):
    one = pictures.drawn(tmp_path / "a.png", case.space, case.arc)
    other = pictures.drawn(tmp_path / "b.png", case.space, case.arc)
    np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("name", "change"),
    [(name, change) for name, case in CASES.items() for change in case.others],
)
def test_picture_differs_when_the_arc_differs(tmp_path, name, change):
    case = CASES[name]
    one = pictures.drawn(tmp_path / "a.png", case.space, case.arc)
    other = pictures.drawn(tmp_path / "b.png", case.space, case.others[change])
    height, width = np.minimum(one.shape, other.shape)[:2]
    # Whatever it is, it is drawn with many pixels.
    assert (one[:height, :width] != other[:height, :width]).any(-1).sum() > 300


@pytest.mark.parametrize("case", WITH_LEGEND, ids=lambda case: case.space.name)
def test_legend_has_the_colour_of_each_op_of_the_space(tmp_path, case):
    shown = pictures.drawn(tmp_path / "a.png", case.space, case.arc)
    of_one = pictures.drawn(tmp_path / "b.png", case.one_op, case.arc)
    colour = case.space.colour(case.unused)
    assert pictures.has_colour(shown, colour)
    assert not pictures.has_colour(of_one, colour)
    assert pictures.has_colour(of_one, case.space.colour(case.space.ops[0]))


@EVERY
def test_a_picture_without_a_title_has_all_else(case):
    arc = case.space.parse(case.arc)
    draw = plots.PICTURES[case.space.name]
    bare, titled = (draw(case.space, arc, title) for title in ("", "a title"))
    words = pictures.words_of(titled)
    assert words.count("a title") == 1
    words.remove("a title")
    assert sorted(pictures.words_of(bare)) == sorted(words)
    pictures.check_texts(bare)


@EVERY
def test_missing_folder_of_a_picture_is_made(tmp_path, case):
    pictures.drawn(tmp_path / "arcs" / "best.png", case.space, case.arc)
    assert (tmp_path / "arcs" / "best.png").exists()


def test_a_description_too_long_for_a_line_is_wrapped_by_clauses():
    sheet = pen.Pen(10, 5, 0.5)
    words = "first clause of forty letters, not less; second clause, which is far too "
    sheet.headings("", words + "long for one line.")
    assert pictures.words_of(sheet.figure) == [
        "first clause of forty letters, not less;",
        "second clause, which is far too long for one",
        "line.",
    ]


def test_room_for_the_headings_grows_with_their_lines():
    short, long = (
        pen.headings_inches("a title", words, 5.0) for words in ("one", "one " * 40)
    )
    lines = len(pen._wrapped("one " * 40, 5.0))
    assert lines == 4
    assert long - short == pytest.approx(3 * 0.25)


def test_a_pen_moved_draws_as_much_further():
    sheet = pen.Pen(10, 10, 0.5)
    sheet.text(4.0, -5.0, "here")
    sheet.at(3.0, -3.0).at(1.0, -2.0).text(0.0, 0.0, "there")
    here, there = sheet.axes.texts
    sheet.figure.canvas.draw()
    assert here.get_window_extent().y0 == pytest.approx(there.get_window_extent().y0)
    assert here.get_window_extent().x0 < there.get_window_extent().x1
