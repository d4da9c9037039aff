"""The test of a training: measured once for its weights, then read from run.json."""

import zlib
from collections.abc import Callable, Mapping, Sequence

import tensorflow as tf

from enas_tf.config.sections import Config
from enas_tf.run.folder import RunFolder
from enas_tf.run.measures import Measure
from enas_tf.run.report import Report
from enas_tf.stages import summary

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
      words: the origin of the figure, for one that was measured before.
    """
    name, last = f"test_{measure.name}", config.loop.num_epochs
    known, ours = folder.fact("train", name, float), checksum(weights)
    # Versions up to 0.2 kept none.
    theirs = folder.facts("train").get(WEIGHTS, None if trained else ours)
    if known is not None and (folder.tested_epochs(), theirs) == (last, ours):
        before = "; ".join(filter(None, (words, "measured before")))
        report.message(f"Test {measure.name}: {known:.{measure.places}f} ({before})")
        if not report.holds("test", last):
            report.once("test", last, {measure.name: known})
        return known
    with summary.timed(folder, "test"):
        found = test()
    report.once("test", last, {measure.name: found[name]})
    about = dict(arc=config.child.fixed_arc, epochs=last, **{WEIGHTS: ours})
    folder.record("train", **found, **about, **facts())
    return found[name]


def checksum(weights: Sequence[tf.Variable]) -> str:
    """Of all values, in order."""
    found = 0
    for variable in weights:
        found = zlib.crc32(variable.numpy().tobytes(), found)
    return f"{found:08x}"
