"""Bad output folders: status 2 and one line that says what came and what to do."""

import errno
import os
import pathlib
import shutil

import pytest
import run_files

from enas_tf.config import presets
from enas_tf.config import sections as config_lib
from enas_tf.run import disk, saves
from enas_tf.run import layout as run_layout
from enas_tf.run.folder import RunFolder


def test_an_output_dir_that_is_a_file_is_refused(refused, tmp_path):
    (tmp_path / "out").write_text("mine")
    assert "is a file" in refused("--output_dir=out")
    assert (tmp_path / "out").read_text() == "mine"


def test_an_output_dir_below_a_file_is_refused(refused, tmp_path):
    (tmp_path / "out").write_text("mine")
    assert "out/run cannot be used" in refused("--output_dir=out/run")


@pytest.mark.parametrize("reset", [[], ["--reset_output_dir"]], ids=["", "reset"])
def test_a_folder_of_something_else_is_refused_and_kept(reset, refused, tmp_path):
    (tmp_path / "thesis.txt").write_text("years")
    line = refused(f"--output_dir={tmp_path}", *reset)
    assert "did not make" in line and "thesis.txt" in line
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("content", ["", "{", "[]", "\x00"])
def test_a_damaged_run_json_is_refused(content, refused, tmp_path):
    (tmp_path / "run.json").write_text(content)
    assert "run.json is damaged" in refused(f"--output_dir={tmp_path}")


def test_another_programs_run_json_is_refused(refused, tmp_path):
    (tmp_path / "run.json").write_text('{"program": "make"}')
    assert "did not make" in refused(f"--output_dir={tmp_path}")


def test_a_folder_in_use_is_refused_naming_the_process(refused, tmp_path):
    folder = RunFolder.claim(tmp_path / "out", reset=False)
    line = refused("--output_dir=out", "--reset_output_dir")
    assert "in use" in line and f"pid {os.getpid()}" in line
    folder.release()


def test_a_system_folder_is_refused(refused):
    assert "/proc/enas_tf" in refused("--output_dir=/proc/enas_tf")


@pytest.mark.parametrize(
    ("error", "fragment"),
    [
        (PermissionError(13, "Permission denied"), "no permission"),
        (OSError(30, "Read-only file system"), "no permission"),
        (OSError(28, "No space left on device"), "The disk is full"),
        (OSError(5, "Input/output error"), "(Input/output error)"),
    ],
)
def test_a_folder_that_cannot_be_made_is_refused(error, fragment, refused, monkeypatch):
    def mkdir(*args, **kwargs):
        raise error

    monkeypatch.setattr(pathlib.Path, "mkdir", mkdir)
    line = refused("--output_dir=out")
    assert fragment in line and "out" in line


def searched(path, space):
    """A folder in which a search of `space` has saved its first checkpoint."""
    folder = RunFolder.claim(path, reset=False)
    begun = presets.resolve(space, "search", "paper", {})
    folder.bind_settings("search", begun)
    folder.checkpoints("search").mkdir(parents=True)
    (folder.checkpoints("search") / "ckpt-1.index").write_bytes(saves.INDEX_END)
    folder.release()


@pytest.mark.parametrize("mode", ["search", "derive", "train", "evaluate"])
def test_a_folder_of_another_space_is_refused_before_all_else(mode, refused, tmp_path):
    searched(tmp_path / "out", "macro")
    words = ["--search_for=rnn", f"--mode={mode}", "--output_dir=out"]
    line = refused(*words, "--child_hidden_size=0", "--data_path=no/where")
    assert "--search_for=rnn: --output_dir=out holds a macro run. " in line
    assert "child" not in line and "data_path" not in line


def test_a_flag_of_the_folders_space_is_checked_without_search_for(refused, tmp_path):
    searched(tmp_path / "out", "rnn")
    line = refused("--mode=derive", "--output_dir=out", "--child_hidden_size=0")
    assert "--child_hidden_size=0" in line


@pytest.mark.parametrize("mode", ["search", "all", "train", "evaluate"])
def test_settings_that_are_lost_are_refused_naming_their_file(mode, refused, tmp_path):
    searched(tmp_path / "out", "micro")
    run_files.as_before(tmp_path / "out")
    (tmp_path / "out" / "search" / "config.json").write_text("{")
    line = refused("--output_dir=out", f"--mode={mode}")
    assert "search/config.json is damaged, and run.json has no copy" in line
    assert "--reset_output_dir" in line


def test_a_setting_that_was_left_out_is_to_be_left_out_again(refused, tmp_path):
    searched(tmp_path / "out", "macro")
    for name in ("cat", "dog"):
        (tmp_path / "mine" / name).mkdir(parents=True)
    line = refused("--output_dir=out", "--data_path=mine")
    assert "--data_path was '' when this search began" in line
    assert "Leave --data_path out, begin anew" in line


def test_a_changed_setting_is_refused_naming_both_values(refused, tmp_path):
    folder = RunFolder.claim(tmp_path / "out", reset=False)
    folder.bind_settings("search", config_lib.Config())
    folder.checkpoints("search").mkdir(parents=True)
    (folder.checkpoints("search") / "ckpt-1.index").write_bytes(saves.INDEX_END)
    folder.release()
    line = refused("--output_dir=out", "--child_out_filters=24")
    assert "--child_out_filters was 36" in line and "is now 24" in line
    assert "--reset_output_dir" in line and "--output_dir=out" in line


def test_a_pipe_where_a_file_should_be_is_refused_and_not_waited_for(refused, tmp_path):
    searched(tmp_path / "out", "macro")
    os.mkfifo(tmp_path / "out" / "metrics.jsonl")
    line = refused("--output_dir=out")
    assert "metrics.jsonl is a pipe or device, where this program has a file" in line


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS])
def test_an_evaluation_that_cannot_write_is_told_and_looks(
    number, tmp_path, monkeypatch
):
    searched(tmp_path / "out", "macro")
    how = dict(reset=False, command=["main.py"], began=None)

    def write(*args, **more):
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(pathlib.Path, "write_text", write)
        folder = RunFolder.open_for_mode(tmp_path / "out", "evaluate", **how)
        assert not folder.writable
        with pytest.raises(disk.Unwritable):
            RunFolder.open_for_mode(tmp_path / "out", "derive", **how)


MODES = ["search", "all", "train", "derive", "evaluate", "export", "predict"]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", run_layout.FILES)
def test_a_folder_where_a_file_should_be_is_refused(name, mode, refused, tmp_path):
    searched(tmp_path / "out", "macro")
    path = tmp_path / "out" / name.replace("*", "search", 1).replace("*", "1")
    path.unlink(missing_ok=True)
    path.mkdir(parents=True)
    line = refused("--output_dir=out", f"--mode={mode}")
    shown = f"out/{path.relative_to(tmp_path / 'out')}"
    assert f"{shown} is a folder, where this program has a file of its own" in line
    assert "Move it away" in line and path.is_dir()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", run_layout.FOLDERS)
def test_a_file_where_a_folder_should_be_is_refused(name, mode, refused, tmp_path):
    searched(tmp_path / "out", "macro")
    path = tmp_path / "out" / name
    shutil.rmtree(path, ignore_errors=True)
    path.parent.mkdir(exist_ok=True)
    path.write_text("mine")
    line = refused("--output_dir=out", f"--mode={mode}")
    assert f"out/{name} is a file, where this program has a folder of its own" in line
    assert path.read_text() == "mine"


@pytest.mark.parametrize("name", ["metrics.jsonl", "arcs/best.json", "final"])
def test_nor_does_a_reset_remove_what_is_of_the_wrong_kind(name, refused, tmp_path):
    searched(tmp_path / "out", "macro")
    path = tmp_path / "out" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("mine") if name == "final" else path.mkdir()
    line = refused("--output_dir=out", "--reset_output_dir")
    assert f"out/{name} is a " in line and path.exists()


def test_what_a_killed_save_leaves_is_nobodys_mistake(tmp_path):
    searched(tmp_path / "out", "macro")
    (tmp_path / "out/checkpoints/search/ckpt-7_temp").mkdir()
    (tmp_path / "out/tensorboard/search/plugins/profile").mkdir(parents=True)
    run_layout.refuse_wrong_kinds(tmp_path / "out")
