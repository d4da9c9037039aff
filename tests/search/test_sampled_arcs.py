"""The arcs of a controller phase: one line, ten rows, few pictures."""

import json

import numpy as np
import pytest
import tensorflow as tf

from enas_tf.run import measures
from enas_tf.search import sampled_arcs
from enas_tf.spaces import macro, micro, rnn


class HeardReport:
    """A report that remembers its lines and rows."""

    def __init__(self):
        self.lines, self.details, self.rows, self.texts, self.images = (
            [] for _ in "1" * 5
        )

    def message(self, text):
        self.lines.append(text)

    def detail(self, text):
        self.details.append(text)

    def scalars(self, kind, step, values):
        self.rows.append((kind, step, values))

    def text(self, tag, text, step):
        self.texts.append((tag, text, step))

    def image(self, tag, path, step):
        self.images.append((tag, path.name, step))


class Policy:
    """Draws arcs at random."""

    def __init__(self, space):
        self.space = space

    def draw(self, count, *, seed):
        return tf.constant(self.space.random(np.random.default_rng(0), count))


class Scores:
    """Scores that rise from arc to arc, 0.0 to 0.9."""

    def random_batches(self, split, count, batch_size, *, seed):
        return tf.zeros([count, batch_size], tf.int32)

    def means(self, tokens, batches, *, split):
        return np.arange(len(tokens)) / 10


class Task:
    measure = measures.ACCURACY


@pytest.fixture
def shown(tmp_path):
    """(what shows, its report, pictures drawn) of the macro space."""
    space, report, drawn = macro.MacroSpace(3), HeardReport(), []
    what = sampled_arcs.SampledArcs(
        space,
        Policy(space),
        Scores(),
        report,
        task=Task(),
        batch_size=4,
        seed=0,
        folder=tmp_path,
        draw=lambda arc, path: not drawn.append(path),
    )
    return what, report, drawn


def test_a_phase_is_one_line_and_the_arcs_are_a_detail(shown, tmp_path):
    what, report, _ = shown
    what.show(3, entropy=2.5, last=False)
    (line,) = report.lines
    assert line.startswith(
        "epoch=3   arcs: best_acc=0.9    mean=0.45   ent=2.50 skips="
    )
    assert len(line) <= 71  # and nine for the time
    assert len(report.details) == 10
    rows = (tmp_path / "sampled.jsonl").read_text().splitlines()
    assert [json.loads(row)["accuracy"] for row in rows] == list(np.arange(10) / 10)
    means = {"accuracy_mean": 0.45, "accuracy_best": 0.9}
    assert report.rows == [("sampled", 3, pytest.approx(means))]


def test_a_perplexity_beyond_a_float_is_null_in_its_row(shown, tmp_path, monkeypatch):
    what, _, _ = shown
    monkeypatch.setattr(Task, "measure", measures.PERPLEXITY)
    nats = np.array([710.0, *[1.0] * 9])  # e ** 710 is above 1.8e308
    monkeypatch.setattr(Scores, "means", lambda *given, split: nats)
    what.show(1, entropy=None, last=False)
    text = (tmp_path / "sampled.jsonl").read_text()
    found = [json.loads(row)["perplexity"] for row in text.splitlines()]
    assert found == [None, *[pytest.approx(2.71828)] * 9]
    what.show(2, entropy=None, last=False)  # which reads the first ones
    assert (tmp_path / "sampled.jsonl").read_text().startswith(text)


@pytest.mark.parametrize("measure", [measures.ACCURACY, measures.PERPLEXITY])
def test_an_arc_that_overflows_is_not_the_best_of_a_phase(shown, monkeypatch, measure):
    what, report, _ = shown
    monkeypatch.setattr(Task, "measure", measure)
    found = np.array([np.nan, *[0.5] * 9])
    monkeypatch.setattr(Scores, "means", lambda *given, split: found)
    what.show(1, entropy=None, last=False)
    ((_, _, values),) = report.rows
    assert values[f"{measure.name}_best"] == measure.display(0.5)


def test_an_entropy_that_is_not_known_is_left_out(shown):
    what, report, _ = shown
    what.show(3, entropy=None, last=False)
    assert "ent=" not in report.lines[0]


def test_a_picture_is_drawn_after_the_last_phase(shown):
    what, report, drawn = shown
    for epoch in (1, 2, 3):
        what.show(epoch, entropy=1.0, last=epoch == 3)
    assert report.images == [("arc/sampled/picture", "sampled.png", 3)]
    assert len(drawn) == 1
    assert [step for _, _, step in report.texts] == [1, 2, 3]


def test_a_picture_that_cannot_be_drawn_is_not_shown(shown, monkeypatch):
    what, report, _ = shown
    monkeypatch.setattr(what, "_draw", lambda arc, path: False)
    what.show(1, entropy=None, last=True)
    assert report.images == [] and len(report.texts) == 1


def test_a_picture_is_drawn_at_most_once_a_minute_before(shown, monkeypatch):
    what, report, _ = shown
    clock = iter([59.0, 61.0, 61.0, 100.0, 122.0, 122.0])
    what._drawn = 0.0
    monkeypatch.setattr(sampled_arcs.time, "monotonic", lambda: next(clock))
    for epoch in (1, 2, 3, 4):
        what.show(epoch, entropy=1.0, last=False)
    assert [step for _, _, step in report.images] == [2, 4]


def test_a_repeated_epoch_replaces_its_rows_and_what_follows(shown, tmp_path):
    what, _, _ = shown
    for epoch in (1, 2, 3, 2):
        what.show(epoch, entropy=1.0, last=False)
    rows = (tmp_path / "sampled.jsonl").read_text().splitlines()
    assert [json.loads(row)["epoch"] for row in rows] == [1] * 10 + [2] * 10


def test_rows_after_the_checkpoint_go_and_damaged_ones_are_told(
    shown, tmp_path, caplog
):
    what, _, _ = shown
    for epoch in (1, 2, 3):
        what.show(epoch, entropy=1.0, last=False)
    path = tmp_path / "sampled.jsonl"
    path.write_text("{half" + path.read_text())
    what.forget_after(2)
    epochs = [json.loads(row)["epoch"] for row in path.read_text().splitlines()]
    assert epochs == [1] * 9 + [2] * 10
    assert "1 line is damaged" in caplog.messages[0]
    assert (tmp_path / "sampled.jsonl.damaged").exists()
    before = path.stat().st_ino
    what.forget_after(2)
    assert path.stat().st_ino == before


@pytest.mark.parametrize(
    "space, tokens, words",
    [
        (macro.MacroSpace(2), [[0, 1, 1], [0, 1, 0]], "skips=0.50"),
        (rnn.RnnSpace(1), [[0, 0, 1], [0, 0, 1]], None),
        (micro.MicroSpace(2), None, None),
    ],
)
def test_the_policy_in_a_word(space, tokens, words):
    if tokens is None or len(tokens[0]) != space.num_tokens:
        tokens = space.random(np.random.default_rng(0), 4)
    found = sampled_arcs.favourites(space.statistics(np.asarray(tokens)))
    name, _, share = found.partition("=")
    assert 0 <= float(share) <= 1
    assert words in (None, found)
    assert name


def test_the_favourite_op_is_the_mean_of_both_cells():
    statistics = {
        "op_frequency_normal/conv": 0.9,
        "op_frequency_normal/pool": 0.1,
        "op_frequency_reduce/conv": 0.2,
        "op_frequency_reduce/pool": 0.8,
        "loose_ends_normal": 3.0,
    }
    assert sampled_arcs.favourites(statistics) == "conv=0.55"


@pytest.mark.parametrize(
    ("statistics", "word"),
    [
        ({"skip_rate": 0.25, "op_frequency/tanh": 1.0}, "skips=0.25"),
        ({"op_frequency_a/x": 0.2, "op_frequency_b/x": 0.4, "other": 9.0}, "x=0.30"),
        ({"wide": 0.5, "deep": 0.75}, "wide=0.50"),
        ({}, ""),
    ],
)
def test_where_the_policy_stands_is_told_of_any_space(statistics, word):
    assert sampled_arcs.favourites(statistics) == word
