"""A campaign that a Python program calls: the same plan, the same jobs, its rows."""

import fake_jobs
import pytest

import enas_tf
from enas_tf.campaign import command, executor, working

SMALL = {
    **fake_jobs.TINY,
    "compare_search_seeds": 1,
    "compare_arcs": 1,
    "compare_methods": ["enas", "random"],
    "progress": "quiet",
    "report": "no",
}


@pytest.fixture
def fakes(tmp_path, monkeypatch):
    """Runs are stubs, and there are no pauses."""
    found = fake_jobs.Fakes(tmp_path, fake_jobs.small())
    monkeypatch.setattr(working, "command_of", lambda asked: found.command)
    monkeypatch.setattr(executor, "_PAUSE", 0.005)
    return found


def test_it_gives_a_row_for_each_training(fakes):
    folder = fakes.folder.path
    rows = enas_tf.run_campaign("compare", "macro", output_dir=folder, **SMALL)
    assert [(row.method, row.search, row.score) for row in rows] == [
        ("enas", 5, 0.05),
        ("random", -1, rows[1].score),
    ]
    again = enas_tf.run_campaign("compare", "macro", output_dir=folder, **SMALL)
    assert again == rows
    assert len(fakes.begun) == 3


def test_failed_jobs_are_an_error_behind_the_others(fakes):
    fakes.make("fail", 0)
    with pytest.raises(enas_tf.JobsFailed, match="1 job failed"):
        enas_tf.run_campaign("compare", "macro", output_dir=fakes.folder.path, **SMALL)
    assert len(fakes.begun) == 2


@pytest.mark.parametrize(
    ("mode", "settings", "line"),
    [
        ("search", {}, "mode='search' is not allowed: it must be one of compare,"),
        ("compare", dict(job=1), "job is not allowed here"),
        ("compare", dict(compare_arcs=0), "compare_arcs=0 is not allowed"),
        ("compare", dict(jbos=2), "jbos is not a setting. Did you mean jobs?"),
    ],
)
def test_a_mistake_is_one_line_in_keywords(mode, settings, line, tmp_path):
    with pytest.raises(enas_tf.ConfigError) as caught:
        enas_tf.run_campaign(mode, "macro", output_dir=tmp_path, **settings)
    assert str(caught.value).startswith(line)


def test_the_jobs_are_commands_of_the_shell(tmp_path, monkeypatch):
    started = []

    def refuse(asked):
        started.append(asked.command)
        raise working.Stopped(2)

    monkeypatch.setattr(command, "carry_out", refuse)
    with pytest.raises(KeyboardInterrupt):
        enas_tf.run_campaign("compare", "macro", output_dir=tmp_path, seed=3)
    assert started[0][1:3] == ["-m", "enas_tf"]
    assert "--seed=3" in started[0]
