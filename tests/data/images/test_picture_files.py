import collections
import os
import pathlib

import numpy as np
import pytest
from PIL import Image

from enas_tf.config import sections as config
from enas_tf.data.images import load as images
from enas_tf.data.images import picture_files


def write(path: pathlib.Path, level: int):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full((4, 4), level, np.uint8)).save(path)


@pytest.fixture
def folder(tmp_path):
    """Twelve pictures of two classes and much that is none."""
    root = tmp_path / "set"
    for label in ("cat", "dog"):
        for number in range(6):
            path = root / label / f"{number}.{'webp' if number % 2 else 'PNG'}"
            write(path, 20 * number + len(list(root.rglob("*.*"))))
    for name in (
        "cat/.ipynb_checkpoints/0-checkpoint.png",
        "cat/deep/.ipynb_checkpoints/1-checkpoint.png",
        "dog/._0.png",
        "dog/.DS_Store",
        "dog/Thumbs.db",
        "dog/notes.txt",
        "dog/more.txt",
        "dog/README",
        "labels.csv",
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"no picture")
    return root


def test_every_picture_is_read_and_what_is_left_out_is_counted(folder):
    data = images.load(config.DataConfig(data_path=str(folder)))
    sizes = [len(split.labels) for split in (data.train, data.valid, data.test)]
    assert sum(sizes) == 12
    assert max(map(len, data.notes)) <= 71
    told = " ".join(data.notes)
    assert told.startswith(f"{folder.name}: 9 files are left out: ")
    for reason in ("2 in .ipynb_checkpoints/", "2 .txt", "1 beside the class folders"):
        assert reason in told
    found = picture_files.find(str(folder / "dog")).left_out
    assert found == {
        "._* (copies by macOS)": 1,
        ".DS_Store": 1,
        "Thumbs.db": 1,
        ".txt": 2,
        "without an ending": 1,
    }


def test_ten_reasons_are_told_and_litter_first():
    counts = collections.Counter({f".{letter}": 9 for letter in "abcdef"})
    counts += collections.Counter(
        {"in .git/": 2, "._* (copies by macOS)": 1, "Thumbs.db": 3, "hidden": 1}
    )
    assert picture_files.in_words(counts) == (
        "61 files are left out: 3 Thumbs.db, 2 in .git/, 1 ._* (copies by macOS), "
        "1 hidden, 9 .a, 9 .b, 9 .c, 9 .d, 9 .e, 9 .f"
    )
    assert picture_files.in_words(counts - counts) == ""


def test_of_more_reasons_the_rarest_are_put_together():
    counts = collections.Counter({f".{n}": 20 - n for n in range(12)})
    told = picture_files.in_words(counts)
    assert told.startswith("174 files are left out: 20 .0, 19 .1, ")
    assert told.endswith(", 11 .9, 19 others")


def test_linked_files_and_folders_are_read_and_circles_end(tmp_path):
    write(tmp_path / "store" / "1.png", 1)
    (tmp_path / "cat").mkdir()
    (tmp_path / "cat" / "2.png").symlink_to(tmp_path / "store" / "1.png")
    (tmp_path / "cat" / "more").symlink_to(tmp_path / "store")
    (tmp_path / "store" / "again").symlink_to(tmp_path / "store")
    found = picture_files.find(str(tmp_path / "cat"))
    names = [str(pathlib.Path(path).relative_to(tmp_path)) for path in found.paths]
    assert names == ["cat/2.png", "cat/more/1.png"]
    assert found.left_out == {"in a circle of links": 1}


def test_a_link_to_nothing_is_refused_by_name(folder):
    (folder / "cat" / "lost.png").symlink_to("nowhere.png")
    message = "lost.png cannot be read as an image .a link to a file that is not there"
    with pytest.raises(config.ConfigError, match=message):
        images.load(config.DataConfig(data_path=str(folder)))


def test_a_pipe_is_not_waited_for(tmp_path):
    write(tmp_path / "1.png", 1)
    os.mkfifo(tmp_path / "2.png")
    found = picture_files.find(str(tmp_path))
    assert len(found.paths) == 1
    assert found.left_out == {"no regular files": 1}


def test_a_folder_without_permission_is_named(folder, monkeypatch):
    shut = str(folder / "dog")
    scandir = os.scandir

    def refusing(path):
        if path == shut:
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    with pytest.raises(
        config.ConfigError, match="cannot read .*dog .Permission denied"
    ):
        images.load(config.DataConfig(data_path=str(folder)))
