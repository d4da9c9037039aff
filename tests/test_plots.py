"""Pictures: that they show what they are given."""

import json

import numpy as np
import PIL.Image
import pytest

from enas_tf import plots
from enas_tf.plots import curves, layout
from enas_tf.plots import macro as picture
from enas_tf.spaces import macro

SIX_LAYERS = "0 | 1 0 | 2 1 0 | 3 0 1 0 | 4 0 0 1 0 | 5 1 0 0 0 1"


def pixels(path):
    return np.asarray(PIL.Image.open(path).convert("RGB"))


def drawn(tmp_path, text, name="arc.png", **options):
    space = macro.MacroSpace(macro.layers_of_length(len(text.replace("|", "").split())))
    plots.draw_arc(space, space.parse(text), tmp_path / name, **options)
    return pixels(tmp_path / name)


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


def texts(text):
    space = macro.MacroSpace(macro.layers_of_length(len(text.replace("|", "").split())))
    figure = picture.draw(space, space.parse(text), "a title")
    return figure, [one.get_text() for one in figure.axes[0].texts]


def test_every_macro_op_has_a_colour_of_its_own():
    assert set(picture.OP_COLOURS) == set(macro.OPS)
    assert len(set(picture.OP_COLOURS.values())) == len(macro.OPS)


@pytest.mark.parametrize("layers", [1, 3, 6, 12, 24])
def test_picture_has_a_readable_size_and_is_not_blank(tmp_path, layers):
    space = macro.MacroSpace(layers)
    arc = space.decode(space.random(np.random.default_rng(0), 1)[0].tolist())
    plots.draw_arc(space, arc, tmp_path / "arc.png", title="a title")
    shown = pixels(tmp_path / "arc.png")
    place = layout.Layout(layers, len(space.ops))
    wanted = (place.height_inches * plots.DPI, place.width * place.inch * plots.DPI)
    np.testing.assert_allclose(shown.shape[:2], wanted, atol=1)
    assert 800 <= shown.shape[1] <= 1600
    assert shown.std() > 10


def test_picture_is_the_same_for_the_same_arc(tmp_path):
    one, other = drawn(tmp_path, SIX_LAYERS), drawn(tmp_path, SIX_LAYERS, "b.png")
    np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    "other",
    [
        "0 | 1 0 | 2 1 0 | 3 0 1 0 | 4 0 0 1 0 | 4 1 0 0 0 1",
        "0 | 1 0 | 2 1 0 | 3 0 1 0 | 4 0 0 1 0 | 5 1 0 0 0 0",
        "0 | 1 0 | 2 1 0 | 3 0 1 0 | 4 0 0 1 0 | 5 1 0 0 1 0",
    ],
    ids=["an op", "a skip less", "a skip from elsewhere"],
)
def test_picture_differs_when_the_arc_differs(tmp_path, other):
    one, two = drawn(tmp_path, SIX_LAYERS), drawn(tmp_path, other, "b.png")
    assert one.shape == two.shape
    # The skip alone is an arc and a cell, each of many pixels.
    assert (one != two).any(-1).sum() > 300


def test_picture_has_a_pixel_in_the_colour_of_each_op(tmp_path):
    shown = drawn(tmp_path, "0 | 0 0 | 0 0 0")
    space = macro.MacroSpace(3, num_ops=1)
    plots.draw_arc(space, space.parse("0 | 0 0 | 0 0 0"), tmp_path / "one.png")
    assert has_colour(shown, picture.OP_COLOURS["maxpool3x3"])  # in the legend
    assert not has_colour(pixels(tmp_path / "one.png"), "#f5b04d")
    assert has_colour(pixels(tmp_path / "one.png"), picture.OP_COLOURS["conv3x3"])


def has_colour(shown, colour):
    wanted = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    return (shown == wanted).all(-1).any()


def test_picture_says_title_description_ops_pools_and_counts():
    _, words = texts(SIX_LAYERS)
    assert words.count("a title") == 1
    assert any("6 layers" in one and "5 of 15 skips" in one for one in words)
    assert words.count("conv3x3") == 1
    assert "conv3x3  × 1" in words
    assert words.count("half the size") == 2
    assert {"stem", "0", "1", "2", "3", "4", "5"} <= set(words)


def test_a_skip_is_an_arc_from_its_source_to_its_layer():
    # Layer 2 has a skip from the stem (bit 0), layer 3 one from layer 0 (bit 1).
    figure, _ = texts("0 | 0 0 | 0 1 0 | 0 0 1 0")
    place = layout.Layout(4, 6)
    arcs = [
        patch.get_path().vertices[[0, -1], 1]
        for patch in figure.axes[0].patches
        if type(patch).__name__ == "PathPatch"
    ]
    wanted = [
        (place.stem_y - 0.15, place.layer_ys[2] + 0.15),
        (place.layer_ys[0] - 0.15, place.layer_ys[3] + 0.15),
    ]
    np.testing.assert_allclose(arcs, wanted)


@pytest.mark.parametrize("layers", [6, 12, 24])
def test_no_two_texts_overlap(layers):
    space = macro.MacroSpace(layers)
    arc = space.decode([1] * space.num_tokens)
    figure = picture.draw(space, arc, "Best arc of the search")
    figure.set_dpi(plots.DPI)
    figure.canvas.draw()
    boxes = [text.get_window_extent() for text in figure.axes[0].texts]
    for i, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[:i])
        assert 0 <= box.x0 and box.x1 <= figure.bbox.x1
        assert 0 <= box.y0 and box.y1 <= figure.bbox.y1


@pytest.mark.parametrize("ops", [1, 4, 6])
@pytest.mark.parametrize("layers", [1, 2, 6, 9, 12, 24, 60])
def test_legend_is_right_of_the_cells_beside_it(layers, ops):
    place = layout.Layout(layers, ops)
    legend_bottom = place.stem_y - 0.72 * ops - 1.6
    for layer, y in enumerate(place.layer_ys):
        if y + 0.5 > legend_bottom:
            assert place.cell_x(layer) + 0.5 <= place.legend_x


def test_missing_folder_of_a_picture_is_made(tmp_path):
    drawn(tmp_path, SIX_LAYERS, "arcs/best.png")
    assert (tmp_path / "arcs" / "best.png").exists()


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
    assert labels(axes) == ["reward", "baseline"]
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
    shown = pixels(tmp_path / "curves.png")
    assert shown.shape == (340, 1000, 3)
    assert shown.std() > 1
