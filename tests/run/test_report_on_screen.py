"""What a person who waits sees of a report: lines, a bar, the time that is left."""

import io
import sys

import pytest
from absl import logging

from enas_tf.run import progress
from enas_tf.run import report as report_lib


class Terminal(io.StringIO):
    """A standard error that says it is a terminal."""

    def isatty(self):
        return True


def watched_terminal(monkeypatch):
    """Standard error from here on (a fixture's would be replaced by pytest's own)."""
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    return stream


def test_details_are_shown_to_who_asks_for_them(tmp_path, caplog):
    for verbose in (False, True):
        with report_lib.Report(tmp_path, stage="search", verbose=verbose) as report:
            with caplog.at_level("INFO", "absl"):
                report.detail(f"verbose is {verbose}")
    assert caplog.messages == ["verbose is True"]


def test_a_forecast_moves_and_says_the_time_left(tmp_path, monkeypatch):
    terminal = watched_terminal(monkeypatch)
    looks = [
        progress.State("search, epoch 1/4: child", 0.0, None),
        progress.State("search, epoch 1/4: child", 5.0, 15.0),
        progress.State("search, epoch 2/4: controller", 15.0, 45.0),
    ]
    with report_lib.Report(tmp_path, stage="search") as report:
        report.begin_forecast(lambda: looks[0])
        for _ in range(2):
            looks.pop(0)
            report.advance(50)
    shown = terminal.getvalue()
    assert "epoch 1/4: child:   0%" in shown
    assert "building the first step" in shown
    assert "epoch 1/4: child:  25%" in shown
    assert "about 15 s to go" in shown
    assert "epoch 2/4: controller:  25%" in shown  # it has learnt that more is left
    assert "about 45 s to go" in shown


def test_a_forecast_is_silent_where_there_is_no_terminal(tmp_path, capsys):
    with report_lib.Report(tmp_path, stage="search") as report:
        report.begin_forecast(lambda: progress.State("search", 1.0, 1.0))
        report.advance(1)
    assert capsys.readouterr().err == ""


def test_message_is_an_absl_log_line(tmp_path, caplog):
    with report_lib.Report(tmp_path, stage="search") as report:
        with caplog.at_level(logging.converter.ABSL_TO_STANDARD[logging.INFO], "absl"):
            report.message("epoch 3: 100% of it")
    assert [(one.name, one.message) for one in caplog.records] == [
        ("absl", "epoch 3: 100% of it")
    ]


def test_progress_is_silent_where_there_is_no_terminal(tmp_path, capsys):
    with report_lib.Report(tmp_path, stage="search") as report:
        report.begin("search", 10)
        report.advance(5, loss=1.0)
        report.finish()
    assert capsys.readouterr().err == ""


def test_progress_is_silent_where_it_is_not_wanted(tmp_path, monkeypatch):
    terminal = watched_terminal(monkeypatch)
    with report_lib.Report(tmp_path, stage="search", progress=False) as report:
        report.begin("search", 10)
        report.advance(5, loss=1.0)
    assert terminal.getvalue() == ""


def test_progress_shows_label_share_and_values_on_a_terminal(tmp_path, monkeypatch):
    terminal = watched_terminal(monkeypatch)
    with report_lib.Report(tmp_path, stage="search") as report:
        report.begin("epoch 3", 10, done=4, unit="batch")
        report.finish()
        report.begin("epoch 4", 10)
        report.advance(7, loss=1.25)
        report.message("the bar is drawn anew below this")
    shown = terminal.getvalue()
    assert "epoch 3:  40%" in shown
    assert "4/10" in shown
    assert "7/10" in shown
    assert "loss=1.25" in shown


def test_a_message_stands_on_its_own_line_beside_an_open_bar(tmp_path, monkeypatch):
    terminal = watched_terminal(monkeypatch)
    monkeypatch.setattr(
        logging, "info", lambda form, text: sys.stderr.write(form % text + "\n")
    )
    with report_lib.Report(tmp_path, stage="search") as report:
        report.begin("search", 10)
        report.message("a mean of 0.5")
        before, after = terminal.getvalue().split("a mean of 0.5\n")
    # The bar is wiped out before the line is written, and drawn again below it.
    assert before.endswith(("\r", "\x1b[A"))
    assert before.rstrip("\r").endswith(" ")
    assert "search:" in after


@pytest.mark.parametrize(
    "seconds, words",
    [
        (-3, "0 s"),
        (0.4, "0 s"),
        (45, "45 s"),
        (59.7, "1 min"),
        (185, "3 min 5 s"),
        (600, "10 min"),
        (754, "13 min"),
        (3599, "1 h"),
        (7500, "2 h 5 min"),
        (47 * 3600, "47 h"),
        (76 * 3600, "3 d 4 h"),
    ],
)
def test_duration_in_words(seconds, words):
    assert progress.duration(seconds) == words


@pytest.mark.parametrize(
    "seconds, has_gpu, preset_hint, hint",
    [
        (3600, False, True, False),
        (3601, False, True, True),
        (3601, True, True, False),
        (3601, False, False, False),
    ],
)
def test_estimate_names_the_cpu_preset_above_an_hour_without_a_gpu(
    seconds, has_gpu, preset_hint, hint
):
    line = progress.estimate(
        "search", seconds, has_gpu=has_gpu, preset_hint=preset_hint
    )
    assert line.startswith("search: about 1 h to go.")
    assert ("--preset=cpu" in line) == hint
