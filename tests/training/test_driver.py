"""The driver: how it cuts, when it logs and saves, and how it is stopped."""

import os
import signal
import threading
import time

import pytest

from enas_tf.run import finite
from enas_tf.training import driver as driver_lib
from enas_tf.training import stopping


class Saved:
    """A checkpoint that remembers what position it was saved at."""

    def __init__(self, **position):
        self.position = position
        self.saves = []

    def save(self):
        self.saves.append(dict(self.position))

    def restore(self):
        return False


class Shown:
    """A report that adds up how far its bar was moved, and keeps what was said."""

    def __init__(self):
        self.moved = 0
        self.said = []

    def message(self, text):
        self.said.append(text)

    def advance(self, count):
        self.moved += count

    def flush(self):
        pass


class Run:
    """A driver with everything that it calls recorded."""

    def __init__(self, *, start=0, log_every=10, checkpoint_every=0):
        self.saved, self.shown = Saved(step=start, other=7), Shown()
        self.driver = driver_lib.Driver(
            self.saved,
            self.shown,
            log_every=log_every,
            checkpoint_every=checkpoint_every,
        )
        self.calls, self.logs, self.timed = [], [], []
        self.during = lambda first, end: None

    def advance(self, last):
        self.driver.advance(
            "step",
            last,
            self.call,
            log=self.logs.append,
            timed=lambda: self.timed.append(len(self.calls)),
        )

    def call(self, first, end):
        self.calls.append((first, end))
        self.during(first, end)


@pytest.mark.parametrize("start", [0, 3, 24])
@pytest.mark.parametrize("log_every", [1, 7, 1000])
@pytest.mark.parametrize("checkpoint_every", [0, 4])
def test_every_step_is_done_once_and_in_order(start, log_every, checkpoint_every):
    run = Run(start=start, log_every=log_every, checkpoint_every=checkpoint_every)
    run.advance(25)
    steps = [step for first, end in run.calls for step in range(first, end)]
    assert steps == list(range(start, 25))
    assert run.driver.position == dict(step=25, other=7)
    assert run.shown.moved == 25 - start


def test_nothing_is_done_where_the_position_is_already_there():
    run = Run(start=5)
    run.advance(5)
    assert run.calls == run.logs == []


def test_it_logs_at_multiples_and_at_the_end():
    run = Run(start=3, log_every=10)
    run.advance(25)
    assert run.logs == [10, 20, 25]
    run.advance(30)
    assert run.logs == [10, 20, 25, 30]


def test_no_call_goes_beyond_a_place_where_it_must_log_or_save():
    run = Run(log_every=10, checkpoint_every=15)
    run.advance(40)
    for place in (10, 15, 20, 30):
        assert not any(first < place < end for first, end in run.calls)


def test_it_saves_at_the_periods_of_the_checkpoint():
    run = Run(start=3, checkpoint_every=6)
    run.advance(20)
    assert [position["step"] for position in run.saved.saves] == [6, 12, 18]


def test_without_a_period_it_saves_only_when_told():
    run = Run()
    run.advance(20)
    assert run.saved.saves == []
    run.driver.save()
    assert run.saved.saves == [dict(step=20, other=7)]


def test_the_first_call_is_one_step_and_time_is_told_once_after_the_second():
    run = Run(log_every=1000)
    run.advance(100)
    run.advance(200)
    assert run.calls[:2] == [(0, 1), (1, 5)]
    assert run.timed == [2]
    assert run.driver.seconds_per_step["step"] > 0


def test_a_call_takes_about_the_seconds_it_may(monkeypatch):
    """A clock by which every step takes a second: calls of five steps."""
    clock = [0.0]
    monkeypatch.setattr(driver_lib.time, "monotonic", lambda: clock[0])
    run = Run(log_every=1000)

    def during(first, end):
        clock[0] += end - first

    run.during = during
    run.advance(18)
    assert run.calls == [(0, 1), (1, 5), (5, 10), (10, 15), (15, 18)]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_after_the_call_with_a_checkpoint(number):
    run = Run()
    run.during = lambda first, end: first == 5 and os.kill(os.getpid(), number)
    with pytest.raises(stopping.Interrupted) as stop, run.driver.stoppable():
        run.advance(100)
    assert stop.value.number == number
    end = run.calls[-1][1]
    assert run.calls[-1][0] == 5
    assert run.saved.saves == [dict(step=end, other=7)]


def test_a_signal_at_a_checkpoint_period_saves_once():
    run = Run(checkpoint_every=5)
    run.during = lambda first, end: end == 5 and os.kill(os.getpid(), signal.SIGTERM)
    with pytest.raises(stopping.Interrupted), run.driver.stoppable():
        run.advance(100)
    assert [position["step"] for position in run.saved.saves] == [5]


def test_a_signal_after_the_last_call_is_not_lost():
    run = Run()
    with pytest.raises(stopping.Interrupted) as stop, run.driver.stoppable():
        run.advance(5)
        os.kill(os.getpid(), signal.SIGTERM)
    assert stop.value.number == signal.SIGTERM
    assert run.saved.saves[-1]["step"] == 5


def test_a_stop_between_calls_that_leave_nothing_unsaved_writes_nothing():
    run = Run()
    with pytest.raises(stopping.Interrupted), run.driver.stoppable():
        run.advance(5)
        run.driver.save()
        os.kill(os.getpid(), signal.SIGINT)
        run.driver.stop.check()
    assert [position["step"] for position in run.saved.saves] == [5]


def said_when_stopped_in(call_number: int, log_every: int = 1000) -> str:
    """What the user reads who stops the run in its `call_number`-th call."""
    run = Run(log_every=log_every)

    def during(first, end):
        if len(run.calls) == call_number:
            os.kill(os.getpid(), signal.SIGINT)
            while not run.shown.said:  # the watching thread speaks during the call
                time.sleep(0.001)

    run.during = during
    with pytest.raises(stopping.Interrupted), run.driver.stoppable():
        run.advance(1000)
    (said,) = run.shown.said
    return said


def test_who_stops_the_first_call_hears_that_it_builds():
    assert said_when_stopped_in(1) == (
        "Stopping after the first step, whose graph is being built (this can take a "
        "minute)."
    )


def test_who_stops_a_later_call_hears_its_seconds():
    assert said_when_stopped_in(2) == "Stopping after this call (about 5 s)."


def test_a_short_call_is_not_said_to_take_long():
    """Calls that end early, at a multiple of log_every, take less than five seconds."""
    assert said_when_stopped_in(3, log_every=10) == (
        "Stopping after this call (about 1 s)."
    )


def test_all_that_was_reported_is_in_the_files_before_it_saves():
    run, done = Run(checkpoint_every=6), []
    run.shown.flush = lambda: done.append("flush")
    run.saved.save = lambda: done.append("save")
    run.advance(12)
    assert done == ["flush", "save"] * 2


def test_weights_that_are_no_numbers_are_not_saved_on_the_way_out_either():
    run = Run()

    def refuse():
        raise finite.NotFinite("A weight of the network is not a number", "network")

    run.saved.save = refuse
    run.during = lambda first, end: os.kill(os.getpid(), signal.SIGINT)
    with pytest.raises(finite.NotFinite), run.driver.stoppable():
        run.advance(100)


def test_a_second_signal_does_not_wait():
    run = Run()

    def twice(first, end):
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
        pytest.fail("the call went on")

    run.during = twice
    with pytest.raises(KeyboardInterrupt), run.driver.stoppable():
        run.advance(100)
    assert run.saved.saves == []


def test_the_handlers_of_before_come_back():
    before = [signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)]
    driver = Run().driver
    with driver.stoppable():
        assert signal.getsignal(signal.SIGTERM) is not before[1]
    with pytest.raises(ZeroDivisionError), driver.stoppable():
        _ = 1 / 0
    assert [signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)] == before


def test_outside_the_main_thread_signals_stay_as_they_are():
    run, failures = Run(), []

    def work():
        try:
            with run.driver.stoppable():
                run.advance(10)
        except Exception as error:
            failures.append(error)

    before = signal.getsignal(signal.SIGINT)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert failures == [] and run.driver.position["step"] == 10
    assert signal.getsignal(signal.SIGINT) is before


def test_beside_other_workers_a_call_ends_where_the_first_ones_does():
    run = Run()
    asked = []

    def agreed(values):
        asked.append(list(values))
        return [3 * len(asked), 0], [3 * len(asked), 0]

    run.driver.go_with_others(agreed)
    run.advance(6)
    assert run.calls == [(0, 3), (3, 6)]
    assert asked == [[1, 0], [6, 0]]  # by itself: one step, then four, to the last


def test_a_stop_of_another_worker_ends_this_one_before_its_next_call():
    run = Run()
    own = []

    def agreed(values):
        own.append(values[1])
        return [len(own), 0], [len(own), signal.SIGTERM if len(own) == 3 else 0]

    run.driver.go_with_others(agreed)
    with pytest.raises(stopping.Interrupted) as stop, run.driver.stoppable():
        run.advance(9)
    assert stop.value.number == signal.SIGTERM
    assert run.calls == [(0, 1), (1, 2)]
    assert own == [0, 0, 0]
    assert run.saved.saves == [dict(step=2, other=7)]
