"""Plugins named to `enas_tf.Search`: what they add is known to the constructor."""

import plugin_files
import pytest

import enas_tf
from enas_tf.config.sections import ConfigError
from enas_tf.library import process


@pytest.fixture(autouse=True)
def forgotten():
    with plugin_files.forgotten():
        yield


def test_the_constructor_knows_the_reward_of_its_plugin(tmp_path):
    path = plugin_files.written(tmp_path, plugin_files.REWARD)
    settings = dict(plugin=path, controller_reward="squared")
    enas_tf.Search(**settings)
    assert process.config_of(settings).controller.reward == "squared"


def test_the_constructor_knows_the_op_of_its_plugin(tmp_path):
    path = plugin_files.written(tmp_path, plugin_files.OP)
    enas_tf.Search(plugin=path, child_ops="halved,conv3x3")
    with pytest.raises(ConfigError, match="'doubled' is none of them"):
        enas_tf.Search(plugin=path, child_ops="doubled,conv3x3")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, r"plugin=.*mine\.py is not allowed: it must be a Python file that can"),
        ("1 / 0", r"plugin=.*mine\.py cannot be loaded: .*line 1: ZeroDivisionError"),
    ],
)
def test_the_constructor_refuses_a_plugin_that_cannot_be_loaded(
    tmp_path, text, message
):
    if text:
        plugin_files.written(tmp_path, text)
    with pytest.raises(ConfigError, match=message) as caught:
        enas_tf.Search(plugin=tmp_path / "mine.py")
    assert "--" not in str(caught.value)
