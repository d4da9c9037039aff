"""The latency of a search's arcs: timed once, one by one, and then read."""

import dataclasses
import json
import types

import latencies
import numpy as np
import pytest
import runs

from enas_tf.config import sections as config
from enas_tf.export import stopwatch
from enas_tf.run import report
from enas_tf.run.folder import RunFolder
from enas_tf.search import latency_model
from enas_tf.spaces import macro, micro
from enas_tf.spaces.costs import Costs
from enas_tf.stages import latency, latency_worker

REWARD = dict(reward="latency", reward_target=9.0, latency_arcs=10)
TINY = dict(num_epochs=1, controller_train_steps=2, **REWARD)


def counts(tokens):
    return Costs(1000 * (1 + tokens[:, 0]), 10**6 * (1 + tokens.sum(axis=1)))


def test_features_count_ops_and_skips_by_the_part_of_the_network():
    space = macro.MacroSpace(3)  # everything is halved behind layers 0 and 1
    found = latency_model.features(space, counts, np.array([[5, 5, 1, 0, 1, 1]]))
    there = {name: float(value[0]) for name, value in found.items() if value[0]}
    assert there == {
        "conv3x3": 1.0,
        "maxpool3x3": 2.0,
        "skips": 3.0,
        "constant": 1.0,
        "million FLOPs": 14.0,
        "million parameters": 0.006,
        "maxpool3x3 in part 0": 1.0,
        "maxpool3x3 in part 1": 1.0,
        "conv3x3 in part 2": 1.0,
        "skips in part 1": 1.0,
        "skips in part 2": 2.0,
    }


def test_the_two_cells_of_micro_are_two_parts():
    space = micro.MicroSpace(1)
    assert [space.part_of(place) for place in range(8)] == [0] * 4 + [1] * 4


def test_a_time_that_is_a_sum_over_ops_is_found_without_error():
    space = macro.MacroSpace(6)
    tokens = space.random(np.random.default_rng(0), 80)
    found = latency_model.features(space, counts, tokens)
    rng = np.random.default_rng(1)
    weights = {name: rng.uniform(0.5, 2.0) for name in found}
    model = latency_model.fit(found, latency_model.predict(weights, found))
    assert model.error < 1e-6 and model.worst < 1e-5
    other = latency_model.features(space, counts, space.random(rng, 5))
    np.testing.assert_allclose(
        latency_model.predict(model.weights, other),
        latency_model.predict(weights, other),
        rtol=1e-5,
    )


def test_no_weight_is_negative_and_the_error_is_of_arcs_that_were_left_out():
    space = macro.MacroSpace(6)
    tokens = space.random(np.random.default_rng(0), 30)
    found = latency_model.features(space, counts, tokens)
    noise = np.random.default_rng(1).uniform(1.0, 2.0, 30)
    model = latency_model.fit(found, noise)
    assert min(model.weights.values()) >= 0.0
    # As many weights as arcs would fit the noise itself.
    assert 0.1 < model.error <= model.of_constant < 0.3 < model.worst


def test_a_least_time_is_believed_when_it_was_met_again():
    slow = [5.0] * 30
    assert stopwatch.is_settled(slow)
    assert not stopwatch.is_settled([*slow, 1.0])
    assert not stopwatch.is_settled([*slow, 1.0, 1.02, 1.01, 1.05])
    assert stopwatch.is_settled([*slow, 1.0, 1.02, 1.01, 1.03])
    assert not stopwatch.is_settled([1.0] * 19)


SPACE = macro.MacroSpace(3)
IMAGES = types.SimpleNamespace(image_shape=(8, 8, 1), num_classes=10)
NUM_ARCS = 10


def modelled(folder, *, saved=False):
    """What gives latencies in the search of `folder`, as a command would have it."""
    objective = config.Config().objective
    objective = dataclasses.replace(objective, latency_arcs=NUM_ARCS)
    own = dataclasses.replace(config.Config(), objective=objective)
    kept = RunFolder(folder)
    if saved:
        kept.note_saved("search")
    asked = types.SimpleNamespace(folder=kept, configs=dict(search=own), command=[])
    with report.Report(folder, stage="search") as voice:
        return latency.of(asked, SPACE, IMAGES, counts, own, voice)


def test_a_command_that_was_stopped_goes_on_with_the_next_network(
    tmp_path, monkeypatch
):
    arcs = SPACE.random(np.random.default_rng(5), 20)
    first = latencies.Faked(monkeypatch, stops_after=4)
    with pytest.raises(KeyboardInterrupt):
        modelled(tmp_path / "a")
    second = latencies.Faked(monkeypatch)
    found = modelled(tmp_path / "a")(arcs)
    assert (len(first.asked), len(second.asked)) == (4, NUM_ARCS - 4)
    assert RunFolder(tmp_path / "a").fact("latency", "seconds", float) is not None
    whole = latencies.Faked(monkeypatch)
    np.testing.assert_array_equal(modelled(tmp_path / "b")(arcs), found)
    assert whole.asked == first.asked + second.asked


def test_a_search_that_goes_on_times_nothing_even_where_the_rows_are_lost(
    tmp_path, monkeypatch
):
    arcs = SPACE.random(np.random.default_rng(5), 20)
    latencies.Faked(monkeypatch)
    found = modelled(tmp_path)(arcs)
    (tmp_path / "arcs" / "latency.jsonl").unlink()
    later = latencies.Faked(monkeypatch)
    np.testing.assert_array_equal(modelled(tmp_path, saved=True)(arcs), found)
    assert later.asked == []


def test_what_the_process_says_last_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(latency_worker, "__name__", "enas_tf.nowhere_at_all")
    with pytest.raises(config.ConfigError) as caught:
        runs.run("macro", tmp_path, **TINY)
    assert "No module named enas_tf.nowhere_at_all" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.slow
@pytest.mark.parametrize("space", ["macro", "micro"])
def test_networks_are_built_exported_and_timed(space, tmp_path):
    runs.run(space, tmp_path, **TINY)
    rows = (tmp_path / "arcs" / "latency.jsonl").read_text().splitlines()
    times = [json.loads(row) for row in rows]
    assert len(times) == 10
    assert all(0.05 < row["least"] <= row["median"] for row in times)
