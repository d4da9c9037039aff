"""The files of a language model: what they answer, and with what they load."""

import json
import pathlib
import subprocess
import sys
import zipfile

import keras
import numpy as np
import pytest
import tensorflow as tf

from enas_tf.config.sections import ConfigError
from enas_tf.data.text import vocabulary, words
from enas_tf.export import predict_text
from enas_tf.export import text as export_text
from enas_tf.nn import language

VOCABULARY = ("<eos>", "<unk>", "a", "cat", "sat")
FILES = pathlib.Path(__file__).parents[1] / "data_files"
EOS, UNK, A, CAT, SAT = range(5)
IDS = np.array([[A, CAT, SAT, EOS], [CAT, CAT, A, SAT]], np.int32)


def model(vocab_size=5):
    return language.CellWordModel(
        vocab_size,
        4,
        inputs=(0, 0),
        ops=(1, 2),
        functions=("tanh", "relu", "sigmoid", "identity"),
        init_range=1.0,
        seed=0,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("export") / "final"
    export_text.export(model(), place, vocabulary=VOCABULARY, sample_ids=IDS)
    return place


@pytest.fixture(scope="module")
def served(folder):
    return tf.saved_model.load(str(folder / "saved_model"))


def log_probability(ids):
    """Of all ids but the first, by the layer itself."""
    layer = model()
    logits, _ = layer(tf.constant([ids[:-1]]), layer.initial_state(1))
    table = tf.nn.log_softmax(logits[0]).numpy()
    return sum(table[place, word] for place, word in enumerate(ids[1:]))


def test_texts_are_scored_with_their_end_after_an_end_of_line(served):
    found = served.signatures["score"](texts=tf.constant(["a cat", "dog", ""]))
    wanted = [[EOS, A, CAT, EOS], [EOS, UNK, EOS], [EOS, EOS]]
    np.testing.assert_array_equal(found["num_words"], [3, 2, 1])
    totals = [log_probability(ids) for ids in wanted]
    np.testing.assert_allclose(found["log_probability"], totals, rtol=1e-5)
    perplexities = np.exp([-t / n for t, n in zip(totals, (3, 2, 1), strict=True)])
    np.testing.assert_allclose(found["perplexity"], perplexities, rtol=1e-5)


def test_a_text_with_its_own_eos_is_scored_as_one_without(served):
    texts = ["a cat", "a cat <eos>", "a cat\n", "a\ncat <eos>\nsat", "a <eos> cat"]
    found = served.signatures["score"](texts=tf.constant(texts))
    np.testing.assert_array_equal(found["num_words"], [3, 3, 3, 6, 4])
    lines = [EOS, A, EOS, CAT, EOS, SAT, EOS], [EOS, A, EOS, CAT, EOS]
    wanted = [log_probability([EOS, A, CAT, EOS])] * 3 + [*map(log_probability, lines)]
    np.testing.assert_allclose(found["log_probability"], wanted, rtol=1e-5)


NO_SPACES = "\u200b\u2060\ufeff\u180e_"


@pytest.mark.parametrize("end", ["", " <eos>"])
def test_words_are_those_of_training_whatever_separates_them(folder, served, end):
    signs = [s for s in map(chr, range(1, sys.maxunicode)) if s.isspace()]
    texts = [f"a{sign}cat{end}" for sign in [*signs, *NO_SPACES]]
    found = served.signatures["score"](texts=tf.constant(texts))
    as_trained = [list(words.of_lines(words.lines_of(text))) for text in texts]
    np.testing.assert_array_equal(found["num_words"], list(map(len, as_trained)))
    ids = [vocabulary.encode(words.lines_of(text), VOCABULARY) for text in texts]
    wanted = [log_probability([EOS, *row]) for row in ids]
    np.testing.assert_allclose(found["log_probability"], wanted, rtol=1e-5)
    # Two words, three where the sign ends a line, one where it separates nothing.
    counts = {sign: len(row) - 1 for sign, row in zip(signs, as_trained, strict=False)}
    assert {sign for sign, count in counts.items() if count == 3} == {"\n", "\r"}
    assert {len(row) - 1 for row in as_trained[-len(NO_SPACES) :]} == {1}


def test_predict_reads_the_words_that_training_reads(folder, tmp_path):
    text = "a\u00a0cat\u2028sat <eos>\n\nsat\x85a\r\ncat\u200ba\n"
    (tmp_path / "text.txt").write_bytes(text.encode())
    (found,) = predict_text.predict(folder, tmp_path)
    lines = [A, CAT, SAT, EOS], [EOS], [SAT, A, EOS], [UNK, EOS]
    assert found.num_words == 10
    wanted = sum(log_probability([EOS, *line]) for line in lines)
    np.testing.assert_allclose(found.log_probability, wanted, rtol=1e-5)


def test_a_batch_of_no_rows_has_no_answers(served):
    none = tf.zeros([0, 3], tf.int32)
    sign = served.signatures
    state = sign["initial_state"](batch_size=tf.constant(0))["state"]
    assert state.shape == (0, 4)
    for found in (
        sign["score"](texts=tf.constant([], tf.string)),
        sign["score_ids"](ids=none),
    ):
        shapes = {name: tuple(value.shape) for name, value in found.items()}
        names = ("log_probability", "perplexity", "num_words")
        assert shapes == dict.fromkeys(names, (0,))
    found = sign["next_word"](ids=none, state=state)
    assert found["probabilities"].shape == (0, 5)
    assert found["state"].shape == (0, 4)


def test_no_word_follows_no_id(served):
    begin = served.signatures["initial_state"](batch_size=tf.constant(2))["state"]
    none = tf.zeros([2, 0], tf.int32)
    with pytest.raises(tf.errors.InvalidArgumentError, match="must be an id"):
        served.signatures["next_word"](ids=none, state=begin)


@pytest.mark.parametrize("columns", [0, 1])
def test_rows_without_an_id_to_score_have_no_words(served, columns):
    found = served.signatures["score_ids"](ids=tf.zeros([2, columns], tf.int32))
    np.testing.assert_array_equal(found["num_words"], [0, 0])
    np.testing.assert_array_equal(found["log_probability"], [0.0, 0.0])


def test_ids_are_scored_behind_the_first(served):
    found = served.signatures["score_ids"](ids=tf.constant(IDS))
    wanted = [log_probability(row) for row in IDS]
    np.testing.assert_allclose(found["log_probability"], wanted, rtol=1e-5)


def test_the_next_word_follows_from_the_words_and_the_state(served):
    begin = served.signatures["initial_state"](batch_size=tf.constant(2))["state"]
    step = served.signatures["next_word"]
    whole = step(ids=tf.constant(IDS), state=begin)
    np.testing.assert_allclose(tf.reduce_sum(whole["probabilities"], 1), 1, rtol=1e-6)
    first = step(ids=tf.constant(IDS[:, :2]), state=begin)
    second = step(ids=tf.constant(IDS[:, 2:]), state=first["state"])
    for name in ("probabilities", "state"):
        np.testing.assert_allclose(second[name], whole[name], rtol=1e-5)


def process(folder: pathlib.Path, *lines: str) -> subprocess.CompletedProcess:
    """Another process, which is not in the repository."""
    code = "\n".join(["import sys", *lines])
    command = [sys.executable, "-I", "-c", code, str(folder)]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder)


def run(folder: pathlib.Path, *lines: str) -> str:
    """What it prints."""
    done = process(folder, *lines)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_saved_model_needs_tensorflow_alone(folder):
    said = run(
        folder,
        "import tensorflow as tf",
        "served = tf.saved_model.load(sys.argv[1] + '/saved_model')",
        "score = served.signatures['serving_default']",
        "print(int(score(texts=tf.constant(['a cat sat']))['num_words'][0]))",
        "assert not any(name.startswith('enas_tf') for name in sys.modules)",
    )
    assert said.split() == ["4"]


def test_a_long_text_is_scored_in_little_memory(tmp_path):
    size = 4_000
    names = ["<eos>", "<unk>", *map(str, range(size - 2))]
    export_text.export(
        model(size), tmp_path / "final", vocabulary=names, sample_ids=IDS
    )
    said = run(
        tmp_path / "final",
        "import resource",
        "import tensorflow as tf",
        "served = tf.saved_model.load(sys.argv[1] + '/saved_model')",
        "for count in 9, 20_000:",
        "    text = ' '.join(str(number % 3000) for number in range(count))",
        "    found = served.signatures['score'](texts=tf.constant([text]))",
        "    kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss",
        "    print(int(found['num_words'][0]), kib)",
    )
    short, before, long, after = map(int, said.split())
    assert (short, long) == (10, 20_001)
    # The scores of all words at once are 305 MiB.
    assert after - before < 100 * 1024


def test_keras_without_this_package_says_what_to_import(folder):
    done = process(
        folder, "import keras", "keras.models.load_model(sys.argv[1] + '/model.keras')"
    )
    assert done.returncode != 0
    assert "import enas_tf.nn (of the enas_tf package) before" in done.stderr


def test_the_vocabulary_is_read_from_model_keras_alone(folder):
    with zipfile.ZipFile(folder / "model.keras") as archive:
        assert json.loads(archive.read("vocabulary.json")) == list(VOCABULARY)


@pytest.mark.parametrize(
    ("file", "layer"),
    [
        ("cell_model_0.keras", model()),
        (
            "lstm_model_0.keras",
            language.LstmWordModel(5, 4, inner_size=3, init_range=1.0, seed=0),
        ),
    ],
)
def test_a_file_of_version_0_1_0_loads_and_answers_as_then(file, layer):
    old = keras.models.load_model(FILES / file)
    words, state = tf.constant(IDS), layer.initial_state(2)
    for was, now in zip(old([words, state]), layer(words, state), strict=True):
        np.testing.assert_allclose(was, now, rtol=1e-6)


# What the layer of 3d3104a answered to IDS: logits of the words after the last, and the
# state behind them.
LAST_LOGITS = [
    [0.12484575, -0.25365543, 0.35691887, -0.38706234, 0.20093025],
    [-0.03347444, -0.19771740, 0.30466688, -0.50358224, -0.06485701],
]
STATE = [
    [0.18552221, 0.27652580, 0.15065643, 0.09233187],
    [0.08160799, 0.28294513, 0.53607053, 0.10093819],
]


def test_a_file_written_before_the_rooms_loads_and_answers_as_then():
    file = FILES / "cell_model_3.keras"
    old = keras.models.load_model(file)
    logits, state = old([tf.constant(IDS), tf.zeros([2, 4])])
    np.testing.assert_allclose(logits[:, -1], LAST_LOGITS, atol=1e-6)
    np.testing.assert_allclose(state, STATE, atol=1e-6)
    with zipfile.ZipFile(file) as archive:
        assert json.loads(archive.read("vocabulary.json")) == list(VOCABULARY)


@pytest.mark.parametrize("name", ["serving_default", "serve", "score"])
def test_no_text_at_all_gets_no_answer(served, name):
    found = served.signatures[name](texts=tf.constant([], tf.string))
    assert {value.shape[0] for value in found.values()} == {0}
    assert set(found) == {"log_probability", "perplexity", "num_words"}


@pytest.mark.parametrize(("rows", "columns"), [(0, 3), (2, 0), (2, 1), (0, 0)])
def test_ids_with_nothing_to_score_have_no_words(served, rows, columns):
    found = served.signatures["score_ids"](ids=tf.zeros([rows, columns], tf.int32))
    words = [2] * rows if columns == 3 else [0] * rows
    np.testing.assert_array_equal(found["num_words"], words)
    np.testing.assert_array_equal(found["log_probability"], [0.0] * rows)


def test_the_saved_model_is_a_layer_of_a_functional_model(folder, served):
    texts = keras.Input([], dtype="string")
    layer = keras.layers.TFSMLayer(str(folder / "saved_model"))
    outer = keras.Model(texts, layer(texts)["perplexity"])
    asked = tf.constant(["a cat", "sat"])
    wanted = served.signatures["score"](texts=asked)["perplexity"]
    np.testing.assert_allclose(outer(asked), wanted, rtol=1e-6)


def test_a_vocabulary_of_another_size_is_refused(tmp_path):
    with pytest.raises(ValueError, match="5 words for a model of 6"):
        export_text.export(model(6), tmp_path, vocabulary=VOCABULARY, sample_ids=IDS)


def test_an_export_that_fails_leaves_the_older_one(folder, monkeypatch):
    def fail(*args):
        raise OSError("no room")

    before = (folder / "vocabulary.txt").read_text()
    monkeypatch.setattr(export_text, "_differences", fail)
    with pytest.raises(OSError, match="no room"):
        export_text.export(model(), folder, vocabulary=VOCABULARY, sample_ids=IDS)
    assert (folder / "vocabulary.txt").read_text() == before
    assert list(folder.parent.iterdir()) == [folder]


def test_a_file_is_scored_by_its_lines(folder, tmp_path):
    (tmp_path / "text.txt").write_text("a cat\ndog\n")
    (found,) = predict_text.predict(folder, tmp_path)
    assert found.num_words == 5
    total = log_probability([EOS, A, CAT, EOS]) + log_probability([EOS, UNK, EOS])
    np.testing.assert_allclose(found.log_probability, total, rtol=1e-5)
    np.testing.assert_allclose(found.perplexity, np.exp(-total / 5), rtol=1e-5)


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", "is empty"), (b"a\0b", "is not a text file"), (b"\xff", "not UTF-8")],
)
def test_a_file_that_is_no_text_is_refused(folder, tmp_path, content, message):
    (tmp_path / "text.txt").write_bytes(content)
    with pytest.raises(ConfigError, match=f"--input: .*{message}"):
        predict_text.predict(folder, tmp_path / "text.txt")


def test_long_lines_are_scored_apart_from_short_ones(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(predict_text, "SIGNS_PER_CALL", 20)
    assert list(predict_text._batches(["a" * 9, "aaa", "a", "aaaa", "aa"])) == [
        ["a", "aa", "aaa", "aaaa"],
        ["a" * 9],
    ]
    monkeypatch.setattr(predict_text, "LINES_PER_CALL", 2)
    assert list(predict_text._batches(["", "aa", "a"])) == [["", "a"], ["aa"]]


def test_all_texts_of_a_folder_are_scored_but_hidden_ones(folder, tmp_path):
    (tmp_path / ".git").mkdir()
    (tmp_path / "below").mkdir()
    for name in ("A.TXT", "below/wiki.test.tokens", "notes.md", ".b.txt", ".git/c.txt"):
        (tmp_path / name).write_text("a cat")
    answers = predict_text.predict(folder, tmp_path)
    names = [str(answer.path.relative_to(tmp_path)) for answer in answers]
    assert names == ["A.TXT", "below/wiki.test.tokens"]
    both = predict_text.together(tmp_path, answers)
    assert (both.num_words, both.perplexity) == (
        6,
        pytest.approx(answers[0].perplexity),
    )


def test_a_folder_that_cannot_be_read_is_refused(folder, tmp_path, monkeypatch):
    def deny(path):
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr("os.scandir", deny)
    with pytest.raises(ConfigError, match="cannot read the folder .*Permission denied"):
        predict_text.predict(folder, tmp_path)


def test_a_text_that_is_not_there_is_refused_for_that(folder, tmp_path):
    with pytest.raises(ConfigError, match="--input: cannot read .*No such file"):
        predict_text.predict(folder, tmp_path / "nothing.txt")


def test_folders_without_texts_or_models_are_refused(folder, tmp_path):
    with pytest.raises(ConfigError, match="holds no text"):
        predict_text.predict(folder, tmp_path)
    (tmp_path / "text.txt").write_text("a cat")
    with pytest.raises(ConfigError, match="no complete exported language model"):
        predict_text.predict(tmp_path / "final", tmp_path)
