"""--mode=ablate: which variants are told apart from the search as it was asked for."""

import json

import fake_jobs
import numpy as np
import pytest

from enas_tf.campaign import (
    ablation,
    beside,
    collect,
    ending,
    interval,
    plan,
    state,
    unfinished,
)
from enas_tf.campaign.folder import CampaignFolder
from enas_tf.campaign.results import Retrained
from enas_tf.campaign.state import State
from enas_tf.search import comparison

TRAINED = [[0.92, 0.94], [0.90, 0.92], [0.94, 0.96]]  # of searches, of arcs
POOR = [[0.80, 0.82], [0.79, 0.81], [0.81, 0.81]]
ALIKE = [[0.93, 0.93], [0.91, 0.92], [0.95, 0.94]]


def rows(**variants):
    return [
        Retrained(method, search, f"{search} {place}", 0, score, 100, 10, 5, 2.0)
        for method, scores in variants.items()
        for search, arcs in enumerate(scores)
        for place, score in enumerate(arcs)
    ]


def words(**variants):
    return ablation.words(ablation.judged(rows(**variants)))


def test_a_variant_that_is_told_apart_has_a_sentence_and_all_share_another():
    told = words(trained=TRAINED, unshared=POOR, frozen=ALIKE)
    expected = interval.unpaired(np.mean(POOR, axis=1), np.mean(TRAINED, axis=1))
    bounds = f"{expected.low:+.4f} to {expected.high:+.4f}"
    assert told[:3] == [
        "Against trained, worse: unshared; not distinguishable at this budget: 1 more.",
        f"unshared is worse than trained: -0.1233 (95 % interval {bounds}; 3 against 3 "
        "searches).",
        "There are 2 intervals: if no variant differed, up to 10 % of such campaigns "
        "would call at least one better or worse.",
    ]
    assert [line.split()[:4] for line in told[3:]] == [
        ["variant", "searches", "mean", "minus"],
        ["trained", "3", "0.9300", "-"],
        ["unshared", "3", "0.8067", "-0.1233"],
        ["frozen", "3", "0.9300", "+0.0000"],
    ]
    assert told[4].endswith("  -") and told[5].endswith(f"  {bounds}")


def test_where_none_is_told_apart_one_sentence_says_so():
    told = words(trained=TRAINED, frozen=ALIKE, uniform=ALIKE)
    assert told[0] == "No variant is distinguishable from trained at this budget."


def test_variants_that_are_the_same_runs_are_told_first_and_are_no_comparison():
    found = rows(trained=TRAINED, frozen=TRAINED, no_entropy_bonus=TRAINED, other=POOR)
    judged, alike = ablation.judged(found), ablation.same(found)
    told = ablation.words(judged, alike)
    assert told[0] == (
        "The same runs as trained, with the same arcs and the same scores, so that "
        "nothing was compared: frozen, no_entropy_bonus."
    )
    assert told[1] == "Against trained, worse: other."
    assert not [line for line in told if line.startswith("There are")]
    (cells,) = [line for line in told if line.startswith("  frozen")]
    assert cells.split()[-4:] == ["+0.0000", "the", "same", "runs"]
    kept = ablation.in_json(judged, alike)["contrasts"]
    assert [one["bounds"] is None for one in kept] == [True, True, False]
    assert kept[0]["outcome"] == "the same runs"


def test_other_arcs_with_the_same_mean_are_a_comparison():
    turned = [scores[::-1] for scores in TRAINED]
    assert ablation.same(rows(trained=TRAINED, frozen=turned)) == []
    assert ablation.same(rows(frozen=TRAINED)) == []


def test_a_controller_that_was_never_trained_stands_first(tmp_path, monkeypatch):
    fakes = fake_jobs.Fakes(tmp_path, fake_jobs.read("ablate"))
    numbers = [n for n, job in enumerate(fakes.plan.jobs) if job.mode == "search"]
    untrained = f"Policy 0.1, random 0.1: {comparison.UNTRAINED}."
    monkeypatch.setattr(beside, "_said", lambda *_: untrained)
    monkeypatch.setattr(
        state, "of", lambda *given: State.DONE if given[2] in numbers else State.WAITING
    )
    first, *others = beside.first(fakes.folder, fakes.plan)
    assert first.startswith("In 000_trained_s5, ") and others == []
    assert comparison.UNTRAINED in first and "frozen" not in first
    assert first not in beside.caveats(fakes.folder, fakes.plan)
    found = rows(trained=TRAINED, unshared=POOR)
    monkeypatch.setattr(collect, "rows", lambda *_: found)
    fakes.folder.path.mkdir()
    monkeypatch.setattr(ending, "_searching", lambda *_: {})
    monkeypatch.setattr(unfinished, "words", lambda *_, **__: [])
    assert ending.keep(fakes.folder, fakes.plan, live=False)[0] == first


def test_one_search_has_a_difference_and_no_interval():
    told = words(trained=TRAINED[:1], frozen=POOR[:1])
    assert told[0].startswith("No interval for frozen: it needs two searches")
    assert told[-1].split() == ["frozen", "1", "0.8100", "-0.1200", "-"]


def test_before_the_first_of_trained_nothing_is_said():
    assert words(frozen=ALIKE) == []


def test_what_is_kept_names_both_sides():
    kept = ablation.in_json(ablation.judged(rows(trained=TRAINED, unshared=POOR)))
    (one,) = kept["contrasts"]
    assert (one["method"], one["against"], one["outcome"]) == (
        "unshared",
        "trained",
        "worse",
    )
    assert one["difference"] == pytest.approx(0.9 + 0.02 / 3 - 0.93 - 0.1)


def test_a_campaign_keeps_its_differences_and_its_two_tables_are_apart(
    tmp_path, monkeypatch
):
    found = rows(trained=TRAINED, unshared=POOR)
    monkeypatch.setattr(collect, "rows", lambda *_: found)
    monkeypatch.setattr(unfinished, "words", lambda *_, at_once: [])
    planned = plan.made(fake_jobs.read("ablate"))
    told = ending.keep(CampaignFolder(tmp_path), planned, live=False)
    kept = json.loads((tmp_path / "ablation.json").read_text())
    assert [one["method"] for one in kept["contrasts"]] == ["unshared"]
    empty = told.index("")
    assert told[empty - 1].split()[:2] == ["unshared", "3"]
    assert told[empty + 1].split()[:2] == ["method", "n"]
    assert (tmp_path / "results.txt").read_text().splitlines() == told
