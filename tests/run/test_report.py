"""The report: what it writes to metrics.jsonl and TensorBoard."""

import io
import json
import math

import numpy as np
import PIL.Image
import pytest
from tensorboard.backend.event_processing import event_accumulator
from tensorboard.plugins.hparams import api_pb2, plugin_data_pb2
from tensorboard.util import tensor_util

from enas_tf.config import sections as config
from enas_tf.run import events as events_lib
from enas_tf.run import report as report_lib


def rows_without_time(folder):
    rows = report_lib.read_rows(folder / "metrics.jsonl")
    return [{key: row[key] for key in row if key != "time"} for row in rows]


def events(folder, stage):
    accumulator = event_accumulator.EventAccumulator(
        str(folder / "tensorboard" / stage), size_guidance=dict(tensors=0)
    )
    accumulator.Reload()
    return accumulator


def scalar(folder, stage, tag):
    found = events(folder, stage).Tensors(tag)
    return [
        (one.step, tensor_util.make_ndarray(one.tensor_proto).item()) for one in found
    ]


def test_a_row_holds_stage_kind_step_and_the_values(tmp_path):
    with report_lib.Report(tmp_path, stage="search") as report:
        report.scalars("child", 50, {"loss": np.float32(1.5), "accuracy": 0.25})
        report.scalars("controller", np.int64(1), {"reward": 0.5})
    assert rows_without_time(tmp_path) == [
        dict(stage="search", kind="child", step=50, loss=1.5, accuracy=0.25),
        dict(stage="search", kind="controller", step=1, reward=0.5),
    ]


def test_the_scalars_of_a_row_are_one_event(tmp_path):
    with report_lib.Report(tmp_path, stage="search") as report:
        report.scalars("child", 50, {"loss": 1.5, "accuracy": 0.25})
    (file,) = (tmp_path / "tensorboard" / "search").iterdir()
    (_, row), damaged = events_lib.read(file)
    tags = [value.tag for value in row.event.summary.value]
    assert (row.event.step, tags) == (50, ["child/loss", "child/accuracy"])
    assert scalar(tmp_path, "search", "child/accuracy") == [(50, 0.25)]
    assert not damaged


def test_a_row_is_in_the_file_before_the_report_is_closed(tmp_path):
    report = report_lib.Report(tmp_path, stage="search")
    report.scalars("test", 3, {"accuracy": 0.75})
    text = (tmp_path / "metrics.jsonl").read_text()
    report.close()
    assert text.endswith("\n")
    assert json.loads(text)["accuracy"] == 0.75


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_value_that_is_no_number_is_null(tmp_path, value):
    with report_lib.Report(tmp_path, stage="search") as report:
        report.scalars("child", 1, {"loss": value, "lr": 0.5})
    row = json.loads((tmp_path / "metrics.jsonl").read_text())
    assert row["loss"] is None
    assert row["lr"] == 0.5


def test_a_second_report_appends(tmp_path):
    for stage, step in [("search", 1), ("search", 2), ("train", 1)]:
        with report_lib.Report(tmp_path, stage=stage) as report:
            report.scalars("valid", step, {"accuracy": 0.5})
    rows = rows_without_time(tmp_path)
    assert [(row["stage"], row["step"]) for row in rows] == [
        ("search", 1),
        ("search", 2),
        ("train", 1),
    ]


def test_what_is_beyond_float32_is_drawn_at_its_end_and_written_as_it_is(tmp_path):
    with report_lib.Report(tmp_path, stage="search") as report:
        report.scalars("child", 1, {"perplexity": 1e300})
    ((_, drawn),) = scalar(tmp_path, "search", "child/perplexity")
    assert drawn == pytest.approx(3.4e38, rel=0.01)
    assert '"perplexity": 1e+300' in (tmp_path / "metrics.jsonl").read_text()


def test_scalars_are_in_tensorboard_under_kind_and_name(tmp_path):
    with report_lib.Report(tmp_path, stage="search") as report:
        report.scalars("child", 50, {"loss": 1.5})
        report.scalars("child", 100, {"loss": 1.25})
        report.scalars("controller", 1, {"op_frequency/conv3x3": 0.5})
    assert scalar(tmp_path, "search", "child/loss") == [(50, 1.5), (100, 1.25)]
    assert scalar(tmp_path, "search", "controller/op_frequency/conv3x3") == [(1, 0.5)]


def test_stages_are_apart_in_tensorboard(tmp_path):
    for stage, loss in [("search", 2.0), ("train", 1.0)]:
        with report_lib.Report(tmp_path, stage=stage) as report:
            report.scalars("child", 1, {"loss": loss})
    assert scalar(tmp_path, "search", "child/loss") == [(1, 2.0)]
    assert scalar(tmp_path, "train", "child/loss") == [(1, 1.0)]


def test_text_is_in_tensorboard(tmp_path):
    with report_lib.Report(tmp_path, stage="search") as report:
        report.text("best_arc", "0 3 1", 7)
    (found,) = events(tmp_path, "search").Tensors("best_arc")
    assert found.step == 7
    assert found.tensor_proto.string_val == [b"0 3 1"]


@pytest.mark.parametrize("mode, channels", [("L", 1), ("RGB", 3), ("RGBA", 4)])
def test_image_is_in_tensorboard_pixel_by_pixel(tmp_path, mode, channels):
    pixels = np.arange(6 * channels, dtype=np.uint8).reshape(2, 3, channels)
    source = PIL.Image.fromarray(pixels.squeeze(-1) if mode == "L" else pixels)
    source.save(tmp_path / "arc.png")
    with report_lib.Report(tmp_path, stage="search") as report:
        report.image("best_arc", tmp_path / "arc.png", 7)
    (found,) = events(tmp_path, "search").Tensors("best_arc")
    width, height, encoded = found.tensor_proto.string_val
    assert (width, height) == (b"3", b"2")
    shown = np.asarray(PIL.Image.open(io.BytesIO(encoded)))
    np.testing.assert_array_equal(shown.reshape(pixels.shape), pixels)


def test_a_tag_of_one_kind_is_refused_to_another(tmp_path):
    with report_lib.Report(tmp_path, stage="search") as report:
        report.text("arc", "0 3 1", 1)
        report.text("arc", "0 3 2", 2)
        with pytest.raises(ValueError, match="arc is of kind text, and now .* image"):
            report.image("arc", tmp_path / "arc.png", 2)
        with pytest.raises(ValueError, match="child/loss is of kind scalar"):
            report.scalars("child", 1, {"loss": 1.0})
            report.text("child/loss", "low", 1)


def trial(folder, part):
    """One record of the HPARAMS tab."""
    content = events(folder, "search").PluginTagToContent("hparams")
    tag = f"_hparams_/{part}"
    return plugin_data_pb2.HParamsPluginData.FromString(content[tag])


def test_a_trial_that_has_begun_has_no_end(tmp_path):
    with report_lib.Report(tmp_path, stage="search") as report:
        report.begin_trial(config.Config())
    content = events(tmp_path, "search").PluginTagToContent("hparams")
    assert set(content) == {"_hparams_/experiment", "_hparams_/session_start_info"}
    start = trial(tmp_path, "session_start_info").session_start_info
    assert start.group_name.startswith(f"{tmp_path.name} search (")
    assert start.hparams["child_lr_max"].number_value == 0.05
    assert start.hparams["stage"].string_value == "search"


def test_a_trial_that_has_ended_has_its_results_and_success(tmp_path):
    with report_lib.Report(tmp_path, stage="search") as report:
        report.begin_trial(config.Config())
        report.trial_figures({"test_accuracy": 0.5, "of_no_column": 0.25})
        report.end_trial()
    end = trial(tmp_path, "session_end_info").session_end_info
    assert end.status == api_pb2.STATUS_SUCCESS
    assert scalar(tmp_path, "search", "hparams/test_accuracy") == [(0, 0.5)]
    assert "hparams/of_no_column" not in events(tmp_path, "search").Tags()["tensors"]


def test_rewind_drops_this_stage_only(tmp_path):
    with report_lib.Report(tmp_path, stage="search") as report:
        report.scalars("child", 1, {"loss": 3.0})
        report.scalars("child", 9, {"loss": 3.0})
    with report_lib.Report(tmp_path, stage="train") as report:
        for step in (1, 2, 3):
            report.scalars("child", step, {"loss": 1.0})
        report.rewind(lambda kind, step: step <= 1)
        report.scalars("child", 2, {"loss": 0.5})
    kept = [
        (row["stage"], row["step"], row["loss"]) for row in rows_without_time(tmp_path)
    ]
    assert kept == [
        ("search", 1, 3.0),
        ("search", 9, 3.0),
        ("train", 1, 1.0),
        ("train", 2, 0.5),
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "metrics.jsonl",
        "tensorboard",
    ]


def test_rewind_leaves_kept_lines_byte_for_byte(tmp_path):
    path = tmp_path / "metrics.jsonl"
    path.write_text('{"stage":"search",  "kind":"child","step":1,"loss":1e-1}\n')
    before = path.read_bytes()
    with report_lib.Report(tmp_path, stage="search") as report:
        report.rewind(lambda kind, step: True)
    assert path.read_bytes() == before


def test_rewind_tolerates_a_line_cut_short(tmp_path):
    path = tmp_path / "metrics.jsonl"
    path.write_text('{"stage": "search", "kind": "child", "step": 1}\n{"stage": "sea')
    with report_lib.Report(tmp_path, stage="search") as report:
        report.rewind(lambda kind, step: True)
        report.scalars("child", 2, {})
    lines = path.read_text().splitlines()
    assert [json.loads(line)["step"] for line in lines] == [1, 2]


def test_a_line_cut_short_does_not_swallow_the_next_row(tmp_path):
    path = tmp_path / "metrics.jsonl"
    path.write_text('{"stage": "search", "kind": "child", "step": 1}\n{"stage": "sea')
    with report_lib.Report(tmp_path, stage="search") as report:
        report.scalars("child", 2, {})
    assert [row["step"] for row in report_lib.read_rows(path)] == [1, 2]


def test_rewind_takes_the_same_steps_out_of_tensorboard(tmp_path):
    with report_lib.Report(tmp_path, stage="search") as report:
        for step in (1, 2, 3):
            report.scalars("child", step, {"loss": float(step)})
            report.scalars("valid", step, {"accuracy": 0.5})
    with report_lib.Report(tmp_path, stage="search") as report:
        report.rewind(lambda kind, step: step <= (1 if kind == "child" else 2))
        report.scalars("child", 2, {"loss": 9.0})
    assert scalar(tmp_path, "search", "child/loss") == [(1, 1.0), (2, 9.0)]
    assert [s for s, _ in scalar(tmp_path, "search", "valid/accuracy")] == [1, 2]


def test_what_is_told_once_replaces_what_was_told_before(tmp_path):
    for value in (0.5, 0.75):
        with report_lib.Report(tmp_path, stage="train") as report:
            report.scalars("child", 7, {"loss": value})
            report.once("test", 2, {"accuracy": value})
            report.trial_figures({"test_accuracy": value})
            assert report.holds("test", 2) and report.holds("test")
            assert not report.holds("test", 1) and not report.holds("derive")
            report.once("test", 3, {"accuracy": value})
    tests = [
        (r["step"], r["accuracy"])
        for r in rows_without_time(tmp_path)
        if r["kind"] == "test"
    ]
    assert tests == [(2, 0.75), (3, 0.75)]
    assert scalar(tmp_path, "train", "test/accuracy") == tests
    assert scalar(tmp_path, "train", "child/loss") == [(7, 0.5), (7, 0.75)]


def test_a_trial_that_begins_again_is_there_once(tmp_path):
    for _ in range(2):
        with report_lib.Report(tmp_path, stage="search") as report:
            report.begin_trial(config.Config())
            report.trial_figures({"test_accuracy": 0.5})
            report.end_trial()
    found = [
        value.tag
        for file in sorted((tmp_path / "tensorboard/search").iterdir())
        for record in events_lib.read(file)[0]
        for value in record.event.summary.value
    ]
    assert len(found) == len(set(found)) == 4


def test_what_was_reported_is_in_the_files_when_it_is_flushed(tmp_path):
    with report_lib.Report(tmp_path, stage="search") as report:
        report.scalars("child", 7, {"loss": 0.5})
        report.flush()
        assert scalar(tmp_path, "search", "child/loss") == [(7, 0.5)]


def test_a_report_that_reports_nothing_leaves_no_trace(tmp_path):
    with report_lib.Report(tmp_path / "run", stage="evaluate") as report:
        report.message("Test accuracy: 0.5")
        report.flush()
    assert not (tmp_path / "run").exists()


def test_damage_of_the_metrics_is_told_and_the_rest_goes_on(tmp_path, caplog):
    path = tmp_path / "metrics.jsonl"
    with report_lib.Report(tmp_path, stage="search") as report:
        for step in (1, 2):
            report.scalars("child", step, {"loss": 0.25})
    damaged = path.read_text().replace("0.25", "0.26", 1)
    path.write_text(damaged)
    assert [row["step"] for row in report_lib.read_rows(path)] == [2]
    with report_lib.Report(tmp_path, stage="search") as report:
        report.rewind(lambda kind, step: True)
        report.scalars("child", 3, {"loss": 0.25})
    assert [row["step"] for row in report_lib.read_rows(path)] == [2, 3]
    assert (tmp_path / "metrics.jsonl.damaged").read_text() == damaged
    assert "1 line is damaged and left out" in caplog.messages[0]


def test_close_can_be_called_twice(tmp_path):
    report = report_lib.Report(tmp_path, stage="search")
    report.close()
    report.close()


def test_a_row_alone_is_in_the_rows_and_not_in_tensorboard(tmp_path):
    with report_lib.Report(tmp_path, stage="search") as report:
        report.row("ops", 2, {"layer 0/conv3x3": 0.5})
        (row,) = report.rows_of("ops")
        assert (row["step"], row["layer 0/conv3x3"]) == (2, 0.5)
        assert report.rows_of("child") == []
    assert not (tmp_path / "tensorboard").exists()


def test_rows_of_another_stage_are_not_its_own(tmp_path):
    for stage in ("search", "train"):
        with report_lib.Report(tmp_path, stage=stage) as report:
            report.row("child", 1, {"loss": 1.0})
            assert [row["stage"] for row in report.rows_of("child")] == [stage]
