"""A look at a run changes nothing in it but its own results, and needs no more."""

import contextlib
import errno
import json
import os
import stat
import sys

import pytest
import runs
from PIL import Image

from enas_tf.run.folder import RunFolder

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CHANGES = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.truncate"}
guarded = []  # folders below which nothing may be written


def guard(event, args):
    """An audit hook: what would write there fails as on a read-only file system."""
    if not guarded:  # None at the end, when Python has emptied this module
        return
    if event not in CHANGES and not (event == "open" and (args[2] or 0) & WRITING):
        return
    paths = [
        os.fspath(path) for path in args[:2] if isinstance(path, str | os.PathLike)
    ]
    if any(path.startswith(folder) for path in paths for folder in guarded):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), paths[0])


sys.addaudithook(guard)


@contextlib.contextmanager
def read_only(folder):
    guarded.append(str(folder))
    try:
        yield
    finally:
        guarded.pop()


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("finished") / "run"
    runs.run("macro", folder, mode="train", num_epochs=1, child_fixed_arc="0 1 0 2 1 1")
    Image.new("L", (8, 8)).save(folder.parent / "digit.png")
    return folder


def look(mode, folder, **more):
    runs.run_exactly(dict(mode=mode, output_dir=str(folder), progress=False, **more))


def everything(folder):
    """Of all files and folders: what is in them, and when they were changed."""
    paths = [folder, *folder.rglob("*")]
    return {
        str(path): (
            path.stat().st_mtime_ns,
            stat.S_IMODE(path.stat().st_mode),
            path.read_bytes() if path.is_file() else sorted(os.listdir(path)),
        )
        for path in paths
    }


def test_the_guard_guards(tmp_path):
    with read_only(tmp_path):
        for write in (
            lambda: (tmp_path / "a").write_text("b"),
            lambda: (tmp_path / "a").mkdir(),
            lambda: os.rename(tmp_path / "a", tmp_path / "b"),
        ):
            with pytest.raises(OSError, match="Read-only"):
                write()


@pytest.mark.parametrize("used", [False, True], ids=["", "in use"])
def test_a_prediction_changes_nothing(finished, used, caplog):
    user = RunFolder.claim(finished, reset=False) if used else None
    before = everything(finished)
    with read_only(finished), caplog.at_level("INFO", "absl"):
        look("predict", finished, input=str(finished.parent / "digit.png"))
    assert everything(finished) == before
    assert "digit.png: " in caplog.text
    if user:
        user.release()


def test_an_evaluation_writes_its_own_results_and_nothing_else(finished):
    before = everything(finished)
    head = json.loads((finished / "run.json").read_text())
    look("evaluate", finished)
    after = everything(finished)
    changed = {path for path in after if after[path] != before.get(path)}
    names = {os.path.relpath(path, finished) for path in changed}
    # The folder itself: files are moved into it.
    assert names - {".", "evaluation", ".lock"} == {
        "run.json",
        "run.copy.json",
        "evaluation/classes.json",
        "evaluation/confusion.png",
    }
    run = json.loads((finished / "run.json").read_text())
    for key in ("version", "versions", "command", "seed", "begin"):
        assert run[key] == head[key]
    assert run["stages"]["train"] == head["stages"]["train"]
    assert run["commands"][:-1] == head["commands"]
    assert run["commands"][-1]["mode"] == "evaluate"
    assert run["commands"][-1]["status"] == "finished"


def test_an_evaluation_of_a_read_only_folder_is_told_and_not_kept(finished, caplog):
    before = everything(finished)
    with read_only(finished), caplog.at_level("INFO", "absl"):
        look("evaluate", finished)
    assert everything(finished) == before
    assert f"{finished} cannot be written: results are not kept." in caplog.messages
    assert any(line.startswith("Test accuracy: ") for line in caplog.messages)
    assert not any(line.startswith("See ") for line in caplog.messages)


def test_an_export_that_was_being_replaced_answers_and_stays_where_it_is(finished):
    old = finished / ".final.old"
    (finished / "final").rename(old)
    before = everything(finished)
    look("predict", finished, input=str(finished.parent / "digit.png"))
    assert everything(finished) == before
    old.rename(finished / "final")
