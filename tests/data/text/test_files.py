"""Which files are found, and how what cannot be read is refused."""

import gzip
import os

import pytest

from enas_tf.config import sections as config
from enas_tf.data.text import content as text_content
from enas_tf.data.text import files as text_files

SPLITS = ("train", "valid", "test")
PLAIN = ("train.txt", "valid.txt", "test.txt")


def folder(place, *names, content=b"a b\n"):
    place.mkdir(exist_ok=True)
    for name in names:
        (place / name).write_bytes(content)
    return place


def found(place):
    paths = text_files.find(str(place)).paths
    return {split: os.path.basename(path) for split, path in paths.items()}


def refused(message, place, call=text_files.find):
    with pytest.raises(config.ConfigError, match=message) as caught:
        call(str(place))
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    "names",
    [
        PLAIN,
        ("ptb.train.txt", "ptb.valid.txt", "ptb.test.txt"),
        ("wiki.train.tokens", "wiki.valid.tokens", "wiki.test.tokens"),
        ("wiki.train.raw", "wiki.valid.raw", "wiki.test.raw"),
        ("wiki.train.raw.txt", "wiki.valid.raw.txt", "wiki.test.raw.txt"),
        ("Train.txt", "VALID.TXT", "Test.Txt"),
        ("train.txt", "validation.txt", "test.txt"),
        ("train.txt", "dev.txt", "test.txt"),
        ("train.txt", "val.txt", "test.txt"),
        ("mine_training.txt", "mine-dev.txt", "test"),
    ],
)
def test_the_three_texts_are_found_by_their_names(tmp_path, names):
    assert found(folder(tmp_path, *names)) == dict(zip(SPLITS, names, strict=True))


def test_the_penn_treebank_is_found_beside_its_letters(tmp_path):
    words = [f"ptb.{split}.txt" for split in SPLITS]
    letters = [f"ptb.char.{split}.txt" for split in SPLITS]
    folder(tmp_path, *words, *letters, "README")
    assert found(tmp_path) == dict(zip(SPLITS, words, strict=True))
    left_out = text_files.find(str(tmp_path)).left_out
    assert left_out == ("README", *sorted(letters))


def test_what_is_hidden_is_left_out_and_named(tmp_path):
    litter = (".DS_Store", "._train.txt", "Thumbs.db", "train.txt~")
    folder(tmp_path, *PLAIN, *litter)
    for name in (".ipynb_checkpoints", "__MACOSX", "old"):
        folder(tmp_path / name, "train.txt")
    assert found(tmp_path) == dict(zip(SPLITS, PLAIN, strict=True))
    assert text_files.find(str(tmp_path)).left_out == (
        ".DS_Store",
        "._train.txt",
        ".ipynb_checkpoints/",
        "Thumbs.db",
        "__MACOSX/",
        "old/",
        "train.txt~",
    )


def test_letters_alone_are_a_text(tmp_path):
    letters = [f"ptb.char.{split}.txt" for split in SPLITS]
    assert found(folder(tmp_path, *letters)) == dict(zip(SPLITS, letters, strict=True))


def test_two_files_for_a_split_are_refused_by_their_names(tmp_path):
    folder(tmp_path, *PLAIN, "dev.txt")
    refused("several text files for valid: dev.txt, valid.txt. ", tmp_path)


@pytest.mark.parametrize("name", ["corpus.txt", "train.txt", "BOOK.TXT", "wiki.tokens"])
def test_the_only_text_in_a_folder_is_taken_whole(tmp_path, name):
    folder(tmp_path, name, "README.md")
    assert found(tmp_path) == {"whole": name}
    assert text_files.find(str(tmp_path)).left_out == ("README.md",)


@pytest.mark.parametrize("name", ["book.txt", "book.md", "test.txt"])
def test_a_file_is_taken_whole_whatever_its_name(tmp_path, name):
    folder(tmp_path, name, "other.txt")
    assert text_files.find(str(tmp_path / name)) == (
        {"whole": str(tmp_path / name)},
        (),
    )


def test_lines_are_cut_in_order():
    cut = text_files.in_three([str(number) for number in range(25)], "x.txt")
    assert {split: len(lines) for split, lines in cut.items()} == dict(
        train=21, valid=2, test=2
    )
    assert [line for split in SPLITS for line in cut[split]] == [
        str(number) for number in range(25)
    ]


@pytest.mark.parametrize(
    ("names", "missing"),
    [
        (PLAIN[:2], "test .it has train.txt, valid.txt."),
        (["test.txt"], "train and valid .it has test.txt."),
        (["a.txt", "b.txt"], "train and valid and test .it has a.txt, b.txt."),
        ([".train.txt", "train.txt~"], "train and valid and test .it has no files."),
    ],
)
def test_missing_texts_are_named_with_what_is_there(tmp_path, names, missing):
    line = refused(f"has no text file for {missing}", folder(tmp_path, *names))
    assert "it must hold train.txt, valid.txt, test.txt (or ptb.train.txt" in line


def test_what_is_packed_is_to_be_unpacked(tmp_path):
    folder(tmp_path, "wikitext-2-v1.zip")
    refused("no text file for train .* Unpack wikitext-2-v1.zip there", tmp_path)
    folder(tmp_path, "train.txt", "valid.txt")
    (tmp_path / "test.txt.gz").write_bytes(gzip.compress(b"a b", mtime=0))
    refused("test.txt.gz is packed .gzip.: .* Unpack it", tmp_path)
    folder(tmp_path, "test.txt")
    assert found(tmp_path)["test"] == "test.txt"


def test_a_folder_in_the_place_of_a_file_is_named(tmp_path):
    folder(tmp_path, "train.txt", "valid.txt")
    (tmp_path / "test.txt").mkdir()
    refused("for test .* test.txt: not a file but a folder", tmp_path)


def test_places_that_hold_nothing_are_refused(tmp_path):
    refused("nowhere does not exist: it must be a text file, or", tmp_path / "nowhere")
    refused("/dev/null is neither a file nor a folder", "/dev/null")


def test_a_link_that_leads_nowhere_is_refused_by_name(tmp_path):
    folder(tmp_path, "train.txt", "valid.txt")
    (tmp_path / "test.txt").symlink_to(tmp_path / "gone.txt")
    refused("cannot read .*test.txt .No such file", tmp_path)


def test_folders_and_files_without_permission_are_refused(tmp_path, monkeypatch):
    def deny(path, *mode):
        raise PermissionError(13, "Permission denied", path)

    folder(tmp_path, *PLAIN)
    monkeypatch.setattr("builtins.open", deny)
    refused("cannot read .*train.txt .Permission denied.*permissions", tmp_path)
    monkeypatch.setattr("os.scandir", deny)
    refused("cannot be read .Permission denied.*permissions", tmp_path)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"a b\0c\n", "NUL bytes"),
        ("a b\n".encode("utf-16"), "it is in UTF-16"),
        (gzip.compress(b"a b", mtime=0), "is packed .gzip."),
        (b"PK\x03\x04....", "is packed .zip."),
    ],
)
def test_what_the_first_bytes_tell_is_refused_before_all_is_read(
    tmp_path, content, reason
):
    folder(tmp_path, *PLAIN)
    (tmp_path / "test.txt").write_bytes(content)
    refused(f"test.txt is .*{reason}|test.txt {reason}", tmp_path)
    refused(reason, tmp_path / "test.txt", text_content.read)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b" \n\n ", "is empty"),
        (b"\xef\xbb\xbf\n", "is empty"),
        (b"a\nb caf\xe9 b\n", "byte 0xe9 in line 2 is not UTF-8"),
        (b"a" * 5000 + b"\0", "NUL bytes"),
    ],
)
def test_what_only_the_whole_file_tells_is_refused(tmp_path, content, reason):
    (tmp_path / "test.txt").write_bytes(content)
    refused(f"test.txt.*{reason}", tmp_path / "test.txt", text_content.read)


def test_a_folder_is_no_text(tmp_path):
    refused("is a folder: it must be a text file", tmp_path, text_content.read)
