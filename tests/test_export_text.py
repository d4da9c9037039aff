"""The files of a language model: what they answer, and with what they load."""

import pathlib
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

from enas_tf import export_text, predict_text
from enas_tf.config import ConfigError
from enas_tf.nn import language

VOCABULARY = ("<eos>", "<unk>", "a", "cat", "sat")
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


def run(folder: pathlib.Path, *lines: str) -> str:
    """What another process prints, which is not in the repository."""
    code = "\n".join(["import sys", *lines])
    done = subprocess.run(
        [sys.executable, "-I", "-c", code, str(folder)],
        capture_output=True,
        text=True,
        cwd=folder,
    )
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


def test_folders_without_texts_or_models_are_refused(folder, tmp_path):
    with pytest.raises(ConfigError, match="holds no text"):
        predict_text.predict(folder, tmp_path)
    (tmp_path / "text.txt").write_text("a cat")
    with pytest.raises(ConfigError, match="no complete exported language model"):
        predict_text.predict(tmp_path / "final", tmp_path)
