"""A run that was killed and goes on ends with the weights of one that was not."""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import runs
import whole_runs
from kills import Killed, killed_at
from tensorboard.backend.event_processing import event_accumulator

from enas_tf.config.sections import ConfigError
from enas_tf.export import folder as exported
from enas_tf.run import report, saves
from enas_tf.search import arc_scores
from enas_tf.stages import assembly
from enas_tf.training import stream_loss
from enas_tf.training.driver import Driver

REPOSITORY = pathlib.Path(__file__).resolve().parents[1]
STEPS_PER_EPOCH = 17


@pytest.fixture(scope="module", params=sorted(runs.TINY))
def found(request, tmp_path_factory):
    """(space, run of everything), which is only read."""
    with whole_runs.of(request.param, tmp_path_factory) as whole:
        yield request.param, whole


@pytest.fixture
def uninterrupted(found):
    """(space, folder) of the run."""
    space, whole = found
    return space, whole.copy


@pytest.mark.parametrize(("stage", "counter", "step"), whole_runs.KILLS[1:])
def test_a_killed_run_ends_with_the_same_weights(
    found, tmp_path, caplog, stage, counter, step
):
    """A kill is a copy of the folder from the middle of the run."""
    space, whole = found
    number = whole_runs.KILLS.index((stage, counter, step))
    folder = tmp_path / "killed"
    shutil.copytree(whole.killed[number], folder)
    given = dict(mode="search")
    if stage == "train":
        arc = (whole.copy / "arcs/best.txt").read_text().strip()
        given = dict(mode="train", child_fixed_arc=arc)
    if space == "micro":  # where images lie makes no difference
        given |= dict(data_in_memory="no")
    stopped = runs.checkpoint(folder, stage)
    runs.run(space, folder, export=False, **given)
    ours, theirs = (runs.checkpoint(f, stage) for f in (folder, whole.copy))
    runs.assert_equal_to_the_bit(ours, theirs)
    assert any(stopped[name].tobytes() != ours[name].tobytes() for name in ours)
    # Of a policy that stays where it is both commands together tell once.
    said = whole.lines[: whole.said[number]] + caplog.messages
    assert sum("has hardly moved" in line for line in said) == 1
    # Nor is a run of today told that an earlier version began it.
    assert "began this" not in caplog.text


def rows(folder, stage="search"):
    """The rows of a stage, without what the clock and the checksum of it say."""
    found = report.read_rows(folder / "metrics.jsonl")
    own = [row for row in found if row["stage"] == stage]
    return [{key: row[key] for key in row if key != "time"} for row in own]


def shown(folder, stage="search"):
    """(tag, step) of every event of a stage, as TensorBoard reads them.

    How often the policy's arc and its ops are drawn goes by the clock.
    """
    found = event_accumulator.EventAccumulator(
        str(folder / "tensorboard" / stage), size_guidance=dict(tensors=0)
    )
    found.Reload()
    tags = set(found.Tags()["tensors"]) - {"arc/sampled/picture", "policy/ops/picture"}
    return sorted((tag, one.step) for tag in tags for one in found.Tensors(tag))


def assert_same_logs(ours, theirs):
    assert rows(ours) == rows(theirs)
    sampled = [(f / "arcs/sampled.jsonl").read_text() for f in (ours, theirs)]
    assert sampled[0] == sampled[1]
    assert shown(ours) == shown(theirs)
    assert len(shown(ours)) == len(set(shown(ours)))


def test_logs_of_a_killed_run_in_calls_of_one_step_are_those_of_the_whole(
    uninterrupted, tmp_path, monkeypatch
):
    """Killed between two checkpoints, in the middle of what a row is the mean of."""
    space, whole = uninterrupted
    folder = tmp_path / "killed"
    monkeypatch.setattr(
        Driver, "_end_of_call", lambda self, name, first, last: first + 1
    )
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(Driver, "advance", killed_at(STEPS_PER_EPOCH + 8))
        runs.run(space, folder, mode="search")
    assert max(step for tag, step in shown(folder) if tag == "child/loss") == 21
    runs.run(space, folder, mode="search")
    assert_same_logs(folder, whole)


def test_what_was_logged_before_the_first_checkpoint_is_not_there_twice(
    uninterrupted, tmp_path, monkeypatch
):
    space, whole = uninterrupted
    if space != "rnn":
        pytest.skip("the same in all spaces, of which it is the quickest")
    folder = tmp_path / "killed"
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(Driver, "advance", killed_at(10))
        runs.run(space, folder, mode="search", checkpoint_every_steps=0)
    assert [row["step"] for row in rows(folder)] == [7]
    runs.run(space, folder, mode="search", checkpoint_every_steps=0)
    assert_same_logs(folder, whole)


def test_a_repeated_search_and_derive_leave_the_same_logs(uninterrupted, tmp_path):
    space, whole = uninterrupted
    folder = tmp_path / "again"
    shutil.copytree(whole, folder)
    for mode in ("search", "derive"):
        runs.run(space, folder, mode=mode)
        assert_same_logs(folder, whole)


def test_a_training_whose_last_checkpoint_is_damaged_ends_as_it_was(
    uninterrupted, tmp_path, caplog
):
    space, whole = uninterrupted
    folder = tmp_path / "damaged"
    shutil.copytree(whole, folder)
    place = folder / "checkpoints/train"
    last = saves.name(saves.look(place).whole[0])
    (file,) = place.glob(f"{last}.data*")
    file.write_bytes(file.read_bytes()[:-1])
    arc = (whole / "arcs/best.txt").read_text().strip()
    runs.run(space, folder, mode="train", child_fixed_arc=arc)
    assert any(f"{last} is passed over: " in line for line in caplog.messages)
    assert any("measured before" in line for line in caplog.messages)
    assert rows(folder, "train") == rows(whole, "train")
    assert shown(folder, "train") == shown(whole, "train")
    runs.assert_equal_to_the_bit(
        runs.checkpoint(folder, "train"), runs.checkpoint(whole, "train")
    )


def test_logs_that_are_damaged_all_at_once_are_told_of_and_the_search_is_there(
    uninterrupted, tmp_path, caplog
):
    space, whole = uninterrupted
    if space != "macro":
        pytest.skip("the same in all spaces")
    folder = tmp_path / "damaged"
    shutil.copytree(whole, folder)
    (folder / "curves.png").unlink()
    (folder / "metrics.jsonl").write_bytes(b"\xff\xfe" + bytes(100) + b"\n")
    (folder / "arcs/sampled.jsonl").unlink()
    event_files = sorted((folder / "tensorboard/search").iterdir())
    for file in event_files:
        file.write_text("garbage, and longer than the head of a record")
    (folder / "checkpoints/search/checkpoint").mkdir()
    runs.run(space, folder, seen=True, mode="search")
    said = "\n".join(caplog.messages)
    for words in (
        "metrics.jsonl: 1 line is damaged and left out",
        "metrics.jsonl has no row of the steps so far",
        "sampled.jsonl has no row of the phases so far",
        f"A file of TensorBoard's is damaged: {event_files[0]}",
    ):
        assert said.count(words) == 1, words
    assert [row["kind"] for row in rows(folder)] == ["derive"]
    assert (folder / "curves.png").read_bytes()[1:4] == b"PNG"
    assert len(shown(folder)) == len(set(shown(folder)))
    best = [(f / "arcs/best.json").read_text() for f in (folder, whole)]
    assert best[0] == best[1]


@pytest.mark.parametrize("mode", ["search", "derive", "train", "evaluate", "export"])
def test_checkpoints_that_are_gone_are_refused_and_nothing_begins_anew(
    uninterrupted, tmp_path, mode
):
    space, whole = uninterrupted
    if space != "macro":
        pytest.skip("the same in all spaces")
    folder = tmp_path / "gone"
    shutil.copytree(whole, folder)
    stage = "search" if mode in ("search", "derive") else "train"
    shutil.rmtree(folder / "checkpoints" / stage)
    metrics = (folder / "metrics.jsonl").read_bytes()
    with pytest.raises(ConfigError, match="there is no checkpoint in") as refusal:
        runs.run(space, folder, mode=mode)
    assert "--reset_output_dir" in str(refusal.value)
    assert (folder / "metrics.jsonl").read_bytes() == metrics
    assert not (folder / "checkpoints" / stage).exists()


def command(space: str, folder: pathlib.Path) -> list[str]:
    values = runs.settings(space, folder, mode="search")
    flags = [f"--{name}={value}" for name, value in values.items()]
    return [sys.executable, "bin/main.py", *flags]


def wait_for_steps(folder: pathlib.Path, process: subprocess.Popen) -> None:
    metrics = folder / "metrics.jsonl"
    for _ in range(1200):
        if process.poll() is not None:
            pytest.fail(f"ended early: {process.communicate()[1]}")
        if metrics.exists() and '"child"' in metrics.read_text():
            return
        time.sleep(0.1)
    pytest.fail("no step within two minutes")


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)]
)
def test_a_signal_saves_and_says_how_to_go_on(uninterrupted, tmp_path, number, status):
    space, whole = uninterrupted
    folder = tmp_path / "stopped"
    process = subprocess.Popen(
        command(space, folder), cwd=REPOSITORY, stderr=subprocess.PIPE, text=True
    )
    wait_for_steps(folder, process)
    os.kill(process.pid, number)
    _, said = process.communicate(timeout=120)
    assert process.returncode == status, said
    assert "Traceback" not in said
    (line,) = [line for line in said.splitlines() if "To go on: " in line]
    assert "--mode=search" in line
    assert f"--output_dir={folder}" in line
    runs.run(space, folder, mode="search")
    ours, theirs = runs.checkpoint(folder, "search"), runs.checkpoint(whole, "search")
    runs.assert_equal_to_the_bit(ours, theirs)


# Where a signal arrives: a module, and the function of it that is interrupted.
PLACES = {
    "derive": (arc_scores, "on_batches"),
    "test": (assembly, "progress_callback"),
    "export": (exported, "fresh"),
    "validation": (stream_loss.StreamLoss, "mean"),  # rnn's, after an epoch
}


def interrupt_once(monkeypatch, place: str) -> None:
    """Let Ctrl-C arrive when the program comes to `place`, for the first time."""
    module, name = PLACES[place]
    original, came = getattr(module, name), []

    def interrupted(*args, **more):
        if not came:
            came.append(place)
            os.kill(os.getpid(), signal.SIGINT)
        return original(*args, **more)

    monkeypatch.setattr(module, name, interrupted)


@pytest.mark.parametrize("place", sorted(PLACES))
def test_a_stop_beside_the_steps_says_how_to_go_on_and_goes_on(
    uninterrupted, tmp_path, monkeypatch, caplog, place
):
    space, whole = uninterrupted
    if place == "validation" and space != "rnn":
        pytest.skip("images are not looked at between epochs of a training")
    folder = tmp_path / "stopped"
    given = dict(mode="search")
    if place != "derive":
        arc = (whole / "arcs/best.txt").read_text().strip()
        given = dict(mode="train", child_fixed_arc=arc)
    interrupt_once(monkeypatch, place)
    with pytest.raises(SystemExit) as stop:
        runs.run(space, folder, **given)
    assert stop.value.code == 130
    (said,) = [text for text in caplog.messages if "To go on: " in text]
    assert said.startswith("Stopped, with a checkpoint. To go on: ")
    assert any(text.startswith("Stopping after ") for text in caplog.messages)
    runs.run(space, folder, **given)
    ours, theirs = (
        json.loads((f / "run.json").read_text())["stages"] for f in (folder, whole)
    )
    for stage in {"derive", "train"} & set(ours):
        for facts in (ours[stage], theirs[stage]):
            del facts["seconds"]
            begun = facts.get("settings", {})
            facts["settings"] = {**begun, "mode": "", "output_dir": ""}
        assert ours[stage] == theirs[stage]
    stage = given["mode"]
    runs.assert_equal_to_the_bit(
        runs.checkpoint(folder, stage), runs.checkpoint(whole, stage)
    )
    if stage == "train":
        assert (folder / "final/model.keras").exists()


def test_who_does_not_wait_is_told_how_to_go_on(tmp_path, monkeypatch, caplog):
    """Ctrl-C before the first step, or a second one: nothing is waited for."""

    def interrupted(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(assembly, "report", interrupted)
    with pytest.raises(SystemExit) as stop:
        runs.run("macro", tmp_path / "stopped", mode="search")
    assert stop.value.code == 130
    (said,) = [text for text in caplog.messages if "To go on: " in text]
    assert said.startswith("Stopped at once. To go on: ")
    assert "--mode=search" in said


@pytest.mark.parametrize("length", [0, 100])
def test_a_kill_in_the_first_save_leaves_a_run_that_goes_on(
    found, tmp_path, caplog, length
):
    """TensorFlow writes an index under its last name, so a kill leaves a part of it."""
    space, whole = found
    if space != "rnn":
        pytest.skip("the same for all spaces, of which it is the quickest")
    folder = tmp_path / "killed"
    shutil.copytree(whole.killed[0], folder)
    place = folder / "checkpoints/search"
    place.mkdir(parents=True)
    (place / "ckpt-1.data-00000-of-00001").write_bytes(bytes(1000))
    (place / "ckpt-1.index").write_bytes(bytes(length))
    runs.run(space, folder, mode="search")
    assert any("ckpt-1 is passed over" in message for message in caplog.messages)
    ours, theirs = (runs.checkpoint(f, "search") for f in (folder, whole.copy))
    runs.assert_equal_to_the_bit(ours, theirs)


def test_a_loss_that_is_no_number_stops_and_keeps_the_last_good_checkpoint(
    tmp_path, caplog
):
    space = "macro"
    folder = tmp_path / "diverged"
    absurd = dict(child_lr_max=1e30, child_lr_min=1e30, checkpoint_every_steps=1)
    with pytest.raises(SystemExit) as stop:
        runs.run(space, folder, mode="search", **absurd)
    assert stop.value.code == 1
    (message,) = [m for m in caplog.messages if "not a number" in m]
    assert "in 10 child steps in a row, at last at child step " in message
    step = int(re.search(r"at child step (\d+) with the arc [\d ]+\.", message)[1])
    assert "Try a lower --child_lr_max, or --child_clip_mode=global, in an" in message
    assert "What was saved before is kept. To derive from it: " in caplog.messages[-1]
    assert caplog.messages[-1].endswith(" --mode=derive")
    assert step >= 1
    kept = runs.checkpoint(folder, "search")
    (position,) = [kept[name] for name in kept if name.startswith("child_step")]
    assert position == step  # steps before this one were good
    (vector,) = [kept[name] for name in kept if name.startswith("child_0")]
    assert np.isfinite(vector).all()
    runs.run(space, folder, mode="derive", **absurd)
    assert any("has not come to its end: 0 of 2 epochs" in m for m in caplog.messages)
