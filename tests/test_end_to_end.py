"""Search, derive, retrain, evaluate, export and predict, once for every space."""

import json
import logging

import keras
import numpy as np
import pytest
import runs
import whole_runs
from PIL import Image
from tensorboard.backend.event_processing import event_accumulator

from enas_tf import plots
from enas_tf.arcs import argument as arc_argument
from enas_tf.config import presets
from enas_tf.config import sections as config
from enas_tf.run import lines as lines_lib
from enas_tf.run import measures, progress
from enas_tf.stages import assembly

spaces = pytest.mark.parametrize("space", sorted(runs.TINY))


def test_every_space_has_a_row():
    assert set(runs.TINY) == set(assembly.SPACES) == set(presets.PRESETS)
    assert set(runs.TINY) == set(runs.STATISTICS)
    assert set(runs.TINY) == set(config.SPACES) == set(arc_argument.FORMS)
    assert set(runs.TINY) == set(plots.PICTURES)
    assert set(runs.TINY) == set(runs.EPOCH_ENDS) == set(runs.MEASURES)


@pytest.fixture(scope="module", params=sorted(runs.TINY))
def finished(request, tmp_path_factory):
    """(space, folder, what was logged and is) of a run of everything."""
    with whole_runs.of(request.param, tmp_path_factory) as whole:
        handler = logging.Handler()
        handler.emit = lambda record: whole.lines.append(record.getMessage())
        logging.getLogger("absl").addHandler(handler)
        yield request.param, whole.folder, whole.lines
        logging.getLogger("absl").removeHandler(handler)


def json_lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def rows(folder, stage, kind):
    found = json_lines(folder / "metrics.jsonl")
    return [row for row in found if (row["stage"], row["kind"]) == (stage, kind)]


def test_it_leaves_what_the_documentation_lists(finished):
    space, folder, _ = finished
    names = "vocabulary.txt" if space in config.TEXTS else "classes.txt"
    for name in (
        "config.json",
        "run.json",
        "run.copy.json",
        "metrics.jsonl",
        "curves.png",
        "report.html",
        "search/config.json",
        "train/config.json",
        "checkpoints/search",
        "checkpoints/train",
        "tensorboard/search",
        "tensorboard/train",
        "arcs/best.json",
        "arcs/best.txt",
        "arcs/best.png",
        "arcs/ops.png",
        "arcs/sampled.jsonl",
        "arcs/derived.jsonl",
        "final/model.keras",
        "final/SHA256SUMS",
        "final/saved_model/saved_model.pb",
        f"final/{names}",
        f"final/saved_model/assets.extra/{names}",
    ):
        assert (folder / name).exists(), name


def test_controller_phases_and_epochs_alternate_as_asked(finished):
    space, folder, _ = finished
    first, second = runs.EPOCH_ENDS[space]
    child = [row["step"] for row in rows(folder, "search", "child")]
    assert child == sorted({first, second, *range(7, second, 7)})
    controller = [row["step"] for row in rows(folder, "search", "controller")]
    assert controller == list(range(1, 9))  # two phases of four updates
    for kind in ("valid", "sampled"):
        assert [row["step"] for row in rows(folder, "search", kind)] == [1, 2]


def test_ten_arcs_are_kept_after_each_phase_and_one_line_tells_of_them(finished):
    space, folder, lines = finished
    measure = runs.MEASURES[space]
    sampled = json_lines(folder / "arcs/sampled.jsonl")
    assert [row["epoch"] for row in sampled] == [1] * 10 + [2] * 10
    told = [line for line in lines if " arcs: best_" in line]
    assert len(told) == 2
    for epoch, line in enumerate(told, start=1):
        values = [row[measure.name] for row in sampled if row["epoch"] == epoch]
        best = max(values, key=lambda value: measure.sign * value)
        assert line.startswith(f"epoch={epoch}")
        assert f"best_{measure.short}={best:.4g}" in line
    assert not any(line.startswith(sampled[0]["arc"]) for line in lines)


def test_the_best_arc_is_the_best_of_the_policy_and_beside_it_stands_chance(finished):
    space, folder, lines = finished
    measure = runs.MEASURES[space]
    derived = json_lines(folder / "arcs/derived.jsonl")
    policy = [row for row in derived if row["source"] == "policy"]
    random = [row for row in derived if row["source"] == "random"]
    assert len(policy) == len(random) == 4
    best = max(policy, key=lambda row: measure.sign * row[measure.name])
    assert (folder / "arcs/best.txt").read_text().strip() == best["arc"]
    assert json.loads((folder / "arcs/best.json").read_text())["arc"] == best["arc"]
    facts = json.loads((folder / "run.json").read_text())["stages"]["derive"]
    means = [
        np.mean([mean_of(measure, row[measure.name]) for row in part])
        for part in (policy, random)
    ]
    assert facts["arc"] == best["arc"] and facts["arcs"] == 4
    name = measure.name
    assert facts[f"best_{name}_on_choosing"] == best[name]
    assert facts[f"policy_{name}"] == pytest.approx(measure.display(means[0]))
    contrast = measure.display(means[0] - means[1])
    assert facts[measure.over_random] == pytest.approx(contrast)
    assert any("95 % interval" in line for line in lines)


def mean_of(measure, told):
    """The mean that is told as `told`."""
    return np.log(told) if measure is measures.PERPLEXITY else told


def test_the_chosen_arc_is_scored_on_examples_that_did_not_choose_it(finished):
    space, folder, lines = finished
    name, places = runs.MEASURES[space].name, runs.MEASURES[space].places
    facts = json.loads((folder / "run.json").read_text())["stages"]["derive"]
    assert facts["other_examples"] > 0
    value = facts[f"best_{name}_on_others"]
    told = f"did not choose it: {name} {value:.{places}f}."
    assert any(line.endswith(told) for line in lines)


def test_a_search_does_not_read_the_test_split(finished):
    _, folder, _ = finished
    assert rows(folder, "search", "valid") and not rows(folder, "search", "test")


def summary_of(lines):
    (told,) = [line for line in lines if line.startswith("Summary\n")]
    return told.splitlines()[1:]


def test_it_ends_with_what_was_found_where_it_lies_and_what_to_do_next(finished):
    space, folder, lines = finished
    measure = runs.MEASURES[space]
    stages = json.loads((folder / "run.json").read_text())["stages"]
    told = summary_of(lines)
    text = "\n".join(told)
    names = [line.split("  ")[1] for line in told if line[2] != " "]
    assert names == ["arc", "score", "search", "test", "files", "time", "next"]
    value = stages["train"][f"test_{measure.name}"]
    assert f"{measure.name} {value:.{measure.places}f}" in text
    words = " ".join(text.split())
    assert all(sentence in words for sentence in stages["derive"]["in_words"])
    for name in ("arcs/best.png", "curves.png", "final/model.keras"):
        assert f"{lines_lib.shown(folder / name)} (" in text
    for stage in ("search", "derive", "train", "test", "export"):
        assert stages[stage]["seconds"] >= 0
        assert f"{stage} {progress.duration(stages[stage]['seconds'])}" in text
    assert f"--logdir={lines_lib.shown(folder / 'tensorboard')}" in text
    (predict,) = [line for line in told if "--mode=predict" in line]
    assert f"--output_dir={folder}" in predict


def test_what_it_prints_fits_into_eighty_columns(finished):
    _, folder, lines = finished
    form = lines_lib.Formatter()
    for message in lines:
        if "TensorFlow" in message or "SavedModel" in message:
            continue  # of the libraries, which the program keeps from the terminal
        record = logging.LogRecord("absl", logging.INFO, "", 1, message, (), None)
        for line in form.format(record).splitlines():
            assert len(line) <= 80 or str(folder) in line, line


def test_a_tag_of_tensorboard_is_of_one_kind(finished):
    _, folder, _ = finished
    for stage in ("search", "train"):
        events = event_accumulator.EventAccumulator(
            str(folder / "tensorboard" / stage), size_guidance={"tensors": 0}
        )
        events.Reload()
        for tag in events.Tags()["tensors"]:
            kind = events.SummaryMetadata(tag).plugin_data.plugin_name
            first = events.Tensors(tag)[0].tensor_proto
            is_text = bool(first.string_val)
            assert is_text == (kind in ("text", "images")), tag
            assert ("picture" in tag) == (kind == "images"), tag


def test_every_stage_says_how_long_it_will_take(finished):
    _, _, lines = finished
    for stage in ("search", "train"):
        assert any(line.startswith(f"{stage}: about ") for line in lines), stage


def test_what_the_final_child_is_and_reaches_is_printed_and_kept(finished):
    space, folder, lines = finished
    measure = runs.MEASURES[space]
    facts = json.loads((folder / "run.json").read_text())["stages"]["train"]
    assert f"{facts['parameters']:,} parameters" in " ".join(lines)
    if space not in config.TEXTS:
        assert f"{facts['flops']:,} FLOPs" in " ".join(lines)
    value = facts[f"test_{measure.name}"]
    assert any(f"Test {measure.name}: {value:.2f}"[:-1] in line for line in lines)


def test_tensorboard_holds_curves_pictures_text_and_hparams(finished):
    space, folder, _ = finished
    events = event_accumulator.EventAccumulator(
        str(folder / "tensorboard/search"), size_guidance={"tensors": 0}
    )
    events.Reload()
    tags = set(events.Tags()["tensors"])
    measure = runs.MEASURES[space].name
    for tag in (
        "child/loss",
        f"child/{measure}",
        "child/lr",
        "child/grad_norm",
        "controller/reward",
        "controller/baseline",
        "controller/advantage",
        "controller/entropy",
        "controller/lr",
        "policy/unique_arcs",
        "policy/ops/picture",
        f"valid/{measure}",
        "arc/sampled/picture",
        "arc/sampled/text",
        "arc/derived/picture",
        "arc/derived/text",
        f"hparams/{runs.MEASURES[space].over_random}",
        f"hparams/best_{measure}_on_others",
        *(f"controller/{name}" for name in runs.STATISTICS[space]),
    ):
        assert tag in tags, tag
    for part in ("experiment", "session_start_info", "session_end_info"):
        assert f"_hparams_/{part}" in events.summary_metadata


def test_the_test_data_is_looked_at_once(finished):
    space, folder, _ = finished
    before = (folder / "metrics.jsonl").read_text()
    runs.run(space, folder, mode="train")
    after = (folder / "metrics.jsonl").read_text()
    assert after.count('"kind": "test"') == before.count('"kind": "test"')


def test_evaluate_reads_the_test_split_again_only_if_asked(finished):
    space, folder, lines = finished
    name = f"test_{runs.MEASURES[space].name}"
    for again, modes in ((False, ["all"]), (True, ["all", "evaluate"])):
        runs.run(space, folder, mode="evaluate", evaluate_again=again)
        stages = json.loads((folder / "run.json").read_text())["stages"]
        assert [one["mode"] for one in stages["test"]["readings"]] == modes
        assert stages["evaluate"][name] == stages["train"][name]
        told = [line for line in lines if "--evaluate_again reads" in line]
        assert len(told) == 1
    assert lines[-1] == "The test split has been read 2 times for this network."


def test_evaluate_tells_draws_and_keeps_how_each_class_does(finished):
    space, folder, lines = finished
    if space in config.TEXTS:
        pytest.skip("of image spaces")
    runs.run(space, folder, mode="evaluate")
    (head,) = [line for line in lines[-20:] if line.split()[:2] == ["class", "images"]]
    rows = lines[lines.index(head) + 1 :][:10]
    assert [row.split()[0] for row in rows] == list("0123456789")
    assert sum(int(row.split()[1]) for row in rows) == 360
    kept = json.loads((folder / "evaluation/classes.json").read_text())
    stages = json.loads((folder / "run.json").read_text())["stages"]
    for name in ("test_accuracy", "balanced_accuracy"):
        assert kept[name] == stages["evaluate"][name] == stages["train"][name]
    right = np.trace(np.array(kept["confusion"]))
    assert kept["test_accuracy"] == pytest.approx(right / 360)
    with Image.open(folder / "evaluation/confusion.png") as picture:
        assert picture.format == "PNG"


def test_export_can_be_repeated_and_answers_the_same(finished):
    space, folder, _ = finished
    asked = np.random.default_rng(0).integers(0, 256, (5, 8, 8, 1), np.uint8)
    if space in config.TEXTS:
        asked = [np.array([[1, 2, 3]], np.int32), np.zeros([1, 8], np.float32)]
    answers = []
    for _ in range(2):
        model = keras.models.load_model(folder / "final/model.keras")
        answers.append(keras.tree.flatten(model(asked)))
        runs.run(space, folder, mode="export")
    for before, after in zip(*answers, strict=True):
        np.testing.assert_array_equal(before, after)


def test_predict_names_a_class_for_each_image(finished, tmp_path):
    space, folder, lines = finished
    if space in config.TEXTS:
        pytest.skip("of image spaces")
    pixels = np.random.default_rng(0).integers(0, 256, (8, 8), np.uint8)
    for name in ("a.png", "b.png"):
        Image.fromarray(pixels).save(tmp_path / name)
    runs.run(space, folder, mode="predict", input=str(tmp_path))
    answers = [line for line in lines if line.startswith(str(tmp_path))]
    assert len(answers) == 2
    assert answers[0].split(": ")[1].split()[0] in "0123456789"


def test_a_perplexity_of_a_training_says_what_it_is_of(finished):
    space, _, lines = finished
    if space not in config.TEXTS:
        pytest.skip("of text spaces")
    said = [line for line in lines if line.startswith("Test perplexity: ")]
    assert said
    assert all("(the whole text as one stream" in line for line in said)


def test_predict_scores_each_text_file(finished, tmp_path):
    space, folder, lines = finished
    if space not in config.TEXTS:
        pytest.skip("of text spaces")
    (tmp_path / "likely.txt").write_text("the cat sat on\ncat sat on a\n")
    (tmp_path / "unlikely.txt").write_text("mat the it the\nsaw on the the\n")
    runs.run(space, folder, mode="predict", input=str(tmp_path))
    answers = [line for line in lines if line.startswith(str(tmp_path))]
    assert all("line by line, 10 words" in line for line in answers)
    values = [float(line.split("perplexity ")[1].split()[0]) for line in answers]
    likely, unlikely = values
    assert 1 < likely < unlikely
    (both,) = (line for line in lines if line.startswith("All 2 files: "))
    assert "line by line, 20 words" in both
    value = float(both.split("perplexity ")[1].split()[0])
    np.testing.assert_allclose(value, np.sqrt(likely * unlikely), rtol=1e-2)
    (tmp_path / "unknown.txt").write_text("the dog")
    with pytest.raises(config.ConfigError, match="'dog'.*vocabulary.txt"):
        runs.run(space, folder, mode="predict", input=str(tmp_path))
