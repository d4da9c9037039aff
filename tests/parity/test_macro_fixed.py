"""The final macro child against the authors' fixed-arc graph."""

import fixed
import goldens
import keras
import pytest

from enas_tf.children import final_macro
from enas_tf.config.sections import ChildConfig
from enas_tf.spaces import macro

recordings = pytest.mark.parametrize("paths", goldens.cases("macro_fixed"))


def build(arrays: goldens.Arrays, row: int) -> keras.Model:
    tokens = [int(token) for token in arrays["arcs"][row]]
    space = macro.MacroSpace(goldens.num_layers(len(tokens)))
    config = ChildConfig(
        out_filters=arrays["var/child/stem_conv/w"].shape[-1],
        keep_prob=1.0,
        plain_separable=True,
    )
    model = final_macro.final_macro_child(
        space.decode(tokens), config, **fixed.sizes(arrays)
    )
    return fixed.load(model, arrays)


@recordings
def test_every_variable_that_matters_has_a_home(paths):
    fixed.check_homes(build, paths)


@recordings
def test_inference_logits_use_the_moving_statistics(paths):
    fixed.check_inference(build, paths)


@recordings
def test_training_logits_loss_and_gradients(paths):
    fixed.check_training(build, paths, heads=("",))


@recordings
def test_loss_and_gradient_norm_with_l2(paths):
    fixed.check_l2(build, paths)


@recordings
def test_the_parameter_count_is_theirs(paths):
    fixed.check_count(build, paths)
