"""--plugin before TensorFlow is needed: what it adds, what is refused in one line."""

import contextlib
import shlex
import subprocess
import sys

import plugin_files
import pytest
from absl import flags as absl_flags

from enas_tf.command import flag_reading, flags, plugin_sources, plugins, request
from enas_tf.config import rewards
from enas_tf.config.sections import ConfigError
from enas_tf.run import plugins as run_plugins
from enas_tf.run.folder import RunFolder
from enas_tf.spaces import op_rows

COMMAND = ["python", "bin/main.py", "--mode=derive"]
ROW = """from enas_tf.spaces import op_rows
from enas_tf.spaces.op_table import OpRow

op_rows.RNN.add(OpRow("sin", "#aabbcc"))
"""


@pytest.fixture(autouse=True)
def forgotten():
    with plugin_files.forgotten():
        yield


@contextlib.contextmanager
def anew():
    """As in another process, in which nothing was loaded yet."""
    with plugin_files.forgotten():
        rewards.REWARDS.pop("squared")
        plugins._LOADED.clear()
        yield


@pytest.fixture
def refusal(tmp_path):
    def refusal(text, name="mine.py"):
        with pytest.raises(ConfigError) as caught:
            plugins.load(plugin_files.written(tmp_path, text, name))
        assert "\n" not in str(caught.value)
        return str(caught.value)

    return refusal


def test_what_a_plugin_adds_is_known_and_it_is_run_once(tmp_path):
    text = (
        plugin_files.REWARD
        + "with open(__file__ + '.ran', 'a') as ran:\n    ran.write('x')\n"
    )
    path = plugin_files.written(tmp_path, text)
    (plugin,) = plugins.load(path)
    assert plugin.adds == ("reward squared",)
    assert "squared" in rewards.choices()
    assert plugins.load(f"{path}, {path}")[0].digest == plugin.digest
    assert (tmp_path / "mine.py.ran").read_text() == "x"


def test_a_plugin_without_ops_imports_no_tensorflow():
    code = "import sys; from enas_tf import plugin; plugin.reward, plugin.Preset; "
    code += "assert 'tensorflow' not in sys.modules; plugin.reward('mine', min)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\nx = (\n", "mine.py, line 2: SyntaxError: '(' was never closed. Mend"),
        ("\n\nraise KeyError('no')", "mine.py, line 3: KeyError: 'no'. Mend the plu"),
        ("import enas_tf_no", "line 1: ModuleNotFoundError: No module named"),
        ("import sys\nsys.exit(3)", "line 2: SystemExit: 3."),
        ("import enas_tf", "mine.py adds nothing: "),
        (
            plugin_files.REWARD.replace("squared", "accuracy"),
            "line 3: there is a reward accuracy already: give yours another name.",
        ),
        (
            "from enas_tf import plugin\n\nplugin.reward('r', 3)",
            "line 3: the reward r is 3: give a function.",
        ),
        (
            "from enas_tf import plugin\n\nplugin.reward('r', min, measure='all')",
            "line 3: the reward r has measure='all': give accuracy or perplexity.",
        ),
        ("from enas_tf import plugin\nplugin.opp", "no attribute 'opp'; it has Form,"),
        (ROW.replace("sin", "tanh"), "line 4: the rnn space has an op tanh already"),
        ("\0", "cannot be loaded"),
    ],
)
def test_a_wrong_plugin_is_one_line_with_its_place(refusal, text, message):
    assert message in refusal(text)


def test_a_plugin_that_fails_leaves_nothing(refusal):
    refusal(plugin_files.REWARD + ROW + "raise OSError")
    assert "squared" not in rewards.choices()
    assert "sin" not in op_rows.RNN.names


def test_a_plugin_that_starts_the_program_is_refused(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(
        f"from enas_tf.command import plugins\nplugins.load({str(path)!r})\n"
    )
    with pytest.raises(ConfigError, match="line 2: .* starts this program while it is"):
        plugins.load(str(path))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("no/where.py", "can be read (No such file or directory). Correct its path."),
        ("nobody", "a file that ends in .py or an installed plugin (there are none)"),
    ],
)
def test_a_plugin_that_is_not_there(name, message):
    with pytest.raises(ConfigError) as caught:
        plugins.load(name)
    assert message in str(caught.value)


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Installs a package of files, whose entry point `dilated` is a module."""

    def install(module, **files):
        package = tmp_path / module.partition(".")[0]
        package.mkdir()
        for name, text in files.items():
            (package / f"{name}.py").write_text(text)
        info = tmp_path / f"{package.name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package.name}\n")
        group = f"[enas_tf.plugins]\ndilated = {module}\n"
        (info / "entry_points.txt").write_text(group)
        monkeypatch.syspath_prepend(tmp_path)
        return package

    return install


def test_all_files_of_the_package_of_a_plugin_count_for_its_digest(installed):
    package = installed("a_package.own", __init__="", own="", helps="A = 1\n")
    before = plugin_sources.find("dilated")
    (package / "helps.py").write_text("A = 2\n")
    after = plugin_sources.find("dilated")
    assert (before.text, after.text) == (b"A = 1\n", b"A = 2\n")
    assert after.place == str(package / "own.py")


def test_a_package_that_imports_its_plugin_itself_adds_what_it_adds(installed):
    installed("b_package.own", __init__="from . import own", own=plugin_files.REWARD)
    (plugin,) = plugins.load("dilated")
    assert plugin.adds == ("reward squared",)


def test_a_plugin_whose_module_is_not_there_is_refused(installed):
    installed("c_package.no", __init__="")
    with pytest.raises(ConfigError, match="the module c_package.no, which has no file"):
        plugins.load("dilated")


def test_an_installed_plugin_is_found_by_its_name(installed):
    installed("my_package.own", __init__="", own=plugin_files.REWARD)
    (plugin,) = plugins.load("dilated")
    assert plugin.adds == ("reward squared",)
    assert plugin.text == plugin_files.REWARD.encode()
    assert plugin.file.startswith("plugins/dilated-")


@pytest.mark.parametrize(
    ("words", "value"),
    [
        (["--plugin=a.py"], "a.py"),
        (["--unknown", "3", "--plugin", "a.py,b", "--preset=demo"], "a.py,b"),
        (["--plugin"], ""),
        (["--preset=demo"], ""),
    ],
)
def test_the_flag_is_read_before_the_others(words, value):
    assert flag_reading.early(["main.py", *words], "plugin") == value


def test_its_reward_is_a_value_of_the_flag_and_of_its_help(tmp_path):
    plugins.load(plugin_files.written(tmp_path, plugin_files.REWARD))
    values = absl_flags.FlagValues()
    flags.define(values)
    flags.define(values)  # which changes nothing
    flags.parse(["main.py", "--controller_reward=squared"], values)
    assert "squared" in values["controller_reward"].help


class Run:
    """A search that began with a plugin."""

    def __init__(self, folder):
        self.folder = RunFolder(folder / "run")
        self.path = plugin_files.written(folder, plugin_files.REWARD)
        self.given = dict(
            output_dir=str(folder / "run"),
            dataset="digits",
            plugin=self.path,
            controller_reward="squared",
        )
        self.build()
        config = request.presets.resolve("macro", "search", "paper", self.given)
        self.folder.bind_settings("search", config)
        run_plugins.keep(self.folder, "search", plugins.load(self.path))
        self.folder.note_saved("search")

    def build(self, **given):
        given = {k: v for k, v in {**self.given, **given}.items() if v is not None}
        found = request.build(given, None, [*COMMAND, "--output_dir=run"])
        found.folder.release()
        return found

    def refusal(self, **given):
        with pytest.raises(ConfigError) as caught:
            self.build(**given)
        assert "\n" not in str(caught.value)
        return str(caught.value)


@pytest.fixture
def run(tmp_path):
    return Run(tmp_path)


def test_a_run_keeps_the_digest_and_a_copy(run, tmp_path):
    (kept,) = run_plugins.kept(run.folder, "search")
    (plugin,) = plugins.load(run.path)
    assert (kept.digest, kept.adds) == (plugin.digest, ("reward squared",))
    assert (tmp_path / "run" / kept.file).read_text() == plugin_files.REWARD


def test_a_run_goes_on_with_the_same_text_wherever_it_lies(run, tmp_path):
    moved = plugin_files.written(tmp_path, plugin_files.REWARD, "moved.py")
    with anew():
        assert run.build(plugin=moved).plugins[0].name == moved


def test_another_text_is_refused_with_the_line_that_changed(run, tmp_path):
    plugin_files.written(tmp_path, plugin_files.REWARD.replace("** 2", "** 3"))
    (kept,) = run_plugins.kept(run.folder, "search")
    with anew():
        line = run.refusal()
        assert f"began with another text of {run.path}: line 3 was 'plugin." in line
        copy = f"{tmp_path / 'run' / kept.file}"
        assert f"go on with the copy --plugin={copy}, or name another folder" in line
    with anew():
        run.build(plugin=copy)


@pytest.mark.parametrize("mode", ["search", "derive"])
def test_without_the_plugin_the_command_that_names_it_is_told(run, mode):
    with anew():
        line = run.refusal(plugin=None, mode=mode, controller_reward=None)
    command = shlex.join([*COMMAND, "--output_dir=run", f"--plugin={run.path}"])
    assert line.endswith(
        f"began with the plugin {run.path}, without which it cannot go on. Go on "
        f"with: {command}"
    )


def test_an_export_of_its_own_space_is_asked_with_the_plugin(run):
    asked = run.build()
    assert "--plugin" not in asked.predict_command()  # a reward's is not needed
    own = run_plugins.Plugin(run.path, b"", ("space macro",))
    command = asked._replace(plugins=(own,)).predict_command()
    assert f" --plugin={run.path}" in command


def test_a_training_of_another_arc_needs_no_plugin_of_rewards(run):
    with anew():
        given = dict(plugin=None, controller_reward=None, child_fixed_arc="0")
        assert run.build(mode="train", **given).plugins == ()


@pytest.mark.parametrize("kept", ["x", [1], [{"name": "a"}], None])
def test_what_run_json_says_otherwise_is_no_plugin(tmp_path, kept):
    folder = RunFolder(tmp_path)
    folder.record("search", plugins=kept)
    assert run_plugins.kept(folder, "search") == []
