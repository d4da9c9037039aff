"""A search with a reward of one's own: what is kept, ranked and told."""

import json
import types

import kills
import numpy as np
import pytest
import runs

from enas_tf.config import sections as config
from enas_tf.config.spaces import short
from enas_tf.run import finite, report
from enas_tf.search.rewarded import RewardedArcs
from enas_tf.spaces import macro
from enas_tf.stages import paying

AT = dict(reward="params", reward_target=3000.0)
TINY = dict(num_epochs=2, controller_train_steps=2, derive_num_samples=10)


def read(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    folder = tmp_path_factory.mktemp("paying") / "run"
    runs.run("macro", folder, **TINY, **AT)
    return folder


def test_every_arc_that_was_rewarded_is_kept_with_its_cost(found):
    rows = read(found / "arcs" / "rewarded.jsonl")
    assert [row["step"] for row in rows] == [1] * 3 + [2] * 3 + [3] * 3 + [4] * 3
    for row in rows:
        wanted = row["accuracy"] - 0.5 * abs(row["params"] / 3000 - 1)
        assert row["reward"] == pytest.approx(wanted, abs=1e-6)
    metrics = report.read_rows(found / "metrics.jsonl")
    means = [row["reward"] for row in metrics if row["kind"] == "controller"]
    paid = [row["reward"] for row in rows]
    # The entropy's share is the rest.
    np.testing.assert_allclose(np.reshape(paid, (4, 3)).mean(axis=1), means, atol=1e-3)


def test_deriving_ranks_by_the_same_reward(found):
    rows = read(found / "arcs" / "derived.jsonl")
    policy = [row for row in rows if row["source"] == "policy"]
    paid = [row["reward"] for row in policy]
    assert paid == sorted(paid, reverse=True)
    wanted = [r["accuracy"] - 0.5 * abs(r["parameters"] / 3000 - 1) for r in policy]
    np.testing.assert_allclose(paid, wanted, atol=1e-6)
    facts = json.loads((found / "run.json").read_text())["stages"]["derive"]
    assert facts["rank_by"] == "reward"
    assert facts["objective"]["policy_reward"] == pytest.approx(np.mean(paid))
    mean = np.mean([row["parameters"] for row in policy])
    assert facts["objective"]["policy_params"] == pytest.approx(mean)
    words = " ".join(facts["more_in_words"])
    assert "The reward is accuracy - 0.5 * |params / 3,000 - 1|: the best" in words
    assert f"policy's arcs {mean:,.0f} ({mean / 3000 - 1:+.1%} of the target" in words


def test_the_table_holds_what_nothing_beats(found):
    front = read(found / "arcs" / "pareto.jsonl")
    costs, worth = ([row[name] for row in front] for name in ("params", "accuracy"))
    assert costs == sorted(costs) and worth == sorted(worth)
    assert (found / "arcs" / "pareto.png").read_bytes().startswith(b"\x89PNG")


def test_a_command_that_goes_on_pays_by_the_final_child_that_it_began_with(found):
    run = json.loads((found / "run.json").read_text())
    assert run["stages"]["search"][paying.KEY]["child_out_filters"] == 4
    # What comes of other flags of a training, is not what is paid by.
    before = (found / "arcs" / "derived.jsonl").read_text()
    runs.run_exactly(dict(mode="derive", output_dir=str(found), progress=False))
    assert (found / "arcs" / "derived.jsonl").read_text() == before


@pytest.mark.slow
def test_a_killed_search_ends_with_the_same_bits_and_rows(found, tmp_path, monkeypatch):
    note = RewardedArcs.note

    def dying(self, step, *paid):
        note(self, step, *paid)
        if step == 3:
            raise kills.Killed

    with monkeypatch.context() as patch, pytest.raises(kills.Killed):
        patch.setattr(RewardedArcs, "note", dying)
        runs.run("macro", tmp_path, **TINY, **AT)
    name = "arcs/rewarded.jsonl"
    assert len(read(tmp_path / name)) == 9  # three behind the checkpoint
    runs.run("macro", tmp_path, **TINY, **AT)
    ours, theirs = (runs.checkpoint(one, "search") for one in (tmp_path, found))
    runs.assert_equal_to_the_bit(ours, theirs)
    for kept in (name, "arcs/pareto.jsonl", "arcs/derived.jsonl"):
        assert (tmp_path / kept).read_bytes() == (found / kept).read_bytes()


def test_a_reward_that_is_not_finite_for_an_arc_stops_the_search_with_its_name(
    tmp_path, caplog
):
    """The arc of zeros, on which it is tried, has 4,252 parameters."""
    expression = "accuracy + log(max(4500 - params, 0))"
    with caplog.at_level("ERROR"), pytest.raises(SystemExit) as stopped:
        runs.run("macro", tmp_path, **TINY, reward=expression)
    assert stopped.value.code == 1
    (line,) = [m for m in caplog.messages if m.startswith("The reward of the arc")]
    assert "is -inf at update 0, of accuracy" in line
    assert finite.REMEDIES[finite.REWARD] in line


def test_costs_that_are_all_one_are_told_of():
    lines = []
    heard = types.SimpleNamespace(message=lines.append)
    costs = dict(params=lambda tokens: 5 + 0 * tokens[:, 0], flops=lambda t: t[:, 0])
    paying._tell_of_one_cost(macro.MacroSpace(2), costs, heard)
    (line,) = lines
    assert line.startswith("Careful: all arcs of this space have the same params")


def test_a_space_that_counts_no_costs_is_told_so(tmp_path, monkeypatch):
    part = paying.assembly.SPACES["macro"]._replace(costs=lambda config, data: None)
    monkeypatch.setattr(paying.assembly, "SPACES", {"macro": part})
    with pytest.raises(config.ConfigError) as caught:
        runs.run("macro", tmp_path, **TINY, **AT)
    assert str(caught.value).startswith(
        "The reward reads params, which the macro space does not say"
    )


@pytest.mark.slow
def test_a_search_on_digits_ends_with_its_mean_at_the_target(tmp_path):
    """Random arcs have 24,300 parameters on average."""
    given = dict(
        short.CONTROLLER,
        num_epochs=10,
        child_num_layers=4,
        child_out_filters=8,
        controller_train_steps=20,
        controller_reward="log_likelihood",
        reward="params",
        reward_target=15_000.0,
    )
    runs.run("macro", tmp_path, **given)
    rows = report.read_rows(tmp_path / "metrics.jsonl")
    means = [row["mean_params"] for row in rows if row["kind"] == "policy"]
    assert means[-1] == pytest.approx(15_000, rel=0.15)
