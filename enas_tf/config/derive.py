"""The settings of deriving: a section of config/sections.py's `Config`.

No TensorFlow, as there.
"""

import dataclasses

from enas_tf.config import fields
from enas_tf.config.spaces import registry

RANKS = ("measure", "log_likelihood")

field = fields.field
_with = registry.Names  # the spaces that have a part


@dataclasses.dataclass(frozen=True)
class DeriveConfig:
    """The choice of the best arc after a search."""

    num_samples: int = field(
        100, "Arcs to sample from the policy, and at random.", low=2
    )
    batches: str = field(
        "1",
        "Validation batches that rank an arc: a number, or `all` but a fifth, which "
        "checks the choice.",
    )
    rank_by: str = field(
        "measure",
        "Mean that ranks the arcs: of what is measured, accuracy, or of the log "
        "likelihood of the right classes, which tells more of an arc by as many "
        "images.",
        choices=RANKS,
        spaces=_with("images"),
    )
    size_control: bool = field(
        False,
        "Score random arcs of the sizes of the policy's as well, one for each: what "
        "the controller learned beyond size. Half as many scores more.",
        spaces=_with("images"),
    )
    neutral_epochs: int = field(
        0,
        "Train a copy of the shared weights for so many epochs on uniformly random "
        "arcs, at a tenth of the search's first learning rate, and compare under it "
        "as well: the search's weights favour the policy's arcs.",
        low=0,
        high=10_000,
    )
    evolution: int = field(
        0,
        "Also find so many arcs by regularised evolution under the shared weights, on "
        "the examples that choose: listed in arcs/derived.jsonl, for comparison; 0: "
        "none.",
        low=0,
        high=10**6,
    )
    retrain_top: int = field(
        0,
        "Train so many of the best arcs from scratch, without validation data, and "
        "take the best of them by validation; 0: none.",
        low=0,
    )
    retrain_epochs: int = field(
        1,
        "Epochs of each of these trainings, and of their first cosine cycle; all else "
        "as in --mode=train.",
        low=1,
        high=10_000,
    )
