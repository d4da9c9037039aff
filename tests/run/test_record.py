"""run.json and the settings of a stage: kept twice, told apart from damage, mended."""

import json
import math

import pytest
import run_files

from enas_tf.config import sections as config_lib
from enas_tf.config.sections import Config, ConfigError
from enas_tf.run import disk, saves
from enas_tf.run import record as run_record
from enas_tf.run.folder import RunFolder

FILES = ("run.json", "run.copy.json")


def begun(path, **settings):
    """The folder of a search that has a checkpoint and knows an arc."""
    folder = RunFolder.claim(path, reset=False, command=["main.py"], mode="search")
    folder.bind_settings(
        "search", config_lib.replace(Config(), {"seed": 7, **settings})
    )
    folder.checkpoints("search").mkdir(parents=True)
    (folder.checkpoints("search") / "ckpt-1.index").write_bytes(saves.INDEX_END)
    folder.record("derive", arc="0 1 0")
    folder.release()
    return folder


def again(path, mode="search"):
    """The folder, claimed once more and released."""
    folder = RunFolder.claim(path, reset=False, mode=mode)
    folder.release()
    return folder


@pytest.fixture
def warned(caplog):
    """A function: what has been warned of since it was last called."""

    def lines():
        found = list(caplog.messages)
        caplog.clear()
        return found

    return lines


def test_one_flipped_bit_is_noticed_or_changes_nothing(tmp_path):
    path = tmp_path / "some.json"
    value = {"a": [1, 2.5e-7, None, True], "long name": {"b": "text \u00e9"}}
    disk.write_json(path, value)
    content, passed = path.read_bytes(), 0
    for place in range(len(content)):
        for bit in range(8):
            flipped = bytearray(content)
            flipped[place] ^= 1 << bit
            path.write_bytes(flipped)
            try:
                read = disk.read_sealed(path)
            except disk.Damaged:
                continue
            passed += 1
            # Or it is the checksum's own name, which whoever has a copy looks for.
            assert read.value == value or not read.sealed
    assert passed < 100


@pytest.mark.parametrize(
    "text",
    ["", "[]", "3", '{"a": NaN}', '{"a": 1e999}', '{"a": 1, "a": 2}', "[" * 99999]
    + ['{"a": 1' + "0" * 9999 + "}", "\x00", '{"a": 1, "checksum": []}'],
    ids=lambda text: text[:12],
)
def test_what_is_no_plain_object_is_damage(text, tmp_path):
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(disk.Damaged, match=r"run\.json is damaged: "):
        disk.read_json(tmp_path / "run.json")


def test_what_is_not_finite_is_written_as_null(tmp_path):
    disk.write_json(tmp_path / "a.json", {"a": [math.nan, (1, -math.inf)]})
    assert disk.read_json(tmp_path / "a.json") == {"a": [None, [1, None]]}


def test_both_files_are_the_same(tmp_path):
    begun(tmp_path)
    one, other = (tmp_path / name for name in FILES)
    assert one.read_bytes() == other.read_bytes()
    assert list(json.loads(one.read_text()))[:2] == ["program", "version"]


@pytest.mark.parametrize(("lost", "kept"), [FILES, FILES[::-1]])
@pytest.mark.parametrize("content", [None, "", "{}", '{"program": "make"}', "[1]"])
def test_one_file_is_mended_from_the_other(lost, kept, content, tmp_path, warned):
    begun(tmp_path)
    path = tmp_path / lost
    path.unlink()
    if content is not None:
        path.write_text(content)
    folder = again(tmp_path)
    kind = "missing" if content is None else "damaged"
    assert warned() == [f"{lost} was {kind}; mended from {kept}."]
    assert folder.fact("derive", "arc", str) == "0 1 0"
    assert path.read_bytes() == (tmp_path / kept).read_bytes()
    again(tmp_path)
    assert warned() == []


def test_a_checksum_whose_name_is_damaged_is_missed(tmp_path, warned):
    begun(tmp_path)
    path = tmp_path / "run.json"
    path.write_text(path.read_text().replace("checksum", "chegksum").replace("7", "6"))
    assert again(tmp_path).settings("search")["seed"] == 7
    assert warned() == ["run.json was damaged; mended from run.copy.json."]


def test_a_kill_between_the_two_is_no_damage_and_the_newer_counts(tmp_path, warned):
    before = begun(tmp_path).run()
    folder = RunFolder(tmp_path)
    folder.record("derive", arc="0 1 1")
    disk.write_json(tmp_path / "run.copy.json", before)  # as if it were not yet written
    assert again(tmp_path).fact("derive", "arc", str) == "0 1 1"
    assert warned() == []


def test_a_kill_after_the_very_first_file_is_told_as_what_it_is(tmp_path, warned):
    RunFolder.claim(tmp_path, reset=False).release()
    (tmp_path / "run.copy.json").unlink()
    again(tmp_path)
    assert warned() == ["run.copy.json was missing; mended from run.json."]


@pytest.mark.parametrize("content", [None, "", "{", '{"program": "enas_tg"}'])
def test_without_both_it_is_made_anew_and_the_loss_is_logged(content, tmp_path, warned):
    begun(tmp_path)
    for name in FILES:
        (tmp_path / name).unlink()
        if content is not None:
            (tmp_path / name).write_text(content)
    folder = again(tmp_path)
    (line,) = warned()
    kind = "missing" if content is None else "damaged"
    assert line.startswith(f"run.json was {kind} and has no copy; made anew. Test fig")
    assert folder.settings("search")["seed"] == 7
    assert folder.facts("derive") == {}
    assert folder.run()["rebuilt"]
    folder.refuse_changes("search", config_lib.replace(Config(), {"seed": 7}))
    with pytest.raises(ConfigError, match="--seed was 7 when this search began"):
        folder.refuse_changes("search", Config())


@pytest.mark.parametrize(
    "files",
    [
        {"train/config.json": '{"seed": 1, "batch_size": 3}'},
        {"checkpoints/train/ckpt-1.index": "step/.ATTRIBUTES epoch/.ATTRIBUTES"},
        {"run.json": '{"program": "make"}', "search/notes.txt": "mine"},
        {"checkpoints/search/ckpt-1.index/": ""},
    ],
    ids=["settings", "checkpoint", "run.json", "a folder"],
)
@pytest.mark.parametrize("reset", [False, True])
def test_another_programs_folder_is_not_taken_for_ours(files, reset, tmp_path):
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir() if name.endswith("/") else path.write_text(content)
    with pytest.raises(ConfigError, match="did not make"):
        RunFolder.claim(tmp_path, reset=reset)
    assert all((tmp_path / name).exists() for name in files)


def test_a_folder_with_nothing_but_our_checkpoints_is_ours(tmp_path):
    index = b"epoch/.ATTRIBUTES optimizer_0/.ATTRIBUTES" + saves.INDEX_END
    (tmp_path / "checkpoints/train").mkdir(parents=True)
    (tmp_path / "checkpoints/train/ckpt-1.index").write_bytes(index)
    folder = RunFolder.claim(tmp_path, reset=False)
    folder.release()
    # But with which settings it began nobody knows.
    with pytest.raises(disk.Damaged, match="cannot go on"):
        folder.refuse_changes("train", Config())


WRONG = {
    "deleted": None,
    "empty": "",
    "no settings": "{}",
    "a list": "[]",
    "a number as text": {"num_epochs": "310"},
    "a number for a switch": {"deterministic": 1},
    "a space that is none": {"search_for": "makro"},
    "a list for a number": {"batch_size": [128]},
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("older", [False, True], ids=["", "no copy"])
def test_settings_that_are_not_whole(wrong, older, tmp_path, warned):
    begun(tmp_path)
    path = tmp_path / "search/config.json"
    if older:
        run_files.as_before(tmp_path)
    if isinstance(wrong, dict):
        run_files.plain(path, **wrong)
    elif wrong is None:
        path.unlink()
    else:
        path.write_text(wrong)
    kind = "missing" if wrong is None else "damaged"
    folder = again(tmp_path)
    other = config_lib.replace(Config(), {"seed": 8})
    if older:
        assert warned() == []
        with pytest.raises(disk.Damaged, match=f"config.json is {kind}, and run"):
            folder.refuse_changes("search", other)
        return
    assert warned() == [f"search/config.json was {kind}; mended from run.json."]
    assert disk.read_json(path)["seed"] == 7
    with pytest.raises(ConfigError, match="--seed was 7"):
        folder.refuse_changes("search", other)


def test_settings_of_another_stage_may_be_lost(tmp_path):
    begun(tmp_path)
    run_files.as_before(tmp_path)
    (tmp_path / "search/config.json").unlink()
    folder = RunFolder(tmp_path)
    assert folder.settings("search", needed=False) == {}
    assert folder.settings("train") == {}


def test_a_strange_name_in_older_settings_is_damage(tmp_path):
    begun(tmp_path)
    run_files.as_before(tmp_path)
    path = tmp_path / "search/config.json"
    path.write_text(path.read_text().replace('"seed"', '"seee"'))
    with pytest.raises(disk.Damaged, match=r"config\.json is damaged"):
        RunFolder(tmp_path).settings("search")


def test_a_folder_of_an_earlier_version_works_and_gains_what_it_lacks(tmp_path, warned):
    begun(tmp_path)
    run_files.as_before(tmp_path)
    folder = again(tmp_path)
    assert warned() == []
    assert folder.facts("search")["settings"]["seed"] == 7
    assert disk.read_sealed(tmp_path / "run.copy.json").sealed
    assert "begin" not in folder.run()  # nobody knows when it was
    (tmp_path / "search/config.json").unlink()
    again(tmp_path)
    assert warned() == ["search/config.json was missing; mended from run.json."]


@pytest.mark.parametrize(
    "stages",
    [[], {"search": 3, "train": []}, {"train": {"epochs": "2", "settings": [1]}}, 7],
    ids=str,
)
def test_any_json_in_run_json_is_survived(stages, tmp_path):
    begun(tmp_path)
    run_files.as_before(tmp_path)
    odd = dict(commands=3, seconds="x", begin=[], versions=None)
    run_files.plain(tmp_path / "run.json", stages=stages, **odd)
    folder = again(tmp_path)
    assert folder.tested_epochs() == 0
    assert folder.fact("train", "test_accuracy", float) is None
    assert folder.settings("search")["seed"] == 7
    assert folder.seconds() >= 0
    folder.record("train", epochs=3)
    assert folder.tested_epochs() == 3


def test_an_evaluation_mends_nothing_but_run_json(tmp_path, warned):
    begun(tmp_path)
    path = tmp_path / "search/config.json"
    path.write_text("{}")
    again(tmp_path, mode="evaluate")
    assert warned() == ["search/config.json was damaged; read instead: run.json."]
    assert path.read_text() == "{}"


def test_nothing_is_there_to_read_in_a_new_folder(tmp_path):
    assert run_record.read(tmp_path) is None
    assert RunFolder(tmp_path).run()["stages"] == {}


def test_two_marks_of_two_runs_are_refused(tmp_path):
    for name in ("one", "two"):
        claimed = RunFolder.claim(tmp_path / name, reset=False)
        claimed.record("train", test_accuracy=0.5)
        claimed.release()
    later = disk.read_json(tmp_path / "two/run.json")
    later["begin"] = "2001-01-01T00:00:00Z"
    disk.write_json(tmp_path / "one/run.json", later)
    with pytest.raises(disk.Damaged, match="of two runs. Remove the one"):
        RunFolder.claim(tmp_path / "one", reset=False)
    (tmp_path / "one/run.json").unlink()
    RunFolder.claim(tmp_path / "one", reset=False).release()


def test_settings_of_another_run_are_refused_naming_one(tmp_path):
    folder = RunFolder.claim(tmp_path / "run", reset=False)
    folder.bind_settings("search", Config())
    (folder.checkpoints("search")).mkdir(parents=True)
    (folder.checkpoints("search") / "ckpt-1.index").write_bytes(saves.INDEX_END)
    other = config_lib.flat(config_lib.replace(Config(), {"seed": 7}))
    disk.write_json(folder.path / "search/config.json", other)
    with pytest.raises(disk.Damaged, match="do not agree on --seed: they are of two"):
        folder.refuse_changes("search", Config())
    (folder.path / "search/config.json").unlink()
    folder.refuse_changes("search", Config())
    folder.release()


def test_what_a_reader_changes_nobody_else_reads(tmp_path):
    path = tmp_path / "a.json"
    disk.write_json(path, dict(stages=dict(search=dict(seconds=1))))
    disk.read_json(path)["stages"]["search"]["seconds"] = 2
    assert disk.read_json(path) == dict(stages=dict(search=dict(seconds=1)))
