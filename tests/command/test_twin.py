"""The twin of a run's folder, in which a dry run is the command itself."""

import errno
import os
import pathlib
import shutil
import tempfile

import pytest

from enas_tf.command import twin
from enas_tf.config import presets
from enas_tf.config.sections import ConfigError
from enas_tf.run import disk, saves
from enas_tf.run.folder import RunFolder

COMMAND = ["python", "bin/main.py"]


@pytest.fixture
def run(tmp_path) -> pathlib.Path:
    """A folder with files of a search."""
    place = tmp_path / "run"
    with_lock = RunFolder.claim(place, reset=False, command=COMMAND)
    with_lock.bind_settings("search", presets.resolve("macro", "search", "demo", {}))
    with_lock.record("search", epochs=3)
    with_lock.release()
    for name in ("metrics.jsonl", "arcs/best.json", "tensorboard/search/events.1"):
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text("")
    folder = place / "checkpoints" / "search"
    folder.mkdir(parents=True)
    for number in (1, 2):
        (folder / f"ckpt-{number}.index").write_bytes(saves.INDEX_END)
        (folder / f"ckpt-{number}.data-00000-of-00001").write_bytes(b"12")
    return place


def names(folder: pathlib.Path) -> set[str]:
    return {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}


def built(given, began=None):
    return twin.built({"dry_run": True, **given}, "demo", COMMAND, began=began)


def test_a_twin_holds_what_a_command_reads_and_goes_with_the_block(run, tmp_path):
    before = names(run)
    with built({"output_dir": str(run)}, began=7.0) as asked:
        place = asked.folder.path
        assert place != run and asked.dry_run == (run, 7.0)
        assert asked.folder.fact("search", "epochs", int) == 3
        kept = {"metrics.jsonl", "arcs/best.json", "run.json", "run.copy.json"}
        kept |= {"config.json", ".lock", "search/config.json"}
        kept |= {n for n in before if n.startswith("checkpoints/search/ckpt-")}
        assert names(place) == kept
    assert not place.exists()
    assert names(run) == before


def test_a_reset_begins_in_an_empty_twin_and_removes_nothing(run):
    before = names(run)
    with built({"output_dir": str(run), "reset_output_dir": True}) as asked:
        assert not asked.folder.has_checkpoint("search")
    assert names(run) == before


def test_a_twin_goes_also_where_the_dry_run_fails(run):
    with pytest.raises(ZeroDivisionError):
        with built({"output_dir": str(run)}) as asked:
            place = asked.folder.path
            raise ZeroDivisionError
    assert not place.exists()


def test_refusals_name_the_folder_that_the_user_named(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("!")
    for name, said, mode in (
        ("mine", "mine holds files that this program did not make", "search"),
        ("new", f"output_dir={tmp_path}/new holds no search that", "derive"),
    ):
        with pytest.raises(ConfigError, match=said):
            with built({"output_dir": str(tmp_path / name), "mode": mode}):
                pass
    assert os.listdir(tmp_path) == ["mine"]


@pytest.mark.parametrize("mode", ["evaluate", "export", "predict"])
def test_a_mode_that_takes_no_time_is_refused(mode, refused):
    line = refused("--dry_run", f"--mode={mode}", "--input=a.png")
    assert f"--dry_run is of no use with --mode={mode}" in line


def test_a_file_that_is_there_is_not_overwritten(refused, tmp_path):
    (tmp_path / "mine.json").write_text("!")
    line = refused("--dry_run", "--dry_run_json=mine.json")
    assert "--dry_run_json=mine.json is there already" in line
    assert (tmp_path / "mine.json").read_text() == "!"


def test_data_that_are_not_there_are_refused_as_of_the_command(refused, tmp_path):
    given = ("--data_path=none", "--output_dir=run")
    line = refused(*given)
    assert refused("--dry_run", *given) == line
    assert os.listdir(tmp_path) == []


def test_the_numbers_have_a_place_before_anything_is_made(refused, tmp_path):
    made = RunFolder.claim(tmp_path / "run", reset=False, command=COMMAND)
    made.release()
    for place, said in (
        ("none/a.json", f"there is no folder {tmp_path}/none"),
        ("run/a.json", f"is in the folder of a run, {tmp_path}/run, which"),
        ("run/arcs/a.json", f"is in the folder of a run, {tmp_path}/run, which"),
        ("new/a.json", f"is in the folder of a run, {tmp_path}/new, which"),
        ("/proc/a.json", "cannot be written (No such file or directory)"),
    ):
        line = refused("--dry_run", f"--dry_run_json={place}", "--output_dir=new")
        assert f"--dry_run_json={place} {said}" in line or said in line
    assert os.listdir(tmp_path) == ["run"]


def test_numbers_of_no_dry_run_are_refused(refused, tmp_path):
    line = refused("--dry_run_json=a.json")
    assert line.endswith(
        "is for the numbers of a dry run: add --dry_run, or leave it out."
    )
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("place", ["file", "file/run", "/proc/run"])
def test_a_folder_that_cannot_be_made_is_refused_as_of_the_command(
    refused, tmp_path, place
):
    (tmp_path / "file").write_text("!")
    line = refused(f"--output_dir={place}")
    assert refused("--dry_run", f"--output_dir={place}") == line
    assert os.listdir(tmp_path) == ["file"]


FULL = OSError(errno.ENOSPC, "No space left on device")


def test_a_full_temporary_disk_is_not_called_the_folder_s(run, monkeypatch):
    said = f"for which {tempfile.gettempdir()} will not do .No space left .* TMPDIR"

    def full(*args, **kwargs):
        raise FULL

    def writes_a_file(asked):
        with disk.refusals(asked.folder.path / "run.json"):
            full()

    for writes in (full, writes_a_file):
        with pytest.raises(ConfigError, match=said):
            with built({"output_dir": str(run)}) as asked:
                writes(asked)
    monkeypatch.setattr(shutil, "copy2", full)
    with pytest.raises(ConfigError, match=said):
        with built({"output_dir": str(run)}):
            pass
    monkeypatch.setattr(tempfile, "mkdtemp", full)
    with pytest.raises(ConfigError, match="No space left on device.*TMPDIR"):
        with built({"output_dir": str(run)}):
            pass
