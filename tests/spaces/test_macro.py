"""The macro space: lengths, sizes, published arcs, refusals."""

import json

import numpy as np
import pytest

from enas_tf.spaces import base, macro

# Layer 0: conv5x5. Layer 1: conv3x3, the stem. Layer 2: maxpool3x3, layer 0's output.
THREE = macro.MacroSpace(3)
TOKENS = [2, 0, 1, 5, 0, 1]
ARC = macro.MacroArc((2, 0, 5), ((), (1,), (0, 1)))


@pytest.mark.parametrize(
    ("layers", "ops", "tokens", "size"),
    [
        (1, 6, 1, 6),
        (2, 6, 3, 72),
        (3, 4, 6, 512),
        (12, 6, 78, 160618186625454535808756219904),
        (24, 4, 300, 4**24 * 2**276),
    ],
)
def test_length_and_exact_size(layers, ops, tokens, size):
    space = macro.MacroSpace(layers, num_ops=ops)
    assert space.num_tokens == tokens
    assert space.size == size


def test_the_first_ops_of_the_table_are_taken():
    assert macro.MacroSpace(1).ops == macro.OPS
    assert macro.MacroSpace(1, num_ops=2).ops == ("conv3x3", "sepconv3x3")


def test_the_tape_of_two_layers():
    assert list(macro.MacroSpace(2).tape()) == [
        base.Step(base.Op("op", 6)),
        base.Step(None, anchor="state", restart=True),
        base.Step(base.Op("op", 6)),
        base.Step(base.Skips("skip", 1), anchor="state"),
    ]


@pytest.mark.parametrize(
    ("layer", "start"), [(0, 0), (1, 1), (2, 3), (3, 6), (11, 66), (23, 276)]
)
def test_layer_start(layer, start):
    assert macro.layer_start(layer) == start


@pytest.mark.parametrize(
    ("layers", "pools"),
    [(1, ()), (2, ()), (3, (0, 1)), (6, (1, 3)), (7, (1, 3))]
    + [(12, (3, 7)), (24, (7, 15))],
)
def test_pool_layers(layers, pools):
    assert macro.pool_layers(layers) == pools


@pytest.mark.parametrize(
    ("tokens", "layers"), [(1, 1), (3, 2), (6, 3), (78, 12), (300, 24)]
)
def test_layers_of_length(tokens, layers):
    assert macro.layers_of_length(tokens) == layers


@pytest.mark.parametrize("tokens", [0, 2, 77, 79, 299, 301])
def test_a_length_of_no_number_of_layers_is_refused(tokens):
    with pytest.raises(ValueError, match=f"has {tokens} integers; L layers need L"):
        macro.layers_of_length(tokens)


@pytest.mark.parametrize("kind", [list, tuple, np.asarray])
def test_tokens_decode_to_an_arc_of_plain_integers(kind):
    arc = THREE.decode(kind(TOKENS))
    assert arc == ARC
    assert {type(op) for op in arc.ops} == {int}
    assert {type(bit) for row in arc.skips for bit in row} == {int}


def test_a_tensor_decodes_to_tensors_in_and_out_of_a_graph():
    import tensorflow as tf  # seconds; the rest of this file needs none

    def total(tokens):
        arc = THREE.decode(tokens)
        assert [op.shape for op in arc.ops] == [(), (), ()]
        assert [row.shape for row in arc.skips] == [(0,), (1,), (2,)]
        return arc.ops[2] * 100 + arc.skips[1][0] * 10 + arc.skips[2][0]

    tokens = tf.constant(TOKENS)
    assert int(total(tokens)) == 510
    signature = [tf.TensorSpec([6], tf.int32)]
    assert int(tf.function(total, input_signature=signature)(tokens)) == 510
    assert THREE.encode(THREE.decode(tokens)) == TOKENS


def test_the_published_arc_means_what_it_meant():
    space = macro.MacroSpace(24, num_ops=4)
    arc = space.parse(macro.NAMED_ARCS["enas24"])
    assert arc.ops[:4] == (0, 3, 0, 2)
    assert arc.skips[:4] == ((), (0,), (1, 0), (0, 0, 1))
    assert space.describe(arc) == (
        "24 layers: 8 conv3x3, 2 sepconv3x3, 9 conv5x5, 5 sepconv5x5; 98 of 276 skips."
    )


@pytest.mark.parametrize(
    ("tokens", "message"),
    [
        ([2, 0, 1, 5, 0], "the arc has 5 integers, 3 layers need 6"),
        ([], "the arc has 0 integers, 3 layers need 6"),
        ([6, 0, 1, 5, 0, 1], "the op of layer 0 is 6, allowed are 0 to 5"),
        ([2, -1, 1, 5, 0, 1], "the op of layer 1 is -1, allowed are 0 to 5"),
        ([2, 0, 2, 5, 0, 1], "skip 0 of layer 1 is 2, allowed are 0 to 1"),
        ([2, 0, 1, 9, 0, 1], "the op of layer 2 is 9, allowed are 0 to 5"),
        ([2, 0, 1, 5, 0, 7], "skip 1 of layer 2 is 7, allowed are 0 to 1"),
    ],
)
def test_a_malformed_arc_is_refused_by_layer(tokens, message):
    with pytest.raises(ValueError) as caught:
        THREE.validate(tokens)
    assert str(caught.value) == message


def test_an_op_that_this_space_lacks_is_refused():
    with pytest.raises(ValueError, match="the op of layer 0 is 4, allowed are 0 to 3"):
        macro.MacroSpace(1, num_ops=4).parse("4")


def test_json_names_ops_and_skips():
    assert json.loads(THREE.to_json(ARC)) == {
        "version": 1,
        "space": "macro",
        "layers": [
            {"op": "conv5x5", "skips": []},
            {"op": "conv3x3", "skips": [0]},
            {"op": "maxpool3x3", "skips": [1]},
        ],
        "arc": "2 0 1 5 0 1",
    }


LAYERS = json.loads(THREE.to_json(ARC))["layers"]


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        (LAYERS[:2], "the arc has 3 integers, 3 layers need 6"),
        ([], "the arc has 0 integers, 3 layers need 6"),
        (
            [dict(op="conv7x7", skips=[]), *LAYERS[1:]],
            "layer 0 has the op 'conv7x7', allowed are conv3x3, sepconv3x3, conv5x5, "
            "sepconv5x5, avgpool3x3, maxpool3x3",
        ),
        (
            [*LAYERS[:2], dict(op="conv3x3", skips=[0, 2])],
            "layer 2 has a skip from 2, allowed are 0 (the stem) to 1",
        ),
        (
            [*LAYERS[:2], dict(op="conv3x3", skips=[-1])],
            "layer 2 has a skip from -1, allowed are 0 (the stem) to 1",
        ),
        (
            [*LAYERS[:2], dict(op="conv3x3", skips="0")],
            "skips of layer 2 is '0', not a list",
        ),
        ([dict(op="conv3x3")], "layer 0 lacks skips; its fields are op, skips"),
        ([dict(skips=[])], "layer 0 lacks op; its fields are op, skips"),
        (["conv3x3"], "layer 0 is 'conv3x3', not an object"),
        (3, "layers is 3, not a list"),
        (None, "layers is null, not a list"),
    ],
)
def test_malformed_layers_in_json_are_refused(layers, message):
    text = json.dumps(dict(version=1, space="macro", layers=layers, arc=""))
    with pytest.raises(ValueError) as caught:
        THREE.from_json(text)
    assert str(caught.value).startswith(message)


def test_json_without_layers_is_refused():
    with pytest.raises(ValueError, match="the JSON lacks layers, arc; its fields"):
        THREE.from_json('{"version": 1, "space": "macro"}')


def test_describe():
    assert THREE.describe(ARC) == (
        "3 layers: 1 conv3x3, 1 conv5x5, 1 maxpool3x3; 2 of 3 skips."
    )
    one = macro.MacroSpace(1)
    assert one.describe(one.parse("4")) == "1 layer: 1 avgpool3x3; 0 of 0 skips."


def test_statistics_count_ops_and_skips_over_all_arcs():
    space = macro.MacroSpace(3, num_ops=3)
    tokens = np.array([[2, 0, 1, 2, 0, 1], [0, 0, 0, 0, 0, 0]])
    assert space.statistics(tokens) == {
        "op_frequency/conv3x3": pytest.approx(4 / 6),
        "op_frequency/sepconv3x3": 0.0,
        "op_frequency/conv5x5": pytest.approx(2 / 6),
        "skip_rate": pytest.approx(2 / 6),
    }


def test_one_layer_has_a_skip_rate_of_zero():
    statistics = macro.MacroSpace(1).statistics(np.array([[5], [5]]))
    assert statistics["skip_rate"] == 0.0
    assert statistics["op_frequency/maxpool3x3"] == 1.0
