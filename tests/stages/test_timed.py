"""Kinds of work timed by a clock that the test moves."""

import pytest

from enas_tf.run.outlook import Span
from enas_tf.stages import timed
from enas_tf.stages.timed import Timed


@pytest.fixture
def clock(monkeypatch):
    """A list of one number, the time in seconds."""
    now = [0.0]
    monkeypatch.setattr(timed.time, "monotonic", lambda: now[0])
    return now


def test_the_first_unit_is_known_apart_and_calls_grow_to_a_length(clock):
    calls = []

    def do(units: int) -> None:
        clock[0] += 0.1 * units + (3.0 if not calls else 0.0)
        calls.append(units)

    found = timed.some(do, most=9, seconds=60)
    assert calls == [1, 1, 2, 2, 2, 1]  # of a quarter of a second, if more than one
    assert found.units == 9
    assert found.mean == pytest.approx(0.1)
    assert found.building == pytest.approx(3.0)
    assert found.whole(50).expected == pytest.approx(8.0)


def test_what_is_slow_ends_with_its_time(clock):
    def do(units: int) -> None:
        clock[0] += 7.0 * units

    assert timed.some(do, most=1000, seconds=10).units == 4


def test_one_unit_alone_is_all_there_is_to_do(clock):
    def do(units: int) -> None:
        clock[0] += 2.0

    found = timed.some(do, most=1, seconds=10)
    assert found.whole(1) == pytest.approx(Span(1.6, 2.0, 2.4))


def test_an_interval_goes_from_fast_calls_to_slow_ones():
    found = Timed(1.0, tuple(map(float, range(1, 12))), 11)
    assert found.span(10) == pytest.approx(Span(20.0, 60.0, 100.0))


def test_an_interval_is_never_narrower_than_machines_differ():
    assert Timed(1.0, (1.0, 1.0), 3).span(10) == pytest.approx(Span(8.0, 10.0, 12.0))
