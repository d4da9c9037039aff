"""The common parts of shared image children: stem, classifier, their weights.

A subclass says what lies between. Weights live in one flat vector
(nn/parameters.py); an auxiliary head, which L2 leaves out, has a vector of its own.
"""

import abc
from collections.abc import Sequence
from typing import Generic, NamedTuple, TypeVar

import keras
import tensorflow as tf

from enas_tf.children.output import ChildOutput
from enas_tf.nn import image_ops
from enas_tf.nn.parameters import Packed, Parameters, Weight

Views = dict[str, tf.Tensor]
ArcT = TypeVar("ArcT")  # of the space


class Features(NamedTuple):
    """The features of an image, which a child then classifies.

    Attributes:
      map: [B, h, w, C] float32, to be averaged.
      aux: the map that an auxiliary head sees, if there is one.
    """

    map: tf.Tensor
    aux: tf.Tensor | None = None


class SharedImageChild(keras.layers.Layer, abc.ABC, Generic[ArcT]):
    """Every arc of an image space on one set of weights.

    Normalises with the batch's own statistics in training and evaluation alike.
    """

    def __init__(
        self, weights: Sequence[Weight | Packed], *, keep_prob: float, seed: int
    ):
        """Create the child.

        Args:
          weights: all that there are, the stem's and the classifier's too, in the order
            in which checkpoints hold them.
          keep_prob: of the features in front of the classifier, in training.
          seed: of all initial weights.
        """
        super().__init__(name="shared_child")
        self.keep_prob = keep_prob
        self.parameters = Parameters(weights, seed=seed)
        self.aux_parameters: Parameters | None = None
        self.built = True

    def initial_state(self, batch_size: int) -> None:
        """Nothing is carried from batch to batch."""
        return None

    @abc.abstractmethod
    def features(self, x: tf.Tensor, views: Views, *, arc: ArcT) -> Features:
        """From the stem's output to what is classified.

        Args:
          x: [B, H, W, S] float32, the stem's output.
          views: all weights by name.
          arc: of scalar int tensors (or ints).
        """

    def aux_logits(self, x: tf.Tensor) -> tf.Tensor | None:
        """The auxiliary head's logits of its map; no head by default."""
        return None

    def call(
        self,
        images: tf.Tensor,
        *,
        arc: ArcT,
        training: bool = False,
        seed: tf.Tensor | None = None,
    ) -> ChildOutput:
        """Run one arc.

        Args:
          images: [B, H, W, channels] float32, standardised.
          arc: of scalar int tensors (or ints).
          training: whether to drop features before the classifier, and to run an
            auxiliary head.
          seed: [2] int32 for that, needed in training.
        """
        views = self.parameters.views()
        stem = views_under("stem/", views)
        x = image_ops.conv(images, stem["kernel"])
        x = image_ops.batch_norm(x, stem["scale"], stem["offset"])
        found = self.features(x, views, arc=arc)
        pooled = image_ops.global_average(found.map)
        if training:
            pooled = image_ops.dropout(pooled, self.keep_prob, seed)
        logits = tf.matmul(pooled, views["classifier/kernel"])
        aux = self.aux_logits(found.aux) if training else None
        return ChildOutput(logits, aux_logits=aux)


def views_under(prefix: str, views: Views) -> Views:
    """The views whose path begins with `prefix`, by the rest of it."""
    length = len(prefix)
    return {n[length:]: w for n, w in views.items() if n.startswith(prefix)}


def stem_weights(channels: int, filters: int) -> list[Weight]:
    """3x3 convolution and BN."""
    kernel = Weight("stem/kernel", (3, 3, channels, filters), fan_in=9 * channels)
    return [kernel, *norm_weights("stem", (filters,))]


def classifier_weights(filters: int, num_classes: int) -> list[Weight]:
    """[C, classes], no bias."""
    return [Weight("classifier/kernel", (filters, num_classes), fan_in=filters)]


def norm_weights(
    name: str, shape: tuple[int, ...], *, rows: tuple[str, ...] = ()
) -> list[Weight]:
    """Scale and offset of a BN, [..., C]; `rows`: see `Weight`."""
    return [
        Weight(f"{name}/scale", shape, constant=1.0, rows=rows),
        Weight(f"{name}/offset", shape, rows=rows),
    ]


def separable_weights(name: str, size: int, filters: int) -> list[Weight]:
    """A depthwise and a pointwise kernel.

    # Deviation D9: fan-in is that of the kernel really applied (depthwise: k * k).
    """
    depthwise = (size, size, filters, 1)
    return [
        Weight(f"{name}/depthwise", depthwise, fan_in=size * size),
        Weight(f"{name}/pointwise", (filters, filters), fan_in=filters),
    ]


def reduction_weights(
    name: str, filters_in: int, filters: int, *, rows: tuple[int, ...] = ()
) -> list[Weight]:
    """A factorised reduction from `filters_in` to `filters`, or `rows` of them."""
    path = (*rows, filters_in, filters // 2)
    return [
        Weight(f"{name}/path1", path, fan_in=filters_in),
        Weight(f"{name}/path2", path, fan_in=filters_in),
        *norm_weights(name, (*rows, filters)),
    ]
