"""One device and several come to the same: child steps, rewards, final children.

All is computed once, by tests/shared_devices.py.
"""

import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest
import runs
import tensorflow as tf

from enas_tf.nn.replicas import ALONE, Replicas
from enas_tf.run import report

TESTS = pathlib.Path(__file__).resolve().parents[1]
SECONDS = 900


def computed(tmp_path_factory, extent):
    """The folder of what was computed, and what the program said."""
    folder = tmp_path_factory.mktemp("devices")
    command = [sys.executable, str(TESTS / "shared_devices.py"), str(folder), extent]
    made = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        cwd=TESTS.parent,
        env={**os.environ, "PYTHONPATH": str(TESTS.parent)},
    )
    assert made.returncode == 0, made.stderr[-3000:]
    return folder, made.stderr


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    return computed(tmp_path_factory, "quick")


@pytest.fixture(scope="module")
def everything(tmp_path_factory):
    return computed(tmp_path_factory, "everything")


def of(found, name):
    with np.load(found[0] / f"{name}.npz") as file:
        return [file[key] for key in file]


def assert_close(ours, theirs, tolerance=1e-5):
    """Of each array, relative to its largest entry."""
    assert len(ours) == len(theirs)
    for one, other in zip(ours, theirs, strict=True):
        assert one.shape == other.shape
        np.testing.assert_allclose(
            one, other, rtol=0, atol=tolerance * max(1.0, np.abs(other).max(initial=0))
        )


def assert_two_on_two_are_two_on_one(found, kind):
    ours, theirs = of(found, f"{kind}_2_on_2"), of(found, f"{kind}_2")
    assert [one.tobytes() for one in ours] == [one.tobytes() for one in theirs]


@pytest.mark.parametrize("kind", ["macro", "rnn"])
def test_an_arc_a_device_on_two_is_two_arcs_on_one_to_the_bit(quick, kind):
    assert_two_on_two_are_two_on_one(quick, kind)


@pytest.mark.slow
def test_so_it_is_of_cells_of_images(everything):
    assert_two_on_two_are_two_on_one(everything, "micro")


@pytest.mark.slow
def test_four_arcs_on_four_devices_are_four_on_one(everything):
    ours, theirs = of(everything, "macro_4_on_4"), of(everything, "macro_4")
    assert_close(ours, theirs)
    # Not those of two arcs: the comparison can fail.
    with pytest.raises(AssertionError):
        assert_close(ours, of(everything, "macro_2"))


def test_a_final_child_of_images_has_the_mean_of_its_parts(quick):
    assert_close(of(quick, "images_on_2"), of(quick, "images_by_hand"), 1e-4)


def test_a_language_model_in_parts_learns_what_it_learns_as_a_whole(quick):
    assert_close(of(quick, "text_on_2"), of(quick, "text"))
    # Not what other networks learn: the comparison can fail.
    with pytest.raises(AssertionError):
        assert_close(of(quick, "images_on_2"), of(quick, "text"))


def assert_went_on(found, *changes):
    """A search in parts is the whole one, and said these changes of its devices."""
    folder, said = found
    whole, parts = (runs.checkpoint(folder / n, "search") for n in ("whole", "parts"))
    runs.assert_equal_to_the_bit(parts, whole)
    for before, after in changes:
        assert f"was shared among {before} and goes on with {after}: its last d" in said
    logs = [report.read_rows(folder / n / "metrics.jsonl") for n in ("whole", "parts")]
    assert [row | dict(time=0) for row in logs[1]] == [
        row | dict(time=0) for row in logs[0]
    ]


def test_a_search_on_two_devices_goes_on_with_one(quick):
    assert_went_on(quick, ("2 devices", "1 device"))


@pytest.mark.slow
def test_a_search_goes_on_with_other_numbers_of_devices_and_with_none(everything):
    """Two arcs a step, so that two of four devices have none."""
    changes = ("2 devices", "4 devices"), ("4 devices", "1 device")
    assert_went_on(everything, *changes)


def test_shares_are_whole_begin_with_the_first_and_differ_by_one_at_most():
    three = Replicas()
    three.count = 3
    bounds = [three.share(number, 7) for number in range(3)]
    assert bounds == [(0, 3), (3, 5), (5, 7)]
    assert [three.share(n, 1) for n in range(3)] == [(0, 1), (1, 1), (1, 1)]


def test_alone_nothing_is_shared():
    assert not ALONE.several
    assert float(ALONE.summed(lambda number: tf.cast(number, tf.float32) + 2.0)) == 2.0
    assert ALONE.first_and_most([5, 7]) == ([5, 7], [5, 7])
