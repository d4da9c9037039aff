"""Search, derive, retrain, evaluate, export and predict, once for every space."""

import json
import logging

import keras
import numpy as np
import pytest
import runs
from PIL import Image
from tensorboard.backend.event_processing import event_accumulator

from enas_tf import arc_argument, config, plots, presets
from enas_tf.stages import parts as parts_lib

spaces = pytest.mark.parametrize("space", sorted(runs.TINY))


def test_every_space_has_a_row():
    assert set(runs.TINY) == set(parts_lib.SPACES) == set(presets.PRESETS)
    assert set(runs.TINY) == set(runs.STATISTICS)
    assert set(runs.TINY) == set(config.SPACES) == set(arc_argument.FORMS)
    assert set(runs.TINY) == set(plots.PICTURES)


@pytest.fixture(scope="module", params=sorted(runs.TINY))
def finished(request, tmp_path_factory):
    """(space, folder, what was logged) of a run of everything."""
    folder = tmp_path_factory.mktemp(request.param) / "run"
    lines = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(record.getMessage())
    logging.getLogger("absl").addHandler(handler)
    runs.run(request.param, folder, mode="all")
    yield request.param, folder, lines
    logging.getLogger("absl").removeHandler(handler)


def json_lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def rows(folder, stage, kind):
    found = json_lines(folder / "metrics.jsonl")
    return [row for row in found if (row["stage"], row["kind"]) == (stage, kind)]


def test_it_leaves_what_the_documentation_lists(finished):
    _, folder, _ = finished
    for name in (
        "config.json",
        "run.json",
        "metrics.jsonl",
        "curves.png",
        "search/config.json",
        "train/config.json",
        "checkpoints/search",
        "checkpoints/train",
        "tensorboard/search",
        "tensorboard/train",
        "arcs/best.json",
        "arcs/best.txt",
        "arcs/best.png",
        "arcs/sampled.jsonl",
        "arcs/derived.jsonl",
        "final/model.keras",
        "final/saved_model/saved_model.pb",
        "final/classes.txt",
    ):
        assert (folder / name).exists(), name


def test_controller_phases_and_epochs_alternate_as_asked(finished):
    _, folder, _ = finished
    steps_per_epoch = 17  # 1077 training digits in batches of 64
    child = [row["step"] for row in rows(folder, "search", "child")]
    assert child == [7, 14, 17, 21, 28, 34]
    assert child[-1] == 2 * steps_per_epoch
    controller = [row["step"] for row in rows(folder, "search", "controller")]
    assert controller == list(range(1, 9))  # two phases of four updates
    for kind in ("valid", "test", "sampled"):
        assert [row["step"] for row in rows(folder, "search", kind)] == [1, 2]


def test_ten_arcs_with_accuracy_and_a_sentence_follow_each_phase(finished):
    _, folder, lines = finished
    sampled = json_lines(folder / "arcs/sampled.jsonl")
    assert [row["epoch"] for row in sampled] == [1] * 10 + [2] * 10
    shown = [line for line in lines if "val_acc=" in line]
    assert len(shown) == 20
    for line, row in zip(shown, sampled, strict=True):
        assert line.startswith(row["arc"])
        assert f"val_acc={row['accuracy']:.4f}" in line
        assert line.endswith(".")


def test_the_best_arc_is_the_best_of_the_policy_and_beside_it_stands_chance(finished):
    _, folder, lines = finished
    derived = json_lines(folder / "arcs/derived.jsonl")
    policy = [row for row in derived if row["source"] == "policy"]
    random = [row for row in derived if row["source"] == "random"]
    assert len(policy) == len(random) == 4
    best = max(policy, key=lambda row: row["accuracy"])
    assert (folder / "arcs/best.txt").read_text().strip() == best["arc"]
    assert json.loads((folder / "arcs/best.json").read_text())["arc"] == best["arc"]
    facts = json.loads((folder / "run.json").read_text())["stages"]["derive"]
    means = [np.mean([row["accuracy"] for row in part]) for part in (policy, random)]
    assert facts["policy_mean"] == pytest.approx(means[0])
    assert facts["difference"] == pytest.approx(means[0] - means[1])
    assert any("95 % interval" in line for line in lines)


def test_it_prints_the_command_that_retrains(finished):
    _, folder, lines = finished
    (line,) = [line for line in lines if line.startswith("To train it from scratch: ")]
    assert line.endswith(" --mode=train")
    assert f"--output_dir={folder}" in line
    assert "--mode=all" not in line


def test_every_stage_says_how_long_it_will_take(finished):
    _, _, lines = finished
    for stage in ("search", "train"):
        assert any(line.startswith(f"{stage}: about ") for line in lines), stage


def test_parameters_and_flops_are_printed_and_kept(finished):
    _, folder, lines = finished
    facts = json.loads((folder / "run.json").read_text())["stages"]["train"]
    assert f"{facts['parameters']:,} parameters" in " ".join(lines)
    assert f"{facts['flops']:,} FLOPs" in " ".join(lines)
    assert 0 <= facts["test_accuracy"] <= 1


def test_tensorboard_holds_curves_pictures_text_and_hparams(finished):
    space, folder, _ = finished
    events = event_accumulator.EventAccumulator(
        str(folder / "tensorboard/search"), size_guidance={"tensors": 0}
    )
    events.Reload()
    tags = set(events.Tags()["tensors"])
    for tag in (
        "child/loss",
        "child/accuracy",
        "child/lr",
        "child/grad_norm",
        "controller/reward",
        "controller/baseline",
        "controller/advantage",
        "controller/entropy",
        "valid/accuracy",
        "test/accuracy",
        "best_arc",
        "derived_arc",
        *(f"controller/{name}" for name in runs.STATISTICS[space]),
    ):
        assert tag in tags, tag
    assert "_hparams_/session_start_info" in events.summary_metadata


def test_the_test_images_are_looked_at_once(finished):
    space, folder, _ = finished
    before = (folder / "metrics.jsonl").read_text()
    runs.run(space, folder, mode="train")
    after = (folder / "metrics.jsonl").read_text()
    assert after.count('"kind": "test"') == before.count('"kind": "test"')


def test_evaluate_measures_what_training_reported(finished):
    space, folder, _ = finished
    runs.run(space, folder, mode="evaluate")
    stages = json.loads((folder / "run.json").read_text())["stages"]
    assert stages["evaluate"]["test_accuracy"] == stages["train"]["test_accuracy"]


def test_export_can_be_repeated_and_answers_the_same(finished):
    space, folder, _ = finished
    images = np.random.default_rng(0).integers(0, 256, (5, 8, 8, 1), np.uint8)
    before = keras.models.load_model(folder / "final/model.keras")(images)
    runs.run(space, folder, mode="export")
    after = keras.models.load_model(folder / "final/model.keras")(images)
    np.testing.assert_array_equal(before, after)


def test_predict_names_a_class_for_each_image(finished, tmp_path):
    space, folder, lines = finished
    pixels = np.random.default_rng(0).integers(0, 256, (8, 8), np.uint8)
    for name in ("a.png", "b.png"):
        Image.fromarray(pixels).save(tmp_path / name)
    runs.run(space, folder, mode="predict", input=str(tmp_path))
    answers = [line for line in lines if line.startswith(str(tmp_path))]
    assert len(answers) == 2
    assert answers[0].split(": ")[1].split()[0] in "0123456789"
