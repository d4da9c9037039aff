"""Paths that cannot be right, by what lies there."""

import dataclasses
import os

import pytest
from PIL import Image

from enas_tf.command import places
from enas_tf.config import sections as config
from enas_tf.config.sections import ConfigError

IMAGE, TEXT = "an image or a folder of images", "a text file or a folder of text files"


@pytest.fixture
def files(tmp_path, monkeypatch):
    """A folder with files of some kinds, which is the current one."""
    monkeypatch.chdir(tmp_path)
    Image.new("L", (8, 8)).save("four.png")
    Image.new("L", (8, 8)).save("four", format="jpeg")
    (tmp_path / "plain.ppm").write_text("P2 1 1 255 7")
    (tmp_path / "notes.txt").write_text("a text, na\u00efve", encoding="utf-8")
    (tmp_path / "long.txt").write_text("\u00e9" * 3001, encoding="utf-8")
    (tmp_path / "latin.txt").write_bytes(b"na\xefve and more of the same text")
    (tmp_path / "cut.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    (tmp_path / "empty").touch()
    for name in ("pictures/a/b.png", "texts/a/b.txt", "both/a.png", "both/a.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "none").mkdir()


@pytest.mark.parametrize(
    ("value", "space", "what"),
    [
        ("notes.txt", "macro", "a text"),
        ("long.txt", "micro", "a text"),
        ("four.png", "rnn", "an image"),
        ("four", "rnn", "an image"),
        ("plain.ppm", "rnn", "an image"),
        ("pictures", "rnn", "a folder of images"),
        ("texts", "macro", "a folder without images"),
        ("none", "macro", "a folder without files"),
        ("none", "rnn", "a folder without files"),
    ],
)
def test_an_input_of_another_kind_is_refused(value, space, what, files):
    wanted = TEXT if space == "rnn" else IMAGE
    with pytest.raises(ConfigError) as caught:
        places.check_input(value, space)
    assert str(caught.value) == (
        f"--input={value} is {what}, but the model is of the {space} space and "
        f"reads {wanted}. Give one, or the --output_dir of another model."
    )


@pytest.mark.parametrize(
    ("value", "space"),
    [
        ("four.png", "macro"),
        ("four", "micro"),
        ("plain.ppm", "macro"),
        ("pictures", "macro"),
        ("both", "macro"),
        ("notes.txt", "rnn"),
        ("texts", "rnn"),
        ("both", "rnn"),
        # What is wrong with these is for their readers to tell.
        ("cut.png", "macro"),
        ("latin.txt", "macro"),
        ("latin.txt", "rnn"),
        ("empty", "macro"),
        ("empty", "rnn"),
    ],
)
def test_an_input_that_may_be_right_is_taken(value, space, files):
    places.check_input(value, space)


@pytest.mark.parametrize("value", ["gone.png", "a" * 300, "~no_such_user/a.png"])
def test_an_input_that_is_not_there_is_refused(value):
    with pytest.raises(ConfigError, match="does not exist. Give an image or a folder"):
        places.check_input(value, "macro")


def test_an_input_that_is_a_pipe_is_refused_without_waiting_for_it(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ConfigError, match="is no file or folder. Give a text file"):
        places.check_input(str(tmp_path / "pipe"), "rnn")


def data(space, **fields):
    default = config.Config()
    return dataclasses.replace(
        default,
        run=dataclasses.replace(default.run, search_for=space),
        data=dataclasses.replace(default.data, **fields),
    )


@pytest.mark.parametrize(
    ("space", "fields"),
    [
        ("macro", {}),
        ("macro", dict(dataset="digits", data_dir="gone")),
        ("macro", dict(data_dir="pictures")),
        ("rnn", dict(dataset="python_docs")),
        ("rnn", dict(dataset="ptb")),
    ],
)
def test_data_that_may_be_right_are_taken(space, fields, files):
    places.check_data(data(space, **fields))
