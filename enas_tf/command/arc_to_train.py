"""The architecture that a command is about: of the flag, or of its run's folder.

No TensorFlow, as in command/request.py.
"""

from collections.abc import Mapping

from enas_tf.arcs import argument as arc_argument
from enas_tf.arcs.fixed import FixedArc
from enas_tf.config import modes
from enas_tf.config.sections import Config, ConfigError, RunConfig
from enas_tf.run import best_arc
from enas_tf.run.folder import RunFolder


def of(
    given: Mapping[str, object], train: Config, folder: RunFolder
) -> FixedArc | None:
    """The architecture that the mode is about; None where a search is to find it."""
    mode = train.run.mode
    if not modes.MODES[mode].trains_only:
        return None
    found = _arc_of(folder, train, derived_first=mode == "train")
    value = given.get("child_fixed_arc", found)
    if value is None:
        raise best_arc.missing(folder)
    try:
        return arc_argument.fixed_arc(
            str(value), train.run.search_for, train.child, average=train.rnn.average
        )
    except ConfigError:
        if mode == "predict" and "child_fixed_arc" not in given:
            return None  # its ops may be a plugin's, of which an export has no need
        raise


def of_export(run: RunConfig, folder: RunFolder) -> str:
    """The arc that a prediction is by, where `of` could not read it; else ""."""
    if run.mode != "predict":
        return ""
    return str(folder.settings("train").get("child_fixed_arc", ""))


def _arc_of(folder: RunFolder, train: Config, *, derived_first: bool) -> str | None:
    """An arc of the folder: one that a search derived, or one that was trained."""
    derived = best_arc.value(folder)
    if train.child.ops and derived_first:
        derived = best_arc.value_by_names(folder, train.run.search_for)
    trained = folder.settings("train").get("child_fixed_arc")
    return derived or trained if derived_first else trained or derived
