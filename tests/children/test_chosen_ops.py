"""Networks and costs of spaces whose ops are chosen by name."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from enas_tf.children import (
    costs_macro,
    costs_micro,
    final_macro,
    final_micro,
    final_rnn,
    macro,
    micro,
    rnn,
)
from enas_tf.config.rnn import RnnChildConfig
from enas_tf.config.sections import ChildConfig
from enas_tf.spaces.macro import MacroArc, MacroSpace
from enas_tf.spaces.micro import MicroSpace
from enas_tf.spaces.rnn import RnnArc, RnnSpace

IMAGES = dict(image_shape=(8, 8, 1), num_classes=3)
OPS = "maxpool3x3,sepconv3x3"  # 5 and 1 of macro's, 3 and 0 of micro's
PUBLISHED = ChildConfig(num_layers=2, out_filters=4)
CHOSEN = ChildConfig(num_layers=2, out_filters=4, ops=OPS)


def names(model):
    return [layer.name for layer in model.layers]


def test_the_final_child_of_a_layer_has_the_op_of_its_name():
    ours = final_macro.final_macro_child(
        MacroArc((0, 1), ((), (1,))), CHOSEN, **IMAGES, seed=0
    )
    theirs = final_macro.final_macro_child(
        MacroArc((5, 1), ((), (1,))), PUBLISHED, **IMAGES, seed=0
    )
    assert names(ours) == names(theirs)
    assert "layer_0_maxpool_3x3" in names(ours)


def test_the_final_child_of_a_cell_has_the_ops_of_their_names():
    space = MicroSpace(1).with_ops(OPS.split(","))
    text = "0 maxpool3x3 1 sepconv3x3 1 maxpool3x3 0 maxpool3x3"
    model = final_micro.final_micro_child(space.parse(text), CHOSEN, **IMAGES, seed=0)
    other = final_micro.final_micro_child(
        MicroSpace(1).parse(text), PUBLISHED, **IMAGES, seed=0
    )
    assert names(model) == names(other)


def test_the_final_cell_applies_the_functions_of_their_names():
    child, sizes = (
        RnnChildConfig(hidden_size=2),
        dict(num_nodes=1, vocab_size=5, seed=0),
    )
    words = tf.constant([[1, 2, 3]]), tf.zeros([1, 2])
    ours = final_rnn.final_rnn_child(
        RnnArc((0,), (0,)), child, **sizes, functions=("identity", "tanh")
    )
    theirs = final_rnn.final_rnn_child(RnnArc((0,), (3,)), child, **sizes)
    np.testing.assert_array_equal(ours(*words)[0], theirs(*words)[0])


def test_the_shared_layers_have_the_weights_of_the_list_alone():
    space = MacroSpace(2).with_ops(OPS.split(","))
    child = macro.SharedMacroChild(space, CHOSEN, **IMAGES, seed=0)
    found = child.parameters.weights_by_name
    assert found["layer_0/in/kernel"].shape == (2, 4, 4)
    assert [name for name in found if name.startswith("layer_0/sep")] == [
        "layer_0/sepconv3x3/depthwise",
        "layer_0/sepconv3x3/pointwise",
    ]
    x = keras.random.normal((2, 8, 8, 1), seed=0)
    logits = [child(x, arc=MacroArc((op, 0), ((), (0,)))).logits for op in (0, 1)]
    assert not np.allclose(*logits)


def test_the_whole_list_in_published_order_is_the_same_child():
    published, space = MicroSpace(2), MicroSpace(2).with_ops(MicroSpace(2).ops)
    ours, theirs = (
        micro.SharedMicroChild(one, PUBLISHED, **IMAGES, seed=0).parameters.vector
        for one in (space, published)
    )
    assert tf.reduce_all(ours == theirs)


def test_a_node_has_a_matrix_for_each_function_of_the_list():
    space = RnnSpace(2).with_ops(("identity", "tanh"))
    weights = rnn.child_weights(space, RnnChildConfig(hidden_size=2), 5)
    assert weights[-1].shape == (2, 2, 2, 4)


@pytest.mark.parametrize(
    ("costs", "of_list", "published", "places"),
    [
        (costs_macro.costs, MacroSpace(2), MacroSpace(2), (5, 1)),
        (costs_micro.costs, MicroSpace(1), MicroSpace(1), (3, 0)),
    ],
)
def test_costs_follow_the_list(costs, of_list, published, places):
    of_list = of_list.with_ops(OPS.split(","))
    tokens = of_list.random(np.random.default_rng(0), 3)
    theirs = np.where(of_list.chooses_op(), np.take(places, tokens), tokens)
    ours = costs(of_list, CHOSEN, **IMAGES)(tokens)
    np.testing.assert_array_equal(ours, costs(published, PUBLISHED, **IMAGES)(theirs))
