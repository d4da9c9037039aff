"""The shared macro child against the authors' search graph."""

import fixed
import goldens
import numpy as np
import pytest
import shared

from enas_tf.children import macro as macro_child
from enas_tf.config.sections import ChildConfig
from enas_tf.spaces import macro

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


def build(arrays: goldens.Arrays) -> shared.Case:
    space = space_of(arrays)
    config = ChildConfig(out_filters=arrays["var/child/fc/w"].shape[0], keep_prob=1.0)
    child = macro_child.SharedMacroChild(space, config, **fixed.sizes(arrays))
    child.parameters.load(ours_from(goldens.below(arrays, "var/"), space))

    def aligned(ours, theirs):
        return ours, ours_from(theirs, space)

    return shared.Case(space, child, aligned)


@recordings
def test_parameter_count_is_theirs(paths):
    shared.check_count(build, paths)


@recordings
def test_logits_loss_and_gradients_of_every_variable(paths):
    shared.check_training(build, paths, heads=("",))


@recordings
def test_loss_and_gradient_norm_with_l2_over_all_weights(paths):
    shared.check_l2(build, paths)


@recordings
def test_a_graph_gives_what_eager_execution_gives(paths):
    shared.check_graph(build, paths, wanted="train_logits")
