"""The latency of a search's arcs: some are timed before it, a model does the others.

What was timed is in arcs/latency.jsonl, a row each, so that a command that is stopped
goes on with the next arc. The model is in run.json from then on and is read from there:
a search that goes on pays by the same milliseconds, on another machine too.
"""

import contextlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator
from typing import IO

import numpy as np

import enas_tf
from enas_tf.command.request import Request
from enas_tf.config import sections as config_lib
from enas_tf.config.sections import Config, ConfigError
from enas_tf.data.images.image_data import ImageData
from enas_tf.nn import seeds
from enas_tf.run import layout, rows
from enas_tf.run.report import Report
from enas_tf.search import latency_model
from enas_tf.search.payer import CostOf
from enas_tf.spaces.base import SearchSpace
from enas_tf.spaces.costs import CostsOf
from enas_tf.stages import assembly, latency_worker, summary
from enas_tf.stages.latency_worker import Order

KEY = "latency"  # in what run.json says of the search
KEYS = ("recipe", "arc", "least", "median")  # of the rows
_ANNOUNCED = 3  # arcs after which the rest is foreseen


def of(
    request: Request,
    space: SearchSpace,
    data: ImageData,
    counts: CostsOf,
    final: Config,
    report: Report,
) -> CostOf:
    """What gives the milliseconds of arcs [N, T], as far as needed timed now.

    Args:
      request: of a search.
      space: of the arcs.
      data: whose images are answered.
      counts: counts the final children.
      final: their settings.
      report: tells how far it is.

    Raises:
      ConfigError: a network cannot be timed.
    """
    order = _order(request, space, data, final)
    recipe = zlib.crc32(json.dumps(order._replace(arcs=())).encode())
    kept = request.folder.fact("search", KEY, dict) or {}
    begun = request.folder.has_checkpoint("search")
    is_of = dict(recipe=recipe, arcs=len(order.arcs))
    if not kept or not begun and not is_of.items() <= kept.items():
        with summary.timed(request.folder, "latency", goes_on=True):
            least = _timed(request, order, recipe, report)
        tokens = np.array([space.encode(space.parse(text)) for text in order.arcs])
        found = latency_model.features(space, counts, tokens)
        model = latency_model.fit(found, least)
        kept = {**is_of, **model._asdict()}
        request.folder.record("search", **{KEY: kept})
        report.message(
            f"Latency: {least.min():.3g} to {least.max():.3g} ms on one thread. The "
            f"model is off by {model.error:.1%} on average on arcs that it was not "
            f"fitted to, at most {model.worst:.1%}; one time for all arcs would be by "
            f"{model.of_constant:.1%}."
        )
    weights = kept["weights"]
    return lambda tokens: latency_model.predict(
        weights, latency_model.features(space, counts, tokens)
    )


def _order(
    request: Request, space: SearchSpace, data: ImageData, final: Config
) -> Order:
    config = request.configs["search"]
    rng = seeds.on_host(config.run.seed, "latency")
    tokens = space.random(rng, config.objective.latency_arcs)
    flat = config_lib.flat(final)
    names = [n for n in flat if n.startswith(config_lib.OWN_PREFIX)]
    settings = {name: flat[name] for name in ("search_for", "plugin", *names)}
    arcs = tuple(space.text(space.decode(row)) for row in tokens)
    return Order(settings, data.image_shape, data.num_classes, arcs)


def _timed(request: Request, order: Order, recipe: int, report: Report) -> np.ndarray:
    """Least milliseconds of each arc of the order, [N]."""
    file = rows.RowFile(request.folder.arcs / layout.LATENCY, keys=KEYS)
    try:
        file.drop(lambda row: row["recipe"] != recipe)
        known = {row["arc"]: row for row in file.rows()}
        left = [arc for arc in dict.fromkeys(order.arcs) if arc not in known]
        _say_begin(report, len(known), len(left), request)
        report.begin("latency", len(known) + len(left), len(known), unit="arc")
        began = time.monotonic()
        with _worker(order._replace(arcs=tuple(left))) as answers:
            for number, (arc, times) in enumerate(zip(left, answers, strict=True), 1):
                row = dict(recipe=recipe, arc=arc, least=times[0], median=times[1])
                file.append(row)
                known[arc] = row
                report.advance(1)
                if number == _ANNOUNCED:
                    pace = (time.monotonic() - began) / number
                    ahead = pace * (len(left) - number)
                    assembly.announce(report, "latency", ahead, request)
        report.finish()
    finally:
        file.close()
    return np.array([known[arc]["least"] for arc in order.arcs])


def _say_begin(report: Report, known: int, left: int, request: Request) -> None:
    earlier = f", {known} by an earlier command" if known else ""
    report.message(
        f"Latency: {known + left} random arcs are built, exported as saved_model and "
        f"timed with one image on one thread{earlier}."
    )


@contextlib.contextmanager
def _worker(order: Order) -> Iterator[Iterator[list[float]]]:
    """The answers of a process that times `order`, one for each arc."""
    package = str(pathlib.Path(enas_tf.__file__).resolve().parents[1])
    paths = [package, *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, **latency_worker.ONE_THREAD}
    environment["PYTHONPATH"] = os.pathsep.join(paths)
    words = [sys.executable, "-m", latency_worker.__name__]
    with tempfile.TemporaryFile("w+") as errors:
        with subprocess.Popen(
            words,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env=environment,
            start_new_session=True,  # Ctrl-C is this process's to hear
        ) as process:
            try:
                yield _answers(process, order, errors)
            finally:
                process.kill()


def _answers(
    process: subprocess.Popen[str], order: Order, errors: IO[str]
) -> Iterator[list[float]]:
    assert process.stdin and process.stdout
    with contextlib.suppress(BrokenPipeError):  # it ended: that is told below
        process.stdin.write(json.dumps(order) + "\n")
        process.stdin.close()
    for arc in order.arcs:
        line = process.stdout.readline()
        if not line:
            errors.seek(0)
            said = errors.read().strip().splitlines() or ["it says nothing"]
            raise ConfigError(
                f"The latency of the arc {arc} cannot be measured: {said[-1][:200]}. "
                "Choose a --reward without latency, or mend what it names."
            )
        yield json.loads(line)
