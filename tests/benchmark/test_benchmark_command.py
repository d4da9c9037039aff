"""The command of the benchmark: what it refuses, what it writes."""

import importlib.util
import json
import pathlib

import pytest

from enas_tf.benchmark import probe, run
from enas_tf.benchmark.learning import run as learning
from enas_tf.benchmark.peer import installed

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
        (["--json=/"], ["--json=/", "a file in a folder that exists"]),
        (["--blocks=3"], ["blocks"]),
        (["--batch_size=3"], ["--batch_size", "--what=learning only"]),
        (["--gpu_parts=search"], ["--gpu_parts", "--what=gpu only"]),
        (["--what=gpu", "--gpu_parts=all"], ["search, deterministic"]),
        (["--what=gpu", "--gpu_minutes=0"], ["gpu_minutes=0", "above 0"]),
        (["--what=gpu", "--gpu_minutes=inf"], ["gpu_minutes=inf", "above 0"]),
        (["--what=gpu", "--gpu_minutes=nan"], ["gpu_minutes=nan", "above 0"]),
        (["--what=gpu", "--batch_size=3"], ["--batch_size", "--what=learning only"]),
        (["--learning_seeds=3"], ["--learning_seeds", "--what=learning only"]),
        (["--what=learning", "--learning_seeds=0"], ["learning_seeds=0", "from 1 up"]),
        (["--what=learning", "--learning_parts=all"], ["table, frozen"]),
        (["--what=learning", "--learning_parts="], ["table, frozen"]),
        (["--what="], ["step, host"]),
        (["--what=learning", "--mode=train"], ["--mode", "no use"]),
        (["--what=learning", "--preset=nano"], ["--preset=nano", "demo"]),
        (["--what=learning", "--controller_lr=-1"], ["--controller_lr=-1", "0"]),
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


@pytest.mark.parametrize("parts", ["table", "table,frozen"])
def test_a_table_asked_for_by_name_must_be_there(
    command, capsys, monkeypatch, tmp_path, parts
):
    monkeypatch.setenv("ENAS_TABLES", str(tmp_path / "nowhere"))
    monkeypatch.setattr(learning, "measure", None)  # nothing is searched
    arguments = ["--what=learning", "--preset=demo", f"--learning_parts={parts}"]
    assert command.main(["benchmark.py", *arguments]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("enas_tf: error: --learning_parts=table cannot be had: ")
    assert str(tmp_path / "nowhere") in line and "Set ENAS_TABLES" in line


def test_figures_are_told_and_written(command, tmp_path, monkeypatch):
    stubs = dict(host=(lambda space: {f"{space}.host_over_fixed": 1.5},))
    monkeypatch.setattr(run, "WHAT", stubs)
    path = tmp_path / "figures.json"
    arguments = ["--search_for=micro", "--what=host", f"--json={path}"]
    assert command.main(["benchmark.py", *arguments]) == 0
    assert json.loads(path.read_text()) == {"micro.host_over_fixed": 1.5}


def test_peers_asked_for_by_name_need_pytorch(command, capsys, monkeypatch):
    monkeypatch.setattr(installed, "is_there", lambda: False)
    monkeypatch.setattr(run, "measure", None)  # nothing is measured
    assert command.main(["benchmark.py", "--what=step,peers"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("enas_tf: error: --what=peers ") and "[peers]" in line


@pytest.mark.parametrize(
    ("arguments", "spaces"),
    [
        (["--what=host,roofline"], {"macro": 2, "micro": 1, "rnn": 1}),
        (["--what=host,roofline", "--search_for=rnn"], {"rnn": 2}),
        ([], {"macro": len(run.WHAT)}),
    ],
)
def test_what_is_of_all_spaces_is_so_where_none_is_named(
    command, monkeypatch, arguments, spaces
):
    asked = {}

    def measure(space, what):
        asked[space] = len(what)
        return {}

    monkeypatch.setattr(run, "measure", measure)
    assert command.main(["benchmark.py", *arguments]) == 0
    assert asked == spaces


def test_flags_of_a_search_reach_learning_and_it_alone(command, tmp_path, monkeypatch):
    # By default a table that is not there is no mistake.
    monkeypatch.setenv("ENAS_TABLES", str(tmp_path))
    asked = {}

    def measure(search, parts, *, table_seeds, size):
        asked.update(search=search, parts=parts, seeds=table_seeds, size=size)
        return {"learning.frozen.gain_points": 2.0}

    monkeypatch.setattr(learning, "measure", measure)
    monkeypatch.setattr(run, "measure", None)  # no cost is measured
    path = tmp_path / "figures.json"
    arguments = ["--what=learning", "--preset=demo", "--seed=5", f"--json={path}"]
    arguments += ["--learning_rewards=30", "--controller_decision_bias=4"]
    assert command.main(["benchmark.py", *arguments]) == 0
    assert json.loads(path.read_text()) == {"learning.frozen.gain_points": 2.0}
    search = asked["search"]
    assert (search.run.seed, search.controller.decision_bias) == (5, 4.0)
    assert search.data.dataset == "digits"
    assert asked["size"] == (1, 2, 30, "") and asked["seeds"] == 20


def test_the_parts_of_learning_are_those_of_the_package(command):
    assert list(learning.PARTS) == command.PARTS


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
