"""A file that does not answer as the model does is not left behind."""

import json

import keras
import numpy as np
import pytest

from enas_tf.export import answering, checked, latency, table
from enas_tf.export import images as export


class Halves:
    """Files hold a number that is added to one of two equal probabilities."""

    examples = "4 test images"

    def __init__(self, **added):
        self.added = added

    def write(self, name, path):
        path.write_text(str(self.added[name]))
        if isinstance(self.added[name], Exception):
            raise self.added[name]

    def compare(self, asked):
        own = np.full((4, 2), [0.5, 0.5 - 1e-7])
        return checked.compared(own + np.array([[asked, 0]]), own)


@pytest.fixture
def add(tmp_path, monkeypatch):
    """A function: what is added by each format -> the table in the folder."""

    def of_file(name, folder):
        path = folder / checked.formats.FORMATS[name].file
        return float(path.read_text()) if path.is_file() else 0.0

    def times(folder, names):
        return dict.fromkeys(names, 1.5)

    monkeypatch.setattr(answering, "of_file", of_file)
    monkeypatch.setattr(latency, "measured", times)

    def run(**added):
        checked.add(tmp_path, list(added), Halves(**added))
        return table.read(tmp_path)

    return run


def test_good_files_stay_and_are_listed(add, tmp_path):
    found = add(onnx=0.0, litert=9e-6, litert_int8=0.3)
    assert [row.format for row in found.rows] == [
        *("keras", "saved_model", "onnx", "litert", "litert_int8")
    ]
    assert found.failed == {}
    litert, int8 = found.rows[-2:]
    assert (litert.file, litert.bytes) == ("model.tflite", 5)
    assert (litert.milliseconds, litert.agreement) == (1.5, 1.0)
    assert litert.difference == pytest.approx(9e-6)
    assert int8.difference == pytest.approx(0.3)
    assert json.loads((tmp_path / "export.json").read_text())["formats"][2] == dict(
        format="onnx",
        file="model.onnx",
        bytes=3,
        milliseconds=1.5,
        difference=0.0,
        agreement=1.0,
    )


@pytest.mark.parametrize("wrong", [2e-5, -1.0, float("nan")])
def test_a_file_that_answers_otherwise_is_removed_and_told(wrong, add, tmp_path):
    found = add(onnx=wrong, litert=0.0)
    assert not (tmp_path / "model.onnx").exists()
    assert (tmp_path / "model.tflite").exists()
    assert [row.format for row in found.rows][2:] == ["litert"]
    assert "probabilities differ by" in found.failed["onnx"]


def test_whole_numbers_may_differ_but_must_agree(add, tmp_path):
    found = add(litert_int8=-0.01)
    assert found.failed["litert_int8"].startswith("it agrees in 0.0 % of the answers")
    assert not (tmp_path / "model_int8.tflite").exists()


def test_what_a_converter_cannot_write_is_told_and_the_rest_is_there(add, tmp_path):
    found = add(onnx=ValueError("no such op\nand a long story"), litert=0.0)
    assert found.failed == dict(onnx="ValueError: no such op")
    assert not (tmp_path / "model.onnx").exists()
    assert (tmp_path / "model.tflite").exists()


def test_the_table_fits_into_a_summary(add):
    lines = table.lines(add(onnx=0.0, litert_int8=0.25))
    assert lines[0].split() == ["format", "file", "size", "ms", *lines[0].split()[4:]]
    assert lines[-2].split() == [
        *("litert_int8", "model_int8.tflite", "0", "kB", "1.50", "2.5e-01"),
        *("100.0", "%"),
    ]
    assert max(map(len, lines)) <= 70


def test_a_damaged_table_is_none(add, tmp_path):
    add(onnx=0.0)
    (tmp_path / "export.json").write_text('{"formats": []')
    assert table.read(tmp_path) is None


def test_a_full_disk_keeps_the_earlier_export(add, tmp_path):
    images = keras.Input([2, 2, 1])
    final = keras.Model(images, keras.layers.Flatten()(images))
    model = export.deployable(final, mean=np.zeros(1), std=np.ones(1), name="flat")
    folder = tmp_path / "final"
    folder.mkdir()
    (folder / "earlier").touch()
    full = Halves(onnx=OSError(28, "No space left on device"))
    with pytest.raises(OSError, match="No space"):
        export.export(
            model,
            folder,
            class_names=list("abcd"),
            sample=np.zeros((1, 2, 2, 1), np.uint8),
            also=lambda new: checked.add(new, ["onnx"], full),
        )
    assert [path.name for path in tmp_path.iterdir()] == ["final"]
    assert [path.name for path in folder.iterdir()] == ["earlier"]
