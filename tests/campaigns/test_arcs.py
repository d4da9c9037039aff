"""The arcs that a search hands on to the trainings of a campaign."""

import json

import fake_jobs
import pytest

from enas_tf.campaign import arcs, jobs
from enas_tf.config.sections import ConfigError
from enas_tf.run.folder import RunFolder


def searched(tmp_path, rows=fake_jobs.DERIVED, measure="accuracy", **facts):
    """The folder of a search that scored `rows`."""
    names = ("source", measure, "parameters", "flops", "arc")
    lines = [json.dumps(dict(zip(names, row, strict=True))) for row in rows]
    (tmp_path / "arcs").mkdir()
    (tmp_path / "arcs" / "derived.jsonl").write_text("\n".join(lines))
    stages = dict(derive=facts)
    (tmp_path / "run.json").write_text(
        json.dumps(dict(program="enas_tf", stages=stages))
    )
    return RunFolder(tmp_path)


def found(folder, group):
    some = [arcs.picked(folder, group, place) for place in range(4)]
    return [one and one.arc for one in some]


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        (jobs.POLICY, ["0 0 0", "1 0 0", None, None]),
        (jobs.RANDOM, ["2 0 1", "3 0 1", "4 0 1", None]),
        (jobs.BEST_RANDOM, ["3 0 1", "4 0 1", "2 0 1", None]),
        (jobs.LARGEST, ["4 0 1", "2 0 1", "3 0 1", None]),
        (jobs.EVOLUTION, ["0 1 1", "0 0 0", None, None]),
        # 104 parameters for 100; then 195 for 200, since the other one has 300.
        (jobs.MATCHED, ["5 0 0", "2 0 1", None, None]),
    ],
)
def test_a_group_has_its_arcs_in_its_order_and_each_once(group, expected, tmp_path):
    assert found(searched(tmp_path), group) == expected


def test_of_perplexities_the_lowest_is_the_best(tmp_path):
    folder = searched(tmp_path, measure="perplexity")
    assert found(folder, jobs.BEST_RANDOM) == ["2 0 1", "4 0 1", "3 0 1", None]


def test_an_arc_without_a_match_leaves_the_places_of_the_others(tmp_path):
    rows = [
        ("policy", 0.9, 1000, 1, "0 0 0"),
        ("policy", 0.8, 100, 1, "1 0 0"),
        ("random", 0.7, 100, 1, "1 0 0"),
        ("random", 0.7, 90, 1, "2 0 0"),
    ]
    assert found(searched(tmp_path, rows), jobs.MATCHED) == [None, "2 0 0", None, None]


def test_what_the_search_trained_from_scratch_comes_first_by_that(tmp_path):
    row = dict(measured=0.4, log_likelihood=-1.0, seconds=1.0)
    kept = dict(recipe="a", arcs={"1 0 0": row})
    folder = searched(tmp_path, retrained=kept)
    assert found(folder, jobs.POLICY)[:2] == ["1 0 0", "0 0 0"]


def test_a_damaged_list_of_arcs_is_one_line(tmp_path):
    folder = searched(tmp_path)
    (tmp_path / "arcs" / "derived.jsonl").write_text("{")
    with pytest.raises(ConfigError, match="derived.jsonl is missing or damaged"):
        arcs.picked(folder, jobs.POLICY, 0)
