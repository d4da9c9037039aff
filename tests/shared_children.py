"""What the tests of the shared children share: inputs, gradients, poison."""

import numpy as np
import tensorflow as tf

from enas_tf.nn.parameters import Packed


def images(*, count=4, size=8, channels=3, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(count, size, size, channels)).astype(np.float32)


def weights_of(parameters):
    """Every weight by the name under which it is loaded: the pieces of packed ones."""
    weights = parameters.unpack(parameters.vector)
    packed = [w for w in parameters.weights_by_name.values() if isinstance(w, Packed)]
    for weight in packed:
        del weights[weight.name]
    return {name: weight.numpy() for name, weight in weights.items()}


def gradient_of(child, arc, x=None):
    """d (sum of squared logits and of logits) / d weight, by name."""
    vector = child.parameters.vector
    with tf.GradientTape() as tape:
        logits = child(images() if x is None else x, arc=arc).logits
        loss = tf.reduce_sum(tf.square(logits) + logits)
    parts = child.parameters.unpack(tape.gradient(loss, vector))
    return {name: part.numpy() for name, part in parts.items()}


def poison(child, touched):
    """`child` with NaN in each weight, or rows of one, that `touched` names."""
    values = weights_of(child.parameters)
    for name, rows in touched:
        values[name][rows] = np.nan
    child.parameters.load(values)
    return child


def check_deviations(parameters, fan_in):
    """Each weight that `fan_in` names started as He's normal for so many inputs."""
    weights = weights_of(parameters)
    for name, count in fan_in.items():
        deviation = np.sqrt(2.0 / count)
        # 144 numbers at least; a cut normal keeps 0.88 of its deviation.
        assert weights[name].size >= 144, name
        assert 0.7 * deviation < np.std(weights[name]) < 1.05 * deviation, name
        assert np.abs(weights[name]).max() <= 2.0 * deviation, name


def inputs_seen(monkeypatch, kind, run):
    """The positional arguments of each call of a layer of class `kind` in `run`."""
    seen, call = [], kind.call

    def watched(self, *inputs, **rest):
        seen.append(inputs)
        return call(self, *inputs, **rest)

    monkeypatch.setattr(kind, "call", watched)
    run()
    return seen
