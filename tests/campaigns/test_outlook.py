"""What a campaign would take, by a dry run of one search and of one training."""

import json
import sys

import fake_jobs
import pytest
from campaign_commands import SMALL, compare, refused, run

from enas_tf.campaign import command, working
from enas_tf.campaign.outlook import CampaignOutlook, Tried
from enas_tf.machine import processor
from enas_tf.run.outlook import Need, Span

# In place of the program: a dry run that finds the same each time.
STUB = """
import json, pathlib, sys
given = dict(word.lstrip("-").partition("=")[::2] for word in sys.argv[2:])
with open(sys.argv[1], "a") as file:
    file.write(json.dumps(given) + "\\n")
if given["mode"] == "search" and given.get("batch_size") == "999":
    sys.exit("enas_tf: error: --batch_size=999 is not allowed.")
total = [80, 100, 150] if given["mode"] == "search" else [9, 10, 12]
seconds = dict(total=dict(zip(("low", "expected", "high"), total)))
memory = dict(needed=10**9, free=3 * 10**9)
path = pathlib.Path(given["dry_run_json"])
path.write_text(json.dumps(dict(seconds=seconds, memory=memory)))
"""


@pytest.fixture
def begun(fakes, tmp_path, monkeypatch):
    """A function: the flags of each dry run that was begun."""
    log = tmp_path / "dry_runs"
    monkeypatch.setattr(
        working,
        "command_of",
        lambda asked: lambda words: [sys.executable, "-c", STUB, str(log), *words],
    )
    monkeypatch.setattr(processor, "cores", lambda: 2)
    return lambda: [json.loads(line) for line in log.read_text().splitlines()]


THREE = dict(compare_search_seeds=3, dry_run=True)  # searches; six trainings


def test_a_job_of_each_kind_is_tried_and_counted_up(fakes, begun, tmp_path, caplog):
    numbers = tmp_path / "numbers.json"
    compare(fakes, **THREE, jobs=2, dry_run_json=numbers)
    search, training = begun()
    assert search["mode"] == "search" and training["mode"] == "train"
    assert search["num_epochs"] == training["num_epochs"] == "1"
    assert len(training["child_fixed_arc"].split()) == 3  # of two layers
    assert not fakes.folder.path.exists()  # no plan, no job, no lock
    told = "\n".join(caplog.messages)
    assert "jobs     3 searches and 6 trainings to do" in told
    assert "search   about 1 min 40 s (1 min 20 s to 2 min 30 s) each" in told
    assert "training about 10 s (9 s to 12 s) each" in told
    assert "memory   2.0 GB of 2 at once (3.0 GB are there)" in told
    assert "in all   about 3 min (2 min 27 s to 4 min 21 s), 2 at once" in told
    found = json.loads(numbers.read_text())
    assert found["jobs"] == dict(search=3, train=6)
    assert found["seconds"]["total"] == dict(low=147.0, expected=180.0, high=261.0)


def test_only_what_is_left_counts(fakes, begun, monkeypatch, caplog):
    with monkeypatch.context() as patch:
        patch.setattr(working, "command_of", lambda asked: fakes.command)
        fakes.make("fail", 1)
        with pytest.raises(SystemExit):
            compare(fakes)
    before = sorted(fakes.folder.path.rglob("*"))
    caplog.clear()
    run(fakes.folder.path, mode="compare", dry_run=True)  # of what it was planned for
    assert sorted(fakes.folder.path.rglob("*")) == before
    (training,) = begun()
    assert training["mode"] == "train"
    assert training["child_fixed_arc"] == "0 0 0"  # which its search has found
    assert "jobs     1 training to do" in "\n".join(caplog.messages)


def test_memory_for_one_job_but_not_for_all_at_once_is_status_3(fakes, begun, caplog):
    with pytest.raises(SystemExit) as stop:
        compare(fakes, **THREE, jobs=4)
    assert stop.value.code == 3
    assert "4 at once want 4.0 GB of memory, and 3.0 GB are free" in caplog.text


def test_what_a_job_would_be_refused_for_is_one_line(fakes, begun):
    given = {**SMALL, "mode": "compare", "dry_run": True, "batch_size": 999}
    line = refused(fakes.folder.path, **given)
    assert line.startswith("A job of this campaign cannot be tried out: ")
    assert line.endswith("--batch_size=999 is not allowed.")


def test_threads_are_those_of_the_plan(fakes, begun, caplog):
    compare(fakes, threads=4, jobs=0)
    run(fakes.folder.path, mode="compare", dry_run=True)
    # 100 s and 2 x 10 s, on half as many cores as threads.
    assert "in all   about 4 min (3 min 16 s to 5 min 48 s)" in caplog.text


def test_more_threads_than_cores_take_longer():
    tried = dict(train=Tried(Span(1.0, 2.0, 3.0), Need(1, None)))
    found = CampaignOutlook("compare", dict(train=8), tried, at_once=4, crowd=2.0)
    assert found.total == Span(4.0, 8.0, 12.0)
    assert found.shortage == ""


@pytest.mark.slow
def test_the_program_itself_is_tried_out(tmp_path, caplog):
    given = dict(fake_jobs.TINY, mode="compare", dry_run=True)
    given |= dict(compare_methods="enas,random", output_dir=str(tmp_path / "new"))
    words = [f"--{name}={value}" for name, value in given.items()]
    command.run(given, None, [sys.executable, "-m", "enas_tf", *words])
    assert "jobs     3 searches and 24 trainings to do" in "\n".join(caplog.messages)
    assert not (tmp_path / "new").exists()
