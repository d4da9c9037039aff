"""The shared micro child against the authors' search graph."""

import re

import fixed
import goldens
import numpy as np
import pytest
import shared

from enas_tf.children import micro as micro_child
from enas_tf.config.sections import ChildConfig
from enas_tf.spaces import micro

recordings = pytest.mark.parametrize("paths", goldens.cases("micro_shared"))

# Their names -> ours, one after the other.
RENAMED = {
    r"^child/": "",
    r"^stem_conv/": "stem/",
    r"^fc/": "classifier/",
    r"^layer_(\d+)/cell_\d+/[xy]/conv_(\dx\d)/stack_": r"cell_\1/edges/sepconv\2/",
    r"^layer_(\d+)/calibrate/pool_x/": r"cell_\1/first/",
    r"^layer_(\d+)/calibrate/pool_y/": r"cell_\1/second/",
    r"^layer_(\d+)/final_conv/": r"cell_\1/out/",
    r"^layer_(\d+)/(?=bn/|path)": r"cell_\1/halve/",
    r"^aux_head/proj/": "aux_head/project/",
    r"^aux_head/avg_pool/": "aux_head/conv/",
    r"^aux_head/fc/": "aux_head/classifier/",
    r"/bn/": "/",
    r"/path(\d)_conv/w$": r"/path\1",
    r"/w$": "/kernel",
    r"/w_depth$": "/depthwise",
    r"/w_point$": "/pointwise",
}


def home(theirs: str) -> tuple[str, slice]:
    """Our name of their weight, and which of our rows it is: all, but of an edge."""
    ours = theirs
    for pattern, replacement in RENAMED.items():
        ours = re.sub(pattern, replacement, ours)
    edge = re.search(r"/cell_(\d+)/([xy])/", theirs)
    if not edge:
        return ours, slice(None)
    # Both operands of block b have a row for each of b + 2 nodes.
    width = int(edge[1]) + 2
    start = sum(2 * (block + 2) for block in range(int(edge[1])))
    start += width if edge[2] == "y" else 0
    return ours, slice(start, start + width)


def empty_weights(child) -> goldens.Arrays:
    """NaN in the shape of every weight; of packed ones their pieces."""
    vectors = [owner.vector for owner in shared.owners(child)]
    arrays = shared.named(child, vectors)
    return {n: np.full_like(a, np.nan) for n, a in arrays.items() if n[-6:] != "/edges"}


def load(child, arrays: goldens.Arrays):
    """`child` with the recorded weights, every one of them."""
    weights = empty_weights(child)
    for name, theirs in goldens.below(arrays, "var/").items():
        if "/moving_" not in name:
            ours, rows = home(name)
            weights[ours][rows] = theirs.reshape(weights[ours][rows].shape)
    assert not any(np.isnan(weight).any() for weight in weights.values())
    aux = goldens.below(weights, shared.AUX)
    child.parameters.load({n: w for n, w in weights.items() if shared.AUX not in n})
    if child.aux_parameters is not None:
        child.aux_parameters.load(aux)
    return child


def aligned(ours: goldens.Arrays, theirs: goldens.Arrays):
    """By their names, so that each of their variables is compared for itself."""
    found = {}
    for name, wanted in theirs.items():
        our_name, rows = home(name)
        part = ours[our_name][rows]
        found[name] = part.reshape(wanted.shape) if wanted.ndim else part
    return found, theirs


def build(arrays: goldens.Arrays) -> shared.Case:
    cells = sum(name.endswith("/final_conv/w") for name in goldens.below(arrays, "var"))
    config = ChildConfig(
        num_layers=cells - 2,
        out_filters=arrays["var/child/stem_conv/w"].shape[-1] // 3,
        keep_prob=1.0,
        use_aux_heads=any("/aux_head/" in name for name in arrays),
    )
    space = micro.MicroSpace(micro.blocks_of_length(arrays["arcs"].shape[1]))
    child = micro_child.SharedMicroChild(space, config, **fixed.sizes(arrays))
    return shared.Case(space, load(child, arrays), aligned)


@recordings
def test_parameter_counts_are_theirs(paths):
    shared.check_count(build, paths)
    arrays, case = shared.opened(build, *paths)
    aux = case.child.aux_parameters.vector
    assert aux.shape == (int(arrays["num_aux_params"]),)


@recordings
def test_every_gradient_of_theirs_is_compared(paths):
    arrays = goldens.load(paths)
    weights = {n for n in goldens.below(arrays, "var/") if "/moving_" not in n}
    norms = set(goldens.below(arrays, "gradnorm0/"))
    assert set(shared.recorded(arrays, 0)) | norms == weights


@recordings
def test_logits_losses_and_gradients_of_both_heads(paths):
    shared.check_training(build, paths, heads=("", "aux_"))


@recordings
def test_loss_and_gradient_norm_with_l2_on_all_but_the_auxiliary_head(paths):
    shared.check_l2(build, paths)


@recordings
def test_an_evaluation_uses_the_statistics_of_the_batch_in_one_trace(paths):
    shared.check_graph(build, paths, wanted="eval_logits")
