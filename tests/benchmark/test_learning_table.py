"""Searches on a table: rewards, the searches beside the controller, what is told."""

import numpy as np
import pytest
import scipy.stats
import tensorflow as tf

from enas_tf.benchmark.learning import (
    evolution,
    frozen,
    legend,
    logits,
    on_table,
    pay,
    run,
    settings,
    summary,
)
from enas_tf.benchmark.learning import table as table_lib
from enas_tf.benchmark.learning.learner import Learner
from enas_tf.config import presets
from enas_tf.config import sections as config
from enas_tf.nn import seeds
from enas_tf.search.controller import Controller
from enas_tf.search.controller_trainer import ControllerTrainer

SUMS = np.array([i + j + k for i in range(3) for j in range(3) for k in range(3)])
TABLE = table_lib.Table(0.8 + 0.02 * SUMS, SUMS, layers=3, choices=3)
# A batch of which all answers are right has no noise: what is paid is 1 and the error.
SURE = TABLE._replace(accuracy=np.ones(27))
SHORT = settings.short("macro")


def write(folder, monkeypatch, **arrays):
    np.savez(folder / table_lib.FILE, **arrays)
    monkeypatch.setenv(table_lib.VARIABLE, str(folder))


def test_the_row_of_an_arc_is_its_tokens_read_as_a_number():
    assert TABLE.rows([[0, 1, 2], [2, 2, 2]]).tolist() == [5, 26]
    assert TABLE.tokens()[5].tolist() == [0, 1, 2]


def test_a_file_is_read_as_means_of_its_trainings(tmp_path, monkeypatch):
    accuracy = np.stack([np.full(9, 90.0), np.full(9, 92.0)], axis=1)
    tokens = [[i, j] for i in range(3) for j in range(3)]
    write(tmp_path, monkeypatch, tokens=tokens, test_accuracy=accuracy, flops=range(9))
    found = table_lib.read()
    assert found.layers == 2 and found.accuracy == pytest.approx(np.full(9, 0.91))


def test_a_file_with_arcs_in_another_order_is_refused(tmp_path, monkeypatch):
    tokens = [[i, j] for j in range(3) for i in range(3)]
    accuracy = np.full((9, 3), 90.0)
    write(tmp_path, monkeypatch, tokens=tokens, test_accuracy=accuracy, flops=range(9))
    with pytest.raises(config.ConfigError, match="not all arcs.*ENAS_TABLES"):
        table_lib.read()


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_a_part_of_a_file_is_refused(share, tmp_path, monkeypatch):
    monkeypatch.setenv(table_lib.VARIABLE, str(tmp_path))
    path = tmp_path / table_lib.FILE
    np.savez(path, tokens=np.zeros([100, 8], np.int8))
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
    with pytest.raises(config.ConfigError, match="is not the table of NAS-Bench-Macro"):
        table_lib.read()


def test_without_a_table_the_part_is_left_out(tmp_path, monkeypatch, caplog):
    caplog.set_level("INFO", logger="absl")
    monkeypatch.setenv(table_lib.VARIABLE, str(tmp_path))
    search = presets.resolve("macro", "search", "cpu", {})
    assert run.measure(search, ["table"], table_seeds=1, size=frozen.Size()) == {}
    assert "Left out: the table of true accuracies" in caplog.text


@pytest.mark.parametrize(("space", "lines"), [("rnn", 1), ("macro", 0)])
def test_a_space_that_is_not_the_tables_is_told(space, lines, monkeypatch, caplog):
    caplog.set_level("INFO", logger="absl")
    monkeypatch.setattr(table_lib, "missing", lambda: "")
    monkeypatch.setattr(table_lib, "read", lambda: TABLE)
    monkeypatch.setattr(on_table, "compare", lambda *a, **k: {})
    monkeypatch.setattr(on_table, "figures", lambda worth: {})
    search = presets.resolve(space, "search", "cpu", {})
    run.measure(search, ["table"], table_seeds=1, size=frozen.Size())
    told = [line for line in caplog.messages if "whole CNNs" in line]
    assert len(told) == lines
    assert all("--search_for=rnn does not count" in line for line in told)


@pytest.mark.parametrize("tau", [0.2, 0.37, 0.9])
def test_errors_leave_as_much_order_as_is_asked_for(tau):
    true = np.random.default_rng(0).normal(0.9, 0.02, 400)
    found = table_lib.errors(true, np.random.default_rng(1), tau=tau)
    left = scipy.stats.kendalltau(true, true + found).statistic
    assert left == pytest.approx(tau, abs=1e-3)
    again = table_lib.errors(true, np.random.default_rng(1), tau=tau)
    np.testing.assert_array_equal(again, found)


def test_noise_is_that_of_its_images_and_its_own():
    found = pay.noise(np.full(2, 0.5), np.array([2.0]), np.array([1.0, -1.0]))
    # .5 / sqrt(128) = .044194; times (2 sqrt(.52) +- sqrt(.48)).
    assert found == pytest.approx([0.094357, 0.033119], abs=1e-6)


@pytest.mark.parametrize(("batch", "share"), [("own", 1.0), ("common", 0.48)])
def test_a_common_batch_leaves_arcs_only_their_own_noise(batch, share):
    settings_of = presets.resolve(
        "macro", "search", "paper", {"controller_reward_batch": batch}
    ).controller
    flat = TABLE._replace(accuracy=np.full(27, 0.8))
    paid = pay.TableRewards(flat, settings_of, seed=0)
    found = paid.of(tf.zeros([4000, 3], tf.int32), tf.constant(0, tf.int64))
    expected = share * 0.8 * 0.2 / 128
    assert float(found.variances.total) == pytest.approx(expected, rel=0.1)
    assert float(found.variances.noise) == pytest.approx(expected, rel=1e-5)


def test_the_error_paid_is_that_of_the_arc():
    paid = pay.TableRewards(SURE, SHORT, seed=0)
    paid.error.assign(np.arange(27) / 100)
    tokens = tf.constant([[0, 1, 2], [2, 2, 2], [0, 0, 0]])
    found = paid.of(tokens, tf.constant(4, tf.int64)).rewards.numpy()
    assert found == pytest.approx([1.05, 1.26, 1.00])
    host = pay.HostRewards(SURE, np.arange(27) / 100, np.random.default_rng(0))
    assert host.of(tokens.numpy(), common=True) == pytest.approx([1.05, 1.26, 1.00])


def test_evolution_lets_the_oldest_die_and_the_best_have_children():
    rewards = pay.HostRewards(SURE, np.arange(27.0), np.random.default_rng(0))
    found = evolution.populations(
        SURE, rewards, np.random.default_rng(3), (5, 6, 200), size=5
    )
    np.testing.assert_array_equal(found[5], SURE.random(np.random.default_rng(3), 5))
    np.testing.assert_array_equal(found[6][:4], found[5][1:])
    best = found[5][SURE.rows(found[5]).argmax()]
    assert (found[6][4] != best).sum() == 1
    assert SURE.rows(found[200]).mean() > SURE.rows(found[5]).mean() + 4


def test_the_gradient_of_logits_is_that_of_the_chosen_less_the_probable():
    found = logits.gradient(np.zeros((1, 2)), np.array([[0], [1]]), np.array([1, -1]))
    assert found == pytest.approx(np.array([[-0.5, 0.5]]))


def test_an_arc_is_judged_by_its_true_accuracy():
    one = TABLE._replace(accuracy=(np.arange(27) == 26).astype(float))
    judge = pay.HostRewards(one, np.zeros(27), np.random.default_rng(0))
    both = on_table.judged(one, judge, np.array([[2, 2, 2], [0, 0, 0]]))
    assert both == (50.0, 100.0, 0.0)
    assert on_table.judged(one, judge, np.array([[0, 0, 0]])) == (0.0, 0.0, 100.0)
    # An error that hides it: the other arc is chosen.
    hidden = pay.HostRewards(one, -2.0 * one.accuracy, np.random.default_rng(0))
    found = on_table.judged(one, hidden, np.array([[2, 2, 2], [0, 0, 0]]))
    assert found == (50.0, 0.0, 100.0)


def test_a_learner_begun_anew_is_a_search_of_its_seed():
    def rewards(seed):
        return pay.TableRewards(TABLE, SHORT, seed=seed)

    learner = Learner(
        TABLE.tape(), SHORT, rewards=rewards, num_tokens=3, total_updates=6
    )
    for seed in (7, 3):
        learner.begin(seed)
        learner.learn(4)
    learner.learn(6)
    alone = Controller(TABLE.tape(), SHORT, seed=3)
    trainer = ControllerTrainer(
        alone, rewards(3), SHORT, num_tokens=3, total_updates=6, seed=3
    )
    trainer.run(tf.constant(0, tf.int64), tf.constant(6, tf.int64))
    drawn = alone.draw(50, seed=seeds.at(3, "derive", 6)).numpy()
    np.testing.assert_array_equal(learner.arcs(50), drawn)
    learner.begin(4)
    learner.learn(6)
    assert (learner.arcs(50) != drawn).any()


def test_the_short_settings_learn_a_tiny_table_and_chance_does_not():
    worth = on_table.compare(
        TABLE, dict(short=SHORT), range(2), counts=(50, 400), tau=0.8
    )
    found = on_table.figures(worth)
    assert found["learning.table.random_mean"] == pytest.approx(86.0, abs=1.0)
    # Of 80 to 92; without learning a mean of 100 arcs stays within a point of 86.
    assert found["learning.table.policy_mean"] > 89.0
    assert found["learning.table.logits.policy_mean.400"] > 88.0
    assert found["learning.table.largest.policy_mean.50"] == pytest.approx(
        100 * np.sort(TABLE.accuracy)[-20:].mean(), abs=0.5
    )
    assert (
        found["learning.table.short.regret.400_low"]
        <= (found["learning.table.short.regret.400"])
    )


def test_settings_that_the_table_does_not_read_make_no_row_of_their_own():
    given = presets.resolve(
        "macro",
        "search",
        "paper",
        dict(controller_num_aggregate=10, controller_skip_weight=3.0),
    ).controller
    assert list(settings.compared("macro", given)) == [
        *("published", "normalized", "short")
    ]
    other = SHORT.__class__(lr=0.5)
    assert settings.compared("macro", other)["given"].lr == 0.5


def test_an_interval_is_of_the_mean_over_seeds():
    found = summary.over_seeds([1.0, 2.0, 3.0])
    # 4.302653, Student's t with 2 degrees of freedom, times 1 / sqrt(3).
    assert found == pytest.approx((2.0, 2.0 - 2.484138, 2.0 + 2.484138))
    assert str(found) == "2.00 (-0.48 to 4.48)"
    cut = summary.over_seeds([1.0, 2.0, 3.0], least=0.0)
    assert str(cut) == "2.00 (0.00 to 4.48)"


def test_one_seed_has_no_interval():
    found = summary.over_seeds([5.0])
    assert not found.has_interval and str(found) == "5.00"
    rows = {"random": {500: [on_table.Worth(86.0, 90.0, 2.0)]}}
    told = on_table.figures(rows | {"short": rows["random"]})
    assert told["learning.table.random.regret.500"] == 2.0
    assert not any(key.endswith(("_low", "_high")) for key in told)


def test_rows_have_a_heading_that_says_what_they_are(caplog):
    caplog.set_level("INFO", logger="absl")
    worth = on_table.Worth(86.0, 90.0, 0.0), on_table.Worth(88.0, 91.0, 2.0)
    on_table.figures({name: {500: worth} for name in ("random", "short")})
    first, *about, columns, random, _ = caplog.messages
    assert first == (
        "Searches on the table, in per cent; means over 2 seeds, in brackets 95 % "
        "intervals of the mean."
    )
    names = [line.split()[0] for line in about]
    assert names == ["mean", "best", "regret", "random", "short"]
    assert columns.split() == ["search", "rewards", "mean", "best", "regret"]
    # 12.706205, Student's t with 1 degree of freedom, times 1, .5 and 1; cut at 0.
    assert random.split() == [
        *("random", "500", "87.00", "(74.29", "to", "99.71)"),
        *("90.50", "(84.15", "to", "96.85)", "1.00", "(0.00", "to", "13.71)"),
    ]
    assert random.index("1.00 (0.00") == columns.index("regret")


def test_every_search_of_the_table_has_its_words():
    searches = on_table._searches(TABLE, {}, (50,))
    given = settings.compared("macro", SHORT.__class__(lr=0.5))
    assert set(legend.ROWS) == set(searches) | set(given)
