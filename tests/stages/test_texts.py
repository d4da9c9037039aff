"""What the stages make of texts: which splits, which checks, what is said."""

import pytest
from absl import logging

from enas_tf.config import presets
from enas_tf.config import sections as config
from enas_tf.stages import texts


@pytest.fixture
def folder(tmp_path):
    """A text in which training is long and all else is short."""
    (tmp_path / "mine").mkdir()
    for name, count in dict(train=200, dev=2, test=1).items():
        (tmp_path / "mine" / f"{name}.txt").write_text("a cat sat\n" * count)
    (tmp_path / "mine" / "notes.md").write_text("mine")
    return tmp_path / "mine"


def settings(folder, stage, **given):
    values = dict(data_path=str(folder), batch_size=2, child_bptt_steps=6, **given)
    return presets.resolve("rnn", stage, "demo", values)


def test_a_training_takes_held_out_texts_of_any_length(folder):
    data, _ = texts.training_data(settings(folder, "train"))
    assert [len(ids) for ids in (data.train, data.valid, data.test)] == [800, 8, 4]


def test_a_search_needs_windows_of_validation(folder):
    with pytest.raises(config.ConfigError, match="--batch_size=2 .* the validation"):
        texts.search_data(settings(folder, "search"))


def test_a_search_evaluates_on_a_test_text_shorter_than_a_window(folder):
    (folder / "dev.txt").write_text("a cat sat\n" * 9)
    given = dict(search_eval_test=True)
    _, task = texts.search_data(settings(folder, "search", **given))
    assert (task.size("valid"), task.size("test")) == (5, 1)


def test_the_text_is_described_before_it_is_used(folder, monkeypatch):
    said = []
    monkeypatch.setattr(logging, "info", lambda form, *args: said.append(form % args))
    texts.training_data(settings(folder, "train"))
    assert said == [
        "mine: 800 / 8 / 4 words in train / valid / test",
        "mine: vocabulary of 4; no <unk>",
        "mine: left out: notes.md",
        "mine: also in train: 2 of 2 lines of valid",
        "mine: also in train: 1 of 1 lines of test",
    ]
    assert all(len(line) <= 80 - len("12:00:00 ") for line in said)
