"""Which checkpoints there are, by the names of files."""

import pytest

from enas_tf.run import saves

DATA = "data-00000-of-00001"


def fill(folder, *names):
    for name in names:
        content = b"x" + saves.INDEX_END if name.endswith(".index") else b"x"
        (folder / name).write_bytes(content)
    return folder


def test_an_empty_or_missing_folder_holds_none(tmp_path):
    for folder in (tmp_path, tmp_path / "missing", fill(tmp_path, "file") / "file"):
        assert saves.look(folder) == saves.Found([], [], 0)
        assert not saves.begun(folder)


def test_the_newest_comes_first_by_number_and_not_by_name(tmp_path):
    for number in (9, 10, 8):
        fill(tmp_path, f"ckpt-{number}.index", f"ckpt-{number}.{DATA}")
    assert saves.look(tmp_path) == saves.Found([10, 9, 8], [], 10)


def test_halves_and_what_killed_saves_leave_are_told_apart(tmp_path):
    fill(tmp_path, "ckpt-1.index", f"ckpt-1.{DATA}", "ckpt-2.index", f"ckpt-3.{DATA}")
    fill(tmp_path, "ckpt-4.index.tempstate77", "notes-9.index", "ckpt-x.index")
    (tmp_path / "ckpt-12_temp").mkdir()
    assert saves.look(tmp_path) == saves.Found([1], [3, 2], 12)


@pytest.mark.parametrize(
    ("names", "begun"),
    [
        ([f"ckpt-1.{DATA}"], False),  # the index is written last
        (["ckpt-1.index.tempstate7"], False),
        (["notes.txt"], False),
        (["ckpt-1.index"], True),
        (["checkpoint"], True),  # TensorFlow's list, by an earlier version
    ],
)
def test_a_save_that_came_to_its_end_is_known_by_its_index(tmp_path, names, begun):
    assert saves.begun(fill(tmp_path, *names)) is begun


@pytest.mark.parametrize("length", [0, 3, 8, 1000])
def test_a_part_of_an_index_is_of_a_save_that_was_killed(tmp_path, length):
    (tmp_path / "ckpt-1.index").write_bytes(bytes(length))
    assert not saves.begun(tmp_path)


def test_others_are_removed_and_foreign_files_stay(tmp_path):
    for number in (1, 2, 3):
        fill(tmp_path, f"ckpt-{number}.index", f"ckpt-{number}.{DATA}")
    fill(tmp_path, "ckpt-4.index.tempstate77", "notes.txt")
    (tmp_path / "ckpt-5_temp").mkdir()
    fill(tmp_path / "ckpt-5_temp", "part")
    saves.remove_others(tmp_path, [3, 1])
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        f"ckpt-1.{DATA}",
        "ckpt-1.index",
        f"ckpt-3.{DATA}",
        "ckpt-3.index",
        "notes.txt",
    ]
