"""What is said of an export's formats."""

import pytest

from enas_tf.config.sections import Config, RunConfig
from enas_tf.export import table
from enas_tf.export.table import Row, Table
from enas_tf.run.folder import RunFolder
from enas_tf.stages import told_formats

ROW = Row("keras", "model.keras", 57_400, None, 0.0, 1.0)


@pytest.fixture
def folder(tmp_path):
    found = RunFolder(tmp_path)
    found.final.mkdir()
    failed = dict(onnx="probabilities differ by 2.0e-01, at most 1e-05 is rounding")
    table.write(found.final, Table([ROW], failed, "9 test images"))
    return found


@pytest.fixture
def told(folder, caplog):
    """A function: settings -> the lines."""
    caplog.set_level("INFO", "absl")

    def run(**settings):
        caplog.clear()
        told_formats.tell(folder, Config(run=RunConfig(**settings)))
        return caplog.messages

    return run


def test_what_was_not_kept_is_told_and_the_table_where_no_summary_has_it(told):
    why = "probabilities differ by 2.0e-01, at most 1e-05 is rounding."
    fault, lines = told(mode="export", export_format="onnx")
    assert fault == f"model.onnx was not kept: {why}"
    head, _, row, how = lines.splitlines()
    assert head == "The export"
    assert row.split() == [
        *("keras", "model.keras", "57", "kB", "-", "0.0e+00", "100.0", "%")
    ]
    assert how == "ms: batch 1, one thread. The rest: 9 test images."
    assert told(mode="train", export_format="onnx") == [fault]


def test_a_format_that_cannot_be_is_told_beside_others(told):
    said, *_ = told(mode="train", search_for="rnn", export_format="onnx,litert_int8")
    assert said.startswith("There is no litert_int8 of a language model: ")


def test_nobody_who_asks_for_nothing_is_told_or_gets_a_table(folder):
    asked = Config(run=RunConfig(export_format="keras"))
    assert told_formats.wanted(folder, Config()) is None
    assert told_formats.wanted(folder, asked) == ()
    (folder.final / "model.onnx").touch()
    assert told_formats.wanted(folder, Config()) == ("onnx",)
