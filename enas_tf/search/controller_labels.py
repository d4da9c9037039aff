"""What the places of a controller's weights are of: ops by name, decisions by place.

So a search with more ops or layers takes over what an earlier controller learned
(nn/takeover.py).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from enas_tf.nn.takeover import Labelled
from enas_tf.spaces import base


def labelled(
    values: Mapping[str, np.ndarray], tape: Sequence[base.Step], ops: Sequence[str]
) -> dict[str, Labelled]:
    """The weights of a controller, with their labels.

    Args:
      values: its weights by name, in the order of `trainable_variables`.
      tape: that it plays.
      ops: names of the ops of its space, by number.
    """
    found = _labels(tape, ops)
    return {
        name: Labelled(value, *found.get(name, ((), 0)))
        for name, value in values.items()
    }


def _labels(
    tape: Sequence[base.Step], ops: Sequence[str]
) -> dict[str, tuple[tuple[str, ...], int]]:
    """(labels, axis) of each weight that has such."""
    found: dict[str, tuple[tuple[str, ...], int]] = {}
    for step in tape:
        decision = step.decision
        # A space may ask for something else by an `Op`, which then has no names.
        if isinstance(decision, base.Op) and decision.choices == len(ops):
            for name, axis in (("embedding", 0), ("softmax", 1), ("bias", 1)):
                found[f"{decision.slot}_{name}"] = tuple(ops), axis
    found["decision_bias"] = tuple(_of_decisions(tape, ops)), 0
    return found


def _of_decisions(tape: Iterable[base.Step], ops: Sequence[str]) -> Iterator[str]:
    """A label for each number of `decision_bias`: its decision, and the choice.

    A decision is known by its place behind the last step that forgot all anchors, where
    a part of the arc begins: another cell, in the micro space.
    """
    part = place = 0
    for step in tape:
        if step.forget:
            part, place = part + 1, 0
        decision = step.decision
        if decision is None:
            continue
        skips = isinstance(decision, base.Skips)
        count = decision.num_tokens if skips else decision.choices
        named = isinstance(decision, base.Op) and count == len(ops)
        for choice in range(count):
            word = ops[choice] if named else str(choice)
            yield f"decision {part}.{place}, {decision.slot} {word}"
        place += 1
