"""Curves: that they show what the metrics hold."""

import json

import numpy as np
import pictures
import pytest

from enas_tf import plots
from enas_tf.plots import curves
from enas_tf.spaces import micro


def metrics(tmp_path, *rows):
    path = tmp_path / "metrics.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def row(kind, step, stage="search", **values):
    return dict(stage=stage, kind=kind, step=step, time=0.0, **values)


def panels(figure):
    return {axes.get_title(): axes for axes in figure.axes}


def labels(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def test_curves_have_a_panel_per_subject_that_is_there(tmp_path):
    path = metrics(
        tmp_path,
        row("child", 50, loss=2.0, lr=0.1),
        row("child", 100, loss=1.0, lr=0.1),
        row("test", 100, accuracy=0.5),
    )
    figure = curves.draw(path)
    assert list(panels(figure)) == [
        "Child: loss",
        "Child: learning rate",
        "Validation and test",
    ]
    axes = panels(figure)["Child: loss"]
    np.testing.assert_array_equal(axes.lines[0].get_xydata(), [[50, 2], [100, 1]])
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("step", "loss")
    assert labels(axes) == ["loss"]


def test_validation_and_test_share_a_panel(tmp_path):
    path = metrics(
        tmp_path, row("valid", 1, accuracy=0.5), row("test", 1, accuracy=0.4)
    )
    axes = panels(curves.draw(path))["Validation and test"]
    assert labels(axes) == ["valid", "test"]
    assert axes.get_xlabel() == "epoch"


def test_reward_and_baseline_share_a_panel_by_update(tmp_path):
    path = metrics(tmp_path, row("controller", 3, reward=0.5, baseline=0.4))
    axes = panels(curves.draw(path))["Controller: reward"]
    assert labels(axes) == ["baseline", "reward"]  # the reward lies on top
    assert axes.get_xlabel() == "update"


def test_every_op_has_a_line(tmp_path):
    frequencies = {"op_frequency/conv3x3": 0.75, "op_frequency/maxpool3x3": 0.25}
    path = metrics(tmp_path, row("controller", 1, **frequencies))
    axes = panels(curves.draw(path))["Controller: ops"]
    assert labels(axes) == ["conv3x3", "maxpool3x3"]
    assert [line.get_ydata()[0] for line in axes.lines] == [0.75, 0.25]


def test_stages_are_told_apart_only_where_both_are_shown(tmp_path):
    path = metrics(
        tmp_path,
        row("child", 1, loss=2.0),
        row("controller", 1, entropy=9.0),
        row("child", 1, "train", loss=1.0),
    )
    found = panels(curves.draw(path))
    assert labels(found["Child: loss"]) == ["search: loss", "train: loss"]
    assert labels(found["Controller: entropy"]) == ["entropy"]


def test_a_null_is_no_point(tmp_path):
    path = metrics(
        tmp_path, row("child", 1, loss=2.0), row("child", 2, loss=None, accuracy=None)
    )
    found = panels(curves.draw(path))
    assert list(found) == ["Child: loss"]
    np.testing.assert_array_equal(found["Child: loss"].lines[0].get_xydata(), [[1, 2]])


def test_a_long_line_is_shown_with_its_running_mean(tmp_path):
    rows = [row("child", step, loss=float(step % 2)) for step in range(120)]
    axes = panels(curves.draw(metrics(tmp_path, *rows)))["Child: loss"]
    mean, raw = (line.get_ydata() for line in axes.lines)
    np.testing.assert_array_equal(raw, np.arange(120) % 2)
    np.testing.assert_allclose(mean[2:-2], 0.5)  # over windows of four


@pytest.mark.parametrize("text", ["", '{"stage": "sea'])
def test_curves_of_no_rows_say_so(tmp_path, text):
    (tmp_path / "metrics.jsonl").write_text(text)
    figure = curves.draw(tmp_path / "metrics.jsonl")
    assert [one.get_text() for one in figure.texts] == ["no metrics yet"]


def test_curves_are_written_as_a_png_that_is_not_blank(tmp_path):
    path = metrics(
        tmp_path, row("child", 1, loss=2.0, accuracy=0.5), row("child", 2, loss=1.0)
    )
    plots.draw_curves(path, tmp_path / "curves.png")
    shown = pictures.pixels(tmp_path / "curves.png")
    assert shown.shape == (340, 1000, 3)
    assert shown.std() > 1


@pytest.mark.parametrize("large", [0.999, 9_876_543.0, 1.2e-7, -1234.5])
def test_what_is_written_around_a_panel_has_room(tmp_path, large):
    kinds = {kind for panel in curves.PANELS for kind, _ in panel.values}
    names = {
        name + "x" * name.endswith("/"): 0.0
        for p in curves.PANELS
        for _, name in p.values
    }
    path = metrics(
        tmp_path,
        *(row(kind, 1, **names) for kind in kinds),
        *(row(kind, 20_000, **{name: large for name in names}) for kind in kinds),
    )
    figure = curves.draw(path)
    assert len(figure.axes) == len(curves.PANELS)
    figure.set_dpi(plots.DPI)
    figure.canvas.draw()
    boxes = [axes.get_tightbbox() for axes in figure.axes]
    for i, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[:i])
        assert 0 <= box.x0 and box.x1 <= figure.bbox.x1
        assert 0 <= box.y0 and box.y1 <= figure.bbox.y1


def test_curves_of_a_micro_search_have_a_panel_of_ops_per_cell(tmp_path):
    space = micro.MicroSpace(2)
    tokens = np.array([[0, 1, 0, 1, 0, 0, 4, 4, 0, 0, 3, 3, 2, 2, 3, 3]])
    path = metrics(tmp_path, row("controller", 1, **space.statistics(tokens)))
    found = panels(curves.draw(path))
    assert list(found) == [
        "Controller: ops of the normal cell",
        "Controller: ops of the reduction cell",
        "Controller: loose ends",
    ]
    normal, reduce, loose = found.values()
    assert labels(normal) == labels(reduce) == list(micro.OPS)
    shares = [[line.get_ydata()[0] for line in axes.lines] for axes in (normal, reduce)]
    assert shares == [[0.25, 0.25, 0, 0, 0.5], [0, 0, 0, 1, 0]]
    assert labels(loose) == ["loose ends normal", "loose ends reduce"]
    # Nodes 2 and 3 of the normal cell; 1 and 3 of the reduction cell.
    assert [line.get_ydata()[0] for line in loose.lines] == [2, 2]
