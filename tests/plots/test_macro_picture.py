"""The picture of a macro arc: that it shows the arc it is given."""

import numpy as np
import pictures
import pytest

from enas_tf import plots
from enas_tf.plots import macro as picture
from enas_tf.plots import macro_layout
from enas_tf.spaces import macro

SIX_LAYERS = "0 | 1 0 | 2 1 0 | 3 0 1 0 | 4 0 0 1 0 | 5 1 0 0 0 1"


def space_of(text):
    return macro.MacroSpace(macro.layers_of_length(len(text.replace("|", "").split())))


def figure_of(text):
    space = space_of(text)
    return picture.draw(space, space.parse(text), "a title")


@pytest.mark.parametrize("layers", [1, 3, 6, 12, 24])
def test_picture_has_a_readable_size_and_is_not_blank(tmp_path, layers):
    space = macro.MacroSpace(layers)
    arc = space.decode(space.random(np.random.default_rng(0), 1)[0].tolist())
    plots.draw_arc(space, arc, tmp_path / "arc.png", title="a title")
    shown = pictures.pixels(tmp_path / "arc.png")
    place = macro_layout.Layout(layers, len(space.ops))
    wanted = np.array([place.height, place.width]) * place.inch * plots.DPI
    np.testing.assert_allclose(shown.shape[:2], wanted, atol=1)
    assert 800 <= shown.shape[1] <= 1600
    assert shown.std() > 10


def test_picture_says_title_description_ops_pools_and_counts():
    words = pictures.words_of(figure_of(SIX_LAYERS))
    assert words.count("a title") == 1
    assert any("6 layers" in one and "5 of 15 skips" in one for one in words)
    assert words.count("conv3x3") == 1
    assert "conv3x3  × 1" in words
    assert words.count("half the size") == 2
    assert {"stem", "0", "1", "2", "3", "4", "5"} <= set(words)


def test_a_skip_is_an_arc_from_its_source_to_its_layer():
    # Layer 2 has a skip from the stem (bit 0), layer 3 one from layer 0 (bit 1).
    figure = figure_of("0 | 0 0 | 0 1 0 | 0 0 1 0")
    place = macro_layout.Layout(4, 6)
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
    pictures.check_texts(picture.draw(space, arc, "Best arc of the search"))


@pytest.mark.parametrize("ops", [1, 4, 6])
@pytest.mark.parametrize("layers", [1, 2, 6, 9, 12, 24, 60])
def test_legend_is_right_of_the_cells_beside_it(layers, ops):
    place = macro_layout.Layout(layers, ops)
    legend_bottom = place.stem_y - 0.72 * ops - 1.6
    for layer, y in enumerate(place.layer_ys):
        if y + 0.5 > legend_bottom:
            assert place.cell_x(layer) + 0.5 <= place.legend_x
