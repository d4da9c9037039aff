"""The final macro child against the authors' fixed-arc graph."""

import re

import goldens
import keras
import numpy as np
import pytest
import tensorflow as tf

from enas_tf.children import final_macro
from enas_tf.config import ChildConfig
from enas_tf.spaces import macro

L2_REG = 2e-4  # of the recording
ENDINGS = {
    "w": "kernel",
    "bn/scale": "gamma",
    "bn/offset": "beta",
    "bn/moving_mean": "moving_mean",
    "bn/moving_variance": "moving_variance",
}

recordings = pytest.mark.parametrize("paths", goldens.cases("macro_fixed"))


def our_name(theirs: str) -> str | None:
    """child/layer_1/pool_at_1/from_0/path1_conv/w -> pool_1_from_0_path1/kernel."""
    for ending, ours in ENDINGS.items():
        if theirs.endswith(f"/{ending}"):
            layer = theirs.removeprefix("child/").removesuffix(f"/{ending}")
            layer = re.sub(r"^layer_\d+/pool_at_", "pool_", layer)
            layer = re.sub(r"/path(\d)_conv$", r"_path\1", layer).replace("/", "_")
            return f"{layer}_bn/{ours}" if ending != "w" else f"{layer}/{ours}"
    return None  # of the debiased moving averages, which we have not


def weights_by_name(model: keras.Model) -> dict[str, keras.Variable]:
    return {weight.path: weight for weight in model.weights}


def build(arrays: goldens.Arrays, row: int) -> keras.Model:
    tokens = [int(token) for token in arrays["arcs"][row]]
    space = macro.MacroSpace(goldens.num_layers(len(tokens)))
    config = ChildConfig(
        out_filters=arrays["var/child/stem_conv/w"].shape[-1],
        keep_prob=1.0,
        plain_separable=True,
    )
    model = final_macro.final_macro_child(
        space.decode(tokens),
        config,
        image_shape=arrays["images"].shape[1:],
        num_classes=arrays["var/child/fc/w"].shape[-1],
        seed=0,
    )
    load(model, arrays)
    return model


def load(model: keras.Model, arrays: goldens.Arrays) -> None:
    theirs = goldens.below(arrays, "var/")
    theirs = {our_name(name): value for name, value in theirs.items()}
    for name, weight in weights_by_name(model).items():
        weight.assign(theirs[name])


def homeless(model: keras.Model, arrays: goldens.Arrays) -> set[str]:
    """Their trainable variables that our model has not."""
    trainable = {n for n in goldens.below(arrays, "var/") if re.search(TRAINABLE, n)}
    return {n for n in trainable if our_name(n) not in weights_by_name(model)}


TRAINABLE = r"/(w|scale|offset)$"


def loss_and_gradients(model: keras.Model, arrays: goldens.Arrays):
    with tf.GradientTape() as tape:
        logits = model(arrays["images"], training=True)
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(
            labels=arrays["labels"], logits=logits
        )
        loss = tf.reduce_mean(losses)
    values = [weight.value for weight in model.trainable_weights]
    gradients = tape.gradient(loss, values)
    paths = [weight.path for weight in model.trainable_weights]
    return logits, loss, dict(zip(paths, gradients, strict=True))


@recordings
def test_every_variable_that_matters_has_a_home(paths):
    arrays = goldens.load(paths)
    without_gradient = {str(name) for name in arrays["vars_without_grad"]} - {""}
    for row in range(len(arrays["arcs"])):
        model = build(arrays, row)
        assert homeless(model, arrays) <= without_gradient
        theirs = {our_name(name) for name in goldens.below(arrays, "var/")}
        assert set(weights_by_name(model)) <= theirs


@recordings
def test_inference_logits_use_the_moving_statistics(paths):
    arrays = goldens.load(paths)
    for row, wanted in enumerate(arrays["eval_logits"]):
        logits = build(arrays, row)(arrays["images"], training=False)
        goldens.assert_close(logits, wanted, f"eval logits of arc {row}")


@recordings
def test_training_logits_loss_and_gradients(paths):
    arrays = goldens.load(paths)
    for row, wanted in enumerate(arrays["train_logits"]):
        model = build(arrays, row)
        logits, loss, gradients = loss_and_gradients(model, arrays)
        goldens.assert_close(logits, wanted, f"training logits of arc {row}")
        goldens.assert_close(loss, arrays["train_ce"][row], f"loss of arc {row}")
        theirs = goldens.below(arrays, f"grad{row}/")
        ours = {name: gradients[our_name(name)] for name in theirs}
        assert len(ours) == len(gradients)
        goldens.assert_gradients_close(ours, theirs)


@recordings
def test_loss_and_gradient_norm_with_l2(paths):
    arrays = goldens.load(paths)
    for row in range(len(arrays["train_logits"])):
        model = build(arrays, row)
        _, loss, gradients = loss_and_gradients(model, arrays)
        weights = {w.path: w.numpy() for w in model.trainable_weights}
        # What nothing reads is in their L2 all the same.
        unread = [arrays[f"var/{name}"] for name in homeless(model, arrays)]
        squares = sum(np.sum(w**2) for w in [*weights.values(), *unread])
        total = loss + L2_REG * squares
        goldens.assert_close(total, arrays["train_total_loss_with_l2"][row], "loss")
        steps = [g + 2 * L2_REG * weights[name] for name, g in gradients.items()]
        steps += [2 * L2_REG * w for w in unread]
        norm = np.sqrt(sum(np.sum(np.square(step)) for step in steps))
        goldens.assert_close(norm, arrays["train_grad_norm_with_l2"][row], "norm")


@recordings
def test_the_parameter_count_is_theirs(paths):
    arrays = goldens.load(paths)
    model = build(arrays, 0)
    unread = sum(arrays[f"var/{name}"].size for name in homeless(model, arrays))
    ours = sum(weight.numpy().size for weight in model.trainable_weights)
    assert ours + unread == int(arrays["num_params"])
