"""The controller on a frozen child: what pays, what judges, and what stays."""

import dataclasses

import numpy as np
import pytest
import tensorflow as tf

from enas_tf.benchmark.learning import frozen, frozen_child, halves, run, stored
from enas_tf.benchmark.learning import gain as gain_lib
from enas_tf.config import presets
from enas_tf.config import sections as config
from enas_tf.run import measures

TINY = presets.resolve(
    "macro",
    "search",
    "demo",
    dict(
        child_out_filters=2,
        child_num_layers=3,
        num_epochs=1,
        batch_size=64,
        controller_num_aggregate=3,
    ),
)


class Counted:
    """A task of numbers: an example is its own index."""

    def size(self, split):
        return dict(train=5, valid=15)[split]

    def batch(self, split, indices):
        return split, indices


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("children")


@pytest.fixture(scope="module")
def built(folder):
    frozen = frozen_child.build(TINY)
    frozen_child.train(frozen, TINY, str(folder))
    return frozen


def test_the_half_that_pays_and_the_half_that_judges_are_disjoint():
    task = halves.Halves(Counted())
    assert (task.size("train"), task.size("valid"), task.size("unseen")) == (5, 7, 7)
    everything = tf.range(7)
    _, paying = task.batch(halves.PAYING, everything)
    _, unseen = task.batch(halves.UNSEEN, everything)
    assert paying.numpy().tolist() == list(range(7))
    assert unseen.numpy().tolist() == list(range(7, 14))
    assert task.batch("train", 3) == ("train", 3)


def test_rewards_draw_from_the_paying_half_alone(built):
    half = built.task.size(halves.PAYING)
    assert half == 180  # of the 360 digits of validation
    drawn = built.scorer.random_batches(
        halves.PAYING, 1, 1000, seed=tf.constant([0, 0])
    )
    assert sorted(drawn.numpy()[0]) == list(range(half))


ENDS = ("", "_low", "_high")


def test_the_frozen_weights_stay_and_the_gains_have_names(built, monkeypatch):
    monkeypatch.setattr(frozen_child, "build", lambda config: built)
    monkeypatch.setattr(frozen_child, "train", lambda *given: None)
    monkeypatch.setattr(gain_lib, "ARCS", 4)
    before = built.child.parameters.vector.numpy()
    size = frozen.Size(children=1, seeds=1, rewards=6)
    gains = frozen.compare(TINY, dict(given=TINY.controller), size)
    np.testing.assert_array_equal(built.child.parameters.vector.numpy(), before)
    found = frozen.figures({**gains, "published": gains["given"]})
    ends = [f"gain_{unit}{end}" for unit in ("points", "sd") for end in ENDS]
    ends += ["best_points", "best_sd", "share_beaten"]
    starts = ("", "published.", "given.search_0.", "published.search_0.")
    names = {f"learning.frozen.{start}{end}" for start in starts for end in ends}
    assert set(found) == names
    assert np.isfinite(list(found.values())).all()


def test_a_child_is_trained_once_and_then_read(built, folder, monkeypatch):
    monkeypatch.setattr(frozen_child, "_train", None)  # calling it would fail
    other = config.replace(TINY, {"controller_lr": 0.5, "log_every": 7})
    again = frozen_child.build(other)
    frozen_child.train(again, other, str(folder))
    trained = built.child.parameters.vector.numpy()
    np.testing.assert_array_equal(again.child.parameters.vector.numpy(), trained)
    longer = config.replace(TINY, {"num_epochs": 2})
    assert stored.path(folder, longer) != stored.path(folder, TINY)


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04" * 99, None])
def test_a_file_of_another_child_is_refused(content, tmp_path):
    file = tmp_path / "child.npz"
    stored.save(file, [tf.Variable([1.0, 2.0])])
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(config.ConfigError, match="--learning_dir.*another folder"):
        stored.load(file, [tf.Variable([1.0, 2.0, 3.0])])


def test_weights_that_are_no_numbers_are_refused(tmp_path):
    file = tmp_path / "child.npz"
    stored.save(file, [tf.Variable([1.0, float("nan")])])
    with pytest.raises(config.ConfigError, match="a weight is not a number"):
        stored.load(file, [tf.Variable([1.0, 2.0])])


def test_a_place_that_keeps_nothing_is_refused_before_the_training(tmp_path):
    (tmp_path / "file").write_text("")
    size = frozen.Size(folder=str(tmp_path / "file"))
    with pytest.raises(config.ConfigError, match="--learning_dir=.*a folder that can"):
        frozen.compare(TINY, dict(given=TINY.controller), size)


def test_seeds_beyond_the_last_are_refused():
    late = config.replace(TINY, {"seed": 2**31 - 2})
    with pytest.raises(config.ConfigError, match="--seed=2147483646.*2147483645"):
        run.measure(late, [], table_seeds=3, size=frozen.Size())
    assert run.measure(late, [], table_seeds=2, size=frozen.Size()) == {}


def test_batches_larger_than_the_paying_half_are_refused():
    large = dataclasses.replace(TINY.controller, batch_size=181)
    with pytest.raises(config.ConfigError, match="batch_size=181.*at most 180"):
        frozen._reward_batch(large, TINY, 180)
    assert frozen._reward_batch(TINY.controller, TINY, 180) == 64


def test_fewer_rewards_than_an_update_has_arcs_are_refused():
    size = frozen.Size(rewards=2)
    with pytest.raises(config.ConfigError, match="learning_rewards=2.*at least 3"):
        frozen.compare(TINY, dict(given=TINY.controller), size)


def test_a_gain_is_in_points_and_in_deviations_of_random_arcs():
    right = np.array([[1.0, 1.0], [1.0, 0.0]])
    found = gain_lib.of(right, np.array([[0.0, 0.0], [1.0, 0.0]]), measures.ACCURACY, 0)
    assert found.points == pytest.approx(50.0)
    assert found.deviation == pytest.approx(35.355339)
    assert found.figures()["gain_sd"] == pytest.approx(1.414214)
    assert found.low < 50.0 < found.high


def test_a_gain_is_beside_what_the_best_random_arc_has():
    """Nine random arcs at 1 and one at -8: none is far above their mean."""
    theirs = np.array([[1.0, 1.0]] * 9 + [[-8.0, -8.0]])
    found = gain_lib.of(np.full((2, 2), 0.5), theirs, measures.ACCURACY, 0)
    assert found.points == pytest.approx(40.0)
    assert found.best == pytest.approx(90.0)
    assert found.beaten == pytest.approx(0.1)
    figures = found.figures()
    assert figures["best_sd"] == pytest.approx(90.0 / found.deviation)
    assert figures["share_beaten"] == pytest.approx(0.1)


def test_a_gain_over_arcs_that_do_alike_has_no_deviations():
    found = gain_lib.of(np.ones((2, 2)), np.zeros((2, 2)), measures.ACCURACY, 0)
    assert found.figures()["gain_points"] == 100.0
    assert np.isnan(found.figures()["gain_sd"])


def test_fewer_nats_are_a_gain():
    ours, theirs = np.full((2, 3), 1.0), np.array([[2.0] * 3, [4.0] * 3])
    found = gain_lib.of(ours, theirs, measures.PERPLEXITY, 0)
    assert found.points == pytest.approx(2.0)


def test_each_arc_is_scored_on_each_unseen_example_in_one_order():
    class Scorer:
        def values(self, tokens, batches, *, split):
            assert split == halves.UNSEEN
            return 100.0 * tokens + batches.indices

    tokens = np.array([[1], [2]])
    found = gain_lib.values(Scorer(), tokens, 5, batch_size=2, seed=0)
    assert sorted(found[0]) == [100.0, 101.0, 102.0, 103.0, 104.0]
    np.testing.assert_array_equal(found[1] - found[0], np.full(5, 100.0))
