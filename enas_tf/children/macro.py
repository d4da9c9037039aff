"""The shared macro child: every arc of the macro space on one set of weights.

Reference: reference code src/cifar10/general_child.py, `_enas_layer`; paper section
2.3.
"""

import functools
from collections.abc import Callable

import keras
import tensorflow as tf

from enas_tf.children import op_forms, shared
from enas_tf.children.op_kinds import MacroOp
from enas_tf.config.sections import ChildConfig
from enas_tf.nn import image_ops, switch
from enas_tf.nn.parameters import Weight
from enas_tf.nn.skips import Sources
from enas_tf.spaces import macro
from enas_tf.spaces.macro import MacroArc


class MacroLayer(keras.layers.Layer):
    """One searched layer: 1x1 conv - BN - ReLU, one of the ops, the sum of its skips.

    Holds no weights: `call` is given this layer's views. What all ops begin with is
    done once, with the chosen op's row of the stacked weights; only what differs is
    inside the switch.
    """

    def __init__(self, ops: tuple[str, ...], chosen: switch.Switch, *, name: str):
        """Create the layer.

        Args:
          ops: names of the ops, in id order.
          chosen: the switch between them, the same for all layers.
          name: of the Keras layer.
        """
        super().__init__(name=name)
        self._chosen = chosen
        normed = op_forms.normed(ops)
        # Where "out/" has the row of an op; those without one get any row.
        self._places = tuple(normed.index(op) if op in normed else 0 for op in ops)

    def call(
        self,
        x: tf.Tensor,
        *,
        sources: Sources,
        op: tf.Tensor,
        skips: tf.Tensor,
        weights: dict[str, tf.Tensor],
    ) -> tf.Tensor:
        """Layer l.

        Args:
          x: [B, H, W, C] float32, the output of the layer before, or the stem's.
          sources: the stem's and all layers', x being the last one.
          op: [] int32.
          skips: [l] int32.
          weights: views.
        """
        row = _row(op, shared.views_under("in/", weights))
        x = image_ops.pointwise(x, row["kernel"])
        x = tf.nn.relu(image_ops.batch_norm(x, row["scale"], row["offset"]))
        inside = {
            n: w
            for n, w in weights.items()
            if not n.startswith(("in/", "out/", "skip/"))
        }
        # Outside of the switch, in which each node is there once for each op.
        place = tf.gather(tf.constant(self._places), op)
        inside["out"] = _row(place, shared.views_under("out/", weights))
        y = self._chosen(op, x, inside)
        if "skip/scale" not in weights:  # the first layer
            return y
        # Deviation K1 (kept): bit 0 is the stem, bit i the output of layer i - 1.
        total = sources.add_chosen(y, skips)
        return image_ops.batch_norm(
            total, weights["skip/scale"], weights["skip/offset"]
        )


def _row(number: tf.Tensor, tables: shared.Views) -> shared.Views:
    """The row of that number of each table [n, ...]."""
    if not tables:
        return {}
    return dict(zip(tables, _rows(number, *tables.values()), strict=True))


# The number is given, not captured, for the reason in nn/skips.py.
@tf.custom_gradient
def _rows(number: tf.Tensor, *tables: tf.Tensor) -> tuple[list[tf.Tensor], Callable]:
    def gradient(*dys: tf.Tensor) -> list[tf.Tensor | None]:
        # As TensorFlow does it, but in two nodes a table, not in seventeen.
        pairs = zip(dys, tables, strict=True)
        return [
            None,
            *(tf.math.unsorted_segment_sum(dy, number, t.shape[0]) for dy, t in pairs),
        ]

    return [tf.gather(table, number) for table in tables], gradient


def switch_between(ops: tuple[str, ...]) -> switch.Switch:
    """One of the ops on a map, given the weights of a layer."""
    # Deviation D1: bound early. The original's branches all ran the last one.
    return switch.Switch([functools.partial(_op, op_forms.MACRO[op]) for op in ops])


def _op(op: MacroOp, x: tf.Tensor, weights: shared.Views) -> tf.Tensor:
    y = op.apply(x, shared.views_under(f"{op.name}/", weights))
    if not op.normed:
        return y
    out = weights["out"]
    epsilon = image_ops.BN_MASKED_EPSILON
    return tf.nn.relu(
        image_ops.batch_norm(y, out["scale"], out["offset"], epsilon=epsilon)
    )


class SharedMacroChild(shared.SharedImageChild[MacroArc]):
    """Every arc of the macro space on one set of weights."""

    def __init__(
        self,
        space: macro.MacroSpace,
        config: ChildConfig,
        *,
        image_shape: tuple[int, int, int],
        num_classes: int,
        seed: int,
    ):
        """Create the child.

        Args:
          space: what is searched: layers and ops.
          config: filters of a layer, dropout.
          image_shape: [H, W, channels].
          num_classes: classes to tell apart.
          seed: of all initial weights.
        """
        filters = config.filters
        weights = _weights(space, filters, image_shape[2], num_classes)
        super().__init__(weights, keep_prob=config.keep_prob, seed=seed)
        self.pools = macro.pool_layers(space.num_layers)
        # A tuple: Keras loses layers that are kept in a list when it saves.
        chosen = switch_between(space.ops)
        self.searched = tuple(
            MacroLayer(space.ops, chosen, name=f"layer_{layer}")
            for layer in range(space.num_layers)
        )

    def features(
        self, x: tf.Tensor, views: shared.Views, *, arc: MacroArc
    ) -> shared.Features:
        """The last layer's map; see `SharedImageChild.features`.

        Args:
          x: [B, H, W, C] float32, the stem's output.
          views: all weights by name.
          arc: of scalar int tensors (or ints).
        """
        sources = Sources([x])
        for layer, searched in enumerate(self.searched):
            own = shared.views_under(f"layer_{layer}/", views)
            op, skips = arc.ops[layer], arc.skips[layer]
            x = searched(x, sources=sources, op=op, skips=skips, weights=own)
            sources.append(x)
            if layer in self.pools:
                halves = _reduce(
                    sources.all(), shared.views_under(f"pool_{layer}/", views)
                )
                x, sources = halves[-1], Sources(halves)
        return shared.Features(sources.last())


def _reduce(sources: list[tf.Tensor], weights: shared.Views) -> list[tf.Tensor]:
    """Halve every map so far, each with weights of its own."""
    rows = zip(
        *(tf.unstack(weights[n]) for n in ("path1", "path2", "scale", "offset")),
        strict=True,
    )
    return [
        image_ops.factorized_reduction(x, *row)
        for x, row in zip(sources, rows, strict=True)
    ]


def _weights(
    space: macro.MacroSpace, filters: int, channels: int, num_classes: int
) -> list[Weight]:
    """Every weight of the shared child, in a fixed order."""
    weights = shared.stem_weights(channels, filters)
    for layer in range(space.num_layers):
        weights += _layer_weights(f"layer_{layer}", space.ops, filters)
        if layer:
            weights += shared.norm_weights(f"layer_{layer}/skip", (filters,))
        if layer in macro.pool_layers(space.num_layers):
            weights += shared.reduction_weights(
                f"pool_{layer}", filters, filters, rows=(layer + 2,)
            )
    return weights + shared.classifier_weights(filters, num_classes)


def _layer_weights(layer: str, ops: tuple[str, ...], filters: int) -> list[Weight]:
    shape = (len(ops), filters, filters)
    weights = [
        Weight(f"{layer}/in/kernel", shape, fan_in=filters, rows=ops),
        *shared.norm_weights(f"{layer}/in", (len(ops), filters), rows=ops),
    ]
    for op in ops:
        weights += op_forms.MACRO[op].weights(f"{layer}/{op}", filters)
    if rows := tuple(op_forms.normed(ops)):
        weights += shared.norm_weights(f"{layer}/out", (len(rows), filters), rows=rows)
    return weights
