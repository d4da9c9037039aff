"""Bad output folders: status 2 and one line that says what came and what to do."""

import os
import pathlib

import pytest

from enas_tf import config as config_lib
from enas_tf.run_folder import RunFolder


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


def test_a_changed_setting_is_refused_naming_both_values(refused, tmp_path):
    folder = RunFolder.claim(tmp_path / "out", reset=False)
    folder.agree("search", config_lib.Config())
    folder.checkpoints("search").mkdir(parents=True)
    (folder.checkpoints("search") / "state").touch()
    folder.release()
    line = refused("--output_dir=out", "--child_out_filters=24")
    assert "--child_out_filters was 36" in line and "is now 24" in line
    assert "--reset_output_dir" in line and "--output_dir=out" in line
