"""The test of a training: measured once for its weights, then read from run.json."""

import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import tensorflow as tf

from enas_tf.command.request import Request
from enas_tf.config.sections import Config
from enas_tf.run import readings
from enas_tf.run.folder import RunFolder
from enas_tf.run.measures import Measure
from enas_tf.run.readings import Identity, Reading
from enas_tf.run.report import Report
from enas_tf.stages import summary
from enas_tf.tasks.final import FinalTask, Moves

WEIGHTS = "weights"  # in run.json: a checksum of those that were tested


def once(
    folder: RunFolder,
    config: Config,
    report: Report,
    *,
    measure: Measure,
    weights: Sequence[tf.Variable],
    trained: bool,
    test: Callable[[], dict[str, float]],
    facts: Callable[[], Mapping[str, object]],
    keep: Callable[[Identity], None] = lambda of: None,
    mode: str = "train",
    data: str = "",
    words: str = "",
) -> float:
    """The figure of the test data, as it is displayed.

    Args:
      folder, config, report: the run's.
      measure: of the figure.
      weights: that are tested; a figure of others is never passed off as theirs.
      trained: whether this command has changed them.
      test: measures and tells "test_<measure>" and more.
      facts: what else run.json keeps of the training.
      keep: keeps more of what was found.
      mode: of the command.
      data: their checksum.
      words: the origin of the figure, for one that was measured before.
    """
    name, last = f"test_{measure.name}", config.loop.num_epochs
    ours = checksum(weights)
    known = before(folder, config, measure=measure, ours=ours, trained=trained)
    if known is not None:
        origin = "; ".join(filter(None, (words, "measured before")))
        report.message(f"Test {measure.name}: {known:.{measure.places}f} ({origin})")
        if not report.holds("test", last):
            report.once("test", last, {measure.name: known})
        return known
    with summary.timed(folder, "test"):
        found = test()
    of = Identity(ours, data)
    folder.note_reading(readings.now(mode, last, of, found))
    keep(of)
    report.once("test", last, {measure.name: found[name]})
    about = dict(arc=config.child.fixed_arc, epochs=last, **{WEIGHTS: ours})
    folder.record("train", **found, **about, **facts())
    if len(folder.readings()) > 1:
        report.message(readings.sentence(folder.readings(), data))
    return found[name]


def before(
    folder: RunFolder, config: Config, *, measure: Measure, ours: str, trained: bool
) -> float | None:
    """The figure that was measured of the same weights; None if none was.

    Args:
      folder, config, measure, trained: as above.
      ours: the checksum of the weights.
    """
    known = folder.fact("train", f"test_{measure.name}", float)
    # Versions up to 0.2 kept none.
    theirs = folder.facts("train").get(WEIGHTS, None if trained else ours)
    same = (folder.tested_epochs(), theirs) == (config.loop.num_epochs, ours)
    return known if same else None


def again(
    request: Request,
    report: Report,
    final: FinalTask[Any],
    *,
    data: str,
    moves: Moves,
) -> dict[str, float]:
    """The figures of a finished training, as they are known; or measured anew.

    They are measured if they are not known of these weights and data, or if that is
    asked for. Each time is noted.

    Args:
      request: of the run.
      report: is told all there is.
      final: behind `settle`.
      data: the checksum of those that it has.
      moves: see `tasks/final.py`.
    """
    config, folder = request.configs["train"], request.folder
    of = Identity(checksum(final.weights), data)
    known = readings.known(folder.readings(), of)
    if known and not config.run.evaluate_again:
        report.message(_in_words(known, final.measure, final.test_of))
        final.retell(report, folder, of)
        report.message(readings.sentence(folder.readings(), data))
        return known.figures
    found = final.evaluate(report, moves, folder)
    one = readings.now(request.mode, config.loop.num_epochs, of, found)
    if folder.writable:
        folder.note_reading(one)
        final.keep(folder, of)
    report.message(readings.sentence(folder.readings(), data))
    return found


def _in_words(known: Reading, measure: Measure, words: str) -> str:
    value = f"{known.figures[f'test_{measure.name}']:.{measure.places}f}"
    when = f"on {known.when[:10]}" if known.when else "before"
    said = f"measured {when} by --mode={known.mode}"
    again = "--evaluate_again reads the test split again"
    about = "; ".join(filter(None, (words, said, again)))
    return f"Test {measure.name}: {value} ({about})"


def checksum(weights: Sequence[tf.Variable]) -> str:
    """Of all values, in order."""
    found = 0
    for variable in weights:
        found = zlib.crc32(variable.numpy().tobytes(), found)
    return f"{found:08x}"
