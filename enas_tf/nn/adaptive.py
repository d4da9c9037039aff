"""Adaptive softmax: a tree of two levels, for words in the order of their frequency.

The problem: a score for each of 100,000 words, most of which hardly ever occur.

The idea: the head decides between the frequent words and a few clusters of rarer ones;
only where the next word is of a cluster is that cluster scored. A rare word has a
short vector, a quarter of the width in the first cluster, a sixteenth in the second and
so on, behind a projection that its cluster shares. The same vectors go in, so that
words are tied as in the published model: a word's vector is its short one times the
projection, whichever way it goes. P(word) = P(cluster) P(word | cluster), exactly.

Not for a vocabulary in another order: a place in it says how rare a word is
(`data/text/by_frequency.py`). Nor for XLA: how many words are of a cluster is known
only when they are read.

Reference: Grave et al. 2017; the way in after Baevski and Auli 2019.
"""

import dataclasses
import math
from typing import NamedTuple

import tensorflow as tf

from enas_tf.nn import cross_entropy, precision, recurrent
from enas_tf.nn.lexicon import Weights
from enas_tf.nn.parameters import Weight

SHORTER = 4  # times, from one cluster to the next


class Cluster(NamedTuple):
    """The words first <= word < end, by vectors of `width`; `number` counts from 1."""

    number: int
    first: int
    end: int
    width: int

    @property
    def size(self) -> int:
        """How many words."""
        return self.end - self.first

    @property
    def names(self) -> tuple[str, str]:
        """Of the vectors, [size, width], and of the projection, [H, width]."""
        return f"tail_{self.number}", f"project_{self.number}"


@dataclasses.dataclass(frozen=True)
class Tree:
    """The words as a tree; a `Lexicon`.

    Attributes:
      hidden_size: H.
      bounds: where the head ends and each cluster; the last is V.
    """

    hidden_size: int
    bounds: tuple[int, ...]

    @property
    def head(self) -> int:
        """How many words have vectors of the whole width."""
        return self.bounds[0]

    @property
    def clusters(self) -> list[Cluster]:
        """Those of the rarer words."""
        ends = zip(self.bounds, self.bounds[1:], strict=False)
        return [
            Cluster(n, first, end, max(1, self.hidden_size // SHORTER**n))
            for n, (first, end) in enumerate(ends, start=1)
        ]

    def weights(self, init_range: float) -> list[Weight]:
        """The head's vectors, the clusters' scores, and each cluster's two."""
        size, clusters = self.hidden_size, self.clusters
        found = [
            Weight("embedding", (self.head, size), uniform=init_range),
            Weight("clusters", (len(clusters), size), uniform=init_range),
        ]
        for cluster in clusters:
            tail, project = cluster.names
            shape = (cluster.size, cluster.width)
            # So that the vectors that go in begin as large as those of the head.
            limit = math.sqrt(3.0 / cluster.width)
            found.append(Weight(tail, shape, uniform=init_range))
            found.append(Weight(project, (size, cluster.width), uniform=limit))
        return found

    # Deviation D45: the vectors of rarer words are shorter, with --child_softmax alone.
    def vectors(
        self,
        words: tf.Tensor,
        weights: Weights,
        like: tf.Tensor,
        dropout: recurrent.Dropout,
    ) -> tf.Tensor:
        """Of the head a row; else a short vector times its cluster's projection."""
        place = tf.minimum(words, self.head - 1)
        found = tf.gather(weights["embedding"], place)
        for cluster in self.clusters:
            tail, project = (weights[name] for name in cluster.names)
            inside = (words >= cluster.first) & (words < cluster.end)
            short = tf.gather(tail, tf.where(inside, words - cluster.first, 0))
            long = tf.tensordot(short, tf.transpose(project), 1)
            found = tf.where(inside[..., tf.newaxis], long, found)
        column = tf.zeros([self.bounds[-1], 1])
        return recurrent.drop_words(found, words, column, like, dropout)

    def logits(
        self, states: tf.Tensor, weights: Weights, dropout: recurrent.Dropout
    ) -> tf.Tensor:
        """ln P of every word, which is a score: its softmax is P."""
        outputs = recurrent.dropped_outputs(states, dropout)
        head = tf.nn.log_softmax(self.head_scores(outputs, weights))
        found = [head[..., : self.head]]
        for cluster in self.clusters:
            place = self.head + cluster.number - 1
            inside = tf.nn.log_softmax(cluster_scores(outputs, weights, cluster))
            found.append(head[..., place : place + 1] + inside)
        return tf.concat(found, axis=-1)

    def losses(
        self, states: tf.Tensor, weights: Weights, dropout: recurrent.Dropout
    ) -> "TreeLosses":
        """Exact, and a cluster is scored only where the next word is of it."""
        return TreeLosses(self, recurrent.dropped_outputs(states, dropout), weights)

    def head_scores(self, outputs: tf.Tensor, weights: Weights) -> tf.Tensor:
        """Of the frequent words and then the clusters, [..., head + clusters]."""
        rows = tf.concat([weights["embedding"], weights["clusters"]], axis=0)
        return precision.lowered(recurrent.by_rows, outputs, rows)


def cluster_scores(outputs: tf.Tensor, weights: Weights, cluster: Cluster) -> tf.Tensor:
    """Of each word of `cluster`, [..., size], from outputs [..., H]."""
    tail, project = (weights[name] for name in cluster.names)
    short = tf.tensordot(outputs, project, 1)
    return precision.lowered(recurrent.by_rows, short, tail)


class TreeLosses:
    """The exact losses of words; a `WordLosses`."""

    def __init__(self, tree: Tree, outputs: tf.Tensor, weights: Weights):
        """Nothing is scored yet.

        Args:
          tree: of the words.
          outputs: [B, T, H], the states as the softmax reads them.
          weights: of the tree.
        """
        self._tree = tree
        self._outputs = outputs
        self._weights = weights
        self._last: tuple[tf.Tensor, tf.Tensor] | None = None

    def trained(self, targets: tf.Tensor) -> tf.Tensor:
        """The same as `measured`."""
        return self.measured(targets)

    def measured(self, targets: tf.Tensor) -> tf.Tensor:
        """-ln P of each word, [B, T]; asked again of the same, the same tensor."""
        if self._last is None or self._last[0] is not targets:
            self._last = targets, self._entropies(targets)
        return self._last[1]

    def _entropies(self, targets: tf.Tensor) -> tf.Tensor:
        tree, words = self._tree, tf.reshape(targets, [-1])
        outputs = tf.reshape(self._outputs, [-1, tree.hidden_size])
        branch = words
        for cluster in reversed(tree.clusters):
            place = tree.head + cluster.number - 1
            branch = tf.where(
                (words >= cluster.first) & (words < cluster.end), place, branch
            )
        head = tree.head_scores(outputs, self._weights)
        total = cross_entropy.of_words(branch, head)
        for cluster in tree.clusters:
            total += self._inside(outputs, words, cluster)
        return tf.reshape(total, tf.shape(targets))

    def _inside(
        self, outputs: tf.Tensor, words: tf.Tensor, cluster: Cluster
    ) -> tf.Tensor:
        """-ln P(word | cluster) of the words [R] that are of it, 0 of others, [R]."""
        places = tf.where((words >= cluster.first) & (words < cluster.end))  # [n, 1]
        rows = tf.gather(outputs, places[:, 0])
        own = tf.gather(words, places[:, 0]) - cluster.first
        scores = cluster_scores(rows, self._weights, cluster)
        losses = cross_entropy.of_words(own, scores)
        return tf.scatter_nd(places, losses, tf.shape(words, tf.int64))
