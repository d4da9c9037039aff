"""A number at each decision of an arc: where it stands, what it says."""

import numpy as np
import pytest
from matplotlib import image as mpl_image

from enas_tf import plots
from enas_tf.arcs import forms
from enas_tf.plots import decisions, macro_layout
from enas_tf.plots.decisions import Decisions

SIZES = dict(macro=(5, 4), micro=(3, 5), rnn=(5, 4))


def drawn(space, arc, gains):
    figure = plots.PICTURES[space.name](space, arc, "a title")
    before = len(figure.axes[0].texts)
    shown = decisions.draw(figure, space, arc, Decisions(gains, "a title", "points"))
    return shown, shown.axes[0].texts[before:]


@pytest.mark.parametrize("name", SIZES)
def test_every_decision_has_a_badge_of_its_own_on_the_sheet(name):
    space = forms.FORMS[name].of_size(*SIZES[name])
    arc = space.decode(space.random(np.random.default_rng(1), 1)[0].tolist())
    gains = {place: (place - 3) / 100 for place in range(space.num_tokens)}
    figure, badges = drawn(space, arc, gains)
    assert [b.get_text() for b in badges] == [decisions.text(g) for g in gains.values()]
    places = np.array([badge.get_position() for badge in badges])
    apart = np.abs(places[:, None] - places).max(axis=-1)
    assert apart[~np.eye(len(places), dtype=bool)].min() > 0.5
    (left, right), (low, high) = figure.axes[0].get_xlim(), figure.axes[0].get_ylim()
    assert left < places[:, 0].min() and places[:, 0].max() < right
    assert low < places[:, 1].min() and places[:, 1].max() < high


def test_a_skip_has_its_badge_in_the_row_of_its_layer_and_an_op_beside_its_box():
    space = forms.FORMS["macro"].of_size(3, 4)
    arc = space.parse("0 1 1 2 0 1")
    _, badges = drawn(space, arc, {0: 0.01, 3: -0.02, 4: 0.0, 5: 0.03})
    (_, first), (x, third), (skip_x, skip), (next_x, _) = (
        badge.get_position() for badge in badges
    )
    assert third == skip < first
    assert x < skip_x < next_x


def test_numbers_have_signs_so_that_they_are_read_without_colour():
    assert decisions.text(0.0123) == "+1.2"
    assert decisions.text(-0.0123) == "−1.2"  # noqa: RUF001
    assert decisions.text(0.0001) == "0.0"


def test_what_costs_and_what_helps_have_colours_of_two_ends():
    space = forms.FORMS["rnn"].of_size(1, 4)
    _, badges = drawn(space, space.parse("0 1"), {0: -0.05, 1: 0.05})
    ends = [badge.get_bbox_patch().get_facecolor()[:3] for badge in badges]
    assert ends[0][0] > ends[0][2] and ends[1][2] > ends[1][0]  # orange, purple


def test_a_space_that_does_not_say_where_has_bars(monkeypatch):
    space = forms.FORMS["rnn"].of_size(1, 4)
    monkeypatch.setattr(decisions, "places_of", lambda *given: {})
    figure, _ = drawn(space, space.parse("0 1"), {0: -0.05, 1: 0.05})
    names = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert names == ["the input of node 1", "the op of node 1"]


def test_a_picture_that_fails_costs_a_line(monkeypatch, tmp_path, caplog):
    space = forms.FORMS["rnn"].of_size(1, 4)
    monkeypatch.setattr(decisions, "places_of", lambda *given: 1 / 0)
    shown, path = Decisions({0: 0.1}, "a title", "points"), tmp_path / "one.png"
    assert not plots.draw_decisions(space, space.parse("0 1"), shown, path)
    assert "one.png is not drawn" in caplog.text and not path.exists()


def test_the_picture_has_a_narrow_margin_and_tags_stand_beside_their_boxes(tmp_path):
    space, path = forms.FORMS["macro"].of_size(2, 4), tmp_path / "one.png"
    arc = space.parse("0 1 1")
    assert plots.draw_decisions(space, arc, Decisions({0: 0.1}, "a", "points"), path)
    dark = np.argwhere(mpl_image.imread(path)[..., :3].min(axis=-1) < 1)
    height, width = mpl_image.imread(path).shape[:2]
    assert dark.min(axis=0).tolist() == [12, 12]
    assert dark.max(axis=0).tolist() == [height - 13, width - 13]
    box, cell = macro_layout.BOX_WIDTH / 2, 0.43
    place = macro_layout.Layout(2, 4)
    x, _ = decisions.places_of(arc, space, "a")[1]
    assert place.column_x + box + 0.4 < x < place.cell_x(0) - cell - 0.4
