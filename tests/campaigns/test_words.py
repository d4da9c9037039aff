"""What a campaign tells: the words of its jobs, forecasts, tables, the verdict."""

import fake_jobs

from enas_tf.campaign import answers, forecast, table, words
from enas_tf.campaign.results import Retrained


def row(method, score, *, arc="0", search=0, parameters=100):
    return Retrained(method, search, arc, 0, score, parameters, 1, 10, 2.5)


def test_a_job_is_given_all_flags_but_those_of_the_campaign():
    given = [
        *("--preset=cpu", "--mode=compare", "--output_dir=c", "--seed=3"),
        *("--noprogress", "--jobs=2", "--compare_arcs=3", "--nodata_flip", "--seeds=1"),
    ]
    assert words.passed(given) == ("--preset=cpu", "--nodata_flip", "--seeds=1")
    assert words.passed(["--batch_size=3"], without=["batch_size"]) == ()


def test_a_table_has_a_line_a_method_with_n_mean_and_deviation():
    rows = [row("enas", 0.5), row("enas", 0.7, arc="1", parameters=400)]
    found = table.lines([*rows, row("random", 0.25)], {"enas": 61.0})
    assert found == [
        "  method  n  arcs    mean  deviation  parameters  steps  seconds",
        "  enas    2     2  0.6000     0.1414         200     20        5",
        "  random  1     1  0.2500          -         100     10        2",
        "  searches of enas: 1 min 1 s",
    ]


def test_a_forecast_knows_nothing_of_a_kind_of_which_no_job_is_done(tmp_path):
    fakes = fake_jobs.Fakes(tmp_path, fake_jobs.small())
    assert forecast.seconds_left(fakes.plan, [0], {}, at_once=1) is None
    assert forecast.left(None) == ""
    assert forecast.left(90) == ", about 1 min 30 s to go"


def test_the_verdict_is_asked_where_both_sides_have_rows(tmp_path):
    fakes = fake_jobs.Fakes(tmp_path, fake_jobs.small())
    fakes.folder.path.mkdir()
    kept = fakes.folder.path / "verdict.txt"
    rows = [row("enas", 0.5), row("random", 0.4)]
    assert answers.words(fakes.folder, fakes.plan, rows[:1], live=False) == []
    assert not kept.exists()
    told = answers.words(fakes.folder, fakes.plan, rows, live=False)
    assert told[0] == "ENAS is not comparable at this budget with random arcs."
    assert kept.read_text().splitlines() == told
