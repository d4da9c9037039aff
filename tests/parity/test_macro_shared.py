"""The shared macro child against the authors' search graph."""

import goldens
import numpy as np
import pytest
import tensorflow as tf

from enas_tf.children import macro as macro_child
from enas_tf.config import ChildConfig
from enas_tf.spaces import macro

L2_REG = 2e-4  # of the recording

recordings = pytest.mark.parametrize("paths", goldens.cases("macro_shared"))

OUT = dict(conv3x3="out_conv_3", conv5x5="out_conv_5")
OUT |= dict(sepconv3x3="out_conv_3", sepconv5x5="out_conv_5")


def space_of(arrays: goldens.Arrays) -> macro.MacroSpace:
    layers = goldens.num_layers(arrays["arcs"].shape[1])
    ops = {int(name.split("branch_")[1][0]) for name in arrays if "branch_" in name}
    return macro.MacroSpace(layers, num_ops=len(ops))


def ours_from(theirs: goldens.Arrays, space: macro.MacroSpace) -> goldens.Arrays:
    """Their variables (or gradients), by their names, stacked under our names."""
    get = {name.removeprefix("child/"): array for name, array in theirs.items()}
    ours = {
        "stem/kernel": get["stem_conv/w"],
        "stem/scale": get["stem_conv/bn/scale"],
        "stem/offset": get["stem_conv/bn/offset"],
        "classifier/kernel": get["fc/w"],
    }
    for layer in range(space.num_layers):
        ours |= layer_from(get, layer, space)
    return ours


def layer_from(get: goldens.Arrays, layer: int, space: macro.MacroSpace):
    def stack(names):
        return np.stack([get[name] for name in names])

    ours, name = {}, f"layer_{layer}"
    branches = [f"{name}/branch_{i}" for i in range(len(space.ops))]
    first = [
        f"{branch}/{'inp_conv_1' if op in OUT else 'conv_1'}"
        for branch, op in zip(branches, space.ops, strict=True)
    ]
    ours[f"{name}/in/kernel"] = stack(f"{one}/w" for one in first)[:, 0, 0]
    outs = {
        op: f"{branch}/{OUT[op]}"
        for branch, op in zip(branches, space.ops, strict=True)
        if op in OUT
    }
    for op, out in outs.items():
        if op.startswith("sep"):
            ours[f"{name}/{op}/depthwise"] = get[f"{out}/w_depth"]
            ours[f"{name}/{op}/pointwise"] = get[f"{out}/w_point"].T
        else:
            ours[f"{name}/{op}/kernel"] = get[f"{out}/w"]
    for part in ("scale", "offset"):
        ours[f"{name}/in/{part}"] = stack(f"{one}/bn/{part}" for one in first)
        ours[f"{name}/out/{part}"] = stack(f"{o}/bn/{part}" for o in outs.values())
        if layer:
            ours[f"{name}/skip/{part}"] = get[f"{name}/skip/bn/{part}"]
    if layer in macro.pool_layers(space.num_layers):
        sources = [f"{name}/pool_at_{layer}/from_{i}" for i in range(layer + 2)]
        sources = [s if f"{s}/bn/scale" in get else s.split("/", 1)[1] for s in sources]
        for half in (1, 2):
            rows = stack(f"{s}/path{half}_conv/w" for s in sources)
            ours[f"pool_{layer}/path{half}"] = rows[:, 0, 0]
        for part in ("scale", "offset"):
            ours[f"pool_{layer}/{part}"] = stack(f"{s}/bn/{part}" for s in sources)
    return ours


def build(arrays: goldens.Arrays):
    space = space_of(arrays)
    child = macro_child.SharedMacroChild(
        space,
        ChildConfig(out_filters=arrays["var/child/fc/w"].shape[0], keep_prob=1.0),
        image_shape=arrays["images"].shape[1:],
        num_classes=arrays["var/child/fc/w"].shape[1],
        seed=0,
    )
    child.parameters.load(ours_from(goldens.below(arrays, "var/"), space))
    return space, child


def loss_and_gradient(child, arrays, arc):
    vector = child.parameters.vector
    with tf.GradientTape() as tape:
        logits = child(
            arrays["images"], arc=arc, training=True, seed=tf.constant([0, 0])
        ).logits
        loss = tf.reduce_mean(
            tf.nn.sparse_softmax_cross_entropy_with_logits(arrays["labels"], logits)
        )
    return logits, loss, tape.gradient(loss, vector)


@recordings
def test_parameter_count_is_theirs(paths):
    arrays = goldens.load(paths)
    _, child = build(arrays)
    assert child.parameters.vector.shape[0] == int(arrays["num_params"])


@recordings
def test_logits_loss_and_gradients_of_every_variable(paths):
    arrays = goldens.load(paths)
    space, child = build(arrays)
    for row, wanted in enumerate(arrays["train_logits"]):
        arc = space.decode(arrays["arcs"][row])
        logits, loss, gradient = loss_and_gradient(child, arrays, arc)
        goldens.assert_close(logits, wanted, f"logits of arc {row}")
        goldens.assert_close(loss, arrays["train_ce"][row], f"loss of arc {row}")
        theirs = complete_gradients(arrays, row)
        ours = {n: g.numpy() for n, g in child.parameters.unpack(gradient).items()}
        goldens.assert_gradients_close(ours, ours_from(theirs, space))


def complete_gradients(arrays: goldens.Arrays, row: int) -> goldens.Arrays:
    """Recorded gradients, zero where the loss does not reach a variable."""
    found = goldens.below(arrays, f"grad{row}/")
    unreached = {str(name) for name in arrays["vars_without_grad"]} - {""}
    zeros = {name: np.zeros_like(arrays[f"var/{name}"]) for name in unreached}
    return {**zeros, **found}


@recordings
def test_loss_and_gradient_norm_with_l2_over_all_weights(paths):
    arrays = goldens.load(paths)
    space, child = build(arrays)
    for row, wanted in enumerate(arrays["train_grad_norm_with_l2"]):
        arc = space.decode(arrays["arcs"][row])
        _, loss, gradient = loss_and_gradient(child, arrays, arc)
        weights = child.parameters.vector.numpy()
        goldens.assert_close(
            np.linalg.norm(gradient + 2 * L2_REG * weights), wanted, "norm"
        )
        total = loss + L2_REG * np.sum(np.square(weights, dtype=np.float64))
        goldens.assert_close(total, arrays["train_total_loss_with_l2"][row], "loss")


@recordings
def test_a_graph_gives_what_eager_execution_gives(paths):
    arrays = goldens.load(paths)
    space, child = build(arrays)

    @tf.function(autograph=False)
    def logits(tokens):
        arc = space.decode(tokens)
        return child(arrays["images"], arc=arc).logits

    for row, wanted in enumerate(arrays["train_logits"]):
        goldens.assert_close(logits(tf.constant(arrays["arcs"][row])), wanted, "graph")
    assert logits.experimental_get_tracing_count() == 1
