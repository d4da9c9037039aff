import hashlib
import os
import pathlib
import socket

import keras
import numpy as np
import pytest

from enas_tf.config import sections as config
from enas_tf.data import tfds_download
from enas_tf.data.text import load as text
from enas_tf.data.text import ptb

ROOT = pathlib.Path(__file__).parents[3]
PTB = pathlib.Path(os.environ.get("ENAS_PTB", ROOT.parent / "shared/data/ptb"))

needs_ptb = pytest.mark.skipif(
    not (PTB / "ptb.train.txt").is_file(),
    reason="no Penn Treebank: set ENAS_PTB to a folder with ptb.train.txt",
)
SMALL = dict(train="b a\nb <unk>\n", valid="a c\n", test="b\n")


def write(folder, form="{}.txt", **texts):
    """A folder of text files, written as they are."""
    folder.mkdir(exist_ok=True)
    for split, content in {**SMALL, **texts}.items():
        (folder / form.format(split)).write_bytes(content.encode())
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
    assert data.notes[0] == (
        "ptb: 929,589 / 73,760 / 82,430 words in train / valid / test"
    )
    assert (
        "vocabulary of 10,000; <unk>: 4.8% / 4.7% / 5.8% of the words" in data.notes[1]
    )
    # Nothing is unknown but what is so in the files.
    assert not any("cannot be compared" in note for note in data.notes)
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


def test_a_folder_is_read(tmp_path):
    data = load(write(tmp_path / "mine"))
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


MARKED = "the cat <eos>\na <eos> dog\n<eos> a dog\n\n<eos>\n"


def test_a_line_with_its_own_eos_gets_no_other_and_it_is_said(tmp_path):
    plain = "the cat\na dog\nthe cat\n"
    whole = "the cat <eos>\na dog <eos>\nthe cat <eos>\n"
    write(tmp_path / "plain", train=plain, valid=plain, test=plain)
    write(tmp_path / "whole", train=whole, valid=plain, test=whole)
    expected, found = load(tmp_path / "plain"), load(tmp_path / "whole")
    for split in ("train", "valid", "test"):
        assert words(found, split) == words(expected, split)
    said = "whole: lines that end with <eos> and get no other: 6 of 9"
    assert found.notes[-1] == said
    assert not any("<eos>" in note for note in expected.notes)


def test_eos_elsewhere_than_at_an_end_is_kept_and_said(tmp_path):
    data = load(write(tmp_path / "mine", train=MARKED, valid="a\n", test="a\n"))
    lines = "the cat <eos> a <eos> dog <eos> <eos> a dog <eos> <eos> <eos>"
    assert words(data) == lines.split()
    assert data.notes[-3:] == (
        "mine: lines that end with <eos> and get no other: 2 of 7",
        "mine: lines that begin with <eos>, which doubles it: 1 of 7",
        "mine: lines with <eos> inside, which is kept: 1 of 7",
    )


@pytest.mark.parametrize("mark", ["</s>", "[EOS]"])
def test_another_mark_at_the_ends_of_lines_is_said(tmp_path, mark):
    lines = f"the cat {mark}\na dog {mark}\n\nthe cat {mark}"
    data = load(write(tmp_path / "mine", train=lines, valid="a", test="a dog"))
    assert words(data)[:4] == ["the", "cat", mark, "<eos>"]  # kept as it is
    assert data.notes[-3:] == (
        f"mine: lines that end with {mark}: 3 of 6; an",
        "<eos> follows each and is foreseen, so perplexities are low.",
        f"To have that of the text alone, write <eos> for {mark}.",
    )


@pytest.mark.parametrize("end", ["<unk>", "<eos>", "."])
def test_ends_that_are_words_are_no_marks(tmp_path, end):
    data = load(write(tmp_path / "mine", train=f"a {end}\n" * 3, valid="a", test="a"))
    assert not any("foreseen" in note for note in data.notes)


def test_a_single_text_is_cut_by_lines_in_three_and_it_is_said(tmp_path):
    lines = [*"abcdefghijkl", "a b", "b a", "a", "b", "a", "a", "b", "b"]
    file = tmp_path / "mine.txt"
    file.write_text("\n".join(lines))
    for place in (file, tmp_path):
        data = text.load("ptb", str(place))
        assert len(data.train) == 16 * 2 + 2
        assert words(data, "valid") == "a <eos> a <eos>".split()
        assert words(data, "test") == "b <eos> b <eos>".split()
        told = "one text, cut in order: 16 / 2 / 2 lines of it"
        assert any(told in note for note in data.notes)


def test_a_single_text_of_few_lines_is_refused(tmp_path):
    (tmp_path / "mine.txt").write_text("a\n" * 9)
    message = "mine.txt has 9 lines: it must have at least 10"
    refused_folder(message, tmp_path / "mine.txt")


def test_files_that_are_left_out_are_said(tmp_path):
    folder = write(tmp_path / "mine")
    (folder / "more.txt").write_text("a")
    (folder / ".hidden.txt").write_text("a")
    assert load(folder).notes[-1] == "mine: left out: .hidden.txt, more.txt"


def test_the_vocabulary_is_of_training_words_only(tmp_path):
    data = load(write(tmp_path, valid="only here\n"))
    assert data.vocabulary == ("<eos>", "<unk>", "a", "b")
    assert words(data, "valid") == ["<unk>", "<unk>", "<eos>"]
    assert "<unk>: 16.7% / 66.7% / 0.0% of the words" in data.notes[1]


def test_vocab_size_keeps_the_most_frequent_words(tmp_path):
    folder = write(tmp_path, train="c b a b\na c d\n", valid="a\n", test="d\n")
    data = load(folder, vocab_size=4)
    # a, b and c occur twice each: the first in the alphabet stay.
    assert data.vocabulary == ("<eos>", "<unk>", "a", "b")
    assert words(data) == "<unk> b a b <eos> a <unk> <unk> <eos>".split()
    assert words(data, "test") == ["<unk>", "<eos>"]
    assert "<unk>: 33.3% / 0.0% / 50.0% of the words" in data.notes[1]
    assert "vocabularies cannot be compared" in data.notes[2]


def test_vocab_size_of_all_words_keeps_all(tmp_path):
    data = load(write(tmp_path, train="b a\n", valid="a\n"), vocab_size=3)
    assert data.vocabulary == ("<eos>", "a", "b")
    assert data.notes[1:] == (f"{data.name}: vocabulary of 3; no <unk>",)


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
    assert "<unk>: 33.3% / 33.3% / 66.7% of the words" in data.notes[1]
    assert "2 words of valid / test are not in train" in data.notes[3]
    assert "--vocab_size" in data.notes[4]


def test_without_unknown_words_all_are_kept(tmp_path):
    data = load(write(tmp_path, train="b a b\nc\n", valid="a c\n"))
    assert data.vocabulary == ("<eos>", "a", "b", "c")
    assert data.notes[1:] == (f"{data.name}: vocabulary of 4; no <unk>",)


@pytest.mark.parametrize("vocab_size", [0, 3])
def test_unknown_words_that_training_has_no_example_of_are_refused(
    tmp_path, vocab_size
):
    folder = write(tmp_path, train="a b a b\n\n a", valid="a strange\n")
    line = refused_folder("words that training lacks .1, such as 'strange'", folder)
    assert "Set --vocab_size below 3" in line
    assert refused_folder("such as 'strange'", folder, vocab_size) == line


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
