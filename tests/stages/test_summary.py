"""The summary: what is read from a run's folder, in lines that fit."""

import sys
import types

import pytest
import runs

from enas_tf.command import request as request_lib
from enas_tf.run import lines
from enas_tf.stages import summary

DERIVED = dict(
    arc="0 1 0 2 1 1",
    in_words=[
        "Best of 4 arcs of the policy, by 288 validation examples: accuracy 0.7500.",
        "The same arc on the 72 that did not choose it: accuracy 0.7000.",
        "Policy 0.5000, random 0.2500: the controller beats chance.",
    ],
)


@pytest.fixture
def ask(tmp_path, monkeypatch):
    """A function: mode, more flags -> the request of a tiny macro run."""
    monkeypatch.chdir(tmp_path)
    asked = []

    def build(mode, space="macro", **more):
        values = runs.settings(space, tmp_path / "run", mode=mode, **more)
        words = [f"--{name}={values[name]}" for name in ("mode", "output_dir")]
        command = [sys.executable, "bin/main.py", *words]
        asked.append(request_lib.build(values, None, command))
        return asked[-1]

    yield build
    for one in asked:
        one.folder.release()


@pytest.fixture
def summary_of(caplog):
    """A function: request -> the lines of its summary."""

    def lines_of(asked):
        with caplog.at_level("INFO", "absl"):
            summary.log(asked)
        return caplog.messages[-1].splitlines()

    return lines_of


def test_a_search_says_how_the_policy_did_and_how_to_train(ask, summary_of):
    asked = ask("search")
    asked.folder.record("search", epochs=2, seconds=75.4)
    asked.folder.record("derive", **DERIVED, seconds=4.0)
    found = summary_of(asked)
    python, program = asked.command_line().split()[:2]
    assert found == [
        "Summary",
        "  arc     3 layers: 1 conv3x3, 1 sepconv3x3, 1 conv5x5; 2 of 3 skips.",
        "  score   Best of 4 arcs of the policy, by 288 validation examples: accuracy",
        "          0.7500.",
        "          The same arc on the 72 that did not choose it: accuracy 0.7000.",
        "  search  Policy 0.5000, random 0.2500: the controller beats chance.",
        "  time    search 1 min 15 s, derive 4 s, in all 0 s",
        found[7],
        f"          {python} {program} --output_dir={asked.folder.path} --mode=train",
    ]
    assert found[7].endswith("tensorboard --logdir=run/tensorboard")
    assert found[7].startswith("  next    ")


def test_files_are_named_where_they_are_there(ask, summary_of):
    asked = ask("search")
    asked.folder.record("derive", **DERIVED)
    asked.folder.arcs.mkdir()
    (asked.folder.arcs / "best.png").touch()
    found = [
        line for line in summary_of(asked) if "run/" in line and "tensor" not in line
    ]
    assert found == ["  files   run/arcs/best.png (the arc)"]


def test_a_training_says_its_test_and_not_what_was_searched_before(ask, summary_of):
    asked = ask("train", child_fixed_arc="0 1 0 2 1 1")
    asked.folder.record("derive", **DERIVED)
    facts = dict(test_accuracy=0.875, arc="3 3 1 3 1 1", seconds=8.0)
    asked.folder.record("train", **facts)
    found = summary_of(asked)
    assert found[1] == "  arc     3 layers: 3 sepconv5x5; 3 of 3 skips."
    assert found[2] == "  test    accuracy 0.8750, trained from scratch"
    assert "--mode=predict" in found[-1] and "--input=PICTURE.png" in found[-1]
    assert not any("Policy" in line for line in found)


def test_an_lstm_has_words_too(ask, summary_of):
    asked = ask("train", space="rnn", child_fixed_arc="lstm")
    asked.folder.record("train", test_perplexity=64.25, arc="lstm")
    found = summary_of(asked)
    assert found[1] == "  arc     an LSTM of two layers"
    assert found[2] == "  test    perplexity 64.25, trained from scratch"
    assert "--input=TEXT.txt" in found[-1]


def test_words_are_folded_to_eighty_columns(ask, summary_of):
    asked = ask("search")
    asked.folder.record("derive", **DERIVED)
    for line in summary_of(asked):
        assert len(line) <= lines.WIDTH or "--" in line


@pytest.fixture
def clock(monkeypatch):
    """A clock that is moved by hand."""
    now = types.SimpleNamespace(seconds=0.0)
    monkeypatch.setattr(summary.time, "monotonic", lambda: now.seconds)
    return now


def spend(folder, clock, stage, seconds, **more):
    with summary.timed(folder, stage, **more):
        clock.seconds += seconds


def seconds_of(folder, stage):
    return folder.run()["stages"][stage]["seconds"]


def test_a_stage_that_goes_on_adds_up_its_seconds(ask, clock):
    folder = ask("search").folder
    spend(folder, clock, "search", 3.0, goes_on=True)
    spend(folder, clock, "search", 4.0, goes_on=True)
    assert seconds_of(folder, "search") == 7.0


def test_a_stage_that_is_done_anew_counts_its_last_time(ask, clock):
    folder = ask("search").folder
    spend(folder, clock, "derive", 3.0)
    spend(folder, clock, "derive", 4.0)
    assert seconds_of(folder, "derive") == 4.0


def test_a_stage_that_is_stopped_keeps_its_seconds(ask, clock):
    folder = ask("search").folder
    with pytest.raises(KeyboardInterrupt):
        with summary.timed(folder, "search", goes_on=True):
            clock.seconds += 5.0
            raise KeyboardInterrupt
    assert seconds_of(folder, "search") == 5.0
