"""The shared child with an arc against a plain graph of the same arc and weights.

The plain graph is written from the description of the network, with TensorFlow's own
functions, a variable per kernel and Python's `if` where the shared child switches.
"""

import numpy as np
import pytest
import tensorflow as tf
import toys

from enas_tf.spaces import macro

POOLS = {4: (0, 1), 6: (1, 3)}  # after each third of the layers


def plain_norm(x, scale, offset, epsilon=1e-5):
    mean, variance = tf.nn.moments(x, [0, 1, 2])
    return tf.nn.batch_normalization(x, mean, variance, offset, scale, epsilon)


def plain_op(x, w, op, row):
    """One op of a layer; row: its place among the convolutions."""
    name = macro.OPS[op]
    if name == "avgpool3x3":
        return tf.nn.avg_pool2d(x, 3, 1, "SAME")
    if name == "maxpool3x3":
        return tf.nn.max_pool2d(x, 3, 1, "SAME")
    if name.startswith("sep"):
        point = w[f"{name}/pointwise"][None, None]
        depthwise = w[f"{name}/depthwise"]
        x = tf.nn.separable_conv2d(x, depthwise, point, [1, 1, 1, 1], "SAME")
    else:
        x = tf.nn.conv2d(x, w[f"{name}/kernel"], 1, "SAME")
    return tf.nn.relu(plain_norm(x, w["out/scale"][row], w["out/offset"][row], 1e-3))


def plain_layer(sources, w, op, skips):
    x = tf.nn.conv2d(sources[-1], w["in/kernel"][op][None, None], 1, "SAME")
    x = tf.nn.relu(plain_norm(x, w["in/scale"][op], w["in/offset"][op]))
    x = plain_op(x, w, op, row=op)  # convolutions come first among the ops
    if len(sources) == 1:
        return x
    for bit, source in zip(skips, sources[:-1], strict=True):
        if bit:
            x = x + source
    return plain_norm(x, w["skip/scale"], w["skip/offset"])


def plain_reduction(x, w, row):
    first = tf.nn.conv2d(x, w["path1"][row][None, None], 2, "VALID")
    shifted = tf.pad(x[:, 1:, 1:], [[0, 0], [0, 1], [0, 1], [0, 0]])
    second = tf.nn.conv2d(shifted, w["path2"][row][None, None], 2, "VALID")
    both = tf.concat([first, second], axis=3)
    return plain_norm(both, w["scale"][row], w["offset"][row])


def below(prefix, weights):
    return {n.removeprefix(prefix): w for n, w in weights.items() if prefix in n}


def plain_logits(images, weights, arc):
    x = tf.nn.conv2d(images, weights["stem/kernel"], 1, "SAME")
    sources = [plain_norm(x, weights["stem/scale"], weights["stem/offset"])]
    for layer, (op, skips) in enumerate(zip(arc.ops, arc.skips, strict=True)):
        w = below(f"layer_{layer}/", weights)
        sources.append(plain_layer(sources, w, op, skips))
        if layer in POOLS[len(arc.ops)]:
            w = below(f"pool_{layer}/", weights)
            sources = [plain_reduction(x, w, row) for row, x in enumerate(sources)]
    return tf.reduce_mean(sources[-1], axis=[1, 2]) @ weights["classifier/kernel"]


def loss(logits):
    labels = tf.range(logits.shape[0]) % toys.NUM_CLASSES
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
    return tf.reduce_mean(losses)


def random_values(child):
    """Weights that are all different, scales and offsets too."""
    rng = np.random.default_rng(5)
    return {
        name: (view + rng.normal(0.0, 0.3, view.shape)).numpy().astype(np.float32)
        for name, view in child.parameters.views().items()
    }


@pytest.mark.parametrize(("layers", "arcs"), [(4, 5), (6, 2)])
def test_logits_and_gradients_of_random_arcs(layers, arcs):
    space = macro.MacroSpace(layers)
    child = toys.child(space)
    values = random_values(child)
    child.parameters.load(values)
    weights = {name: tf.Variable(value) for name, value in values.items()}
    rng = np.random.default_rng(layers)
    images = rng.normal(size=(6, 8, 8, 3)).astype(np.float32)

    @tf.function(autograph=False)
    def ours(tokens):
        vector = child.parameters.vector
        with tf.GradientTape() as tape:
            logits = child(images, arc=space.decode(tokens)).logits
            value = loss(logits)
        return logits, child.parameters.unpack(tape.gradient(value, vector))

    for tokens in space.random(rng, arcs):
        with tf.GradientTape() as tape:
            wanted = plain_logits(images, weights, space.decode(tokens))
            value = loss(wanted)
        gradients = tape.gradient(value, weights, unconnected_gradients="zero")
        logits, found = ours(tf.constant(tokens))
        np.testing.assert_allclose(logits, wanted, rtol=1e-3, atol=1e-4)
        norm = tf.linalg.global_norm(list(gradients.values())).numpy()
        assert norm > 0.01
        for name, gradient in gradients.items():
            dense = tf.convert_to_tensor(gradient)
            far = np.abs(found[name] - dense).max()
            assert far <= 1e-3 * max(np.abs(dense).max(), 1e-2 * norm), name
