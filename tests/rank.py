"""How well scores under shared weights rank arcs, beside their size.

  python tests/rank.py ACCURACIES.jsonl RUN [RUN ...] [--examples=2048]

ACCURACIES is what tests/from_scratch.py wrote, of two seeds or more; each RUN is the
folder of a finished search of that space. Its shared weights score the arcs on
validation images, all on the same. Told is Kendall's tau with the accuracy of one seed,
the mean over seeds, and its 95 % interval over other arcs, as --mode=correlate tells it
(campaign/correlate.py). The ceiling is tau between two seeds. Beside each is how far it
is above the parameters, on the same arcs, with an interval of its own, which is
narrower than the two apart. Scores are kept in RUN/ranks.json.
"""

import json
import os
import pathlib
import sys

import numpy as np
import usage

from enas_tf.campaign import correlate
from enas_tf.campaign.correlate import Agreement

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
LINE = "{:<44} {:+.2f}  ({:+.2f} to {:+.2f})"
BESIDE = "; over parameters {:+.2f}  ({:+.2f} to {:+.2f})"


def main(words: list[str]) -> None:
    """Scores under each run, and prints all taus."""
    usage.or_go_on(words, __doc__, needed=2)
    examples = 2048
    for word in [word for word in words if word.startswith("--examples=")]:
        examples = int(word.partition("=")[2])
        words.remove(word)
    arcs, accuracies, sizes = _read(pathlib.Path(words[0]))
    print(f"{len(arcs)} arcs, {len(accuracies)} seeds; mean {accuracies.mean():.4f}, ")
    print(f"standard deviation of arcs {accuracies.mean(axis=0).std(ddof=1):.4f}")
    counts = correlate.samples(len(arcs), np.random.default_rng(0))
    _tell("ceiling: another seed", correlate.ceiling(accuracies, counts))

    def tell(name: str, scores: np.ndarray, over: np.ndarray | None = None) -> None:
        _tell(name, correlate.agreement(scores, accuracies, counts, above=over))

    parameters = sizes["log parameters"]
    tell("log parameters", parameters)
    tell("log FLOPs", sizes["log FLOPs"], parameters)
    for run in map(pathlib.Path, words[1:]):
        found = _scores(run, arcs, examples)
        for name, values in found.items():
            tell(f"{run.name}: {name}", values, parameters)
        both = _together(np.stack([found["log_likelihood"], parameters]), accuracies)
        tell(f"{run.name}: both with size", both, parameters)


def _tell(name: str, found: Agreement) -> None:
    line = LINE.format(name, *found.tau)
    line += BESIDE.format(*found.above) if found.above else ""
    print(line, flush=True)


def _together(features: np.ndarray, accuracies: np.ndarray) -> np.ndarray:
    """Of each arc what a least-squares fit to all others foretells, [n]."""
    design = np.column_stack([np.ones(features.shape[1]), *features])
    target, found = accuracies.mean(axis=0), []
    for left_out in range(len(design)):
        others = np.arange(len(design)) != left_out
        weights = np.linalg.lstsq(design[others], target[others], rcond=None)[0]
        found.append(design[left_out] @ weights)
    return np.array(found)


def _read(path: pathlib.Path) -> tuple[list[str], np.ndarray, dict[str, np.ndarray]]:
    """Arcs of which all seeds are there, their accuracies [S, n], and their sizes."""
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    seeds = sorted({row["seed"] for row in rows})
    by = {(row["seed"], row["arc"]): row for row in rows}
    arcs = [row["arc"] for row in rows if row["seed"] == seeds[0]]
    arcs = [arc for arc in arcs if all((seed, arc) in by for seed in seeds)]
    accuracies = np.array([[by[s, arc]["accuracy"] for arc in arcs] for s in seeds])
    first = [by[seeds[0], arc] for arc in arcs]
    sizes = {
        "log parameters": np.log([row["parameters"] for row in first]),
        "log FLOPs": np.log([row["flops"] for row in first]),
    }
    return arcs, accuracies, sizes


def _scores(run: pathlib.Path, arcs: list[str], examples: int) -> dict[str, np.ndarray]:
    """Means of the arcs' measure and log-likelihood under the weights of `run`, [n]."""
    kept, known = run / "ranks.json", {}
    if kept.exists():
        known = json.loads(kept.read_text())
    missing = [arc for arc in arcs if arc not in known]
    if missing:
        known |= dict(zip(missing, _measured(run, missing, examples), strict=True))
        kept.write_text(json.dumps(known))
    measured, likelihood = np.array([known[arc] for arc in arcs]).T
    return dict(measure=measured, log_likelihood=likelihood)


def _measured(
    run: pathlib.Path, arcs: list[str], examples: int
) -> list[tuple[float, float]]:
    from enas_tf.command import request
    from enas_tf.machine import tensorflow_state
    from enas_tf.stages import assembly, search
    from enas_tf.training import batching

    given = dict(mode="derive", output_dir=str(run))
    asked = request.build(given, None, ["rank.py"])
    tensorflow_state.start(asked.machine)
    with assembly.muted_report(asked) as report:
        stage = search.build(asked, report)
        form = stage.space
        tokens = np.array([form.encode(form.parse(arc)) for arc in arcs])
        size = asked.configs["search"].loop.batch_size
        chosen = np.random.default_rng(0).permutation(stage.task.size("valid"))
        batches = batching.cut(examples, size, order=chosen[:examples])
        found = []
        for row in tokens:
            rows = np.repeat(row[None], len(batches.indices), axis=0)
            scores = stage.scorer.scores(rows, batches, split="valid")
            counted = batches.weights > 0
            found.append(tuple(float(values[counted].mean()) for values in scores))
    asked.folder.release()
    return found


if __name__ == "__main__":
    main(sys.argv[1:])
