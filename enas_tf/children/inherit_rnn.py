"""The weights that a final rnn child can take from the shared one: all of a cell."""

from collections.abc import Mapping

import numpy as np

from enas_tf.children.inherit import Arrays, Final
from enas_tf.spaces.base import SearchSpace


def inherited(
    final: Final, views: Mapping[str, np.ndarray], space: SearchSpace
) -> Arrays:
    """The shared weights by names of the final child, as of `inherit.Inherit`.

    Of an LSTM, which has no arc, those of the words alone.
    """
    found = {n: view for n, view in views.items() if not n.startswith("node_")}
    if final.arc is None:
        return found
    word, from_state = np.split(views["node_0"], 2)
    found["word"] = word
    matrices = [from_state]
    for node, (read, op) in enumerate(zip(*final.arc, strict=True), start=1):
        name = final.ops[op]
        if name not in space.ops or f"node_{node}" not in views:
            return found
        matrices.append(views[f"node_{node}"][space.ops.index(name), read])
    found["nodes"] = np.stack(matrices)
    return found
