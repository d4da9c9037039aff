"""Python is out of the way: few calls into TensorFlow, each function traced once."""

import collections

import pytest
import runs

from enas_tf.search.controller_trainer import ControllerTrainer
from enas_tf.search.scoring import Scorer
from enas_tf.training import driver as driver_lib
from enas_tf.training.child import ChildTrainer


@pytest.mark.parametrize("space", sorted(runs.TINY))
def test_a_whole_search_traces_each_function_once(space, tmp_path, monkeypatch):
    traces = collections.Counter()

    def counted(owner, name):
        inner = getattr(owner, name)

        def call(self, *args, **kwargs):
            split = args[2:] if name == "_values" else ()
            traces[" ".join([name, *split])] += 1
            return inner(self, *args, **kwargs)

        monkeypatch.setattr(owner, name, call)

    # Python runs these only while what calls them is traced.
    counted(ChildTrainer, "_step")
    counted(ControllerTrainer, "_update")
    counted(Scorer, "_values")
    runs.run(space, tmp_path / "run", mode="search", search_eval_test=True)
    metrics = (tmp_path / "run" / "metrics.jsonl").read_text()
    assert metrics.count('"kind": "test"') == 2  # an evaluation an epoch
    assert traces == {
        "_step": 1,
        "_update": 1,
        "_values valid": 2,  # in the controller's update, and for all else
        "_values test": 1,
    }


class Silent:
    """A checkpoint and a report that do nothing."""

    def __init__(self):
        self.position = dict(step=0)

    def save(self):
        pass

    def advance(self, count):
        pass

    def flush(self):
        pass


@pytest.mark.parametrize("log_points", [1, 4])
def test_calls_of_an_epoch_do_not_depend_on_its_number_of_steps(log_points):
    def calls_of_second_epoch(steps):
        nothing = Silent()
        driver = driver_lib.Driver(
            nothing, nothing, log_every=steps // log_points, checkpoint_every=0
        )
        calls = []
        for epoch in (1, 2):
            calls.clear()
            driver.advance(
                "step",
                epoch * steps,
                lambda first, end: calls.append(end),
                log=lambda step: None,
                timed=lambda: None,
            )
        return len(calls)

    assert calls_of_second_epoch(100) == calls_of_second_epoch(10_000) == log_points
