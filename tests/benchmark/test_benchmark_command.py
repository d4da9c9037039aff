"""The command of the benchmark: what it refuses, what it writes."""

import importlib.util
import json
import pathlib

import pytest

from enas_tf.benchmark import probe, run

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def command():
    path = REPOSITORY / "bin" / "benchmark.py"
    spec = importlib.util.spec_from_file_location("enas_benchmark", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_figure_can_be_asked_for(command):
    assert list(run.WHAT) == command.WHAT


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--what=speed"], ["--what=speed", "step, host"]),
        (["--search_for=nano"], ["one of macro, micro, rnn"]),
        (["--json=nowhere/at/all.json"], ["--json=nowhere/at/all.json", "folder"]),
        (["--blocks=3"], ["blocks"]),
        (["step"], ["'step' is not a flag"]),
        (["--json"], ["--json has no value"]),
        (["--json", "--what=step"], ["--json has no value"]),
    ],
)
def test_a_mistake_is_one_line_and_status_2(command, capsys, arguments, words):
    assert command.main(["benchmark.py", *arguments]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("enas_tf: error: ")
    assert all(word in line for word in words)


def test_figures_are_told_and_written(command, tmp_path, monkeypatch):
    stubs = dict(host=(lambda space: {f"{space}.host_over_fixed": 1.5},))
    monkeypatch.setattr(run, "WHAT", stubs)
    path = tmp_path / "figures.json"
    arguments = ["--search_for=micro", "--what=host", f"--json={path}"]
    assert command.main(["benchmark.py", *arguments]) == 0
    assert json.loads(path.read_text()) == {"micro.host_over_fixed": 1.5}


def test_memory_is_refused_where_the_system_does_not_tell_it(
    command, capsys, monkeypatch
):
    monkeypatch.setattr(probe, "STATUS", "/proc/not/there")
    assert command.main(["benchmark.py", "--what=memory"]) == 2
    (*_, line) = capsys.readouterr().err.splitlines()
    assert line.startswith("enas_tf: error: --what=memory") and "Linux" in line


def test_memory_is_read_in_megabytes(tmp_path, monkeypatch):
    status = tmp_path / "status"
    status.write_text("VmPeak:\t 9999 kB\nVmHWM:\t 3072 kB\nVmRSS:\t 1024 kB\n")
    monkeypatch.setattr(probe, "STATUS", status)
    assert (probe._memory("VmHWM"), probe._memory("VmRSS")) == (3.0, 1.0)


def test_help_names_the_figures(command, capsys):
    assert command.main(["benchmark.py", "--help"]) == 0
    assert "economy" in capsys.readouterr().out
