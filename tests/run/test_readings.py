"""Each reading of the test split is on record, and equal ones are told from others."""

import datetime

import pytest

from enas_tf.run import readings
from enas_tf.run.folder import RunFolder
from enas_tf.run.readings import Identity

OF = Identity("0a", "0b")
FIGURES = dict(test_accuracy=0.5)


@pytest.fixture
def folder(tmp_path):
    found = RunFolder.claim(tmp_path, reset=False)
    yield found
    found.release()


def trained(folder, **changes):
    facts = dict(test_accuracy=0.25, epochs=2, weights="0c", data=dict(checksum="0b"))
    folder.record("train", **{**facts, **changes})


def test_a_reading_is_kept_with_who_and_when(folder, monkeypatch):
    monkeypatch.setenv("LOGNAME", "ada")
    folder.note_reading(readings.now("evaluate", 3, OF, FIGURES))
    (one,) = folder.readings()
    assert (one.who, one.mode, one.epochs, one.of) == ("ada", "evaluate", 3, OF)
    assert one.figures == FIGURES
    passed = datetime.datetime.now().astimezone() - datetime.datetime.fromisoformat(
        one.when
    )
    assert 0 <= passed.total_seconds() < 60


def test_a_user_without_a_name_is_unknown(monkeypatch):
    def nobody():
        raise KeyError("getpwuid(): uid not found: 1234")

    monkeypatch.setattr(readings.getpass, "getuser", nobody)
    assert readings.now("train", 1, OF, FIGURES).who == "unknown"


def test_a_training_of_an_earlier_version_counts_as_one(folder):
    assert folder.readings() == []
    trained(folder)
    (one,) = folder.readings()
    assert (one.when, one.mode, one.of) == ("", "train", Identity("0c", "0b"))
    folder.note_reading(readings.now("evaluate", 2, OF, FIGURES))
    trained(folder, weights="0a")  # the same figure, as the noted one is of
    assert [one.mode for one in folder.readings()] == ["train", "evaluate"]


@pytest.mark.parametrize(
    "of, is_known",
    [
        (OF, True),
        (Identity("0d", "0b"), False),
        (Identity("0a", "0d"), False),
        (Identity("0a", ""), False),
    ],
)
def test_only_the_same_weights_on_the_same_data_are_known(of, is_known):
    one = readings.now("train", 3, OF, FIGURES)
    assert (readings.known([one], of) is not None) == is_known


def test_weights_of_which_no_checksum_was_kept_are_those_of_the_run():
    old = readings.now("train", 3, Identity("", "0b"), FIGURES)
    assert readings.known([old], OF) == old
    older = readings.now("train", 3, Identity("", ""), FIGURES)
    assert readings.known([older], OF) is None  # on which data, nobody knows


def test_a_figure_that_was_no_number_is_counted_and_not_told(folder):
    wild = dict(test_perplexity=float("inf"))
    folder.note_reading(readings.now("train", 3, OF, wild))
    assert len(folder.readings()) == 1
    assert readings.known(folder.readings(), OF) is None


@pytest.mark.parametrize(
    "row", [3, {}, dict(when="", who="", mode="", epochs=1, of=3, figures={})]
)
def test_a_damaged_entry_is_left_out(folder, row):
    folder.record("test", readings=[row])
    assert folder.readings() == []
    folder.record("test", readings=row)
    assert folder.readings() == []


def test_how_often_is_said_of_these_data_with_the_lengths():
    once = readings.now("train", 3, OF, FIGURES)
    assert readings.sentence([once], "0b") == (
        "The test split has been read once for this network."
    )
    others = readings.now("evaluate", 3, Identity("0a", "ff"), FIGURES)
    later = readings.now("train", 5, Identity("0e", "0b"), FIGURES)
    assert readings.sentence([once, once, others, later], "0b") == (
        "The test split has been read 3 times for this network, after 3 and 5 epochs "
        "of training."
    )
