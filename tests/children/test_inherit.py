"""Final children that begin with shared weights, against the shared children."""

import numpy as np
import pytest
import shared_children
import tensorflow as tf

from enas_tf.children import (
    inherit,
    inherit_macro,
    inherit_micro,
    inherit_rnn,
    shared_weights,
)
from enas_tf.children.final_macro import final_macro_child
from enas_tf.children.final_micro import final_micro_child
from enas_tf.children.final_rnn import final_rnn_child
from enas_tf.children.inherit import Final
from enas_tf.children.macro import SharedMacroChild
from enas_tf.children.micro import SharedMicroChild
from enas_tf.children.rnn import SharedRnnChild
from enas_tf.config.rnn import RnnChildConfig
from enas_tf.config.sections import ChildConfig
from enas_tf.spaces import macro, micro, rnn

CONFIG = ChildConfig(out_filters=4, keep_prob=1.0, num_layers=2)
IMAGES = dict(image_shape=(8, 8, 3), num_classes=5, seed=1)


def random_views(child):
    """The child's weights by name, each number another one; the child has them."""
    rng = np.random.default_rng(0)
    views = {
        name: rng.normal(size=one.value.shape).astype(np.float32)
        for name, one in shared_weights.labelled(
            child, [bank.vector.numpy() for _, bank in shared_weights.banks(child)]
        ).items()
    }
    shared_weights.load(child, views)
    return views


def begun(pairs, model):
    """The model with the weights of `pairs`; the paths that it has got."""
    got = []
    for weight in model.trainable_weights:
        value = pairs.get(weight.path, pairs.get(weight.name))
        if value is None:
            continue
        value = inherit.fitted(value, weight.shape)
        if value.shape == tuple(weight.shape):
            weight.assign(value)
            got.append(weight.path)
    return got


def of(model, arc, ops):
    return Final(arc, ops, [weight.path for weight in model.trainable_weights])


def test_a_macro_network_of_all_its_weights_answers_as_the_shared_child_does():
    space = macro.MacroSpace(1)
    child = SharedMacroChild(space, CONFIG, **IMAGES)
    views = random_views(child)
    # A final layer begins with a ReLU, for which there is nothing to do here.
    views["stem/offset"] = np.full([4], 9.0, np.float32)
    shared_weights.load(child, views)
    arc = macro.MacroArc((4,), ((),))  # an average pool: no ReLU behind it in either
    model = final_macro_child(arc, CONFIG, **IMAGES)
    got = begun(inherit_macro.inherited(of(model, arc, space.ops), views, space), model)
    assert len(got) == len(model.trainable_weights) == 7
    images = shared_children.images(size=8)
    np.testing.assert_allclose(
        model(images, training=True), child(images, arc=arc).logits, atol=2e-5
    )


def test_a_macro_op_brings_its_own_row_by_name():
    space = macro.MacroSpace(2).with_ops(("maxpool3x3", "sepconv5x5", "conv3x3"))
    views = random_views(SharedMacroChild(space, CONFIG, **IMAGES))
    arc = macro.MacroArc((3, 0), ((), (1,)))  # numbers of the published ops
    model = final_macro_child(arc, CONFIG, **IMAGES)
    pairs = inherit_macro.inherited(of(model, arc, macro.OPS), views, space)
    got = begun(pairs, model)
    for path, value in {
        "layer_0_conv_1x1/kernel": views["layer_0/in/kernel"][1],
        "layer_0_sepconv_5x5/depthwise_kernel": views["layer_0/sepconv5x5/depthwise"],
        "layer_0_sepconv_5x5/pointwise_kernel": views["layer_0/sepconv5x5/pointwise"],
        "layer_0_sepconv_5x5_bn/gamma": views["layer_0/out/scale"][0],
        "layer_1_conv_3x3/kernel": views["layer_1/conv3x3/kernel"],
        "layer_1_conv_3x3_bn/beta": views["layer_1/out/offset"][1],
    }.items():
        assert path in got
        np.testing.assert_array_equal(np.squeeze(pairs[path]), np.squeeze(value))
    left = {weight.path for weight in model.trainable_weights} - set(got)
    assert {path.partition("/")[0] for path in left} == {
        "layer_1_skip",
        "layer_1_skip_bn",
    }


def test_an_op_that_the_search_had_not_begins_anew():
    space = macro.MacroSpace(1).with_ops(("maxpool3x3",))
    views = random_views(SharedMacroChild(space, CONFIG, **IMAGES))
    arc = macro.MacroArc((0,), ((),))
    model = final_macro_child(arc, CONFIG, **IMAGES)
    got = begun(inherit_macro.inherited(of(model, arc, macro.OPS), views, space), model)
    assert {path.partition("/")[0] for path in got} == {
        "stem_conv",
        "stem_conv_bn",
        "fc",
    }


def test_a_plain_convolution_in_the_place_of_a_separable_one_takes_none_of_it():
    config = ChildConfig(out_filters=4, keep_prob=1.0, plain_separable=True)
    space = macro.MacroSpace(1)
    views = random_views(SharedMacroChild(space, config, **IMAGES))
    arc = macro.MacroArc((1,), ((),))
    model = final_macro_child(arc, config, **IMAGES)
    got = begun(inherit_macro.inherited(of(model, arc, space.ops), views, space), model)
    left = {weight.path for weight in model.trainable_weights} - set(got)
    assert left == {
        "layer_0_conv_3x3/kernel",
        "layer_0_conv_3x3_bn/gamma",
        "layer_0_conv_3x3_bn/beta",
    }


NORMAL = micro.Cell(inputs=(0, 1, 1, 2), ops=(0, 4, 2, 1))
REDUCE = micro.Cell(inputs=(0, 0, 1, 0), ops=(3, 0, 1, 4))


@pytest.fixture(scope="module")
def cells():
    """(shared weights by name, pairs, the paths that a final micro child has got)."""
    arc, config = (
        micro.MicroArc(NORMAL, REDUCE),
        ChildConfig(out_filters=4, num_layers=6),
    )
    space = micro.MicroSpace(2)
    sizes = dict(IMAGES, image_shape=(16, 16, 3))
    views = random_views(SharedMicroChild(space, config, **sizes))
    model = final_micro_child(arc, config, **sizes)
    pairs = inherit_micro.inherited(of(model, arc, space.ops), views, space)
    return views, pairs, begun(pairs, model), model


def test_a_micro_op_brings_the_row_of_its_operand_and_node(cells):
    views, pairs, got, _ = cells
    # Rows: two of operand 0, two of operand 1, three of operand 2, three of operand 3.
    for path, value in {
        "layer_0_cell_0_x_conv_sep_conv_0/depthwise_kernel": (
            views["cell_0/edges/sepconv3x3/0/depthwise"][0]
        ),
        "layer_1_cell_1_y_conv_sep_conv_1_bn/gamma": (
            views["cell_1/edges/sepconv5x5/1/scale"][4 + 3 + 2]
        ),
        "layer_2_cell_0_y_conv_sep_conv_1/pointwise_kernel": (
            views["cell_2/edges/sepconv3x3/1/pointwise"][2]
        ),
    }.items():
        assert path in got
        np.testing.assert_array_equal(np.squeeze(pairs[path]), np.squeeze(value))


def test_the_join_of_a_micro_cell_is_the_beginning_of_the_next(cells):
    views, pairs, got, _ = cells
    path = "layer_1_calibrate_pool_y/kernel"
    # The normal cell's loose end is node 3 alone; where nothing reads node 0 ...
    assert micro.loose_ends(NORMAL) == (3,) and path not in got
    path = "layer_3_calibrate_pool_y/kernel"  # behind the reduction of cell 2
    assert micro.loose_ends(REDUCE) == (2, 3) and path in got
    kernels = views["cell_2/out/kernel"]
    np.testing.assert_array_equal(pairs[path], np.concatenate([kernels[2], kernels[3]]))


def test_what_a_final_micro_cell_alone_has_begins_anew(cells):
    *_, got, model = cells
    left = {weight.path for weight in model.trainable_weights} - set(got)
    assert "layer_0_layer_base/kernel" in left
    halved = "layer_2_cell_1_y_conv_path1/kernel"  # an identity that is halved
    assert halved in left
    assert not {path for path in got if "layer_base" in path}


def test_an_rnn_cell_of_shared_weights_answers_as_the_shared_child_does():
    space = rnn.RnnSpace(2).with_ops(("sigmoid", "tanh", "relu"))
    config = RnnChildConfig(hidden_size=4)
    child = SharedRnnChild(space, config, vocab_size=7, seed=0)
    views = random_views(child)
    arc = rnn.RnnArc((0, 1), (1, 2))  # by `names`: relu, then sigmoid
    names = ("tanh", "relu", "sigmoid", "identity")
    model = final_rnn_child(
        arc, config, num_nodes=2, vocab_size=7, seed=0, functions=names
    )
    final = Final(arc, names, [weight.name for weight in model.trainable_weights])
    assert len(begun(inherit_rnn.inherited(final, views, space), model)) == 3
    words = tf.constant([[1, 2, 3, 4]])
    theirs = child(words, arc=rnn.RnnArc((0, 1), (2, 0))).logits
    ours, _ = model(words, model.initial_state(1))
    np.testing.assert_allclose(ours, theirs, atol=1e-5)
