"""The picture of confusions: what it shows, and that it can be read at any size."""

import numpy as np
import pytest
from matplotlib.backends import backend_agg
from PIL import Image

from enas_tf import plots
from enas_tf.plots import confusion


def drawn(counts, names):
    """The axes of the picture, laid out as it will be written."""
    figure = confusion.draw(np.array(counts), names, "a title")
    backend_agg.FigureCanvasAgg(figure).draw()
    return figure.axes[0]


def table(count):
    rng = np.random.default_rng(0)
    return rng.integers(0, 9, (count, count)) + 50 * np.eye(count, dtype=int)


def test_cells_hold_images_and_their_colour_is_the_share_of_the_class():
    axes = drawn([[3, 1], [0, 6]], ["cat", "dog"])
    shares = axes.images[0].get_array()
    np.testing.assert_allclose(shares, [[0.75, 0.25], [0, 1]])
    numbers = {text.get_position(): text.get_text() for text in axes.texts}
    assert numbers == {(0, 0): "3", (1, 0): "1", (1, 1): "6"}
    assert axes.get_ylabel() == "class"
    assert axes.get_xlabel() == "answer"


def test_a_class_without_images_is_grey_and_not_an_error():
    axes = drawn([[3, 1], [0, 0]], ["cat", "dog"])
    np.testing.assert_array_equal(
        np.ma.getmaskarray(axes.images[0].get_array()), [[False, False], [True, True]]
    )


def test_of_many_classes_cells_have_no_numbers_and_of_very_many_no_names():
    axes = drawn(table(21), [f"class {n}" for n in range(21)])
    assert not axes.texts
    assert [label.get_text() for label in axes.get_yticklabels()][20] == "class 20"
    axes = drawn(table(300), [f"class {n}" for n in range(300)])
    assert len(axes.get_yticklabels()) < 20


@pytest.mark.parametrize("count", [2, 10, 100])
def test_names_neither_touch_nor_leave_the_sheet(count):
    names = [f"some rather long name of class {n}" for n in range(count)]
    axes = drawn(table(count), names)
    labels = axes.get_yticklabels()
    boxes = [label.get_window_extent() for label in labels]
    assert all(box.x0 >= 0 for box in boxes)
    ordered = sorted(boxes, key=lambda box: box.y0)
    gaps = [b.y0 - a.y1 for a, b in zip(ordered, ordered[1:], strict=False)]
    assert min(gaps) > -1.0
    assert labels[1].get_text().endswith("of class 1")  # their ends tell them apart


@pytest.mark.parametrize("count", [2, 10, 20, 30, 100])
@pytest.mark.parametrize("title", ["a title", "a title\nof two lines"])
def test_the_title_is_on_the_sheet(count, title):
    names = [f"some rather long name of class {n}" for n in range(count)]
    figure = confusion.draw(table(count), names, title)
    backend_agg.FigureCanvasAgg(figure).draw()
    box, sheet = figure.axes[0].title.get_window_extent(), figure.bbox
    assert box.y1 <= sheet.y1
    assert sheet.x0 <= box.x0 and box.x1 <= sheet.x1


def test_names_in_letters_that_the_font_lacks_are_numbers_and_that_is_said():
    axes = drawn(table(3), ["cat", "猫", "dog"])
    shown = [label.get_text() for label in axes.get_yticklabels()]
    assert shown == ["cat", "(1)", "dog"]
    assert axes.get_title() == "a title\n(number): see classes.json"


def test_names_that_are_cut_to_the_same_have_their_number():
    names = [f"one beginning of it {n} and one end of it" for n in range(2)]
    shown = [label.get_text() for label in drawn(table(2), names).get_yticklabels()]
    assert shown == ["one begin...nd of it (0)", "one begin...nd of it (1)"]


def test_letters_of_any_kind_can_be_drawn(tmp_path):
    path = tmp_path / "deep" / "confusion.png"
    plots.draw_confusion(np.eye(3, dtype=int), ["$x^", "猫", "a_b{"], path, title="$ {")
    with Image.open(path) as picture:
        assert picture.format == "PNG"
