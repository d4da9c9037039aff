"""One macro arc as a plain graph; see plain.py."""

from collections.abc import Sequence

import tensorflow as tf

from enas_tf.benchmark.plain import OwnWeights
from enas_tf.children import op_forms
from enas_tf.nn import image_ops
from enas_tf.spaces import macro, op_rows
from enas_tf.spaces.macro import MacroArc


def features(x: tf.Tensor, own: OwnWeights, arc: MacroArc) -> tuple[tf.Tensor, None]:
    """From the stem's output to the classifier's input."""
    pools = macro.pool_layers(len(arc.ops))
    sources = [x]
    for layer, (op, skips) in enumerate(zip(arc.ops, arc.skips, strict=True)):
        sources.append(_layer(sources, own, f"layer_{layer}", op, skips))
        if layer in pools:
            sources = [
                own.reduction(source, f"pool_{layer}", row)
                if _is_read(row, arc, layer + 1)
                else source
                for row, source in enumerate(sources)
            ]
    return sources[-1], None


def _is_read(source: int, arc: MacroArc, first: int) -> bool:
    """Whether a layer from `first` on, or the classifier, reads the source."""
    later = range(first, len(arc.ops))
    return source == first or any(arc.skips[layer][source] for layer in later)


def _layer(
    sources: list[tf.Tensor], own: OwnWeights, name: str, op: int, skips: Sequence[int]
) -> tf.Tensor:
    x = image_ops.pointwise(sources[-1], own(f"{name}/in/kernel", op))
    x = tf.nn.relu(own.norm(x, f"{name}/in", op))
    y = _op(x, own, name, op)
    if len(sources) == 1:
        return y
    read = [s for bit, s in zip(skips, sources[:-1], strict=True) if bit]
    return own.norm(tf.add_n([y, *read]), f"{name}/skip")


def _op(x: tf.Tensor, own: OwnWeights, name: str, number: int) -> tf.Tensor:
    op = op_forms.MACRO[number]
    y = op.apply(x, own.pieces(f"{name}/{op.name}", op.pieces(x.shape[-1])))
    if not op.normed:
        return y
    row = len(op_forms.normed(op_rows.MACRO.names[:number]))
    epsilon = image_ops.BN_MASKED_EPSILON
    return tf.nn.relu(own.norm(y, f"{name}/out", row, epsilon=epsilon))
