"""The commands of a run in run.json: when they began, how they ended, how long."""

import datetime
import json
import pathlib
import signal
import subprocess
import sys
import time
import types

import pytest

from enas_tf.config import sections as config_lib
from enas_tf.config.sections import Config, ConfigError
from enas_tf.run import commands as run_commands
from enas_tf.run import journal as run_journal
from enas_tf.run.finite import NotFinite
from enas_tf.run.folder import RunFolder

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture
def clock(monkeypatch):
    """A monotonic clock that is moved by hand."""
    now = types.SimpleNamespace(seconds=100.0)
    monkeypatch.setattr(run_journal.time, "monotonic", lambda: now.seconds)
    return now


def claim(path, mode="search", **more):
    return RunFolder.claim(
        path, reset=False, command=["main.py", f"--mode={mode}"], mode=mode, **more
    )


def commands(folder):
    return json.loads((folder.path / "run.json").read_text())["commands"]


def test_a_command_is_listed_with_its_end_and_all_its_seconds(tmp_path, clock):
    folder = claim(tmp_path, began=90.0)
    (entry,) = commands(folder)
    assert entry["command"] == ["main.py", "--mode=search"]
    assert (entry["mode"], entry["seconds"]) == ("search", 10.0)
    assert "status" not in entry and "end" not in entry
    clock.seconds += 5
    with folder.noted():
        clock.seconds += 20
    folder.release()
    (entry,) = commands(folder)
    assert (entry["status"], entry["seconds"]) == ("finished", 35.0)
    began, ended = (datetime.datetime.fromisoformat(entry[k]) for k in ("begin", "end"))
    assert began.utcoffset() == ended.utcoffset() == datetime.timedelta(0)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (SystemExit(0), "finished"),
        (SystemExit(130), "stopped"),
        (SystemExit(143), "stopped"),
        (KeyboardInterrupt(), "stopped"),
        (SystemExit(1), "failed"),
        (SystemExit("words"), "failed"),
        (ConfigError("a refusal"), "failed"),
        (NotFinite("a loss", "network"), "failed"),
        (OSError(28, "No space left on device"), "failed"),
        (MemoryError(), "failed"),
    ],
    ids=repr,
)
def test_each_end_has_a_status(error, status, tmp_path):
    folder = claim(tmp_path)
    with pytest.raises(type(error)), folder.noted():
        raise error
    folder.release()
    (entry,) = commands(folder)
    assert entry["status"] == status and entry["end"]


def test_the_first_end_counts(tmp_path):
    folder = claim(tmp_path)
    with pytest.raises(SystemExit), folder.noted(), folder.noted():
        raise SystemExit(143)
    folder.release()
    assert [entry["status"] for entry in commands(folder)] == ["stopped"]


def test_a_failure_is_told_itself_where_its_end_cannot_be_noted(tmp_path, monkeypatch):
    folder = claim(tmp_path)

    def full(run):
        raise ConfigError("The disk is full")

    monkeypatch.setattr(folder, "_write", full)
    with pytest.raises(NotFinite), folder.noted():
        raise NotFinite("a loss", "network")
    folder.release()


def test_a_run_has_the_seconds_of_all_its_commands(tmp_path, clock):
    for seconds in (3.0, 4.0):
        folder = claim(tmp_path, began=clock.seconds)
        with folder.noted():
            clock.seconds += seconds
        folder.release()
    run = folder.run()
    assert run["seconds"] == 7.0
    assert run["begin"] == run["commands"][0]["begin"]
    assert run["end"] == run["commands"][1]["end"]


def test_what_a_running_command_has_taken_counts(tmp_path, clock):
    folder = claim(tmp_path, began=clock.seconds)
    clock.seconds += 6
    assert folder.seconds() == 6.0
    folder.record("search", epochs=1)
    assert commands(folder)[0]["seconds"] == 6.0
    folder.release()


def test_a_killed_command_lasted_until_its_last_row(tmp_path):
    folder = claim(tmp_path)
    folder.release()  # and never ends
    begin = datetime.datetime.fromisoformat(commands(folder)[0]["begin"])
    row = {"kind": "child", "time": begin.timestamp() + 3600}
    folder.metrics.write_text(json.dumps(row) + "\n")
    claim(tmp_path).release()
    killed, _ = commands(folder)
    assert killed["seconds"] == 3600.0
    assert "status" not in killed and "end" not in killed


@pytest.mark.parametrize("rows", ["", "\n", "{", "[]", '{"time": []}', '{"time": "x"}'])
def test_rows_that_say_no_time_are_passed_over(rows, tmp_path):
    folder = claim(tmp_path)
    folder.release()
    folder.metrics.write_text(rows)
    claim(tmp_path).release()
    assert commands(folder)[0]["seconds"] < 60


def test_the_list_is_bounded_and_its_seconds_are_kept():
    run = {"stages": {}}
    for _ in range(run_commands.KEPT + 20):
        run = run_commands.begin(run, ["main.py"], "train", 0.0)
        run = run_commands.end(run, run_commands.FINISHED, 2.0)
    assert len(run["commands"]) == run_commands.KEPT
    assert run["seconds"] == 2.0 * (run_commands.KEPT + 20)


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)]
)
def test_a_signal_before_the_first_step_is_noted_too(number, status, tmp_path):
    # Ctrl-C is not for a program that was started in the background, as tests may be.
    heard = "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); "
    heard += "os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
    command = [sys.executable, "-c", heard]
    command += ["bin/main.py", "--preset=demo", "--output_dir"]
    process = subprocess.Popen(
        [*command, str(tmp_path)], cwd=REPOSITORY, stderr=subprocess.PIPE, text=True
    )
    run = RunFolder(tmp_path)
    while process.poll() is None and not (tmp_path / "config.json").exists():
        time.sleep(0.02)
    time.sleep(0.3)  # within the seconds in which TensorFlow is imported
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == status, said
    assert "Traceback" not in said
    (entry,) = commands(run)
    assert entry["status"] == "stopped"
    assert entry["command"][1:3] == ["bin/main.py", "--preset=demo"]
    assert entry["seconds"] >= 0.3


def test_the_head_is_of_the_command_that_began_the_run(tmp_path):
    for seed, word in ((7, "first"), (8, "second")):
        folder = claim(tmp_path)
        config = config_lib.replace(Config(), {"seed": seed})
        folder.describe({"search": config}, [word])
        folder.release()
    run = folder.run()
    assert (run["seed"], run["command"]) == (7, ["first"])
    assert len(run["commands"]) == 2
