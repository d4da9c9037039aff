"""The pace: what is learned from calls, and what follows for what is left."""

import pytest

from enas_tf.run import counters
from enas_tf.training import forecast
from enas_tf.training import pace as pace_lib


def test_the_first_call_builds_and_tells_nothing_of_the_pace():
    pace = pace_lib.Pace()
    pace.note("step", 1, 30.0)
    assert pace.first == {"step": 30.0}
    assert pace.seconds == {}
    pace.note("step", 4, 2.0)
    assert pace.seconds == {"step": 0.5}


def test_a_later_call_weighs_more_than_an_earlier_one():
    pace = pace_lib.Pace()
    for seconds in (9.0, 10.0, 20.0):
        pace.note("step", 10, seconds)
    assert 1.5 < pace.seconds["step"] < 2.0


def test_what_is_left_is_each_kind_at_its_own_price():
    pace = pace_lib.Pace()
    for kind, seconds in (("child", 1.0), ("controller", 10.0)):
        pace.note(kind, 1, 99.0)
        pace.note(kind, 1, seconds)
    works = [
        pace_lib.Work("child", 30, 100, guess=50.0),
        pace_lib.Work("controller", 1, 5, guess=50.0),
    ]
    found = pace_lib.forecast(works, pace)
    assert found == pace_lib.Forecast(done=30 + 10, left=70 + 40)


def test_what_was_never_done_costs_its_guess_and_its_building():
    works = [
        pace_lib.Work("child", 0, 10, guess=2.0, building=7.0),
        pace_lib.Work("controller", 0, 0, guess=2.0, building=7.0),
    ]
    assert pace_lib.forecast(works, pace_lib.Pace()).left == 27


def test_an_estimate_that_still_holds_is_not_told_again():
    announced = pace_lib.Announced(share=0.2, seconds=10)
    assert announced.is_news(100, now=0)
    assert not announced.is_news(60, now=50)  # 110 and not 100
    assert announced.is_news(80, now=50)  # 130
    assert not announced.is_news(55, now=75)  # as was said
    assert announced.is_news(20, now=75)  # 95: earlier is news too


def test_seconds_are_not_worth_a_word():
    announced = pace_lib.Announced(share=0.2, seconds=10)
    assert announced.is_news(5, now=0)
    assert not announced.is_news(12, now=1)


def forecast_of(pace, **done):
    nothing = dict.fromkeys(
        (
            counters.CHILD,
            counters.CONTROLLER,
            forecast.SHOWN,
            forecast.EVALUATION,
            forecast.EPOCH_END,
        ),
        0,
    )
    total = nothing | {counters.CHILD: 100, counters.CONTROLLER: 10, forecast.SHOWN: 2}
    rows = forecast.ForwardPasses(update=20, shown=10, evaluation=30, derive=80)
    return forecast.of_search(nothing | done, total, rows, pace)


def timed(pace, kind, seconds, first=0.0):
    pace.note(kind, 1, first)
    pace.note(kind, 1, seconds)


def test_nothing_is_said_before_a_child_step_was_timed():
    pace = pace_lib.Pace()
    assert forecast_of(pace) is None
    pace.note(counters.CHILD, 1, 30.0)
    assert forecast_of(pace) is None


def test_updates_are_guessed_until_one_was_timed():
    pace = pace_lib.Pace()
    timed(pace, counters.CHILD, 1.0)
    row = 0.35
    guessed = 100 + 10 * 20 * row + 2 * 10 * row + 80 * row
    assert forecast_of(pace).left == pytest.approx(guessed)
    timed(pace, counters.CONTROLLER, 3.0)
    known = 100 + 10 * 3 + 2 * 10 * row + 80 * row
    assert forecast_of(pace).left == pytest.approx(known)


def test_at_the_end_of_the_search_deriving_is_left():
    pace = pace_lib.Pace()
    timed(pace, counters.CHILD, 1.0)
    timed(pace, counters.CONTROLLER, 3.0)
    timed(pace, forecast.SHOWN, 5.0)
    done = {counters.CHILD: 100, counters.CONTROLLER: 10, forecast.SHOWN: 2}
    assert forecast_of(pace, **done) == pytest.approx((100 + 30 + 10, 80 * 0.35))


def test_graphs_that_are_yet_to_be_built_count():
    pace = pace_lib.Pace()
    timed(pace, counters.CHILD, 1.0, first=10.0)
    with_building = forecast_of(pace).left
    pace.note(counters.CONTROLLER, 1, 12.0)
    assert with_building - forecast_of(pace).left == pytest.approx(13.0)
