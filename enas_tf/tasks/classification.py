"""Image classification: batches from memory, loss, right answers.

Data that fits stays in memory as uint8 and is gathered by index inside the graph, so
that Python is not in the hot path. Other data is read by index, batch by batch.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from enas_tf.children.output import ChildOutput
from enas_tf.data.images import augment, gather
from enas_tf.data.images.image_data import Split
from enas_tf.run import measures
from enas_tf.tasks import lessons as lessons_lib

AUX_WEIGHT = 0.4  # of an auxiliary head's loss; src/cifar10/micro_child.py


class Batch(NamedTuple):
    """Images [B, H, W, C] float32, standardised, and labels [B] int32."""

    inputs: tf.Tensor
    labels: tf.Tensor


class Augmentation(NamedTuple):
    """The random changes to training images."""

    pad: int
    flip: bool
    cutout: int


class ImageClassification:
    """Batches and measures of one data set."""

    measure = measures.ACCURACY

    def __init__(
        self,
        splits: Mapping[str, Split],
        *,
        mean: np.ndarray,
        std: np.ndarray,
        augmentation: Augmentation,
    ):
        """Takes the splits over: their images must not change from now on.

        Args:
          splits: by name; "train" is the one that is varied.
          mean: [C] float64 in 0..255 units, of "train".
          std: the same.
          augmentation: how training images are varied.
        """
        self.mean, self.std = mean, std
        self._gather = {n: gather.of(split.images) for n, split in splits.items()}
        self._labels = {n: tf.constant(split.labels) for n, split in splits.items()}
        self._mean = tf.constant(mean, tf.float32)
        self._std = tf.constant(std, tf.float32)
        self._augmentation = augmentation

    def size(self, split: str) -> int:
        """Number of examples."""
        return self._labels[split].shape[0]

    def batch(
        self, split: str, indices: tf.Tensor, *, augment_seed: tf.Tensor | None = None
    ) -> Batch:
        """The examples at `indices` [B]; varied if `augment_seed` ([2]) is given."""
        images = tf.cast(self._gather[split](indices), tf.float32)
        # Deviation D19: in 0..255 units; the original divides by 255 first.
        images = (images - self._mean) / self._std
        if augment_seed is not None:
            kinds = self._augmentation._asdict()
            images = augment.augment(images, **kinds, seed=augment_seed)
        return Batch(images, tf.gather(self._labels[split], indices))

    def loss(self, output: ChildOutput, batch: Batch) -> tf.Tensor:
        """Mean cross-entropy, [], with the auxiliary head's share."""
        loss = _cross_entropy(output.logits, batch.labels) + output.penalty
        if output.aux_logits is not None:
            loss += AUX_WEIGHT * _cross_entropy(output.aux_logits, batch.labels)
        return loss

    def measured(self, output: ChildOutput, batch: Batch) -> tf.Tensor:
        """[B] float32: 1 where the highest logit is the label's."""
        predicted = tf.argmax(output.logits, axis=1, output_type=tf.int32)
        return tf.cast(predicted == batch.labels, tf.float32)

    def log_likelihood(self, output: ChildOutput, batch: Batch) -> tf.Tensor:
        """[B] float32: log probability of the label, nats."""
        return -_cross_entropies(output.logits, batch.labels)

    def lessons(
        self, *, batch_size: int, num_epochs: int, seed: int
    ) -> lessons_lib.Shuffled[Batch]:
        """The lessons of a training on "train", for any number of epochs."""
        del num_epochs
        return lessons_lib.Shuffled(self, batch_size=batch_size, seed=seed)


def _cross_entropy(logits: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
    return tf.reduce_mean(_cross_entropies(logits, labels))


def _cross_entropies(logits: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
    return tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
