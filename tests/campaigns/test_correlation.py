"""The end of --mode=correlate: what is held against what, its table, its pictures."""

import json

import fake_jobs
import numpy as np
import pytest
from PIL import Image

from enas_tf.campaign import correlation, predictors
from enas_tf.campaign.folder import CampaignFolder
from enas_tf.campaign.results import Retrained
from enas_tf.config import sections as config
from enas_tf.config.sections import ConfigError

ARCS = ["2 0 1", "3 0 0", "4 0 1"]


def finished(run, mode, settings, **facts):
    """The folder of a run that is done."""
    entry = dict(mode=mode, seconds=2.0, status="finished")
    stage = dict(settings=settings, **facts)
    value = dict(program="enas_tf", seconds=2.0, commands=[entry], stages={mode: stage})
    run.path.mkdir(parents=True)
    (run.path / "run.json").write_text(json.dumps(value))


@pytest.fixture
def campaign(tmp_path):
    """A campaign's folder and plan: its search is done, and the first training."""
    asked = fake_jobs.read("correlate", correlate_arcs=3, child_out_filters=4)
    found = CampaignFolder(tmp_path / "campaign")
    plan = fake_jobs.plan.made(asked)
    for number, mode in ((0, "search"), (1, "train")):
        finished(found.run(plan, number), mode, config.flat(asked.configs[mode]))
    arcs = found.run(plan, 0).arcs
    arcs.mkdir()
    rows = [
        dict(source="random", arc=arc, accuracy=0.1 * n, log_likelihood=-n,
             parameters=10**n, flops=3)
        for n, arc in enumerate(ARCS)
    ]  # fmt: skip
    rows += [dict(rows[0], source="policy", accuracy=0.9)]
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (arcs / "derived.jsonl").write_text(text)
    return found, plan


def test_scores_are_those_of_the_search_the_size_and_untrained_networks(campaign):
    found = predictors.of(*campaign, [ARCS[2], ARCS[0], ARCS[1]])
    assert list(found) == [
        "shared accuracy",
        "shared log-likelihood",
        "log parameters",
        "log FLOPs",
        "skips",
        "synflow",
        "naswot",
    ]
    np.testing.assert_allclose(found["shared accuracy"], [0.2, 0, 0.1])
    np.testing.assert_allclose(found["shared log-likelihood"], [-2, 0, -1])
    np.testing.assert_allclose(
        found["log parameters"], np.log(10) * np.array([2, 0, 1])
    )
    assert found["skips"].tolist() == [1, 1, 0]
    assert np.isfinite(found["synflow"]).all() and np.isfinite(found["naswot"]).all()


def test_proxies_are_measured_once(campaign):
    folder, plan = campaign
    first = predictors.of(folder, plan, ARCS[:1])
    path = folder.path / "proxies.json"
    kept = path.read_text()
    again = predictors.of(folder, plan, ARCS[:1])
    assert again["naswot"].tolist() == first["naswot"].tolist()
    assert path.read_text() == kept
    path.write_text("{")
    damaged = predictors.of(folder, plan, ARCS[:1])
    assert damaged["synflow"].tolist() == first["synflow"].tolist()


def test_an_arc_that_the_search_does_not_list_any_more_is_refused(campaign):
    with pytest.raises(ConfigError, match="lacks arcs that this campaign has trained"):
        predictors.of(*campaign, ["5 1 1"])


def rows(scores):
    """A row for each of `scores` [seeds, arcs]."""
    return [
        Retrained("random", 0, str(arc), seed, score, 9, 8, 7, 2.0)
        for seed, of_seed in enumerate(scores)
        for arc, score in enumerate(of_seed)
    ]


@pytest.fixture
def ranked(campaign, monkeypatch):
    """A function: scores, and those of their trainings -> the words."""

    def run(scores, trained):
        monkeypatch.setattr(predictors, "of", lambda *_: scores)
        return correlation.tell(*campaign, rows(trained))

    return run


def test_a_perfect_score_and_its_ceiling_are_told_with_intervals(ranked, campaign):
    truth = np.arange(20.0)
    noisy = np.stack([truth, truth + np.random.default_rng(0).normal(0, 4, 20)])
    size = np.random.default_rng(1).normal(size=20)
    told = ranked({"shared accuracy": truth, "log parameters": size}, noisy)
    kept = json.loads((campaign[0].path / "correlations.json").read_text())
    first, shared, parameters = kept["all"]
    assert first["score"] == "ceiling: another seed"
    low, high = first["tau"]["low"], first["tau"]["high"]
    assert 0 < low < first["tau"]["value"] < high < 1
    assert shared["tau"]["value"] == pytest.approx((1 + first["tau"]["value"]) / 2)
    assert parameters["above_parameters"] is None
    assert [one["arcs"] for one in kept["best"]] == [4, 4, 4]
    assert told[2].split()[:2] == ["score", "arcs"]
    assert [" ".join(line.split()[2:4]) for line in told[4:6]] == ["all 20", "all 20"]
    assert told[0] == (
        "The shared accuracy ranks arcs better than their number of parameters."
    )


@pytest.mark.parametrize(
    ("score", "words"),
    [
        (np.arange(20.0), "ranks arcs better than chance."),
        (-np.arange(20.0), "ranks arcs worse than chance."),
        (np.sin(7 * np.arange(20.0)), "is not shown to rank arcs better or worse than"),
    ],
)
def test_where_all_arcs_are_of_one_size_a_score_is_held_against_chance(
    ranked, score, words
):
    truth = np.stack([np.arange(20.0)] * 2)
    told = ranked({"shared perplexity": score, "log parameters": np.ones(20)}, truth)
    assert told[0].startswith(f"The shared perplexity {words}")
    assert "number of parameters" not in told[0]


def test_each_score_has_a_picture(ranked, campaign):
    truth = np.arange(5.0)
    told = ranked({"naswot": np.array([-np.inf, 1, 2, 3, 4])}, [truth, truth[::-1]])
    folder = campaign[0].path / "scatter"
    assert {path.name for path in folder.iterdir()} == {
        "ceiling_another_seed.png",
        "naswot.png",
    }
    with Image.open(folder / "naswot.png") as picture:
        assert picture.format == "PNG"
    kept = json.loads((campaign[0].path / "scores.json").read_text())
    assert kept["scores"] == {"naswot": [None, 1, 2, 3, 4]}
    assert kept["trained"] == [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0]]
    assert "The best fifth are 2 arcs, too few to be ranked." in told


def test_an_arc_that_lacks_a_seed_is_left_out_and_two_are_too_few(ranked):
    found = correlation.of_all_seeds(rows([[1, 2, 3], [4, 5]]))
    assert found.arcs == ["0", "1"]
    assert found.scores.tolist() == [[1, 2], [4, 5]]
    told = ranked({}, [[1, 2, 3], [4, 5]])
    assert told == ["Ranks need 3 arcs that are trained from all seeds."]


def test_recurrent_cells_have_no_size_and_no_proxies_and_that_is_said(tmp_path):
    given = dict(search_for="rnn", dataset="python_docs", child_num_layers=2)
    asked = fake_jobs.read("correlate", correlate_arcs=2, **given)
    found = CampaignFolder(tmp_path / "campaign")
    plan = fake_jobs.plan.made(asked)
    run = found.run(plan, 0)
    finished(run, "search", config.flat(asked.configs["search"]))
    run.arcs.mkdir()
    arcs = ["0 1 1 0", "0 1 0 2"]
    listed = [
        dict(source="random", arc=arc, perplexity=value, parameters=7, flops=3)
        for arc, value in zip(arcs, (90.0, 80.0), strict=True)
    ]
    text = "".join(json.dumps(row) + "\n" for row in listed)
    (run.arcs / "derived.jsonl").write_text(text)
    scores = predictors.of(found, plan, arcs)
    assert {name: values.tolist() for name, values in scores.items()} == {
        "shared perplexity": [-90, -80],
        "depth": [2, 1],
    }
    assert predictors.absent(plan)[0].startswith("All arcs of the rnn space are of one")
