"""The final micro child against the authors' fixed-arc graph."""

import functools
import re

import fixed
import goldens
import keras
import numpy as np
import pytest

from enas_tf.children import aux_head, final_micro
from enas_tf.config.sections import ChildConfig
from enas_tf.spaces import micro

recordings = pytest.mark.parametrize("paths", goldens.cases("micro_fixed"))


def build(arrays: goldens.Arrays, row: int, *, training: bool) -> keras.Model:
    space = micro.MicroSpace(micro.blocks_of_length(arrays["arcs"].shape[1]))
    stem = arrays["var/child/stem_conv/w"]
    config = ChildConfig(
        num_layers=num_layers(arrays),
        out_filters=stem.shape[-1] // final_micro.STEM_SCALE,
        keep_prob=1.0,
        use_aux_heads=True,
    )
    arc = space.parse(" ".join(map(str, arrays["arcs"][row])))
    model = final_micro.final_micro_child(
        arc, config, training=training, **fixed.sizes(arrays)
    )
    return fixed.load(model, arrays)


def num_layers(arrays: goldens.Arrays) -> int:
    """L of a network whose cells are layers 0 to L + 1."""
    found = [re.match(r"var/child/layer_(\d+)/", name) for name in arrays]
    return max(int(match[1]) for match in found if match) - 1


to_train = functools.partial(build, training=True)
to_export = functools.partial(build, training=False)


@recordings
def test_every_variable_that_matters_has_a_home(paths):
    fixed.check_homes(to_train, paths)


@recordings
def test_the_cells_that_reduce_are_theirs(paths):
    arrays = goldens.load(paths)
    ours = micro.reduction_cells(num_layers(arrays))
    np.testing.assert_array_equal(ours, arrays["pool_layers"])


@recordings
def test_inference_logits_use_the_moving_statistics(paths):
    fixed.check_inference(to_export, paths)


@recordings
def test_training_logits_losses_and_gradients_of_both_heads(paths):
    fixed.check_training(to_train, paths, heads=("", "aux_"))


@recordings
def test_loss_and_gradient_norm_with_l2_on_all_but_the_auxiliary_head(paths):
    fixed.check_l2(to_train, paths, spared=aux_head.NAME)


@recordings
def test_the_parameter_count_is_theirs_without_the_auxiliary_head(paths):
    fixed.check_count(to_train, paths, spared=aux_head.NAME)
