"""The look at a policy after each phase: its rows, its pictures, its warnings."""

import contextlib
import math

import numpy as np
import pytest
import toys

from enas_tf.config.sections import ControllerConfig
from enas_tf.run import measures
from enas_tf.run.report import Report
from enas_tf.search import policy_watch, rewards
from enas_tf.search.payer import Payer
from enas_tf.spaces.costs import Costs

EPOCHS, SEED = 4, 3
CONFIG = dict(lstm_size=8, train_steps=2)
UNIFORM = math.log(3 * 3 * 2)  # toys.SPACE: two ops of three, a bit


class HeardReport(Report):
    """A report that remembers its lines and pictures."""

    def __init__(self, folder):
        super().__init__(folder, stage="search", progress=False)
        self.lines, self.images = [], []

    def message(self, text):
        self.lines.append(text)

    def image(self, tag, path, step):
        self.images.append((tag, path.name, step))


def costs(tokens):
    """One more parameter for each op's number."""
    return Costs(10 + tokens[:, 0], np.ones(len(tokens), np.int64))


PAID = dict(flops=lambda tokens: 2.0 * tokens[:, 0])


@pytest.fixture
def watch():
    """Makes (a watch over a controller, its report), which are closed in the end."""
    with contextlib.ExitStack() as closing:
        yield lambda *given, **more: watched(closing, *given, **more)


def watched(closing, folder, *, controller=None, weightless=("conv5x5",)):
    """The controller is as it began where none is given."""
    report = closing.enter_context(HeardReport(folder))
    found = policy_watch.PolicyWatch(
        toys.SPACE,
        controller or toys.controller(seed=SEED),
        report,
        config=ControllerConfig(**CONFIG),
        rewards=("accuracy", "log_likelihood"),
        num_epochs=EPOCHS,
        seed=SEED,
        weightless=weightless,
        costs=costs,
        payer=Payer(rewards.accuracy, toys.SPACE, measures.ACCURACY, PAID),
        picture=folder / "ops.png",
        draw=lambda path: path.touch(),
    )
    return found, report


def without_time(report, kind):
    return [
        {name: value for name, value in row.items() if name != "time"}
        for row in report.rows_of(kind)
    ]


def narrowed():
    """A controller of one arc: the first op, then the first op and yes."""
    model = toys.controller(seed=SEED, tanh_constant=0.0, decision_bias=1.0)
    model.decision_bias.assign([99.0, 0, 0, 99.0, 0, 0, 99.0])
    return model


def test_a_row_says_where_a_policy_is_that_has_not_moved(watch, tmp_path):
    look, report = watch(tmp_path)
    for step, variances in enumerate([(9.0, 9.0), (4.0, 1.0), (2.0, 2.0)], start=1):
        named = dict(zip(("value_variance", "noise_variance"), variances, strict=True))
        report.scalars("controller", step + 1, named)
    look.look(2, last=False)  # after updates 3 and 4
    (row,) = report.rows_of("policy")
    assert row["step"] == 2
    assert row["signal_share"] == 0.5
    assert row["moved"] == 0
    assert row["divergence_from_uniform"] == pytest.approx(0, abs=0.02)
    assert 12 <= row["unique_arcs"] <= 18  # all that the space has
    assert row["weightless_share"] == pytest.approx(1 / 3, abs=0.15)
    assert 10 < row["policy_parameters"] < 12
    assert 1 < row["mean_flops"] < 3
    (ops,) = report.rows_of("ops")
    assert ops["layer 1/skips: yes"] == pytest.approx(0.5, abs=0.2)


def test_a_policy_of_one_arc_is_far_from_uniform_and_has_collapsed(watch, tmp_path):
    look, report = watch(tmp_path, controller=narrowed())
    look.look(1, last=False)
    (row,) = report.rows_of("policy")
    assert row["divergence_from_uniform"] == pytest.approx(UNIFORM, abs=1e-3)
    # That the skip is always there is a skip rate, and not counted.
    assert row["moved"] == pytest.approx(UNIFORM - math.log(2), abs=0.1)
    assert row["unique_arcs"] == 1 and row["policy_parameters"] == pytest.approx(10)
    (line,) = report.lines
    assert "has collapsed: the number of different arcs among 100 is 1." in line


def test_a_policy_that_stays_is_told_once_from_half_of_the_updates_on(watch, tmp_path):
    look, report = watch(tmp_path)
    told = []
    for epoch in (1, 2, 3):
        look.look(epoch, last=False)
        told.append(len(report.lines))
    assert told == [0, 1, 1]
    assert "hardly moved: after 4 of 8 updates" in report.lines[0]


def test_a_search_that_goes_on_says_the_same_and_does_not_repeat_a_warning(
    watch, tmp_path
):
    whole, heard = watch(tmp_path / "whole")
    for epoch in (1, 2, 3):
        whole.look(epoch, last=False)
    first, before = watch(tmp_path / "parts")
    for epoch in (1, 2):
        first.look(epoch, last=False)
    before.close()
    second, after = watch(tmp_path / "parts")
    second.look(3, last=False)
    assert after.lines == []
    for kind in ("policy", "ops"):
        assert without_time(after, kind) == without_time(heard, kind)


def test_the_ops_are_drawn_after_the_last_phase_and_once_a_minute_before(
    watch, tmp_path, monkeypatch
):
    look, report = watch(tmp_path)
    clock = iter([59.0, 61.0, 61.0, 100.0, 101.0])
    look._drawn = 0.0
    monkeypatch.setattr(policy_watch.time, "monotonic", lambda: next(clock))
    for epoch in (1, 2, 3):
        look._show_ops(epoch, last=False)
    look._show_ops(4, last=True)
    assert report.images == [
        ("policy/ops/picture", "ops.png", 2),
        ("policy/ops/picture", "ops.png", 4),
    ]


def test_what_a_space_does_not_say_is_left_out(watch, tmp_path):
    look, report = watch(tmp_path, weightless=())
    look._costs = None
    look.look(1, last=False)
    names = {"divergence_from_uniform", "moved", "unique_arcs", "mean_flops"}
    assert set(report.rows_of("policy")[0]) == {"stage", "kind", "step", "time", *names}
