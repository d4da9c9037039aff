"""A plan is worked off whatever fails or is killed, and each job is done once."""

import functools
import os
import signal
import threading

import fake_jobs
import filelock
import pytest

from enas_tf.campaign import collect, executor, forecast, process, state
from enas_tf.campaign.executor import Work
from enas_tf.campaign.state import State
from enas_tf.run import disk

SEARCH, FOUND, RANDOM = "000_enas_s5", "001_enas_s5_arc0_r5", "002_random_arc0_r5"


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch):
    monkeypatch.setattr(executor, "_PAUSE", 0.005)
    monkeypatch.setattr(executor, "_OTHERS", 0.02)
    monkeypatch.setattr(process, "_WAIT", 0.05)


@pytest.fixture
def fakes(tmp_path):
    return fake_jobs.Fakes(tmp_path, fake_jobs.small())


def work_off(fakes, *, at_once=1, heard=(), told=None):
    told = [] if told is None else told
    work = Work(
        *(fakes.folder, fakes.plan, fakes.command, at_once, heard),
        lambda number, found: told.append((number, found)),
    )
    numbers = range(len(fakes.plan.jobs))
    left = [n for n in numbers if work.state(n) not in state.ENDED]
    executor.work_off(work, left)
    return told


def states(fakes):
    numbers = range(len(fakes.plan.jobs))
    return [state.of(fakes.folder, fakes.plan, number) for number in numbers]


def rows(fakes):
    return collect.rows(fakes.folder, fakes.plan)


def test_each_job_runs_once_behind_the_search_that_it_waits_for(fakes):
    assert states(fakes) == [State.WAITING] * 3
    told = work_off(fakes)
    assert fakes.begun == [SEARCH, FOUND, RANDOM]
    assert told == [(number, State.DONE) for number in range(3)]
    assert states(fakes) == [State.DONE] * 3
    assert work_off(fakes) == []
    assert len(fakes.begun) == 3


def test_the_results_are_the_same_however_many_run_at_once(tmp_path):
    found = []
    for at_once in (1, 3):
        here = tmp_path / str(at_once)
        here.mkdir()
        fakes = fake_jobs.Fakes(here, fake_jobs.small(compare_arcs=2))
        work_off(fakes, at_once=at_once)
        found.append(rows(fakes))
    assert found[0] == found[1]
    assert [row[:3] for row in found[0][:2]] == [
        ("enas", 5, "0 0 0"),
        ("enas", 5, "1 0 0"),
    ]
    assert found[0][1].score == (1 + 5) / 100
    assert found[0][1][5:] == (9, 8, 7, 2.0)


def test_a_job_that_fails_stops_no_other_and_is_tried_again(fakes):
    mark = fakes.make("fail", 2)
    told = work_off(fakes)
    assert (2, State.FAILED) in told
    assert states(fakes) == [State.DONE, State.DONE, State.FAILED]
    said = fakes.folder.failure(fakes.plan, 2).read_text()
    assert said == "enas_tf: error: it broke.\n"
    mark.unlink()
    work_off(fakes)
    assert states(fakes) == [State.DONE] * 3
    assert fakes.begun == [SEARCH, FOUND, RANDOM, RANDOM]
    assert not fakes.folder.failure(fakes.plan, 2).exists()


def test_a_damaged_search_fails_what_waits_for_it_and_no_other(fakes):
    work_off(fakes)
    run = fakes.folder.run(fakes.plan, 1).path
    (run / "run.json").unlink()
    listed = fakes.folder.run(fakes.plan, 0).arcs / "derived.jsonl"
    listed.write_text("{")
    assert work_off(fakes) == [(1, State.FAILED)]
    said = fakes.folder.failure(fakes.plan, 1).read_text()
    assert said.startswith(f"{listed} is missing or damaged")


def test_what_waits_for_a_failed_search_is_left(fakes):
    fakes.make("fail", 0)
    work_off(fakes)
    assert states(fakes) == [State.FAILED, State.WAITING, State.DONE]


def test_an_arc_that_a_search_has_not_found_is_no_job(tmp_path):
    fakes = fake_jobs.Fakes(tmp_path, fake_jobs.small(compare_arcs=3))
    told = work_off(fakes)
    assert (3, State.ABSENT) in told  # the search has two different arcs
    assert len(rows(fakes)) == len(fakes.plan.jobs) - 2
    assert work_off(fakes) == []


def test_a_signal_reaches_the_jobs_which_go_on_later(fakes):
    mark, heard = fakes.make("wait", 0), []
    run = fakes.folder.run(fakes.plan, 0)

    def stop_once_begun():
        while not (run.path / "run.json").exists():
            pass
        heard.append(signal.SIGTERM)

    waiting = threading.Thread(target=stop_once_begun)
    waiting.start()
    told = work_off(fakes, heard=heard)
    waiting.join()
    assert told == [(0, State.STOPPED)]
    assert not fakes.folder.failure(fakes.plan, 0).exists()
    mark.unlink()
    work_off(fakes)
    assert fakes.begun == [SEARCH, SEARCH, FOUND, RANDOM]
    assert states(fakes) == [State.DONE] * 3


def test_a_killed_job_is_told_with_the_signal(fakes):
    fakes.make("wait", 2)
    run = fakes.folder.run(fakes.plan, 2)
    one = process.Process(fakes.folder, fakes.plan, 2, fakes.command)
    while not (run.path / "run.json").exists():
        pass
    assert state.of(fakes.folder, fakes.plan, 2) is State.RUNNING
    with pytest.raises(process.Busy):
        process.Process(fakes.folder, fakes.plan, 2, fakes.command)
    os.kill(one._process.pid, signal.SIGKILL)
    while not one.has_ended():
        pass
    said = fakes.folder.failure(fakes.plan, 2).read_text()
    assert said.startswith("ended by SIGKILL.")
    assert state.of(fakes.folder, fakes.plan, 2) is State.FAILED


def test_a_job_that_outlived_its_campaign_is_waited_for(fakes):
    """Its run is locked though nobody holds the job: the campaign was killed."""
    work_off(fakes)
    run = fakes.folder.run(fakes.plan, 2).path
    finished = (run / "run.json").read_text()
    (run / "run.json").write_text(finished.replace('"status": "finished"', '"a": 1'))
    alive = filelock.FileLock(run / ".lock")
    alive.acquire()
    assert states(fakes)[2] is State.RUNNING

    def end():
        disk.write_text(run / "run.json", finished)  # whole, as a run does
        alive.release()

    later = threading.Timer(0.2, end)
    later.start()
    assert work_off(fakes) == [(2, State.DONE)]
    later.join()
    assert fakes.begun.count(RANDOM) == 1


def test_the_last_line_of_a_log_is_its_last_that_is_not_empty(tmp_path):
    log = tmp_path / "log"
    assert process.last_line(log) == ""
    log.write_text("one\n  two  \n\n")
    assert process.last_line(log) == "two"
    log.write_text("12:00:00 a\n12:00:01 a line\n         that was folded\n")
    assert process.last_line(log) == "12:00:01 a line that was folded"


class Instant:
    """A job that has ended as soon as it is begun."""

    has_begun = True

    def __init__(self, folder, plan, number, command):
        del folder, plan, command
        self.number = number

    def has_ended(self):
        return True


def test_the_end_of_a_job_is_no_reason_to_look_at_all_others(tmp_path, monkeypatch):
    many = fake_jobs.read(compare_methods="random", compare_arcs=10)
    fakes = fake_jobs.Fakes(tmp_path, many)
    count = len(fakes.plan.jobs)
    looked, look = [], state.of
    monkeypatch.setattr(
        state, "of", lambda *given: (looked.append(given[-1]), look(*given))[1]
    )
    told = []
    work = Work(
        *(fakes.folder, fakes.plan, fakes.command, 1, ()),
        lambda number, found: told.append(number),
        begin=Instant,
    )
    executor.work_off(work, range(count))
    assert told == list(range(count)) and count >= 20
    # Before it begins and when it has ended.
    assert len(looked) == 2 * count


def test_time_to_go_is_the_mean_of_what_is_done_for_each_kind(fakes):
    # Of a search and two trainings.
    left = functools.partial(forecast.seconds_left, fakes.plan, at_once=1)
    assert left([1, 2], {0: 5.0}) is None
    assert left([2], {0: 5.0, 1: 3.0}) == 3.0
    assert left([0, 2], {0: 5.0, 1: 3.0}) == 8.0
