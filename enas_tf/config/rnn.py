"""The settings of the rnn child: a section of config/sections.py's `Config`.

No TensorFlow, as there.
"""

import dataclasses
import functools
from typing import Any

from enas_tf.config import fields
from enas_tf.config.fields import Carrier
from enas_tf.config.spaces import registry

AVERAGES = ("loose", "all")
SOFTMAXES = ("full", "adaptive", "sampled")  # the first is the published one

_field = functools.partial(fields.field, spaces=registry.Names("texts"))
_of_many = functools.partial(fields.field, spaces=registry.Names("large vocabularies"))


def _rate(default: float, of_what: str) -> Any:
    """A probability to drop, below 1."""
    return _field(default, f"Dropout {of_what}", low=0.0, high=1 - 1e-6)


@dataclasses.dataclass(frozen=True)
class RnnChildConfig(Carrier):
    """The rnn child: its size, and the dropout and penalties of its training.

    Named as in the authors' corrected code. A `drop_` is the probability to drop.
    """

    bptt_steps: int = _field(
        35, "Words that a training step reads, on average.", low=1, high=10_000
    )
    hidden_size: int = _field(
        200, "Units of the state, of a node and of a word's embedding.", low=1
    )
    init_range: float = _field(
        0.04, "The first weights are uniform between minus and plus it.", low=1e-6
    )
    average: str = _field(
        "loose",
        "The nodes whose average is the new state: the loose ends, which no node "
        "reads, or all but node 0, as in the authors' code.",
        choices=AVERAGES,
        spaces=registry.Names("averaged nodes"),
    )
    drop_e: float = _rate(0.1, "of a word, wherever a minibatch reads it.")
    drop_i: float = _rate(0.2, "of an entry of the embeddings.")
    drop_x: float = _rate(0.75, "of an entry of the word that node 0 reads.")
    drop_l: float = _rate(0.25, "of an entry of the state or node that a node reads.")
    drop_o: float = _rate(0.75, "of an entry of the states before the softmax.")
    drop_w: float = _rate(0.0, "of a weight between a node and what it reads.")
    alpha: float = _field(
        0.0, "Weight of the mean square of the states in the loss.", low=0.0
    )
    beta: float = _field(
        1.0, "Weight of the mean square of a state's change in a step.", low=0.0
    )
    weight_decay: float = _field(
        8e-7, "Weight of the sum of squared weights of the arc's nodes.", low=0.0
    )
    nonmono: int = _field(
        10,
        "Average the weights once validation perplexity has not been at its best for "
        "more than so many epochs; 0: never. Training one arc only.",
        low=0,
    )
    softmax: str = _of_many(
        "full",
        "How words are scored: all of them (full), by a tree whose rarer words have "
        "shorter vectors (adaptive), or in training only a sample of them (sampled). "
        "For more than 10,000 words; evaluations, rewards and exports are exact.",
        choices=SOFTMAXES,
    )
    softmax_cutoffs: str = _of_many(
        "2000,10000",
        "Words, from the most frequent one, behind which a cluster of the adaptive "
        "softmax begins; rising, with commas. Those beyond the vocabulary do nothing.",
    )
    softmax_samples: int = _of_many(
        1000,
        "Different words that a training step of the sampled softmax draws.",
        low=1,
        high=10**7,
    )
    own: tuple[object, ...] = ()

    @property
    def by_frequency(self) -> bool:
        """Whether a word's number is to be its place by frequency."""
        return self.softmax != SOFTMAXES[0]

    def cutoffs(self, vocab_size: int) -> tuple[int, ...]:
        """Those of an adaptive softmax of so many words; of the others none."""
        if self.softmax != "adaptive":
            return ()
        # `command/softmax_checks.py` has looked at what is written there.
        all_of_them = map(int, self.softmax_cutoffs.split(","))
        return tuple(cutoff for cutoff in all_of_them if cutoff < vocab_size)
