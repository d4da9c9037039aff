import json
import pathlib
import subprocess
import sys
import zipfile

import keras
import numpy as np
import pytest
import tensorflow as tf

from enas_tf.children import final_macro
from enas_tf.config.sections import ChildConfig
from enas_tf.export import folder as exported
from enas_tf.export import images as export
from enas_tf.export import writing
from enas_tf.spaces import macro

ARC = "0 | 1 1 | 4 0 1 | 3 1 0 1 | 5 0 1 1 0 | 2 1 0 0 0 1"
MEAN, STD = np.array([120.0, 110.0, 100.0]), np.array([60.0, 61.0, 62.0])
NAMES = ["cat", "dog", "grey heron"]


def final_child(arc="0"):
    layers = len(arc.split("|"))
    return final_macro.final_macro_child(
        macro.MacroSpace(layers).parse(arc),
        ChildConfig(out_filters=4, keep_prob=0.5),
        image_shape=(12, 12, 3),
        num_classes=3,
        seed=0,
    )


def deployed(final):
    return export.deployable(final, mean=MEAN, std=STD, name="enas_macro")


def pixels(count=5):
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (count, 12, 12, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A model, the folder it was exported to, and the difference found."""
    model = deployed(final_child(ARC))
    folder = tmp_path_factory.mktemp("run") / "final"
    difference = export.export(model, folder, class_names=NAMES, sample=pixels())
    return model, folder, difference


def test_raw_images_are_standardised_inside():
    final = final_child()
    standard = ((pixels() - MEAN) / STD).astype("float32")
    wanted = tf.nn.softmax(final(standard))
    np.testing.assert_allclose(deployed(final)(pixels()), wanted, rtol=1e-5, atol=1e-6)


def test_bytes_and_floats_of_one_image_get_one_answer():
    model = deployed(final_child())
    answer = model(pixels())
    np.testing.assert_array_equal(model(pixels().astype("float32")), answer)
    np.testing.assert_allclose(model.predict(pixels(), verbose=0), answer, rtol=1e-5)


def test_grey_images_have_one_channel():
    images = keras.Input([4, 4, 1])
    logits = keras.layers.Flatten()(images)
    model = export.deployable(
        keras.Model(images, logits), mean=np.array([5.0]), std=np.array([2.0]), name="m"
    )
    answer = model(np.full([1, 4, 4, 1], 7, np.uint8))
    np.testing.assert_allclose(answer, np.full([1, 16], 1 / 16), rtol=1e-6)


def test_the_deployed_model_shares_the_weights_of_the_trained_one():
    final = final_child()
    model = deployed(final)
    before = model(pixels()).numpy()
    for weight in final.trainable_weights:
        weight.assign(weight + 0.1)
    assert np.abs(model(pixels()) - before).max() > 1e-3


def test_the_files_give_the_answers_of_the_model(written):
    model, folder, difference = written
    assert difference <= 1e-4
    wanted = model(pixels(3)).numpy()
    served = tf.saved_model.load(str(folder / "saved_model"))
    answer = served.signatures["serving_default"](images=tf.constant(pixels(3)))
    np.testing.assert_allclose(answer["probabilities"], wanted, atol=1e-4)
    np.testing.assert_allclose(wanted.sum(axis=1), 1.0, rtol=1e-5)


def test_no_layer_of_the_deployed_model_breaks_an_onnx_file():
    kinds = {type(layer).__name__ for layer in deployed(final_child()).layers}
    assert "Normalization" not in kinds
    assert "Rescaling" in kinds


def test_each_channel_is_standardised_by_its_own_mean_and_deviation():
    images = keras.Input([1, 1, 3])
    same = keras.Model(images, keras.layers.Flatten()(images))
    model = export.deployable(
        same, mean=np.array([1.0, 200.0, 0.0]), std=np.array([0.5, 3.0, 64.0]), name="m"
    )
    # (2 - 1) / .5, (194 - 200) / 3, 64 / 64
    wanted = tf.nn.softmax([[2.0, -2.0, 1.0]])
    answer = model(np.array([2, 194, 64], np.uint8).reshape(1, 1, 1, 3))
    np.testing.assert_allclose(answer, wanted, rtol=1e-5)


ENDPOINTS = {"serving_default": tf.uint8, "serve": tf.float32}


@pytest.mark.parametrize("name", ENDPOINTS)
def test_endpoints_take_bytes_and_floats_in_any_batch_also_of_none(written, name):
    model, folder, _ = written
    served = tf.saved_model.load(str(folder / "saved_model"))
    signature = served.signatures[name]
    taken = signature.structured_input_signature[1]["images"]
    assert taken.dtype == ENDPOINTS[name]
    assert taken.shape.as_list() == [None, 12, 12, 3]
    for count in (0, 1, 4):
        images = tf.constant(pixels(count), taken.dtype)
        answer = signature(images=images)["probabilities"]
        assert answer.shape == (count, 3)
        if count:
            np.testing.assert_allclose(answer, model(pixels(count)), atol=1e-4)


def test_the_saved_model_is_a_layer_of_a_functional_model(written):
    model, folder, _ = written
    images = keras.Input([12, 12, 3])
    layer = keras.layers.TFSMLayer(str(folder / "saved_model"))
    outer = keras.Model(images, layer(images)["probabilities"])
    answer = outer.predict(pixels(), verbose=0)
    np.testing.assert_allclose(answer, model(pixels()), atol=1e-4)


def test_class_names_lie_beside_the_model_and_in_it(written):
    _, folder, _ = written
    for file in ("classes.txt", "saved_model/assets.extra/classes.txt"):
        assert (folder / file).read_text() == "cat\ndog\ngrey heron\n"


def test_class_names_are_read_from_model_keras_alone(written):
    _, folder, _ = written
    with zipfile.ZipFile(folder / "model.keras") as archive:
        assert json.loads(archive.read("classes.json")) == NAMES


def run_alone(code, folder, tmp_path):
    """Run `code` far from this repository; returns what it printed."""
    np.save(tmp_path / "images.npy", pixels())
    code = (
        "import sys, numpy as np\n"
        f"images, folder = np.load('images.npy'), {str(folder)!r}\n{code}\n"
        "assert not any(name.startswith('enas_tf') for name in sys.modules)\n"
        "np.save('answer.npy', np.asarray(answer))\n"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return np.load(tmp_path / "answer.npy")


def test_model_keras_loads_with_keras_alone(written, tmp_path):
    model, folder, _ = written
    code = (
        "import keras\n"
        "model = keras.models.load_model(folder + '/model.keras')\n"
        "answer = model(images)"
    )
    answer = run_alone(code, folder, tmp_path)
    np.testing.assert_allclose(answer, model(pixels()), atol=1e-4)


def test_saved_model_loads_with_tensorflow_alone(written, tmp_path):
    model, folder, _ = written
    code = (
        "import tensorflow as tf\n"
        "served = tf.saved_model.load(folder + '/saved_model')\n"
        "signature = served.signatures['serving_default']\n"
        "answer = signature(images=tf.constant(images))['probabilities']"
    )
    answer = run_alone(code, folder, tmp_path)
    np.testing.assert_allclose(answer, model(pixels()), atol=1e-4)


def test_a_loaded_model_can_be_trained_on(written):
    keras.utils.set_random_seed(0)  # asked for where determinism was switched on
    _, folder, _ = written
    model = keras.models.load_model(folder / "model.keras")
    model.compile("sgd", "sparse_categorical_crossentropy")
    before = [w.numpy() for w in model.trainable_weights]
    model.fit(pixels(), np.zeros(5), verbose=0)
    after = [w.numpy() for w in model.trainable_weights]
    assert any((a != b).any() for a, b in zip(before, after, strict=True))


def test_nothing_is_printed_and_no_other_folder_left(tmp_path, capfd):
    model = deployed(final_child())
    capfd.readouterr()
    export.export(model, tmp_path / "final", class_names=NAMES, sample=pixels())
    assert capfd.readouterr() == ("", "")
    assert [path.name for path in tmp_path.iterdir()] == ["final"]


def older_export(tmp_path):
    folder = tmp_path / "final"
    folder.mkdir()
    (folder / "model.keras").write_text("older")
    return folder


def test_a_new_export_takes_the_place_of_the_older(tmp_path):
    folder = older_export(tmp_path)
    model = deployed(final_child())
    export.export(model, folder, class_names=NAMES, sample=pixels())
    loaded = keras.models.load_model(folder / "model.keras")
    np.testing.assert_allclose(loaded(pixels()), model(pixels()), atol=1e-4)
    assert [path.name for path in tmp_path.iterdir()] == ["final"]


class Doubled(keras.layers.Layer):
    """A layer that holds a table, which is no weight."""

    def __init__(self, **more):
        super().__init__(**more)
        keys = tf.range(256, dtype=tf.int64)
        rows = tf.lookup.KeyValueTensorInitializer(keys, tf.cast(2 * keys, tf.float32))
        self.table = tf.lookup.StaticHashTable(rows, 0.0)

    def call(self, x):
        return self.table.lookup(tf.cast(x, tf.int64))

    def compute_output_shape(self, input_shape):
        return input_shape


def test_what_an_op_holds_beside_weights_is_served_as_well(tmp_path):
    x = keras.Input((2, 2, 1))
    inner = keras.Model(x, keras.layers.GlobalMaxPooling2D()(Doubled()(x)))
    model = keras.Model(x, keras.layers.Rescaling(0.5)(inner(x)))
    served, place = export.Served(model), str(tmp_path / "saved_model")
    tf.saved_model.save(served, place, signatures=served.signatures())
    images = tf.constant(np.arange(8).reshape(2, 2, 2, 1), tf.float32)
    answers = tf.saved_model.load(place).signatures["serve"](images=images)
    np.testing.assert_array_equal(answers["probabilities"], [[3], [7]])


def test_a_failure_while_writing_keeps_the_older_export(tmp_path, monkeypatch):
    folder = older_export(tmp_path)

    def full_disk(served, path, **more):
        assert (pathlib.Path(path).parent / "model.keras").exists()
        raise OSError("No space left on device")

    monkeypatch.setattr(tf.saved_model, "save", full_disk)
    with pytest.raises(OSError, match="No space left"):
        export.export(
            deployed(final_child()), folder, class_names=NAMES, sample=pixels()
        )
    assert [path.name for path in tmp_path.iterdir()] == ["final"]
    assert (folder / "model.keras").read_text() == "older"


def test_different_answers_are_refused(tmp_path, monkeypatch):
    folder = older_export(tmp_path)
    monkeypatch.setattr(writing, "TOLERANCE", -1.0)
    with pytest.raises(RuntimeError, match="nothing was exported"):
        export.export(
            deployed(final_child()), folder, class_names=NAMES, sample=pixels()
        )
    assert (folder / "model.keras").read_text() == "older"


def test_a_model_that_answers_nan_is_refused(tmp_path):
    final = final_child()
    final.get_layer("fc").set_weights([np.full([4, 3], np.nan)])
    with pytest.raises(RuntimeError, match="nan"):
        export.export(
            deployed(final), tmp_path / "final", class_names=NAMES, sample=pixels()
        )
    assert not list(tmp_path.iterdir())


def test_a_missing_class_name_is_refused(tmp_path):
    with pytest.raises(ValueError, match="2 class names for 3 classes"):
        export.export(
            deployed(final_child()),
            tmp_path / "final",
            class_names=["cat", "dog"],
            sample=pixels(),
        )


def test_an_export_killed_while_swapping_is_brought_back(tmp_path):
    folder = older_export(tmp_path)
    folder.rename(tmp_path / ".final.old")
    exported.restore(folder)
    assert (folder / "model.keras").read_text() == "older"


def test_a_complete_export_is_not_replaced_by_its_forerunner(tmp_path):
    folder = older_export(tmp_path)
    older = tmp_path / ".final.old"
    older.mkdir()
    exported.restore(folder)
    assert (folder / "model.keras").read_text() == "older"
