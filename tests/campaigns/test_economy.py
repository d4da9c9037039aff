"""What shared weights save, from the folders of searches and the trainings."""

import json

import fake_jobs
import pytest

from enas_tf.campaign import economy
from enas_tf.campaign.results import Retrained
from enas_tf.config import sections as config
from enas_tf.run.folder import RunFolder


def trained(seconds):
    return Retrained("random", -1, "0", 0, 0.9, 1, 1, 1, seconds)


@pytest.fixture
def search(tmp_path):
    """A search of 100 s that made 7 updates of 10 arcs and scored 5 at its end.

    Somebody has looked at it since.
    """
    settings = config.flat(fake_jobs.small().configs["search"])
    settings |= dict(controller_num_aggregate=10)
    run = dict(
        program="enas_tf",
        seconds=1000.0,
        commands=[
            dict(mode="search", seconds=100.0, status="finished"),
            dict(mode="evaluate", seconds=900.0, status="finished"),
        ],
        stages=dict(search=dict(settings=settings)),
    )
    (tmp_path / "run.json").write_text(json.dumps(run))
    kinds = [("child", 99), ("controller", 6), ("controller", 7), ("derive", 0)]
    rows = [dict(stage="search", kind=kind, step=step) for kind, step in kinds]
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (tmp_path / "metrics.jsonl").write_text(text)
    (tmp_path / "arcs").mkdir()
    (tmp_path / "arcs" / "derived.jsonl").write_text("{}\n" * 5)
    return RunFolder.read_only(tmp_path)


def test_rewarded_arcs_and_those_of_its_end_are_scored(search):
    assert economy.arcs_scored(search) == 75


def test_the_other_side_is_extrapolated_and_said_to_be(search):
    found = economy.of([search], [trained(20.0), trained(40.0)])
    assert found == (1, 75, 100, 30, 2)
    assert found.words == (
        "A search scored 75 arcs in 1 min 40 s. Training each from scratch would take "
        "38 min (extrapolated from 2 trainings of 30 s), 22 times as long; the paper "
        "says 1,000."
    )


def test_without_a_timed_training_there_is_none(search):
    assert economy.of([search], []) is None
    assert economy.of([], [trained(20.0)]) is None
