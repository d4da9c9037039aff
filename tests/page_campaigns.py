"""A campaign's folder made by hand, with all that a page of any campaign shows."""

import json
import pathlib

import page_runs
from PIL import Image

from enas_tf.page import write


def make(folder: pathlib.Path) -> pathlib.Path:
    """A campaign that compares two methods: two trainings, two runs."""
    rows = [
        dict(method=method, arc="0 1", parameters=size, score=score)
        for method, size, score in (("enas", 100, 0.9), ("<random>", 200, 0.8))
    ]
    folder.mkdir(exist_ok=True)
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (folder / "results.jsonl").write_text(text)
    told = "Better than <random>.\n  method  n\nSums.\n"
    (folder / "results.txt").write_text(told)
    (folder / "plan.json").write_text("{}")
    job = page_runs.make(folder / "jobs" / "000_search")
    write.page(job)
    page_runs.make(folder / "jobs" / "001_train", derive=None)
    return folder


def add_ablation(folder: pathlib.Path) -> None:
    """What --mode=ablate keeps: one variant is worse, one unclear, one unknown."""
    contrasts = [
        dict(method="frozen", against="trained", difference=-0.2, bounds=[-0.3, -0.1]),
        dict(method="uniform", against="trained", difference=0.1, bounds=[-0.1, 0.3]),
        dict(method="unshared", against="trained", difference=0.1, bounds=None),
    ]
    (folder / "ablation.json").write_text(json.dumps(dict(contrasts=contrasts)))


def add_perturbation(folder: pathlib.Path) -> None:
    """What --mode=perturb keeps: three neighbours by two decisions."""
    neighbours = [dict(place=0, gain=-0.05), dict(place=1, gain=-0.3)]
    note = "the op of layer 0: a -> b"
    neighbours.append(dict(place=0, gain=0.08, bounds=[0.01, 0.15], note=note))
    decisions = [
        dict(place=0, name="the op of layer 0", gain=0.015, neighbours=2),
        dict(place=1, name="skip 0 of layer 1", gain=-0.3, neighbours=1),
    ]
    kept = dict(arc="0 1", decisions=decisions, neighbours=neighbours)
    (folder / "perturbation.json").write_text(json.dumps(kept))
    Image.new("RGB", (640, 360), "white").save(folder / "perturbation.png")


def add_ranks(folder: pathlib.Path) -> None:
    """What --mode=correlate keeps: of three arcs, two scores and the ceiling."""
    scores = {"shared accuracy": [0.1, None, 0.3], "naswot": [None, None, None]}
    kept = dict(arcs=["0", "1", "2"], trained=[[1, 2, 3], [2, 2, 4]], scores=scores)
    taus = [
        dict(score="ceiling: another seed", tau=dict(value=0.5, low=0.1, high=0.9)),
        dict(score="shared accuracy", tau=dict(value=0.25, low=None, high=None)),
        dict(score="naswot", tau=dict(value=None, low=None, high=None)),
    ]
    (folder / "scores.json").write_text(json.dumps(kept))
    (folder / "correlations.json").write_text(json.dumps(dict(all=taus)))
