"""When a page is written, and that it costs no run."""

import types

import page_runs
import pytest

from enas_tf.page import runs, whole, write
from enas_tf.run import journal
from enas_tf.run.caller import Silent
from enas_tf.run.folder import RunFolder
from enas_tf.stages import pages

RELOADS = f'http-equiv="refresh" content="{whole.RELOAD_SECONDS}"'


@pytest.fixture
def asked(tmp_path):
    """A function: --report, --mode -> what pages.py needs of a request."""

    def make(report, mode="all"):
        run = types.SimpleNamespace(run=types.SimpleNamespace(report=report))
        folder = RunFolder(page_runs.make(tmp_path / "run"))
        return types.SimpleNamespace(mode=mode, folder=folder, begun={"search": run})

    return make


def page(request):
    path = request.folder.path / "report.html"
    return path.read_text() if path.exists() else None


def test_each_stage_ends_with_a_page_and_the_last_says_that_it_is_finished(asked):
    request = asked("live")
    pages.after_stage(request, "search")
    assert RELOADS in page(request)
    pages.after_stage(request, "train")
    assert RELOADS not in page(request) and "finished" in page(request)


@pytest.mark.parametrize("mode", ["evaluate", "export", "predict"])
def test_a_look_writes_none(asked, mode):
    request = asked("yes", mode)
    pages.after_stage(request, mode)
    assert page(request) is None


def test_it_can_be_switched_off(asked):
    request = asked("no")
    pages.after_stage(request, "train")
    pages.after_epoch(request)
    pages.after_stop(request)
    assert page(request) is None


def test_pages_of_epochs_are_for_live_ones_alone(asked):
    request = asked("yes")
    pages.after_epoch(request)
    assert page(request) is None
    silent = Silent()
    assert pages.listener(request, silent, lambda: 0) is silent


def test_epochs_that_are_told_again_are_not_written_again(asked, monkeypatch):
    written = []
    monkeypatch.setattr(write, "page", lambda path, **how: written.append(how) or path)
    live = pages.listener(asked("live"), Silent(), lambda: 2)
    live.search_begins()
    for epoch in range(4):
        live.epoch_begins(epoch)
        live.epoch_ends(epoch, steps=1, updates=1)
    live.search_ends()
    assert written == [dict(live=True, status="")] * 3  # at the begin, epochs 2 and 3


def test_the_other_listener_is_told_first_and_may_stop_the_search(asked):
    told = []
    other = types.SimpleNamespace(
        stops=True,
        search_begins=lambda: told.append("begins"),
        search_ends=lambda: told.append("ends"),
        epoch_begins=told.append,
        epoch_ends=lambda epoch, **counts: told.append((epoch, counts)),
    )
    live = pages.listener(asked("live"), other, lambda: 0)
    live.search_begins()
    live.epoch_begins(0)
    live.epoch_ends(0, steps=5, updates=2)
    live.search_ends()
    assert told == ["begins", 0, (0, dict(steps=5, updates=2)), "ends"]
    assert live.stops


def test_a_stopped_run_leaves_a_page_that_does_not_reload(asked):
    request = asked("live")
    pages.after_stop(request)
    assert RELOADS not in page(request) and ", stopped, " in page(request)


def test_a_page_that_cannot_be_written_costs_a_line_and_not_the_run(asked, caplog):
    request = asked("yes")
    (request.folder.path / "report.html").mkdir()
    pages.after_stage(request, "train")
    (line,) = caplog.messages
    assert line.startswith("There is no page on this run: ")


def test_the_last_page_and_the_table_of_runs_tell_one_time(asked, monkeypatch):
    clock = types.SimpleNamespace(seconds=100.0)
    monkeypatch.setattr(journal.time, "monotonic", lambda: clock.seconds)
    request = asked("yes")
    request.folder = RunFolder.claim(
        request.folder.path, reset=False, command=["enas-tf"], mode="all", began=100.0
    )
    clock.seconds += 7
    with request.folder.noted():
        pages.after_stage(request, "train")
        clock.seconds += 5  # what is told behind the page
    (row,) = runs.below(request.folder.path.parent).rows
    assert row.seconds == 61.5 + 7
    assert "1 min 8 s of work" in page(request)
