"""Exported models in other engines: ONNX Runtime and LiteRT.

They want the packages of the extra `export`, which `dev` brings.
"""

import functools
import json
import pathlib
import shutil
import zipfile

import keras
import numpy as np
import pytest
from PIL import Image

from enas_tf.children import final_macro, final_micro
from enas_tf.config.sections import ChildConfig, ConfigError
from enas_tf.export import (
    answering,
    checked,
    latency,
    more_images,
    more_texts,
    predict_images,
    predict_text,
    stopwatch,
    table,
)
from enas_tf.export import images as export
from enas_tf.export import sums as export_sums
from enas_tf.export import text as export_text
from enas_tf.nn import language
from enas_tf.spaces import macro, micro

for package in ("tf2onnx", "onnxruntime", "ai_edge_litert"):
    pytest.importorskip(package, reason="of the extra `export`: pip install '.[dev]'")

MORE = ("onnx", "litert", "litert_int8")
EVERY_OP = {
    "macro": "0 | 1 1 | 4 0 1 | 3 1 0 1 | 5 0 1 1 0 | 2 1 0 0 0 1",
    "micro": "0 0 1 4 | 2 2 1 3 | 0 1 1 0 | 1 0 0 4 | 2 2 1 3 | 3 1 2 2",
}
NAMES = ["a", "b", "c"]


@pytest.fixture(scope="module", autouse=True)
def untimed():
    """Times want a process of their own, and seconds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(latency, "measured", lambda folder, names: {})
        yield


def write(final, folder, size=8, names=MORE):
    """The export of a network of images; the model, and some of its images."""
    mean, std = np.array([120.0, 110.0, 100.0]), np.array([60.0, 61.0, 62.0])
    model = export.deployable(final, mean=mean, std=std, name="enas_child")
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (70, size, size, 3), dtype=np.uint8)
    more = more_images.DeployableImages(model, images, images[:20])
    also = functools.partial(checked.add, names=names, model=more)
    export.export(model, folder, class_names=NAMES, sample=images[:2], also=also)
    return model, images


def small():
    """A convolution, a pool and logits."""
    inputs = keras.Input([8, 8, 3])
    x = keras.layers.Conv2D(4, 3, activation="relu")(inputs)
    x = keras.layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, keras.layers.Dense(3)(8 * x))


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The folder of an export in all formats, its model and its images."""
    keras.utils.set_random_seed(0)
    folder = tmp_path_factory.mktemp("engines") / "final"
    return folder, *write(small(), folder)


def test_each_file_is_there_and_was_checked(written):
    folder, _, _ = written
    found = table.read(folder)
    assert [row.format for row in found.rows] == ["keras", "saved_model", *MORE]
    assert found.failed == {} and found.examples == "70 test images"
    assert all(row.difference <= 1e-5 for row in found.rows[:-1])
    assert 0 < found.rows[-1].difference < 0.1
    assert found.rows[-1].agreement >= 0.9
    export_sums.refuse_damaged(folder)
    listed = (folder / "SHA256SUMS").read_text()
    files = ("model.onnx", "model.tflite", "model_int8.tflite", "export.json")
    assert all(f"  {name}\n" in listed for name in files)


@pytest.mark.parametrize("name", ["keras", "saved_model", *MORE])
def test_inputs_and_outputs_have_the_same_names_in_all(name, written):
    folder, model, images = written
    asked = answering.of_file(name, folder)
    assert asked.inputs == dict(images=(0, 8, 8, 3))
    assert asked.outputs == dict(probabilities=(0, 3))
    for count in (1, 5):
        found = asked(images=images[:count])["probabilities"]
        tolerance = 0.1 if name == "litert_int8" else 1e-5
        np.testing.assert_allclose(found, model(images[:count]), atol=tolerance)


def test_the_names_of_the_classes_are_in_each_file(written):
    import onnxruntime

    folder, _, _ = written
    for file in ("model.keras", "model.tflite", "model_int8.tflite"):
        with zipfile.ZipFile(folder / file) as archive:
            assert json.loads(archive.read("classes.json")) == NAMES
    session = onnxruntime.InferenceSession(folder / "model.onnx")
    inside = session.get_modelmeta().custom_metadata_map
    assert json.loads(inside["classes.json"]) == NAMES


def test_whole_numbers_have_no_float_and_take_images_as_they_are(written):
    from enas_tf.export import litert_file

    folder, _, _ = written
    model = litert_file.LitertModel(folder / "model_int8.tflite")
    assert not model.has_floats
    assert litert_file.LitertModel(folder / "model.tflite").has_floats
    (details,) = model._run.get_input_details().values()
    assert details["dtype"] == np.uint8 and details["quantization"] == (1.0, 0)


@pytest.mark.parametrize("name", ["keras", "onnx", "litert"])
def test_a_prediction_is_that_of_the_saved_model(name, written, tmp_path):
    folder, _, images = written
    for number in range(3):
        Image.fromarray(images[number]).save(tmp_path / f"{number}.png")
    np.save(tmp_path / "x.npy", images[:66])
    for source in (tmp_path, tmp_path / "x.npy"):
        wanted = predict_images.predict(folder, source)
        found = predict_images.predict(folder, source, name)
        assert [one[:2] for one in found] == [one[:2] for one in wanted]
        pairs = zip(found, wanted, strict=True)
        assert max(abs(a.probability - b.probability) for a, b in pairs) < 1e-5


@pytest.mark.parametrize("name", ["keras", "onnx", "litert"])
@pytest.mark.parametrize("damage", ["empty", "half", "other"])
def test_a_damaged_file_is_one_line_also_where_nobody_has_its_sum(
    name, damage, written, tmp_path
):
    folder = tmp_path / "final"
    shutil.copytree(written[0], folder)
    path = folder / checked.formats.FORMATS[name].file
    whole = path.read_bytes()
    path.write_bytes({"empty": b"", "half": whole[: len(whole) // 2]}.get(damage, b"x"))
    with pytest.raises(ConfigError, match=f"{path.name} is not as SHA256SUMS has it"):
        export_sums.refuse_damaged(folder)
    with pytest.raises(ConfigError) as caught:
        answering.of_user(name, folder)
    line = str(caught.value)
    assert f"{path} cannot be read as {name} (" in line and "\n" not in line
    assert line.endswith(f"--export_format={name} --output_dir={tmp_path}.")


def test_code_in_a_keras_file_is_not_run(written, tmp_path):
    inputs = keras.Input([8, 8, 3], name="images")
    model = keras.Model(inputs, keras.layers.Lambda(lambda x: x + 1)(inputs))
    model.save(tmp_path / "model.keras")
    with pytest.raises(ConfigError, match="cannot be read as keras"):
        answering.of_user("keras", tmp_path)


def test_a_call_is_timed_on_a_batch_of_one(monkeypatch):
    monkeypatch.setattr(stopwatch, "SECONDS", 0.01)
    seen = []

    class Slow:
        inputs = dict(words=(0, 0), state=(0, 4))

        def __call__(self, **inputs):
            seen.append({name: (v.shape, v.dtype) for name, v in inputs.items()})

    took = latency.of_one(Slow())
    assert 0 < took.least <= took.median < 1.0
    assert seen[0] == dict(words=((1, 1), np.int32), state=((1, 4), np.float32))
    assert len(seen) > stopwatch.WARM_UP


def test_other_processes_time_the_files(written):
    files = latency._all(str(written[0]), "onnx", "litert")
    assert list(files) == ["onnx", "litert"] and min(files.values()) > 0


VOCABULARY = ("<eos>", "<unk>", "a", "cat", "sat")


@pytest.fixture(scope="module")
def texts(tmp_path_factory):
    """The folder of a language model's export, and its table."""
    layer = language.CellWordModel(
        *(5, 4),
        inputs=(0, 0),
        ops=(1, 2),
        functions=("tanh", "relu", "sigmoid", "identity"),
        init_range=1.0,
        seed=0,
    )
    folder = tmp_path_factory.mktemp("texts") / "final"
    ids = np.random.default_rng(0).integers(0, 5, (3, 6), dtype=np.int32)
    more = more_texts.DeployableWords(layer, ids)
    export_text.export(
        layer,
        folder,
        vocabulary=VOCABULARY,
        sample_ids=ids,
        also=functools.partial(checked.add, names=["onnx", "litert"], model=more),
    )
    return folder, table.read(folder)


def test_a_language_model_is_in_both_and_answers_alike(texts, tmp_path):
    folder, found = texts
    assert found.failed == {} and found.examples == "3 test texts of 6 words"
    assert [row.format for row in found.rows][2:] == ["onnx", "litert"]
    assert 0 < max(row.difference for row in found.rows) <= 1e-5
    asked = answering.of_file("onnx", folder)
    assert asked.inputs == dict(words=(0, 0), state=(0, 4))
    assert asked.outputs == dict(logits=(0, 0, 5), next_state=(0, 4))
    (tmp_path / "x.txt").write_text("a cat sat\ndog\n\na a a a cat <eos>\n")
    (wanted,) = predict_text.predict(folder, tmp_path / "x.txt")
    for name in ("keras", "onnx", "litert"):
        (found,) = predict_text.predict(folder, tmp_path / "x.txt", name)
        assert found.num_words == wanted.num_words == 13
        assert found.log_probability == pytest.approx(wanted.log_probability, rel=1e-6)


def test_a_long_line_is_read_in_pieces(texts, tmp_path, monkeypatch):
    (tmp_path / "x.txt").write_text("a cat sat " * 9 + "\nsat\n")
    (wanted,) = predict_text.predict(texts[0], tmp_path / "x.txt", "onnx")
    monkeypatch.setattr(predict_text.text_scores, "SCORES", 5 * 2 * 4)
    (found,) = predict_text.predict(texts[0], tmp_path / "x.txt", "onnx")
    assert found.log_probability == pytest.approx(wanted.log_probability, rel=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("space", sorted(EVERY_OP))
def test_every_op_of_a_final_child_is_in_all_formats(space, tmp_path: pathlib.Path):
    sizes = dict(image_shape=(16, 16, 3), num_classes=3, seed=0)
    config = ChildConfig(num_layers=1, out_filters=4)
    if space == "macro":
        arc = macro.MacroSpace(6).parse(EVERY_OP[space])
        final = final_macro.final_macro_child(arc, config, **sizes)
    else:
        arc = micro.MicroSpace(3).parse(EVERY_OP[space])
        final = final_micro.final_micro_child(arc, config, training=False, **sizes)
    write(final, tmp_path / "final", size=16)
    found = table.read(tmp_path / "final")
    assert found.failed == {}
    assert [row.format for row in found.rows][2:] == list(MORE)
