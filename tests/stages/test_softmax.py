"""Whole runs under --child_softmax: they learn, resume to the bit and can be asked."""

import keras
import numpy as np
import pytest
import runs
from kills import Killed, killed_at

from enas_tf.config.sections import ConfigError
from enas_tf.run import report
from enas_tf.training.driver import Driver

GIVEN = dict(
    adaptive=dict(child_softmax="adaptive", child_softmax_cutoffs="3,6"),
    sampled=dict(child_softmax="sampled", child_softmax_samples=4),
)
ARC = "0 0 1 2"
SHORT = dict(num_epochs=1, controller_train_steps=2, derive_num_samples=2)


def run(kind, folder, **given):
    runs.run("rnn", folder, **GIVEN[kind], **given)


@pytest.fixture(scope="module", params=GIVEN)
def whole(request, tmp_path_factory):
    """(kind, folder) of a search, a training, a test and an export."""
    folder = tmp_path_factory.mktemp("softmax") / request.param
    run(request.param, folder, mode="all", **SHORT)
    return request.param, folder


def test_the_words_of_an_export_are_in_the_order_of_their_frequency(whole):
    kind, folder = whole
    words = (folder / "final/vocabulary.txt").read_text().split()
    text = (runs.pathlib.Path(runs.texts()) / "train.txt").read_text()
    counts = [text.split().count(word) for word in words if word != "<eos>"]
    assert counts == sorted(counts, reverse=True) and len(set(counts)) > 2


def test_an_export_answers_with_probabilities_of_all_words(whole):
    kind, folder = whole
    model = keras.models.load_model(folder / "final/model.keras")
    logits, _ = model([np.array([[0, 1, 2]], np.int32), np.zeros([1, 8], np.float32)])
    assert logits.shape == (1, 3, 10)
    if kind == "adaptive":  # whose scores are logarithms of these
        np.testing.assert_allclose(np.exp(logits).sum(-1), 1.0, rtol=1e-5)


def test_an_evaluation_finds_the_figure_of_the_training_and_a_text_is_predicted(
    whole, tmp_path, caplog
):
    kind, folder = whole
    (tested,) = (
        r for r in report.read_rows(folder / "metrics.jsonl") if r["kind"] == "test"
    )
    run(kind, folder, mode="evaluate", **SHORT, evaluate_again=True)
    assert f"Test perplexity: {tested['perplexity']:.2f} " in caplog.text
    (tmp_path / "text.txt").write_text("the cat sat on\n")
    run(kind, folder, mode="predict", **SHORT, input=str(tmp_path / "text.txt"))
    assert "5 words, ln P" in caplog.text


@pytest.mark.parametrize("whole", ["sampled"], indirect=True)  # a tree draws nothing
@pytest.mark.parametrize(
    "stage", [pytest.param("search", marks=pytest.mark.slow), "train"]
)
def test_a_killed_sampled_run_ends_with_the_same_weights(
    stage, whole, tmp_path, monkeypatch
):
    kind, folder = whole
    given = dict(SHORT, mode=stage)
    if stage == "train":
        given |= dict(child_fixed_arc=(folder / "arcs/best.txt").read_text().strip())
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(Driver, "advance", killed_at(8))
        run(kind, tmp_path / "killed", **given)
    run(kind, tmp_path / "killed", **given)
    runs.assert_equal_to_the_bit(
        *(runs.checkpoint(one, stage) for one in (tmp_path / "killed", folder))
    )


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            dict(child_softmax="adaptive", child_softmax_cutoffs="10,20"),
            ["--child_softmax_cutoffs=10,20", "below 10", "--child_softmax=full"],
        ),
        (
            dict(child_softmax="adaptive", jit_compile=True),
            ["--jit_compile", "--child_softmax=adaptive", "sampled"],
        ),
    ],
)
def test_what_cannot_be_is_refused_in_words(given, words, tmp_path):
    with pytest.raises(ConfigError) as refused:
        runs.run("rnn", tmp_path / "run", mode="train", child_fixed_arc=ARC, **given)
    assert all(word in str(refused.value) for word in words)
