"""Names that no line shows as they are: labels keep their places, logs their lines."""

import json
import logging
import zipfile

import keras
import numpy as np
import pytest
import runs
from PIL import Image

from enas_tf.config.sections import ConfigError
from enas_tf.data.images import cifar_forms, split_folders
from enas_tf.data.text import vocabulary, words
from enas_tf.export import folder as exported
from enas_tf.export import predict_images as predict
from enas_tf.export import writing
from enas_tf.run import layout, lines

# In the order of their labels. What a file system and a line of a list can hold.
CLASSES = (
    "\tspaced",
    " cat",
    "cat",
    "cat ",
    "red\x1b[31m",
    "very long " + "x" * 200,
    "\u200b",
    "\u202egod",
    "\u3000",
    "\U0001f63a",
)
BROKEN = ("a\nb", "a\r", "\u2028", "a\x85b", "a\x0bb", "a\x1cb", "caf\udce9", "")
FORGED = "16:00:00 Test accuracy: 1.0000"


def picture(folder, name, number, count):
    """A picture as bright as its class's number."""
    folder.mkdir(parents=True, exist_ok=True)
    level = int(255 * number / (count - 1))
    Image.new("L", (8, 8), level).save(folder / name)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """(folder of the run, lines of its log) after training and evaluation."""
    data = tmp_path_factory.mktemp("odd") / f"data\n{FORGED}"
    for number, name in enumerate(CLASSES):
        for split, count in (("train", 12), ("test", 4)):
            for image in range(count):
                file = f"{image}\n{FORGED}.png"
                picture(data / split / name, file, number, len(CLASSES))
        (data / "train" / name / "notes.x\nforged").write_text("no image")
    folder = tmp_path_factory.mktemp("run") / "run"
    given = dict(data_path=str(data), child_fixed_arc="0 1 0 1 0 0", num_epochs=1)
    records = []
    handler = logging.Handler()
    handler.emit = lambda record: records.append(lines.Formatter().format(record))
    logging.getLogger("absl").addHandler(handler)
    for mode in ("train", "evaluate"):
        runs.run("macro", folder, seen=True, mode=mode, **given)
    logging.getLogger("absl").removeHandler(handler)
    return folder, records


def test_every_name_keeps_its_place_in_all_that_is_written(trained):
    folder, _ = trained
    names = exported.names(folder / "final", len(CLASSES))
    assert tuple(names) == CLASSES
    extra = folder / "final/saved_model/assets.extra/classes.txt"
    assert tuple(extra.read_text("utf-8").splitlines()) == CLASSES
    with zipfile.ZipFile(folder / "final/model.keras") as archive:
        assert tuple(json.loads(archive.read("classes.json"))) == CLASSES
    table = json.loads((folder / "evaluation/classes.json").read_text())
    assert tuple(row["name"] for row in table["classes"]) == CLASSES


def test_predict_says_the_names_that_keras_says(trained, tmp_path):
    folder, _ = trained
    model = keras.models.load_model(folder / "final/model.keras")
    for number in range(len(CLASSES)):
        picture(tmp_path, f"{number:02d}.png", number, len(CLASSES))
    for number, found in enumerate(predict.predict(folder / "final", tmp_path)):
        level = int(255 * number / (len(CLASSES) - 1))
        answer = model(np.full((1, 8, 8, 1), level)).numpy().argmax()
        assert found.label == CLASSES[answer]


def test_no_name_forges_a_line_or_moves_the_cursor(trained):
    _, records = trained
    shown = "\n".join(records).split("\n")
    assert any("'data\\n16:00:00" in line for line in shown)
    assert any("'.x\\nforged'" in line for line in shown)
    assert any("is also in" in line or "for example" in line for line in shown)
    assert not any(line.startswith(FORGED) for line in shown)
    assert all(line.isprintable() for line in shown)


def test_the_table_of_classes_shows_each_by_itself(trained):
    _, records = trained
    table = "\n".join(records)
    for told in ("'\\tspaced'", "' cat'", " cat ", "'cat '", "'red\\x1b[31m'"):
        assert told in table
    assert "'\\u200b'" in table and "'\\u202egod'" in table and "'\\u3000'" in table


@pytest.mark.parametrize("name", BROKEN)
def test_a_class_that_is_no_line_is_refused(name):
    with pytest.raises(ConfigError, match="must be one line of text") as caught:
        split_folders.check_name(name, "folder")
    assert lines.visible(" ".join(str(caught.value).splitlines())).isprintable()


@pytest.mark.parametrize("name", BROKEN[:-2])
def test_an_export_with_a_class_that_is_no_line_is_refused(name, tmp_path):
    with pytest.raises(ValueError, match="is not one line of text"):
        writing.write_names(tmp_path, "classes.txt", ["a", name])


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("airplane\ncar\n\n\n", ("airplane", "car")),
        ("airplane \r\n\tcar", ("airplane", "car")),
        ("airplane\n\ncar\n", None),
        ("airplane\n  \ncar\n", None),
    ],
)
def test_an_empty_line_between_names_is_no_class_less(text, names, tmp_path):
    form = next(form for form in cifar_forms.FORMS if not form.is_pickle)
    (tmp_path / form.names_file).write_bytes(text.encode())
    batches = cifar_forms.Batches(str(tmp_path), form)
    if names:
        assert cifar_forms.class_names(batches) == names
    else:
        with pytest.raises(ConfigError, match="class name '' in"):
            cifar_forms.class_names(batches)


def write_export(folder, text, names):
    """The names of an export: one a line, and those inside model.keras."""
    (folder / layout.CLASSES.file).write_text(text)
    with zipfile.ZipFile(folder / layout.KERAS_FILE, "w") as archive:
        if names is not None:
            archive.writestr(layout.CLASSES.enclosed, json.dumps(names))
    return exported.names(folder, 3)


def test_labels_of_an_earlier_export_do_not_shift(tmp_path):
    """Its program took class folders with line breaks in their names."""
    whole = ["a", "b\nc", "d"]
    assert write_export(tmp_path, "a\nb\nc\nd\n", whole) == whole
    for names in (None, ["a", "b"], ["a", 3, "d"], {"a": 1}):
        with pytest.raises(ValueError, match="classes.txt has 4 names for 3 classes"):
            write_export(tmp_path, "a\nb\nc\nd\n", names)


def test_classes_that_the_user_renamed_are_taken(tmp_path):
    whole = ["a", "b", "d"]
    assert write_export(tmp_path, "x\ny\nz\n\n", whole) == ["x", "y", "z"]
    assert write_export(tmp_path, "x\ny\n", whole) == whole


def test_no_word_of_a_vocabulary_has_a_line_break():
    """Else a vocabulary of a word a line would shift."""
    signs = map(chr, [*range(0xD800), *range(0xE000, 0x110000)])
    breaks = [sign for sign in signs if len(f"a{sign}b".splitlines()) > 1]
    assert len(breaks) >= 10
    for sign in breaks:
        assert list(words.of_lines([f"a{sign}b"])) == ["a", "b", words.EOS]


def test_a_vocabulary_of_odd_words_comes_back(tmp_path):
    text = "\x07 \ufeff \u200b \x00 a\u202eb #\U0001f63a \\n 'x' \x1b[0m"
    counts = {word: 1 for word in words.of_lines([text])}
    known = vocabulary.choose(
        vocabulary.Counter(counts), vocabulary.Counter(), vocab_size=0, name="odd"
    )
    writing.write_names(tmp_path, layout.VOCABULARY.file, known.words)
    found = (tmp_path / layout.VOCABULARY.file).read_text("utf-8").splitlines()
    assert tuple(found) == known.words and len(found) == 10


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("cat", "cat"),
        ("a cat", "a cat"),
        ("\u732b", "\u732b"),
        ("", "''"),
        (" ", "' '"),
        ("a\nb", "'a\\nb'"),
        ("caf\udce9", "'caf\\udce9'"),
        ("\u202egod", "'\\u202egod'"),
    ],
)
def test_a_name_is_told_as_it_is_or_as_python_writes_it(name, told):
    assert lines.quoted(name) == told
