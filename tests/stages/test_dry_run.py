"""A dry run: what it tells, that it leaves the run alone, and when it ends with 3."""

import json
import os
import pathlib
import shutil
import sys

import pytest
import runs

from enas_tf.command import twin
from enas_tf.machine import free_memory, tensorflow_state
from enas_tf.run import finite
from enas_tf.run.outlook import Span
from enas_tf.stages import dry_run, timed, trial_derive, trial_search, trial_train
from enas_tf.stages import run as experiment
from enas_tf.stages import trials as trials_lib
from enas_tf.stages.timed import Timed
from enas_tf.stages.trial_train import TrainTrial
from enas_tf.stages.trials import Trials

ARC = "0 1 0 2 0 0"


@pytest.fixture(autouse=True)
def kernels_as_before():
    """A command sets that they are deterministic, for which `fit` wants a seed."""
    before = tensorflow_state.is_deterministic()
    yield
    tensorflow_state.set_deterministic(before)


@pytest.fixture
def short(monkeypatch):
    """Few units of each kind."""
    monkeypatch.setattr(timed, "MOST_CALLS", 2)
    monkeypatch.setattr(timed, "CHUNK_SECONDS", 0.01)
    for module in (trial_search, trial_train, trial_derive):
        monkeypatch.setattr(module, "SECONDS", 0.2)


def dry(space: str, folder: pathlib.Path, **given) -> None:
    """What a shell does with these flags and --dry_run."""
    values = runs.settings(space, folder, dry_run=True, **given)
    command = [sys.executable, "bin/main.py", "--dry_run"]
    with twin.built(values, None, command) as asked:
        experiment.run(asked)


def outlook(space: str, folder: pathlib.Path, **given) -> dict:
    path = folder.parent / f"{given['mode']}.json"
    dry(space, folder, dry_run_json=str(path), **given)
    return json.loads(path.read_text())


def files(folder: pathlib.Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(file.relative_to(folder)): (file.stat().st_mtime_ns, file.read_bytes())
        for file in folder.rglob("*")
        if file.is_file()
    }


def test_it_tells_of_every_stage_and_writes_nothing(short, tmp_path):
    found = outlook("macro", tmp_path / "run", mode="all", child_num_layers=2)
    stages = ["start", "search", "derive", "train", "test", "export", "total"]
    assert list(found["seconds"]) == stages
    for span in found["seconds"].values():
        assert 0 <= span["low"] <= span["expected"] <= span["high"]
    parts = [found["seconds"][name]["expected"] for name in stages[:-1]]
    assert found["seconds"]["total"]["expected"] == pytest.approx(sum(parts), abs=0.5)
    assert min(parts[1:]) > 0
    # 2 layers of 6 ops; the second may skip from the first.
    assert found["architectures"] == "72"
    assert list(found["final_parameters"]) == ["small", "median", "large"]
    sizes = list(found["final_parameters"].values())
    assert sizes == sorted(sizes)
    assert 10**4 < found["disk"]["needed"] < 10**8
    assert 10**8 < found["memory"]["needed"] < 10**11
    assert found["rests_on"]["child steps"]["units"] >= 3
    assert found["shortage"] == ""
    assert os.listdir(tmp_path) == ["all.json"]


@pytest.mark.slow  # a run, of which a part is tried out again
def test_a_run_that_is_there_stays_as_it_was_and_only_what_is_left_counts(
    short, tmp_path
):
    runs.run("rnn", tmp_path / "run", mode="all")
    before = files(tmp_path / "run")
    derived = outlook("rnn", tmp_path / "run", mode="derive")
    assert list(derived["seconds"]) == ["start", "derive", "total"]
    searched = outlook("rnn", tmp_path / "run", mode="search")
    assert searched["seconds"]["search"]["expected"] == 0  # it is finished
    trained = outlook("rnn", tmp_path / "run", mode="train")
    assert list(trained["seconds"]) == ["start", "train", "test", "export", "total"]
    assert list(trained["final_parameters"]) == ["the arc"]
    done = [trained["seconds"][name]["expected"] for name in ("train", "test")]
    assert done == [0, 0] and trained["seconds"]["export"]["expected"] > 0
    assert files(tmp_path / "run") == before


@pytest.fixture
def tried(monkeypatch):
    """A training that was tried out, of 5 MB and a step of a second."""
    step = Timed(4.0, (1.0,), 2)
    one = TrainTrial({"train": Span(90, 100, 110)}, 3.0, step, 10, 7_000, 5_000_000)
    found = Trials(None, {"the arc": one})
    monkeypatch.setattr(trials_lib, "made", lambda request: found)


def ends_with_3(folder: pathlib.Path, caplog) -> str:
    """The sentence that a training ends with."""
    with pytest.raises(SystemExit) as stop:
        dry("macro", folder, mode="train", child_fixed_arc=ARC)
    assert stop.value.code == 3
    return caplog.records[-1].getMessage()


def test_it_ends_with_3_where_the_disk_is_too_small(
    tried, tmp_path, monkeypatch, caplog
):
    full = shutil.disk_usage(tmp_path)._replace(free=2_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: full)
    assert ends_with_3(tmp_path / "run", caplog) == (
        "Disk will not do: 5 MB are needed, and there are 2 MB. Smaller values of "
        "--child_out_filters, --child_num_layers cut it, or name an --output_dir on "
        "another disk."
    )


def test_it_ends_with_3_where_memory_is_too_small(tried, tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(free_memory, "available", lambda: 0)
    monkeypatch.setattr(dry_run.own_memory, "resident", lambda: 300_000_000)
    monkeypatch.setattr(dry_run.own_memory, "peak", lambda: 2_000_000_000)
    assert ends_with_3(tmp_path / "run", caplog) == (
        "Memory will not do: 2.0 GB are needed, and there are 300 MB. Smaller values "
        "of --batch_size, --eval_batch_size, --child_out_filters, --child_num_layers "
        "cut it."
    )


def test_it_ends_with_3_where_memory_ends_in_the_first_steps(
    tmp_path, monkeypatch, caplog
):
    def made(request):
        raise MemoryError

    monkeypatch.setattr(trials_lib, "made", made)
    said = ends_with_3(tmp_path / "run", caplog)
    assert said.startswith("Memory will not do: the first steps took nearly all of it.")


def test_a_loss_that_is_no_number_ends_it_with_1(tmp_path, monkeypatch, caplog):
    def made(request):
        raise finite.NotFinite(
            "The loss is not a number at child step 2", finite.NETWORK
        )

    monkeypatch.setattr(trials_lib, "made", made)
    with pytest.raises(SystemExit) as stop:
        dry("macro", tmp_path / "run")
    assert stop.value.code == 1
    assert "not a number at child step 2" in caplog.records[-1].getMessage()


def test_it_tells_in_a_table_and_ends_well_where_all_will_do(tried, tmp_path, caplog):
    dry("macro", tmp_path / "run", mode="train", child_fixed_arc=ARC)
    said = caplog.records[-1].getMessage()
    assert said.startswith("Dry run (train)\n  space    1,728 architectures\n")
    assert "\n  train    about 1 min 40 s (1 min 30 s to 1 min 50 s)\n" in said
    assert said.endswith("\n  timed    2 final steps (the arc) of 1 s")
    assert max(map(len, said.splitlines())) <= 80
    assert os.listdir(tmp_path) == []
