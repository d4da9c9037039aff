"""The work of one process of the comparison, as the processes hand it on.

No TensorFlow and no PyTorch here.
"""

import dataclasses
import json
from collections.abc import Sequence
from typing import NamedTuple

from enas_tf.config.sections import Config


class Order(NamedTuple):
    """One side's work.

    Attributes:
      space: its name.
      settings: of the published search, other values by flag.
      peer: where the child in PyTorch is, as `module:function`.
      arcs: those to run, in lists.
      sizes: numbers by the names of settings, and `classes`, `vocabulary`,
        `clipped_to`: the global norm to which a gradient is clipped, 0 for none.
      start: whether only the first step of a search counts.
    """

    space: str
    settings: dict[str, int]
    peer: str
    arcs: list
    sizes: dict[str, int | float]
    start: bool = False

    def text(self) -> str:
        """In one word of a command line."""
        return json.dumps(self._asdict())


def sizes(config: Config, *, classes: int, vocabulary: int) -> dict[str, int | float]:
    """The numbers that a child in PyTorch is made from."""
    sections = dataclasses.asdict(config.child) | dataclasses.asdict(config.rnn)
    found = {k: v for k, v in sections.items() if isinstance(v, int | float)}
    clipped = config.child.clip_mode == "global"
    return found | dict(
        batch_size=config.loop.batch_size,
        classes=classes,
        vocabulary=vocabulary,
        clipped_to=config.child.grad_bound if clipped else 0.0,
    )


def in_lists(arc: Sequence) -> list:
    """An arc of ints as JSON would give it back."""
    return json.loads(json.dumps(arc))
