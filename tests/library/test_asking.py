"""`Search.sample`: another program judges the arcs of the controller."""

import json
import pathlib
from concurrent import futures

import keras
import numpy as np
import pytest
import runs
from sklearn import datasets

import enas_tf
from enas_tf.benchmark.learning import table

UPDATE = 4  # arcs


def search(folder: pathlib.Path, **settings) -> enas_tf.Search:
    own = dict(child_num_layers=3, controller_num_aggregate=UPDATE)
    return enas_tf.Search(
        "macro",
        preset="demo",
        output_dir=folder,
        progress=None,
        **{**own, **settings},
    )


def worth(arc: enas_tf.MacroArc) -> float:
    """The share of layers that are op 2: what is to be learned."""
    return float(np.mean(np.array(arc.ops) == 2))


def rows(folder: pathlib.Path) -> list[tuple]:
    """What was told, in order."""
    lines = (folder / "arcs" / "told.jsonl").read_text().splitlines()
    found = [json.loads(line) for line in lines]
    return [(r["step"], r["place"], r["arc"], r["reward"]) for r in found]


@pytest.fixture(scope="module")
def learned(tmp_path_factory):
    """The folder of 160 rewards, its search, and the rewards in order."""
    folder = tmp_path_factory.mktemp("asking") / "run"
    one, rewards = search(folder), []
    for arc, feedback in one.sample(160):
        rewards.append(worth(arc))
        feedback(rewards[-1])
    return folder, one, rewards


def test_the_controller_learns_what_it_is_paid_for(learned):
    folder, one, rewards = learned
    assert len(rewards) == 160
    assert np.mean(rewards[-40:]) > np.mean(rewards[:40]) + 0.25
    assert one.best.arc.ops == (2, 2, 2)
    assert one.told[0]["reward"] == 1.0 and len(one.told) == 160
    assert one.best._repr_png_()[:4] == b"\x89PNG"


def test_who_goes_on_later_and_tells_in_another_order_has_the_same_bits(
    learned, tmp_path
):
    folder, *_ = learned
    pairs = []
    for arc, feedback in search(tmp_path / "run").sample(7):
        pairs.append((arc, feedback))
        if len(pairs) == UPDATE:  # as many as may be out
            for arc, feedback in reversed(pairs):
                feedback(np.float32(worth(arc)))
            pairs = []
    assert len(pairs) == 3  # enough are out, and none of these is told
    pairs[1][1](worth(pairs[1][0]))
    again = list(search(tmp_path / "run").sample(UPDATE * 2))
    assert [arc for arc, _ in again] == [
        pairs[0][0], pairs[2][0], *[arc for arc, _ in again[2:]]
    ]  # fmt: skip
    for arc, feedback in again:
        feedback(worth(arc))
    whole = [row for row in rows(folder) if row[0] < 2]
    # One was told as float32, which has fewer digits.
    assert [row[:3] for row in sorted(rows(tmp_path / "run"))] == [
        row[:3] for row in whole
    ]
    for arc, feedback in search(tmp_path / "run").sample(160):
        feedback(worth(arc))
    assert len(rows(tmp_path / "run")) == 160
    runs.assert_equal_to_the_bit(
        runs.checkpoint(tmp_path / "run", "search"), runs.checkpoint(folder, "search")
    )


def test_what_is_no_reward_is_refused_and_the_arc_stays_out(tmp_path):
    one = search(tmp_path / "run")
    for _, feedback in one.sample(1):
        for wrong in (float("nan"), float("inf"), "good", None, True, 10**400):
            with pytest.raises(ValueError, match="must be a finite number"):
                feedback(wrong)
        for wrong in (-1.1e6, 1e39):
            with pytest.raises(ValueError, match="Scale what you tell"):
                feedback(wrong)
        feedback(0.5)
        with pytest.raises(ValueError, match="already"):
            feedback(0.5)
    assert [row["reward"] for row in one.told] == [0.5]


def test_any_thread_tells_and_asks(tmp_path):
    one = search(tmp_path / "run")
    pairs = list(one.sample(UPDATE))
    with futures.ThreadPoolExecutor(2) as pool:
        for _ in pool.map(lambda pair: pair[1](worth(pair[0])), pairs):
            pass  # an error of a thread is raised here
        ((_, feedback),) = pool.submit(lambda: list(one.sample(UPDATE + 1))).result()
    feedback(0.5)
    assert [row[:2] for row in sorted(rows(tmp_path / "run"))] == [
        *((0, place) for place in range(UPDATE)), (1, 0)
    ]  # fmt: skip


@pytest.mark.parametrize("count", [0, -1, 2.0, True, "4", None])
def test_what_is_no_count_is_refused_before_the_folder_is_taken(tmp_path, count):
    with pytest.raises(ValueError, match="it must be a whole number from 1 up"):
        search(tmp_path / "run").sample(count)
    assert not (tmp_path / "run").exists()


def test_arcs_without_feedback_are_asked_again_and_silence_is_refused(tmp_path):
    asked = []
    for arc, feedback in search(tmp_path / "run").sample(UPDATE + 1):
        asked.append(arc)
        if len(asked) != 2:  # the second one fails
            feedback(worth(arc))
    assert asked[UPDATE] == asked[1] and len(asked) == UPDATE + 2
    one = search(tmp_path / "run")
    left = [arc for arc, _ in one.sample(UPDATE + 3)]
    assert [arc for arc, _ in one.sample(UPDATE + 3)] == left and len(left) == 2
    with pytest.raises(ValueError, match=r"None of the 3 arcs .* Call feedback"):
        list(one.sample(UPDATE * 5))


def test_a_folder_is_of_one_kind_of_search(learned):
    folder, *_ = learned
    with pytest.raises(ValueError, match="whose arcs another program rewards"):
        search(folder).run()


def test_real_trainings_can_pay(tmp_path):
    keras.utils.set_random_seed(0)  # another test may have left kernels deterministic
    found = datasets.load_digits()
    images, labels = found.images[:300, ..., None] / 16, found.target[:300]
    child = enas_tf.resolve("macro", "train", "demo", {"child_out_filters": 4}).child
    one = search(tmp_path / "run", child_num_layers=2, controller_num_aggregate=2)
    for arc, feedback in one.sample(2):
        model = enas_tf.final_macro_child(
            arc, child, image_shape=(8, 8, 1), num_classes=10, seed=0
        )
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile("adam", loss, metrics=["accuracy"], run_eagerly=True)
        model.fit(images[:200], labels[:200], batch_size=100, epochs=1, verbose=0)
        feedback(model.evaluate(images[200:], labels[200:], verbose=0)[1])
    assert 0 <= one.told[0]["reward"] <= 1
    assert len(one.told) == 2


@pytest.mark.skipif(bool(table.missing()), reason=table.missing() or "it is there")
def test_on_a_table_of_true_accuracies_it_beats_chance(tmp_path):
    true = table.read()
    rewards = []
    sizes = dict(child_num_layers=8, child_num_branches=3, controller_num_aggregate=10)
    for arc, feedback in search(tmp_path / "run", **sizes).sample(200):
        row = true.rows(np.array(arc.ops))
        rewards.append(float(true.accuracy[row]))
        feedback(rewards[-1])
    assert np.mean(rewards[-50:]) > true.accuracy.mean() + 0.01
