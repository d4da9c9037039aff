"""docs/extending.md: each block of it, run."""

import pathlib
import re
import shlex
import subprocess
import sys
import tomllib

import numpy as np
import plugin_files
import pytest
import runs
import tensorflow as tf

from enas_tf.children import function_trial, op_forms, op_trial
from enas_tf.command import checks, plugin_sources, plugins
from enas_tf.config import sections as config
from enas_tf.config.sections import ConfigError
from enas_tf.config.spaces import registry
from enas_tf.library import process
from enas_tf.nn import recurrent
from enas_tf.run import measures
from enas_tf.search import rewards
from enas_tf.search.reward_inputs import RewardInputs
from enas_tf.spaces import macro

REPOSITORY = pathlib.Path(__file__).resolve().parents[1]
DOCUMENT = (REPOSITORY / "docs" / "extending.md").read_text(encoding="utf-8")
SMALL = """--num_epochs=1 --child_num_layers=2 --child_out_filters=4 --noprogress
--controller_warmup_epochs=0 --controller_train_steps=2
--derive_num_samples=4""".split()


def blocks(kind):
    return re.findall(rf"^```{kind}\n(.*?)^```", DOCUMENT, flags=re.DOTALL | re.M)


FILES = {text.split()[1]: text for text in blocks("python")}
MACRO, EXPRESSION, HELD, CHAIN = blocks("sh")


@pytest.fixture
def loaded(tmp_path):
    """Loads the plugin of that name in the document."""

    def load(name):
        return plugins.load(plugin_files.written(tmp_path, FILES[name], name))[0]

    with plugin_files.forgotten():
        yield load


@pytest.fixture
def start(tmp_path):
    """Gives a command as a shell would, in a folder with all plugins."""
    for name, text in FILES.items():
        plugin_files.written(tmp_path, text, name)

    def run(command, *more):
        _, program, *words = shlex.split(command)
        words = [sys.executable, str(REPOSITORY / program), *words, *more]
        return subprocess.run(words, cwd=tmp_path, capture_output=True, text=True)

    return run


def test_every_block_is_of_a_kind_that_is_run():
    assert DOCUMENT.count("```") == 2 * sum(map(len, map(blocks, KINDS)))
    assert list(FILES) == [
        "my_ops.py",
        "scaled.py",
        "my_functions.py",
        "my_reward.py",
        "chain.py",
    ]


KINDS = ("python", "sh", "toml")


def test_the_first_command_searches_the_ops_and_says_how_to_go_on(start, tmp_path):
    done = start(MACRO, *SMALL, "--mode=search")
    assert done.returncode == 0, done.stderr
    (command,) = re.findall("^.*--mode=train.*$", done.stdout + done.stderr, re.M)
    wanted = {"--plugin=my_ops.py", "--child_ops=conv3x3,dilated3x3,squeeze"}
    assert wanted <= set(command.split())
    folder = tmp_path / "outputs" / "mine"
    assert [p.name[:7] for p in (folder / "plugins").iterdir()] == ["my_ops-"]
    arc = (folder / "arcs" / "best.txt").read_text().split()
    assert {word for word in arc if not word.isdecimal()} <= {
        "conv3x3",
        "dilated3x3",
        "squeeze",
    }
    lacks = start(MACRO.replace("--plugin=my_ops.py", ""), *SMALL, "--mode=search")
    assert lacks.returncode == 2 and "Traceback" not in lacks.stderr
    assert "Go on with: " in lacks.stderr and "--plugin=my_ops.py" in lacks.stderr


@pytest.mark.parametrize("name", ["my_ops.py", "scaled.py"])
def test_the_ops_are_what_an_op_must_be(loaded, name):
    added = [words.split() for words in loaded(name).adds]
    tables = {table.space: table for table in op_forms.TABLES}
    for space, _, op in added:
        op_trial.refuse_wrong(space, tables[space][op], 8)
    assert len(added) == {"my_ops.py": 4, "scaled.py": 1}[name]


def test_the_function_has_the_slope_of_its_value(loaded):
    assert loaded("my_functions.py").adds == ("rnn op gelu",)
    function_trial.refuse_wrong("gelu")
    x = tf.constant([[-1.0, 2.0]])
    y, slope = recurrent.FUNCTIONS["gelu"].value_and_slope(x, tf.ones_like(x))
    np.testing.assert_allclose(y, [[-0.158655, 1.954500]], atol=1e-5)
    np.testing.assert_allclose(slope, [[-0.083316, 1.085232]], atol=1e-5)


def test_the_reward_is_the_square(loaded):
    loaded("my_reward.py")
    inputs = RewardInputs(dict(accuracy=tf.constant(0.5)), None, {})
    assert rewards.REWARDS["squared"](inputs) == 0.25


def test_the_other_one_pays_for_few_parameters_and_skips(loaded):
    loaded("my_reward.py")
    given = config.ControllerConfig(reward="light")
    found = rewards.tried(given, measures.ACCURACY, macro.MacroSpace(3))
    assert (found.measures, found.costs) == (("accuracy",), ("params",))
    arc = macro.MacroArc((0, 1), (tf.zeros([0], tf.int32), tf.constant([1])))
    read = dict(accuracy=tf.constant(0.5)), arc, dict(params=tf.constant(6e4))
    assert float(found.reward(RewardInputs(*read))) == pytest.approx(0.29)


@pytest.mark.parametrize("command", [EXPRESSION, HELD])
def test_the_rewards_of_the_commands_are_what_a_reward_must_be(command, tmp_path):
    """A search with each of their kind is in tests/stages/test_paying.py."""
    _, _, *words = shlex.split(command)
    given = dict(word.removeprefix("--").split("=", 1) for word in words)
    given |= dict(output_dir=str(tmp_path))
    asked = process.config_of(given)
    checks.check_reward(asked)
    found = rewards.tried(
        *(asked.controller, measures.ACCURACY, macro.MacroSpace(3), asked.objective)
    )
    assert found.costs == (("params",) if command is EXPRESSION else ("flops",))


def test_the_space_goes_through_a_search_with_ops_by_name(loaded, tmp_path):
    assert loaded("chain.py").adds == ("space chain",)
    _, _, *words = shlex.split(CHAIN)
    given = dict(word.removeprefix("--").split("=") for word in words)
    given |= dict(plugin=str(tmp_path / "chain.py"), output_dir=str(tmp_path / "out"))
    small = dict(num_epochs=1, controller_train_steps=1, derive_num_samples=2)
    more = dict(child_ops="width8,width4", progress=False, batch_size=64)
    runs.run_exactly({**given, **small, **more})
    arc = (tmp_path / "out" / "arcs" / "best.txt").read_text().split()
    assert len(arc) == 3 and set(arc) <= {"width4", "width8"}
    del registry.SPECS["chain"]
    with pytest.raises(
        ConfigError, match=r"Give --plugin=.*chain\.py again, or name an"
    ):
        runs.run_exactly(dict(mode="derive", output_dir=str(tmp_path / "out")))


def test_the_group_of_entry_points_is_the_one_that_is_read():
    (block,) = blocks("toml")
    group = tomllib.loads(block)["project"]["entry-points"]
    assert list(group) == [plugin_sources.GROUP]
