"""The watch over free memory, by figures that the test gives."""

import threading

import pytest

from enas_tf.machine import free_memory, memory_watch


@pytest.fixture
def free(monkeypatch):
    """A list of figures of free memory; the last one stays."""
    figures: list[int | None] = []

    def available():
        return figures.pop(0) if len(figures) > 1 else figures[0]

    monkeypatch.setattr(free_memory, "available", available)
    monkeypatch.setattr(memory_watch, "EVERY", 0.001)
    return figures


def test_it_acts_once_where_less_is_free_than_is_to_stay(free):
    free += [500, 100, 99]
    acted, calls = threading.Event(), []

    def act():
        calls.append(len(free))
        acted.set()

    with memory_watch.watched(100, act):
        assert acted.wait(10)
    assert calls == [1]


@pytest.mark.parametrize("figure", [100, None])
def test_it_does_nothing_where_there_is_enough_or_nobody_knows(free, figure):
    free += [figure] * 6
    calls = []
    with memory_watch.watched(100, lambda: calls.append(1)):
        while len(free) > 1:
            pass
    assert calls == []
