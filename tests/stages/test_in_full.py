"""The export of a child that was computed in a lower type."""

import json
import zipfile

import keras
import numpy as np
import pytest
import runs
import tensorflow as tf

from enas_tf.config.sections import ConfigError

# Of probabilities, and of log-probabilities of words: rounding of one part in 256, in
# a network of three layers.
MOST = 0.05
GIVEN = dict(mode="train", num_epochs=1, child_precision="bfloat16")


def told(caplog):
    """What the line says of the largest difference."""
    (line,) = [m for m in caplog.messages if "The export is in float32" in m]
    return float(line.split("at most ")[1].split()[0])


def test_an_export_is_in_float32_and_answers_as_the_child_but_for_rounding(
    tmp_path, caplog
):
    folder = tmp_path / "run"
    arc = dict(child_fixed_arc="0 1 0 1 1 1")  # a convolution and separable ones
    runs.run("macro", folder, **arc, **GIVEN)
    assert 0.0 < told(caplog) < MOST
    file = folder / "final" / "model.keras"
    with zipfile.ZipFile(file) as archive:
        config = archive.read("config.json").decode()
    assert "bfloat16" not in config and "enas_tf" not in json.dumps(config)
    model = keras.models.load_model(file)
    assert {layer.compute_dtype for layer in model.layers} == {"float32"}
    images = np.random.default_rng(0).integers(0, 256, (4, *model.input_shape[1:]))
    served = tf.saved_model.load(str(folder / "final" / "saved_model"))
    answers = served.signatures["serve"](images=tf.constant(images, tf.float32))
    wanted = model(images.astype(np.float32))
    assert wanted.dtype == answers["probabilities"].dtype == tf.float32
    np.testing.assert_allclose(answers["probabilities"], wanted, atol=1e-5)
    with pytest.raises(ConfigError, match="--child_precision was 'bfloat16' when"):
        runs.run("macro", folder, **arc, **(GIVEN | dict(child_precision="float32")))


def test_so_is_that_of_a_language_model(tmp_path, caplog):
    runs.run("rnn", tmp_path / "run", child_fixed_arc="0 0 0 1", **GIVEN)
    assert 0.0 < told(caplog) < MOST
