"""The run's folder: one owner, one process, one set of settings per stage."""

import errno
import json
import os
import pathlib
import subprocess
import sys
import tomllib

import pytest
import run_files

import enas_tf
from enas_tf.config import sections as config_lib
from enas_tf.config.sections import Config, ConfigError
from enas_tf.run import disk, saves
from enas_tf.run import layout as run_layout
from enas_tf.run.folder import RunFolder

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture
def folder(tmp_path):
    claimed = RunFolder.claim(tmp_path / "out", reset=False)
    yield claimed
    claimed.release()


def begin(folder, stage, config):
    """A stage begins: it binds its settings, then saves its first checkpoint."""
    folder.bind_settings(stage, config)
    folder.checkpoints(stage).mkdir(parents=True, exist_ok=True)
    (folder.checkpoints(stage) / "ckpt-1.index").write_bytes(saves.INDEX_END)


def changed(**values):
    return config_lib.replace(Config(), values)


def test_a_new_folder_is_made_with_all_above_it_and_marked(tmp_path):
    folder = RunFolder.claim(tmp_path / "a" / "b", reset=False)
    run = json.loads((tmp_path / "a" / "b" / "run.json").read_text())
    folder.release()
    assert run["program"] == "enas_tf"
    assert run["version"] == enas_tf.__version__
    assert [entry["pid"] for entry in run["commands"]] == [os.getpid()]
    assert run["stages"] == {}


def test_the_projects_version_is_the_recorded_one():
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    assert "version" in project["project"]["dynamic"]
    dynamic = project["tool"]["setuptools"]["dynamic"]
    assert dynamic["version"] == {"attr": "enas_tf.__version__"}


def test_nothing_is_created_before_the_claim(tmp_path):
    folder = RunFolder(tmp_path / "out")
    assert folder.settings("train") == {}
    assert not folder.has_checkpoint("train")
    assert not (tmp_path / "out").exists()


def test_tilde_is_the_home_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert RunFolder("~/runs").path == tmp_path / "runs"


def test_an_empty_folder_may_be_taken(tmp_path):
    RunFolder.claim(tmp_path, reset=False).release()
    assert (tmp_path / "run.json").exists()


def test_what_a_process_left_that_died_at_once_is_not_foreign(tmp_path):
    (tmp_path / ".lock").touch()
    (tmp_path / "run.json.tmp").write_text("{")
    RunFolder.claim(tmp_path, reset=False).release()


def test_a_claim_keeps_what_earlier_runs_recorded(folder):
    folder.record("search", epochs=3)
    folder.release()
    again = RunFolder.claim(folder.path, reset=False)
    assert again.run()["stages"] == {"search": {"epochs": 3}}
    again.release()


def test_a_second_claim_in_this_process_is_refused(folder):
    with pytest.raises(ConfigError, match=rf"in use .*pid {os.getpid()}"):
        RunFolder.claim(folder.path, reset=False)


def test_a_claim_by_another_process_is_refused_until_the_first_ends(tmp_path):
    script = (
        f"import sys; sys.path.insert(0, {str(REPOSITORY)!r})\n"
        "from enas_tf.run.folder import RunFolder\n"
        f"folder = RunFolder.claim({str(tmp_path / 'out')!r}, reset=False)\n"
        "print('claimed', flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout.readline() == b"claimed\n"
        with pytest.raises(ConfigError, match=f"pid {other.pid}"):
            RunFolder.claim(tmp_path / "out", reset=False)
        other.kill()  # not even a killed process leaves the folder locked
    RunFolder.claim(tmp_path / "out", reset=False).release()


def test_a_refused_second_process_removes_nothing(folder):
    folder.record("search", epochs=3)
    with pytest.raises(ConfigError):
        RunFolder.claim(folder.path, reset=True)
    assert folder.run()["stages"] == {"search": {"epochs": 3}}


def test_a_reset_removes_what_was_written_and_keeps_the_rest(folder):
    begin(folder, "search", Config())
    folder.describe({"search": Config()}, ["main.py"])
    folder.record("search", epochs=3)
    folder.metrics.write_text("{}\n")
    for made in (folder.arcs, folder.final / "saved_model", folder.tensorboard):
        made.mkdir(parents=True)
    (folder.path / "notes.txt").write_text("mine")
    folder.release()
    RunFolder.claim(folder.path, reset=True).release()
    left = {path.name for path in folder.path.iterdir()} - {".lock"}
    assert left == {"notes.txt", "run.json", "run.copy.json"}
    assert folder.run()["stages"] == {}


def test_a_reset_does_not_follow_a_link_out_of_the_folder(folder, tmp_path):
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "model.keras").write_text("weights")
    folder.final.symlink_to(tmp_path / "precious")
    folder.release()
    RunFolder.claim(folder.path, reset=True).release()
    assert not folder.final.exists()
    assert (tmp_path / "precious" / "model.keras").read_text() == "weights"


def test_an_interrupted_reset_can_be_repeated(folder, monkeypatch):
    folder.arcs.mkdir()
    folder.release()

    def interrupted(path):
        raise KeyboardInterrupt

    monkeypatch.setattr(run_layout.shutil, "rmtree", interrupted)
    with pytest.raises(KeyboardInterrupt):
        RunFolder.claim(folder.path, reset=True)
    monkeypatch.undo()
    RunFolder.claim(folder.path, reset=True).release()
    assert not folder.arcs.exists()


def test_the_paths_of_a_run():
    folder = RunFolder("out")
    assert folder.metrics == pathlib.Path("out/metrics.jsonl")
    assert folder.tensorboard == pathlib.Path("out/tensorboard")
    assert folder.arcs == pathlib.Path("out/arcs")
    assert folder.final == pathlib.Path("out/final")
    assert folder.checkpoints("search") == pathlib.Path("out/checkpoints/search")


def test_every_path_of_a_run_is_one_that_a_reset_removes():
    folder = RunFolder("out")
    paths = [folder.metrics, folder.tensorboard, folder.arcs, folder.final]
    paths += [folder.evaluation]
    paths += [folder.checkpoints("search"), pathlib.Path("out/config.json")]
    assert {path.parts[1] for path in paths} <= set(run_layout.WRITTEN)
    assert {"search", "train", "run.json", ".final.old"} <= set(run_layout.WRITTEN)
    assert run_layout.WRITTEN[0] == "checkpoints"  # or half a reset would go on
    assert run_layout.WRITTEN[-1] == "run.json"


def test_a_stage_keeps_the_settings_it_began_with(folder):
    folder.bind_settings("search", changed(child_out_filters=8))
    written = disk.read_json(folder.path / "search" / "config.json")
    assert written == config_lib.flat(changed(child_out_filters=8))
    assert folder.settings("search") == written
    assert folder.settings("train") == {}


def test_the_same_settings_again_are_welcome(folder):
    config = changed(child_lr_max=0.1, controller_lr=3.5e-3)
    begin(folder, "search", config)
    folder.bind_settings("search", config)


def test_another_value_is_refused_with_both_values_and_the_remedies(folder):
    begin(folder, "search", changed(num_epochs=3))
    with pytest.raises(ConfigError) as caught:
        folder.bind_settings("search", changed(num_epochs=4))
    message = str(caught.value)
    assert "--num_epochs was 3 when this search began, and is now 4" in message
    assert "--num_epochs=3 again" in message
    assert "--reset_output_dir" in message
    assert f"--output_dir={folder.path}" in message
    assert folder.settings("search")["num_epochs"] == 3


@pytest.mark.parametrize(
    "item",
    [item for item in config_lib.settings() if not item.field.metadata["choices"]],
    ids=lambda item: item.flag,
)
def test_exactly_the_settings_that_shape_the_search_are_compared(item, folder):
    begin(folder, "search", Config())
    value = item.field.default
    other = not value if isinstance(value, bool) else value + type(value)(1)
    binding = item.field.metadata["shapes_result"] and item.section != "derive"
    if binding:
        with pytest.raises(ConfigError, match=rf"--{item.flag} was "):
            folder.bind_settings("search", changed(**{item.flag: other}))
    else:
        folder.bind_settings("search", changed(**{item.flag: other}))


def test_training_an_arc_does_not_depend_on_the_controller(folder):
    begin(folder, "train", Config())
    folder.bind_settings("train", changed(controller_lr=1.0, derive_num_samples=7))


def test_each_stage_has_its_own_settings(folder):
    begin(folder, "search", Config())
    begin(folder, "train", changed(batch_size=100))
    folder.bind_settings("search", Config())


def test_the_arc_is_named_before_the_number_of_layers_that_follows_from_it(folder):
    begin(folder, "train", changed(child_fixed_arc="0", child_num_layers=1))
    with pytest.raises(ConfigError, match="--child_fixed_arc was '0'"):
        folder.bind_settings(
            "train", changed(child_fixed_arc="0 1 0", child_num_layers=2)
        )


def test_a_long_arc_is_cut_short_in_the_refusal(folder):
    begin(folder, "train", changed(child_fixed_arc="0 " * 300))
    with pytest.raises(ConfigError) as caught:
        folder.bind_settings("train", changed(child_fixed_arc="1 " * 300))
    assert len(str(caught.value)) < 600


def test_a_setting_that_the_run_did_not_know_counts_as_its_default(folder):
    begin(folder, "search", Config())
    run_files.as_before(folder.path)
    run_files.plain(folder.path / "search" / "config.json", child_cutout_size=None)
    folder.bind_settings("search", Config())
    with pytest.raises(ConfigError, match="--child_cutout_size was 0"):
        folder.bind_settings("search", changed(child_cutout_size=8))


def test_a_stage_that_saved_nothing_binds_nothing(folder):
    folder.bind_settings("search", changed(dataset="no_such_set"))
    folder.bind_settings("search", changed(dataset="digits"))
    assert folder.settings("search")["dataset"] == "digits"


def test_facts_of_a_stage_are_merged(folder):
    folder.record("train", epochs=2)
    folder.record("search", epochs=5)
    folder.record("train", test_accuracy=0.5)
    assert folder.run()["stages"] == {
        "train": {"epochs": 2, "test_accuracy": 0.5},
        "search": {"epochs": 5},
    }


def test_the_head_of_run_json_says_with_what_it_was_made(folder):
    folder.record("search", epochs=1)
    folder.describe({"search": changed(seed=7), "train": changed(seed=7)}, ["main.py"])
    run = folder.run()
    assert run["command"] == ["main.py"]
    assert run["seed"] == 7
    assert set(run["versions"]) == {"python", "tensorflow", "keras", "numpy"}
    assert "unknown" not in run["versions"].values()
    assert run["stages"] == {"search": {"epochs": 1}}
    written = disk.read_json(folder.path / "config.json")
    assert set(written) == {"search", "train"}
    assert written["train"]["seed"] == 7


def test_only_an_index_in_the_folder_is_a_checkpoint(folder):
    assert not folder.has_checkpoint("search")
    folder.checkpoints("search").mkdir(parents=True)
    for leftover in ("ckpt-1.data-00000-of-00001", "ckpt-1.index.tempstate9"):
        (folder.checkpoints("search") / leftover).touch()
    (folder.checkpoints("search") / "ckpt-1_temp").mkdir()
    assert not folder.has_checkpoint("search")  # a save that was killed
    (folder.checkpoints("search") / "ckpt-1.index").write_bytes(saves.INDEX_END)
    assert folder.has_checkpoint("search")
    assert not folder.has_checkpoint("train")


def test_what_was_saved_is_known_when_it_is_gone(folder):
    folder.note_saved("search")
    folder.note_saved("search")
    assert folder.has_checkpoint("search") and not folder.has_checkpoint("train")
    assert folder.run()["stages"] == {"search": {"saved": True}}


def test_tensorflows_list_of_an_earlier_version_says_that_something_was_saved(folder):
    folder.checkpoints("search").mkdir(parents=True)
    (folder.checkpoints("search") / "checkpoint").write_text("garbage")
    assert folder.has_checkpoint("search")


def test_a_file_is_old_or_new_and_never_half(tmp_path, monkeypatch):
    path = tmp_path / "run.json"
    disk.write_text(path, "old")

    def full(self, text, encoding=None):
        self.write_bytes(text[:2].encode())
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(pathlib.Path, "write_text", full)
    with pytest.raises(ConfigError, match="The disk is full"):
        disk.write_text(path, "new and long")
    assert path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["run.json"]


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "disk is full"),
        (errno.EDQUOT, "disk is full"),
        (errno.EACCES, "no permission"),
        (errno.EROFS, "no permission"),
        (errno.EIO, "cannot be used"),
    ],
)
def test_the_systems_refusals_say_what_to_do(number, words):
    message = disk.explain("out", OSError(number, os.strerror(number)))
    assert words in message and "out" in message and "\n" not in message
    assert "Choose another" in message or "Free some space" in message


def test_a_run_older_than_split_seed_had_its_splits_from_seed(folder):
    begin(folder, "search", changed(seed=3))
    run_files.as_before(folder.path)
    run_files.plain(folder.path / "search" / "config.json", split_seed=None)
    folder.refuse_changes("search", changed(seed=3, split_seed=3))
    with pytest.raises(
        ConfigError, match="--split_seed was 3 .* and is now 0.* --seed dec"
    ):
        folder.refuse_changes("search", changed(seed=3))
