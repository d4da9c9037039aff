"""The picture of a policy's ops: that it shows what the metrics hold."""

import json

import numpy as np
import pictures

from enas_tf import plots
from enas_tf.plots import op_shares


def metrics(tmp_path, *rows):
    path = tmp_path / "metrics.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def row(step, kind="ops", **values):
    return dict(stage="search", kind=kind, step=step, time=0.0, **values)


ROWS = (
    row(2, **{"layer 0/conv": 0.5, "layer 0/pool": 0.5, "layer 1/conv": 1.0}),
    row(3, kind="policy", unique_arcs=9.0),
    row(4, **{"layer 0/conv": 0.25, "layer 0/pool": 0.75, "layer 1/conv": 0.0}),
)


def test_a_decision_has_a_map_of_choices_by_phases(tmp_path):
    figure = op_shares.draw(metrics(tmp_path, *ROWS))
    first, second, bar = figure.axes
    assert (first.get_title(), second.get_title()) == ("layer 0", "layer 1")
    assert [text.get_text() for text in first.get_yticklabels()] == ["conv", "pool"]
    assert [text.get_text() for text in first.get_xticklabels()] == ["2", "4"]
    np.testing.assert_array_equal(
        first.images[0].get_array(), [[0.5, 0.25], [0.5, 0.75]]
    )
    np.testing.assert_array_equal(second.images[0].get_array(), [[1.0, 0.0]])
    assert first.images[0].get_clim() == second.images[0].get_clim() == (0.0, 1.0)
    assert bar.get_ylabel() == "share of the policy's arcs"


def test_many_phases_have_few_numbers(tmp_path):
    rows = [row(step, **{"node 1/tanh": 0.5}) for step in range(1, 311)]
    axes = op_shares.draw(metrics(tmp_path, *rows)).axes[0]
    shown = [int(text.get_text()) for text in axes.get_xticklabels()]
    assert len(shown) == 5 and (shown[0], shown[-1]) == (1, 310)


def test_before_the_first_phase_it_says_so(tmp_path):
    figure = op_shares.draw(metrics(tmp_path, row(1, kind="child", loss=2.0)))
    assert [one.get_text() for one in figure.texts] == ["no controller phase yet"]


def test_it_is_written_as_a_png_that_is_not_blank(tmp_path):
    plots.draw_op_shares(metrics(tmp_path, *ROWS), tmp_path / "ops.png")
    assert pictures.pixels(tmp_path / "ops.png").std() > 1
