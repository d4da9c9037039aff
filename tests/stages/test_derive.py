"""Deriving in a run's folder: neutral weights, and training the best few."""

import json
import os
import shutil
import signal
import types

import numpy as np
import pytest
import runs
import unreadable

from enas_tf.config import sections as config_lib
from enas_tf.run.measures import ACCURACY, PERPLEXITY
from enas_tf.search import derive as derive_lib
from enas_tf.search import evolution
from enas_tf.stages import derive as derive_stage
from enas_tf.stages import images, neutral, retrain_top, retrained
from enas_tf.training.validation import Validated

SMALL = dict(num_epochs=1, derive_num_samples=6, child_num_layers=2)


@pytest.fixture(scope="module", autouse=True)
def unread():
    """Everything here is done with a test split that cannot be read."""
    with unreadable.test_split():
        yield


@pytest.fixture(scope="module")
def searched(tmp_path_factory):
    folder = tmp_path_factory.mktemp("searched") / "run"
    runs.run("macro", folder, mode="search", **SMALL)
    return folder


@pytest.fixture
def derive(searched, tmp_path):
    """A function: name of a copy, flags -> derives in it; its facts."""

    def again(name, **given):
        folder = tmp_path / name
        if not folder.exists():
            shutil.copytree(searched, folder)
        runs.run("macro", folder, mode="derive", **SMALL, **given)
        return facts(folder)

    return again


def facts(folder):
    return json.loads((folder / "run.json").read_text())["stages"]["derive"]


def rows_of(folder):
    lines = (folder / "arcs/derived.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def checked(monkeypatch, *, stop_at=0):
    """The arcs that are trained from scratch, as they are; Ctrl-C in one of them."""
    seen, stops = [], [stop_at]
    original = retrain_top._validated

    def validated(request, stage, config, fixed, *more):
        seen.append(fixed.text)
        if len(seen) in stops:
            stops.clear()
            os.kill(os.getpid(), signal.SIGINT)
        return original(request, stage, config, fixed, *more)

    monkeypatch.setattr(retrain_top, "_validated", validated)
    return seen


def test_sizes_are_told_and_kept_by_default(searched):
    ours = facts(searched)
    rows = rows_of(searched)
    for group in ("policy", "random"):
        sizes = [row["parameters"] for row in rows if row["source"] == group]
        assert len(sizes) == 6 and min(sizes) > 0
        wanted = round(np.exp(np.mean(np.log(sizes))))
        assert ours["size"][f"{group}_parameters"] == wanted
    assert "largest_arcs" not in ours["size"]
    assert any("6 random arcs are too few" in line for line in ours["more_in_words"])
    assert {row["source"] for row in rows} == {"policy", "random"}
    assert ours["neutral"] == {} and ours["chosen_by"] == "search"
    assert any("geometric means" in line for line in ours["more_in_words"])
    assert any("at a disadvantage" in line for line in ours["more_in_words"])


def test_neutral_weights_change_neither_the_checkpoint_nor_what_was_found(
    searched, derive, tmp_path, monkeypatch
):
    before, weights = facts(searched), []
    again = derive_lib.again

    def spied(derived, scorer, *more, **named):
        weights.append(scorer._child.parameters.vector.numpy())
        return again(derived, scorer, *more, **named)

    monkeypatch.setattr(derive_lib, "again", spied)
    monkeypatch.setattr(evolution, "POPULATION", 3)
    more = dict(derive_neutral_epochs=2, derive_size_control=True)
    ours = derive("copy", derive_evolution=5, **more)
    checkpoint = runs.checkpoint(searched, "search")
    runs.assert_equal_to_the_bit(
        runs.checkpoint(tmp_path / "copy", "search"), checkpoint
    )
    for name in ("arc", "policy_accuracy", "accuracy_above_random_low"):
        assert ours[name] == before[name]
    (kept,) = (v for n, v in checkpoint.items() if n.startswith("child_0/"))
    assert weights[0].shape == kept.shape and (weights[0] != kept).mean() > 0.5
    assert "over_matched" in ours["neutral"]
    bred = [r for r in rows_of(tmp_path / "copy") if r["source"] == "evolution"]
    assert len(bred) == 5 and min(row["parameters"] for row in bred) > 0
    scores = [row["accuracy"] for row in bred]
    assert scores == sorted(scores, reverse=True)
    text = " ".join(ours["more_in_words"])
    assert "Under neutral weights (2 more epochs, of uniformly random arcs)" in text
    # A later deriving without it leaves nothing of it behind.
    assert derive("copy")["neutral"] == {}
    assert derive("copy")["more_in_words"] == before["more_in_words"]


def test_neutral_weights_learn_uniform_arcs_at_a_tenth_of_the_first_rate():
    search = config_lib.ChildConfig(lr_cosine=True, lr_max=0.1, arcs_per_step=3)
    ours = neutral.settings(search)
    assert (ours.sampling, ours.sampling_epochs) == ("uniform", 0)
    assert ours.lr == pytest.approx(0.01) and not ours.lr_cosine
    assert ours.arcs_per_step == 3


@pytest.mark.parametrize(
    ("given", "rows"),
    [
        (dict(), 2 * 6 * 3),
        (dict(derive_size_control=True), 3 * 6 * 3),
        (dict(derive_evolution=5), 2 * 6 * 3 + 5 * 3),
        # Once more each, and 34 steps, a step taking as long as 1 / .35 rows.
        (dict(derive_neutral_epochs=2), 2 * 2 * 6 * 3 + 97),
    ],
)
def test_the_forecast_counts_all_that_is_scored_and_neutral_steps(given, rows):
    values = dict(batch_size=64, derive_num_samples=6, derive_batches="3", **given)
    config = config_lib.replace(config_lib.Config(), values)
    asked = types.SimpleNamespace(configs=dict(search=config))
    task = types.SimpleNamespace(size=lambda split: 360)
    lessons = types.SimpleNamespace(steps_before=lambda epoch: 17 * epoch)
    assert derive_stage.num_rows(asked, task, lessons) == rows


def test_the_best_few_are_trained_and_the_best_by_validation_is_kept(
    derive, tmp_path, monkeypatch
):
    trained = checked(monkeypatch)
    whole = derive("whole", derive_retrain_top=2)
    rows = rows_of(tmp_path / "whole")
    policy = [row["arc"] for row in rows if row["source"] == "policy"]
    assert trained == list(dict.fromkeys(policy))[:2]
    there = whole["retrained"]["arcs"]
    best = max(trained, key=lambda arc: there[arc]["measured"])
    assert whole["arc"] == best and whole["chosen_by"] == "retraining"
    assert (tmp_path / "whole/arcs/best.txt").read_text().strip() == best
    place = trained.index(best) + 1
    words = [*whole["in_words"][:-1], whole["more_in_words"][0]]
    assert any(f"number {place} is the best" in line for line in words)
    other = [line.startswith("Number 1 by the shared weights:") for line in words]
    # Those of the arc that is number 1, where another one is kept.
    assert other == [False, place > 1, place > 1, place > 1] or place == 1

    # Stopped in the second: the first is known, and the rest comes to the same bits.
    monkeypatch.undo()
    trained = checked(monkeypatch, stop_at=2)
    with pytest.raises(SystemExit) as stop:
        derive("stopped", derive_retrain_top=2)
    assert stop.value.code == 130 and len(trained) == 2
    trained.clear()
    stopped = derive("stopped", derive_retrain_top=2)
    assert trained == list(there)[1:]
    assert without_seconds(stopped) == without_seconds(whole)

    # Another recipe begins them all anew.
    trained.clear()
    derive("stopped", derive_retrain_top=1, derive_retrain_epochs=2)
    assert len(trained) == 1


def without_seconds(found):
    arcs = {
        arc: {name: value for name, value in row.items() if name != "seconds"}
        for arc, row in found["retrained"]["arcs"].items()
    }
    kept = {name: value for name, value in found.items() if name != "seconds"}
    return {**kept, "retrained": {**found["retrained"], "arcs": arcs}}


def trained_to(accuracy, likelihood):
    found = None if accuracy is None else Validated(accuracy, likelihood)
    return retrained.Retrained("0 1", found, 1.0)


def test_trained_arcs_are_ranked_as_asked_and_one_without_numbers_is_last():
    sharp, sure = trained_to(0.6, -3.0), trained_to(0.5, -1.0)
    lost = trained_to(None, None)
    for rank_by, best in [("measure", sharp), ("log_likelihood", sure)]:
        worth = [one.worth(rank_by, ACCURACY) for one in (sharp, sure, lost)]
        assert np.argmax(worth) == (best is sure) and np.argmin(worth) == 2
    # Of perplexities, nats a word, less is better.
    assert sure.worth("measure", PERPLEXITY) > sharp.worth("measure", PERPLEXITY)


def test_the_test_split_could_not_be_read_by_any_of_these(searched):
    config = config_lib.replace(config_lib.Config(), dict(dataset="digits"))
    data = images.load(config, 2, all_training=False)
    assert len(data.test.labels) == 360
    for array in data.test:
        with pytest.raises(AssertionError, match="the test split was read"):
            np.asarray(array)
