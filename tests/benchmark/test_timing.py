"""Timing in turns, and ratios of what was timed."""

import pytest

from enas_tf.benchmark import timing
from enas_tf.benchmark.timing import Times


def test_things_are_called_in_turns_to_and_fro_after_a_warm_up():
    calls = []
    things = {name: lambda name=name: calls.append(name) for name in "ab"}
    times = timing.alternate(things, blocks=3)
    assert calls == list("abab" + "ab" + "ba" + "ab")
    assert [len(times[name].cpu) for name in "ab"] == [3, 3]


def test_a_ratio_is_the_median_of_those_of_the_blocks():
    one = Times(wall=(0.0, 0.0, 0.0), cpu=(2.0, 30.0, 4.0))
    other = Times(wall=(0.0, 0.0, 0.0), cpu=(1.0, 1.0, 4.0))
    assert timing.ratio(one, other) == 2.0


def test_medians_are_of_wall_and_of_cpu_time():
    times = Times(wall=(3.0, 1.0, 2.0), cpu=(1.0, 9.0, 5.0))
    assert (times.wall_median, times.cpu_median) == (2.0, 5.0)


def test_time_that_passes_is_seen():
    def busy():
        sum(range(200_000))

    (times,) = timing.alternate(dict(busy=busy), blocks=2).values()
    assert times.cpu_median > 0
    assert times.wall_median == pytest.approx(times.wall_median)
