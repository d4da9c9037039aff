"""Plugins named to `enas_tf.Search`: what they add is known to the constructor."""

import plugin_files
import pytest

import enas_tf
from enas_tf.command import plugins
from enas_tf.config import presets
from enas_tf.config.sections import ConfigError
from enas_tf.library import process
from enas_tf.run import plugins as run_plugins
from enas_tf.run.folder import RunFolder


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


@pytest.fixture
def searched(tmp_path):
    """The folder of a search with a plugin's op, which this process has forgotten."""
    path = plugin_files.written(tmp_path, plugin_files.OP)
    ops = "maxpool3x3,halved"
    folder = RunFolder.claim(tmp_path / "run", reset=False)
    with plugin_files.forgotten():
        run_plugins.keep(folder, "search", plugins.load(path))
    config = presets.resolve("macro", "search", "paper", {"child_ops": ops})
    words = ["python", "main.py", f"--plugin={path}", f"--child_ops={ops}"]
    folder.describe({"search": config}, words)
    folder.bind_settings("search", config)
    folder.note_saved("search")
    folder.record("derive", arc="halved maxpool3x3 1")
    folder.release()
    return folder


def test_a_result_with_its_plugin_named_reads_the_arc(searched, tmp_path):
    result = enas_tf.load_result(searched.path, plugin=[tmp_path / "mine.py"])
    assert result.best_arc.arc.ops == (1, 0)
    assert result.best_arc.text == "halved maxpool3x3 1"
    assert result._of_training({})["plugin"] == str(tmp_path / "mine.py")
    again = enas_tf.load_result(searched.path)  # it is loaded by now
    assert again.best_arc.text == "halved maxpool3x3 1"


def test_a_result_without_its_plugin_says_which_it_is_and_where(searched, tmp_path):
    (copy,) = (searched.path / "plugins").iterdir()
    with pytest.raises(ConfigError) as caught:
        enas_tf.load_result(searched.path)
    path = tmp_path / "mine.py"
    assert str(caught.value) == (
        f"the search in output_dir={searched.path} began with the plugin {path}, "
        f"without which its arc cannot be read (a copy is {copy}). Name what is yours: "
        f"load_result('{searched.path}', plugin='{path}')."
    )


def test_a_result_with_another_text_of_its_plugin_is_refused(searched, tmp_path):
    other = plugin_files.written(tmp_path, plugin_files.OP.replace("0.5", "2.0"))
    with pytest.raises(ConfigError, match="began with another text of .* line 5 was"):
        enas_tf.load_result(searched.path, plugin=other)
