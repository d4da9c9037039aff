import hashlib
import os
import pathlib
import socket

import keras
import numpy as np
import pytest

from enas_tf import config
from enas_tf.data import ptb, text, text_fits, tfds_download

ROOT = pathlib.Path(__file__).parents[2]
PTB = pathlib.Path(os.environ.get("ENAS_PTB", ROOT.parent / "shared/data/ptb"))

needs_ptb = pytest.mark.skipif(
    not (PTB / "ptb.train.txt").is_file(),
    reason="no Penn Treebank: set ENAS_PTB to a folder with ptb.train.txt",
)
SMALL = dict(train="b a\nb <unk>\n", valid="a c\n", test="b\n")


def write(folder, form="{}.txt", **texts):
    """A folder of text files; strings are written as they are, None leaves one out."""
    folder.mkdir(exist_ok=True)
    for split, content in {**SMALL, **texts}.items():
        if isinstance(content, str):
            content = content.encode()
        if content is not None:
            (folder / form.format(split)).write_bytes(content)
    return folder


def load(folder, vocab_size=0):
    return text.load("ptb", str(folder), vocab_size)


def words(data, split="train"):
    return [data.vocabulary[number] for number in getattr(data, split)]


def refused(message, *args):
    with pytest.raises(config.ConfigError, match=message) as caught:
        text.load(*args)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def refused_folder(message, folder, vocab_size=0):
    return refused(message, "ptb", str(folder), vocab_size)


@needs_ptb
def test_ptb_has_the_published_numbers_of_tokens_and_words():
    data = load(PTB)
    sizes = [len(ids) for ids in (data.train, data.valid, data.test)]
    assert sizes == [929_589, 73_760, 82_430]
    assert len(data.vocabulary) == 10_000
    assert list(data.vocabulary) == sorted(set(data.vocabulary))
    assert {"<eos>", "<unk>", "N"} < set(data.vocabulary)
    assert data.notes == ()  # nothing is unknown but what is so in the files
    assert words(data)[-3:] == ["mr.", "<unk>", "<eos>"]
    assert data.train.dtype == np.int32


@needs_ptb
def test_ptb_is_read_as_the_original_reads_it():
    content = (PTB / "ptb.valid.txt").read_text().strip()
    expected = content.replace("\n", "<eos>").split(" ") + ["<eos>"]
    assert words(load(PTB), "valid") == expected


@needs_ptb
def test_the_pinned_hashes_are_those_of_the_files_that_are_here():
    for name, expected in ptb.SHA256.items():
        content = (PTB / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == expected


@pytest.mark.parametrize("form", ["{}.txt", "ptb.{}.txt"])
def test_a_folder_is_read_under_either_form_of_names(tmp_path, form):
    data = load(write(tmp_path / "mine", form))
    assert data.name == "mine"
    assert data.vocabulary == ("<eos>", "<unk>", "a", "b")
    assert data.train.tolist() == [3, 2, 0, 3, 1, 0]
    assert data.valid.tolist() == [2, 1, 0]
    assert data.test.tolist() == [3, 0]


@pytest.mark.parametrize(
    "content",
    [
        "b a\nb <unk>",
        " b a \n b <unk> \n",
        "\n\nb\ta\r\nb  <unk>\r\n\r\n",
        "b a\rb <unk>\r",
        "\ufeffb a\nb <unk>\n",
    ],
)
def test_spaces_and_line_ends_of_any_kind_give_the_same_words(tmp_path, content):
    data = load(write(tmp_path, train=content))
    assert data.train.tolist() == [3, 2, 0, 3, 1, 0]


def test_an_empty_line_inside_the_text_is_an_empty_sentence(tmp_path):
    data = load(write(tmp_path, train="b a\n\nb <unk>"))
    assert words(data) == ["b", "a", "<eos>", "<eos>", "b", "<unk>", "<eos>"]


def test_the_vocabulary_is_of_training_words_only(tmp_path):
    data = load(write(tmp_path, valid="only here\n"))
    assert data.vocabulary == ("<eos>", "<unk>", "a", "b")
    assert words(data, "valid") == ["<unk>", "<unk>", "<eos>"]
    assert "16.7% / 66.7% / 0.0% are <unk>" in data.notes[0]


def test_vocab_size_keeps_the_most_frequent_words(tmp_path):
    folder = write(tmp_path, train="c b a b\na c d\n", valid="a\n", test="d\n")
    data = load(folder, vocab_size=4)
    # a, b and c occur twice each: the first in the alphabet stay.
    assert data.vocabulary == ("<eos>", "<unk>", "a", "b")
    assert words(data) == "<unk> b a b <eos> a <unk> <unk> <eos>".split()
    assert words(data, "test") == ["<unk>", "<eos>"]
    assert "33.3% / 0.0% / 50.0% are <unk>" in data.notes[0]


def test_vocab_size_of_all_words_keeps_all(tmp_path):
    data = load(write(tmp_path, train="b a\n", valid="a\n"), vocab_size=3)
    assert data.vocabulary == ("<eos>", "a", "b")
    assert data.notes == ()


def test_the_smallest_vocabulary_is_eos_and_unk(tmp_path):
    data = load(write(tmp_path), vocab_size=2)
    assert data.vocabulary == ("<eos>", "<unk>")


@pytest.mark.parametrize("vocab_size", [-1, 1, 5, 10_000])
def test_a_vocabulary_that_the_text_does_not_have_is_refused(tmp_path, vocab_size):
    message = f"--vocab_size={vocab_size} is not allowed: .* from 2 to 4, the number"
    refused_folder(message, write(tmp_path), vocab_size)


def test_unknown_words_make_those_that_occur_once_unknown_and_it_is_said(tmp_path):
    folder = write(tmp_path, train="b a b\nc\n", valid="b d\n", test="e d\n")
    data = load(folder)
    assert data.vocabulary == ("<eos>", "<unk>", "b")
    assert words(data) == "b <unk> b <eos> <unk> <eos>".split()
    assert words(data, "test") == ["<unk>", "<unk>", "<eos>"]
    assert "have 2 words that training lacks" in data.notes[0]
    assert "--vocab_size" in data.notes[0]
    assert "33.3% / 33.3% / 66.7% are <unk>" in data.notes[1]


def test_without_unknown_words_all_are_kept(tmp_path):
    data = load(write(tmp_path, train="b a b\nc\n", valid="a c\n"))
    assert data.vocabulary == ("<eos>", "a", "b", "c")
    assert data.notes == ()


@pytest.mark.parametrize("vocab_size", [0, 3])
def test_unknown_words_that_training_has_no_example_of_are_refused(
    tmp_path, vocab_size
):
    folder = write(tmp_path, train="a b a b\n\n a", valid="a strange\n")
    line = refused_folder("words that training lacks .1, such as 'strange'", folder)
    assert "Set --vocab_size below 3" in line
    assert refused_folder("such as 'strange'", folder, vocab_size) == line


def test_a_missing_file_is_named(tmp_path):
    folder = write(tmp_path, "ptb.{}.txt", valid=None)
    line = refused_folder("has no text file for valid: it must hold", folder)
    assert "ptb.train.txt, ptb.valid.txt, ptb.test.txt or train.txt" in line


def test_a_folder_without_text_files_is_refused(tmp_path):
    refused_folder("no text file for train and valid and test", tmp_path)


def test_a_path_that_is_no_folder_is_refused(tmp_path):
    refused_folder("nowhere is not a folder", tmp_path / "nowhere")
    refused_folder("train.txt is not a folder", write(tmp_path) / "train.txt")


@pytest.mark.parametrize("content", ["", " \n\n ", "\ufeff\n"])
def test_an_empty_file_is_refused_by_name(tmp_path, content):
    refused_folder("valid.txt is empty", write(tmp_path, valid=content))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"a b\0c\n", "NUL bytes"),
        ("a b\n".encode("utf-16"), "NUL bytes"),
        (b"a caf\xe9 b\n", "byte 5 is not UTF-8"),
    ],
)
def test_a_binary_file_is_refused_by_name(tmp_path, content, reason):
    refused_folder(f"test.txt is not .*{reason}", write(tmp_path, test=content))


def test_a_file_that_cannot_be_read_is_refused_by_name(tmp_path, monkeypatch):
    folder = write(tmp_path)

    def deny(path, mode):
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr("builtins.open", deny)
    refused_folder("cannot read .*train.txt .Permission denied", folder)


def test_a_data_set_that_is_not_known_is_refused():
    refused("--dataset=wiki is not allowed: .* ptb, python_docs. .*--data_path", "wiki")


@pytest.fixture
def mirror(tmp_path, monkeypatch):
    """A mirror on disk, an empty cache, and hashes of what the mirror has."""
    folder = write(tmp_path / "mirror", "ptb.{}.txt")
    hashes = {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
        for name in ptb.SHA256
    }
    monkeypatch.setattr(ptb, "SHA256", hashes)
    monkeypatch.setattr(ptb, "MIRROR", folder.as_uri())
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "cache"))
    return folder


def test_ptb_is_downloaded_once_and_kept(mirror, tmp_path, capsys):
    data = text.load("ptb")
    assert data.name == "ptb"
    assert data.train.tolist() == [3, 2, 0, 3, 1, 0]
    kept = tmp_path / "cache" / "datasets" / "ptb"
    assert {path.name for path in kept.iterdir()} == set(ptb.SHA256)
    for path in mirror.iterdir():
        path.unlink()
    np.testing.assert_array_equal(text.load("ptb").test, data.test)
    assert capsys.readouterr().out == ""


def test_a_damaged_file_in_the_cache_is_downloaded_again(mirror, tmp_path):
    expected = text.load("ptb").train
    (tmp_path / "cache/datasets/ptb/ptb.train.txt").write_text("b a\n")
    np.testing.assert_array_equal(text.load("ptb").train, expected)


def test_a_download_of_something_else_is_refused(mirror):
    (mirror / "ptb.valid.txt").write_text("<html>not found</html>")
    refused("cannot be downloaded .Incomplete or corrupted", "ptb")


def test_a_missing_download_names_the_ways_out(mirror):
    for path in mirror.iterdir():
        path.unlink()
    line = refused("ptb is not in .*cache.* and cannot be downloaded .*No such", "ptb")
    assert "--data_path=FOLDER with ptb.train.txt" in line
    assert "--dataset=python_docs" in line


def test_a_cache_that_cannot_be_written_is_one_line(mirror, tmp_path):
    (tmp_path / "cache").write_text("a file where the folder should be")
    refused("cannot be downloaded", "ptb")


def test_a_host_that_falls_silent_is_given_up(mirror, monkeypatch):
    limits = []

    def stall(*args, **kwargs):
        limits.append(socket.getdefaulttimeout())
        raise TimeoutError("timed out")

    monkeypatch.setattr(keras.utils, "get_file", stall)
    refused("cannot be downloaded .timed out", "ptb")
    assert limits == [tfds_download.ANSWER_SECONDS]
    assert socket.getdefaulttimeout() is None


def of_length(train, valid, test=2):
    splits = (np.zeros(length, np.int32) for length in (train, valid, test))
    return text.TextData("mine", *splits, vocabulary=("<eos>", "a"))


@pytest.mark.parametrize(("batch_size", "bptt"), [(10, 9), (3, 32), (1, 99), (50, 1)])
def test_a_text_that_makes_up_one_batch_fits(batch_size, bptt):
    text_fits.check_fits(of_length(100, 100), batch_size=batch_size, bptt=bptt)


@pytest.mark.parametrize(
    ("batch_size", "bptt", "message"),
    [
        (11, 9, "--batch_size=11 .* at most 10 where --child_bptt_steps=9"),
        (2, 50, "--batch_size=2 .* at most 1 where --child_bptt_steps=50"),
        (1, 100, "--child_bptt_steps=100 .* at most 99"),
    ],
)
@pytest.mark.parametrize("lengths", [(100, 1_000), (1_000, 100)])
def test_a_text_shorter_than_a_batch_is_refused(lengths, batch_size, bptt, message):
    kind = "training" if lengths[0] == 100 else "validation"
    message += f", since the {kind} text of mine has 100 words"
    with pytest.raises(config.ConfigError, match=message) as caught:
        text_fits.check_fits(of_length(*lengths), batch_size=batch_size, bptt=bptt)
    assert "\n" not in str(caught.value)
