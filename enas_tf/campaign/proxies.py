"""Scores of a final child that is not trained at all, from its first weights.

Both of a stock Keras model of images, of which they take a copy: the model stays as it
is.
"""

from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf


def synflow(model: keras.Model) -> float:
    """The log of the synaptic flow through `model`.

    Tanaka et al. 2020, "Pruning neural networks without any data by iteratively
    conserving synaptic flow", section 5: all weights absolute, an image of ones; the
    sum over weights of each times the gradient of the sum of the outputs. Batch
    normalisations are left out, as they would undo what is measured. In float64: the
    flow grows by a factor a layer.
    """
    copy = _copy(model, _without_norm, anew=(keras.layers.BatchNormalization,))
    for weight in copy.weights:
        weight.assign(tf.abs(weight))
    ones = tf.ones([1, *model.input_shape[1:]], tf.float64)
    weights = [weight.value for weight in copy.trainable_weights]
    with tf.GradientTape() as tape:
        flow = tf.reduce_sum(copy(ones, training=False))
    gradients = tape.gradient(flow, weights, unconnected_gradients="zero")
    parts = [tf.reduce_sum(w * g) for w, g in zip(weights, gradients, strict=True)]
    with np.errstate(divide="ignore"):  # no flow at all
        return float(np.log(np.sum(parts)))


def naswot(model: keras.Model, images: np.ndarray) -> float:
    """How differently the ReLUs of `model` see images: the log of a determinant.

    Mellor et al. 2021, "Neural architecture search without training", section 3: the
    kernel of two images is the number of ReLUs that are both on or both off for them.
    -inf where two images are the same to all. Batch normalisations take the statistics
    of the batch, as in a first step of training.

    Args:
      model: with ReLUs as layers, or as activations of layers.
      images: [N, H, W, C], standardised.
    """
    copy = _copy(model, _same)
    outputs = {x.name: x.output for x in copy.layers if _is_relu(x)}
    seen = keras.Model(copy.inputs[0], outputs)(images, training=True)
    kernel = np.zeros((len(images), len(images)))
    for output in seen.values():
        on = np.reshape(np.asarray(output) > 0, (len(images), -1)).astype(np.float32)
        # Whole numbers: exact up to 2^24 ReLUs a layer.
        kernel += on @ on.T + (1 - on) @ (1 - on).T
    return float(np.linalg.slogdet(kernel)[1])


def _copy(
    model: keras.Model,
    layer_of: Callable[[keras.Layer], keras.Layer],
    *,
    anew: tuple[type[keras.Layer], ...] = (),
) -> keras.Model:
    """Each layer as `layer_of` has it, with its weights, but for the kinds `anew`."""
    copy = keras.models.clone_model(model, clone_function=layer_of)
    for layer in copy.layers:
        if layer.weights and not isinstance(layer, anew):
            layer.set_weights(model.get_layer(layer.name).get_weights())
    return copy


def _same(layer: keras.Layer) -> keras.Layer:
    return type(layer).from_config(layer.get_config())


def _without_norm(layer: keras.Layer) -> keras.Layer:
    """In float64; of a batch normalisation one that does nothing in inference.

    It is no Identity, which would not take the arguments of the call that is repeated.
    """
    config = {**layer.get_config(), "dtype": "float64"}
    if isinstance(layer, keras.layers.BatchNormalization):
        config |= dict(epsilon=0.0, center=False, scale=False)
    return type(layer).from_config(config)


def _is_relu(layer: keras.Layer) -> bool:
    relu = getattr(layer, "activation", None) is keras.activations.relu
    return relu or isinstance(layer, keras.layers.ReLU)
