"""The ops to choose from that a run's folder has, where a command names none.

The problem: an arc is written with the names of ops where --child_ops chose them. A
command that leaves the flag out would read the same arc as integers of the whole table,
and be refused for an arc that its user never wrote. No TensorFlow.
"""

from collections.abc import Mapping
from typing import Any

from enas_tf.command import same_ops
from enas_tf.config import modes
from enas_tf.config.sections import RunConfig
from enas_tf.run.folder import RunFolder

FLAG = "child_ops"
_SAY_WHICH = {FLAG, "child_num_branches"}


def with_ops(
    given: Mapping[str, object], run: RunConfig, stage: str, folder: RunFolder
) -> dict[str, Any]:
    """`given` with --child_ops of the stage that the command goes by.

    A training that takes the arc of a search takes its ops, too. A search says itself
    which ops it has.

    Args:
      given: flag name to value.
      run: what to do.
      stage: whose settings `given` are for, "search" or "train".
      folder: of the run.
    """
    mode = modes.MODES[run.mode]
    if _SAY_WHICH & set(given) or mode.searches or stage not in mode.stages:
        return dict(given)
    for begun in same_ops.stages(run, given, folder):
        recorded = folder.settings(begun, needed=False)
        if recorded:
            ops = recorded.get(FLAG, "")
            return {**given, FLAG: ops} if ops else dict(given)
    return dict(given)
