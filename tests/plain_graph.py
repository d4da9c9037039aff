"""What the plain graphs of the shared children are made of, and the comparison.

TensorFlow's own functions, and a variable for each weight.
"""

import numpy as np
import shared_children
import tensorflow as tf
import toys


def plain_norm(x, w, epsilon=1e-5):
    """BN by the batch's statistics; w: scale and offset."""
    mean, variance = tf.nn.moments(x, [0, 1, 2])
    return tf.nn.batch_normalization(
        x, mean, variance, w["offset"], w["scale"], epsilon
    )


def plain_stem(images, weights):
    w = below("stem/", weights)
    return plain_norm(tf.nn.conv2d(images, w["kernel"], 1, "SAME"), w)


def plain_pool(x, name):
    pool = dict(avgpool3x3=tf.nn.avg_pool2d, maxpool3x3=tf.nn.max_pool2d)[name]
    return pool(x, 3, 1, "SAME")


def plain_separable(x, depthwise, pointwise):
    """pointwise: [C, C]."""
    kernels = depthwise, pointwise[None, None]
    return tf.nn.separable_conv2d(x, *kernels, [1, 1, 1, 1], "SAME")


def plain_pointwise(x, kernel):
    return tf.nn.conv2d(x, kernel[None, None], 1, "SAME")


def plain_reduction(x, w):
    """Factorised: every second pixel, and every second one of the shifted map."""
    first = tf.nn.conv2d(x, w["path1"][None, None], 2, "VALID")
    shifted = tf.pad(x[:, 1:, 1:], [[0, 0], [0, 1], [0, 1], [0, 0]])
    second = tf.nn.conv2d(shifted, w["path2"][None, None], 2, "VALID")
    return plain_norm(tf.concat([first, second], axis=3), w)


def plain_classifier(x, weights):
    return tf.reduce_mean(x, axis=[1, 2]) @ weights["classifier/kernel"]


def below(prefix, weights):
    length = len(prefix)
    return {n[length:]: w for n, w in weights.items() if n.startswith(prefix)}


def row_of(weights, row):
    return {name: weight[row] for name, weight in weights.items()}


def loss(logits):
    labels = tf.range(logits.shape[0]) % toys.NUM_CLASSES
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
    return tf.reduce_mean(losses)


def random_values(parameters):
    """Weights that are all different, scales and offsets too."""
    rng = np.random.default_rng(5)
    return {
        name: (value + rng.normal(0.0, 0.3, value.shape)).astype(np.float32)
        for name, value in shared_children.weights_of(parameters).items()
    }


def check(space, child, plain_logits, *, arcs):
    """Logits and gradients of random arcs, the child's in one trace.

    `plain_logits` is given images, weights by name and the arc.
    """
    values = random_values(child.parameters)
    child.parameters.load(values)
    weights = {name: tf.Variable(value) for name, value in values.items()}
    rng = np.random.default_rng(arcs)
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
        _check_gradients(found, gradients)
    assert ours.experimental_get_tracing_count() == 1


def _check_gradients(found, gradients):
    dense = {name: tf.convert_to_tensor(one) for name, one in gradients.items()}
    norm = tf.linalg.global_norm(list(dense.values())).numpy()
    assert norm > 0.01
    for name, gradient in dense.items():
        far = np.abs(found[name] - gradient).max()
        assert far <= 1e-3 * max(np.abs(gradient).max(), 1e-2 * norm), name
