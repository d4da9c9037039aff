"""The final child of images: how often its data are gone through; what XLA refuses."""

import pytest
import runs

from enas_tf.config.sections import ConfigError
from enas_tf.data.images import standardise
from enas_tf.data.images.image_data import ImageData

GIVEN = dict(child_fixed_arc="0 1 0 2 1 1", num_epochs=1)


@pytest.fixture
def counted(monkeypatch):
    """What was done: put together, and of how many images the mean was measured."""
    done = []
    together, measure = ImageData.all_training, standardise.standardisation

    def all_training(data):
        done.append("together")
        return together(data)

    def standardisation(images):
        done.append(len(images))
        return measure(images)

    monkeypatch.setattr(ImageData, "all_training", all_training)
    monkeypatch.setattr(standardise, "standardisation", standardisation)
    return done


def test_a_training_puts_its_images_together_once_and_measures_them_once(
    tmp_path, counted
):
    runs.run("macro", tmp_path / "run", mode="train", **GIVEN)
    assert counted == ["together", 1077 + 360]
    counted.clear()
    runs.run("macro", tmp_path / "run", mode="export", **GIVEN)
    assert counted == ["together", 1077 + 360]


def test_a_search_and_its_training_measure_what_each_trains_on(tmp_path, counted):
    runs.run("macro", tmp_path / "run", mode="all", num_epochs=1)
    assert counted == [1077, "together", 1077 + 360]


def test_a_max_pool_for_xla_is_refused_before_the_training(tmp_path):
    pooled = dict(child_fixed_arc="5 1 0 5 1 1", num_epochs=1, jit_compile=True)
    with pytest.raises(ConfigError, match="layer_0_maxpool_3x3.*--nodeterministic"):
        runs.run("macro", tmp_path / "run", mode="train", **pooled)
    assert not list((tmp_path / "run").rglob("ckpt-*"))
