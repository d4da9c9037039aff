"""Formats of an export: which are meant, and what is refused before TensorFlow."""

import importlib.util

import pytest

from enas_tf.command import export_formats
from enas_tf.config.sections import ConfigError, RunConfig
from enas_tf.export import formats
from enas_tf.run.folder import RunFolder


@pytest.fixture
def final(tmp_path):
    """The folder of an export with the two files, and one more."""
    folder = tmp_path / "run" / "final"
    (folder / "saved_model").mkdir(parents=True)
    (folder / "model.keras").touch()
    (folder / "model.tflite").touch()
    return folder


@pytest.fixture
def installed(monkeypatch):
    """A function: of the engines, only these are installed."""

    def only(*names):
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: name in names)

    only("tf2onnx", "onnxruntime", "ai_edge_litert")
    return only


def refuse(final, mode, text, space="macro", **more):
    run = RunConfig(mode=mode, export_format=text, search_for=space, **more)
    export_formats.refuse(run, RunFolder(final.parent))


def refusal(*given, **more):
    with pytest.raises(ConfigError) as caught:
        refuse(*given, **more)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_names_come_in_the_order_of_the_table():
    assert formats.parse("litert, keras,onnx") == ("keras", "onnx", "litert")
    assert formats.parse("") == ()


@pytest.mark.parametrize("text", ["onxx", "onnx,", "onnx,onnx", ",", "ONNX"])
def test_other_names_are_refused(text):
    with pytest.raises(ConfigError, match="one|some of keras, saved_model, onnx"):
        formats.parse(text)


def test_what_is_there_is_written_anew_with_what_is_asked_for(final):
    assert formats.beside("", final, "images") == ("litert",)
    assert formats.beside("onnx,keras", final, "images") == ("onnx", "litert")
    assert formats.beside("litert_int8", final, "texts") == ("litert",)


def test_a_format_that_is_none_of_a_language_model_is_said_or_refused(final, installed):
    (said,) = formats.left_out("onnx,litert_int8", "texts")
    assert said.startswith("There is no litert_int8 of a language model: ")
    refuse(final, "export", "onnx,litert_int8", "rnn")
    line = refusal(final, "export", "litert_int8", "rnn")
    assert said in line and line.endswith("keras, saved_model, onnx, litert.")
    assert said in refusal(final, "predict", "litert_int8", "rnn")


def test_a_missing_package_is_named_with_the_command_that_installs_it(final, installed):
    installed("ai_edge_litert", "tf2onnx")
    assert refusal(final, "train", "onnx").endswith(
        "needs onnxruntime, not installed here. Give pip install 'enas_tf[onnx]'."
    )
    installed()
    line = refusal(final, "export", "onnx,keras")
    assert "needs tf2onnx and onnxruntime, not" in line
    # A file that is there would be written anew, or be of older weights.
    assert f"move {final / 'model.tflite'} away" in refusal(final, "export", "")
    refuse(final, "train", "", reset_output_dir=True)
    refuse(final, "search", "")


def test_to_ask_a_file_needs_its_reader_alone(final, installed):
    (final / "model.onnx").touch()
    installed("onnxruntime")
    refuse(final, "predict", "onnx")
    assert "needs ai_edge_litert, not" in refusal(final, "predict", "litert")


def test_a_prediction_asks_one_file_that_is_there(final, installed):
    refuse(final, "predict", "")
    refuse(final, "predict", "litert")
    assert "one file answers" in refusal(final, "predict", "keras,litert")
    line = refusal(final, "predict", "onnx")
    assert f"is not in {final}, which has keras, saved_model, litert." in line
    assert f"--mode=export --export_format=onnx --output_dir={final.parent}." in line
