"""How likely lines are, by a file that reads ids of words: "words", "state" in.

What `nn/long_texts.py` does in a graph of TensorFlow, for engines that have the layer
alone: lines of any length are read in pieces, which bound the scores in memory.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from scipy import special

from enas_tf.data.text import vocabulary
from enas_tf.data.text import words as words_lib
from enas_tf.export.asked import Asked

SCORES = 2**22  # in a piece, over all rows: words x V


class Scores(NamedTuple):
    """Of lines: how likely each is, and how many words it has.

    Attributes:
      log_probability: [B], natural.
      num_words: [B] int, ends of lines included.
    """

    log_probability: np.ndarray
    num_words: np.ndarray


Score = Callable[[Sequence[str]], Scores]


def of_words(asked: Asked, words: Sequence[str]) -> Score:
    """A function of lines, each of which follows an end of a line.

    Args:
      asked: has "words" and "state" as inputs, "logits" and "next_state" as outputs.
      words: the vocabulary, in the order of ids; lines have no other words, unless it
        has one for the unknown.
    """
    ids = {word: number for number, word in enumerate(words)}
    unknown = ids.get(vocabulary.UNK, -1)
    (_, size) = asked.inputs["state"]

    def score(lines: Sequence[str]) -> Scores:
        texts = [[words_lib.EOS, *words_lib.of_line(line)] for line in lines]
        rows = [[ids.get(word, unknown) for word in text] for text in texts]
        counts = np.array([len(row) - 1 for row in rows])
        # Behind the end of a line stands its last word, whose scores count nothing.
        filled = np.array(
            [row + row[-1:] * (max(counts) + 1 - len(row)) for row in rows], np.int32
        )
        state = np.zeros((len(rows), size), np.float32)
        return Scores(_sums(asked, filled, counts, state, len(words)), counts)

    return score


def _sums(
    asked: Asked, ids: np.ndarray, counts: np.ndarray, state: np.ndarray, size: int
) -> np.ndarray:
    """ln P of each row behind its first word, [B] float64."""
    total = np.zeros(len(ids))
    width = max(1, SCORES // (size * len(ids)))
    for start in range(0, ids.shape[1] - 1, width):
        targets = ids[:, start + 1 : start + 1 + width]
        words = ids[:, start : start + targets.shape[1]]
        found = asked(words=words, state=state)
        state = found["next_state"]
        logs = special.log_softmax(found["logits"], axis=-1)
        logs = np.take_along_axis(logs, targets[..., None], axis=-1)[..., 0]
        columns = start + np.arange(targets.shape[1])
        counted = columns[None] < counts[:, None]
        total += np.where(counted, logs, 0).sum(axis=1, dtype=np.float64)
    return total
