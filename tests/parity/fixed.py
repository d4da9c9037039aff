"""What the parity tests of the final children share: names, gradients, comparisons.

A case is a model with the recorded weights, and the row of the recorded arrays that is
its arc's.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

import goldens
import keras
import numpy as np
import tensorflow as tf

from enas_tf.tasks.classification import AUX_WEIGHT

L2_REG = 2e-4  # of the recording
ENDINGS = {
    "w": "kernel",
    "w_depth": "depthwise_kernel",
    "w_point": "pointwise_kernel",
    "bn/scale": "gamma",
    "bn/offset": "beta",
    "bn/moving_mean": "moving_mean",
    "bn/moving_variance": "moving_variance",
}
TRAINABLE = r"/(w|w_depth|w_point|scale|offset)$"

Build = Callable[[goldens.Arrays, int], keras.Model]  # (arrays, row) -> model


class Answer(NamedTuple):
    """The results of a training pass.

    Attributes:
      logits: the model's, then those of its auxiliary head if it has one.
      losses: the cross-entropy of each.
      total: what is minimised, without L2.
      gradients: of that, by path.
    """

    logits: list[tf.Tensor]
    losses: list[tf.Tensor]
    total: tf.Tensor
    gradients: goldens.Arrays


def our_name(theirs: str) -> str | None:
    """child/layer_1/pool_at_1/from_0/path1_conv/w -> pool_1_from_0_path1/kernel."""
    for ending, ours in ENDINGS.items():
        if theirs.endswith(f"/{ending}"):
            layer = theirs.removeprefix("child/").removesuffix(f"/{ending}")
            layer = re.sub(r"^layer_\d+/pool_at_", "pool_", layer)
            layer = re.sub(r"/path(\d)_conv$", r"_path\1", layer).replace("/", "_")
            return f"{layer}_bn/{ours}" if "bn" in ending else f"{layer}/{ours}"
    return None  # of the debiased moving averages, which we have not


def weights_by_name(model: keras.Model) -> dict[str, keras.Variable]:
    return {weight.path: weight for weight in model.weights}


def load(model: keras.Model, arrays: goldens.Arrays) -> keras.Model:
    """`model` with the recorded weights."""
    theirs = goldens.below(arrays, "var/")
    theirs = {our_name(name): value for name, value in theirs.items()}
    for name, weight in weights_by_name(model).items():
        weight.assign(theirs[name])
    return model


def sizes(arrays: goldens.Arrays) -> dict:
    """The arguments on data that every child takes."""
    classes = arrays["var/child/fc/w"].shape[-1]
    return dict(image_shape=arrays["images"].shape[1:], num_classes=classes, seed=0)


def homeless(model: keras.Model, arrays: goldens.Arrays) -> set[str]:
    """Their trainable variables that our model has not."""
    trainable = {n for n in goldens.below(arrays, "var/") if re.search(TRAINABLE, n)}
    return {n for n in trainable if our_name(n) not in weights_by_name(model)}


def trained(model: keras.Model, arrays: goldens.Arrays) -> Answer:
    with tf.GradientTape() as tape:
        outputs = model(arrays["images"], training=True)
        logits = outputs if isinstance(outputs, list) else [outputs]
        losses = [_cross_entropy(each, arrays["labels"]) for each in logits]
        total = losses[0] + AUX_WEIGHT * sum(losses[1:])
    values = [weight.value for weight in model.trainable_weights]
    gradients = tape.gradient(total, values)
    paths = [weight.path for weight in model.trainable_weights]
    return Answer(logits, losses, total, dict(zip(paths, gradients, strict=True)))


def _cross_entropy(logits: tf.Tensor, labels: np.ndarray) -> tf.Tensor:
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
    return tf.reduce_mean(losses)


def check_homes(build: Build, paths: list) -> None:
    """Every recorded variable that matters has a home, and we have no others."""
    arrays = goldens.load(paths)
    without_gradient = {str(name) for name in arrays["vars_without_grad"]} - {""}
    for row in range(len(arrays["arcs"])):
        model = build(arrays, row)
        assert homeless(model, arrays) <= without_gradient
        theirs = {our_name(name) for name in goldens.below(arrays, "var/")}
        assert set(weights_by_name(model)) <= theirs


def check_inference(build: Build, paths: list) -> None:
    """Logits from the moving statistics."""
    arrays = goldens.load(paths)
    for row, wanted in enumerate(arrays["eval_logits"]):
        logits = build(arrays, row)(arrays["images"], training=False)
        goldens.assert_close(logits, wanted, f"eval logits of arc {row}")


def check_training(build: Build, paths: list, *, heads: tuple[str, ...]) -> None:
    """Logits, cross-entropies and gradients; `heads`: "" and "aux_" of the arrays."""
    arrays = goldens.load(paths)
    for row in range(len(arrays["train_logits"])):
        answer = trained(build(arrays, row), arrays)
        found = zip(heads, answer.logits, answer.losses, strict=True)
        for head, logits, loss in found:
            what = f"training {head}logits of arc {row}"
            goldens.assert_close(logits, arrays[f"train_{head}logits"][row], what)
            goldens.assert_close(loss, arrays[f"train_{head}ce"][row], f"loss, {what}")
        _check_gradients(answer.gradients, arrays, row)


def _check_gradients(
    gradients: goldens.Arrays, arrays: goldens.Arrays, row: int
) -> None:
    theirs = goldens.below(arrays, f"grad{row}/")
    norms = goldens.below(arrays, f"gradnorm{row}/")  # of what is too large to record
    assert {our_name(name) for name in [*theirs, *norms]} == set(gradients)
    ours = {name: gradients[our_name(name)] for name in theirs}
    goldens.assert_gradients_close(ours, theirs)
    for name, norm in norms.items():
        found = np.linalg.norm(gradients[our_name(name)])
        assert abs(found - norm) <= goldens.GRADIENT * norm, name


def check_l2(build: Build, paths: list, *, spared: str | None = None) -> None:
    """Loss and gradient norm with L2, over all but paths that begin with `spared`."""
    arrays = goldens.load(paths)
    for row in range(len(arrays["train_logits"])):
        model = build(arrays, row)
        answer = trained(model, arrays)
        weights = _counted(model, spared)
        # What nothing reads is in their L2 all the same.
        unread = [arrays[f"var/{name}"] for name in homeless(model, arrays)]
        squares = sum(np.sum(w**2) for w in [*weights.values(), *unread])
        total = answer.total + L2_REG * squares
        goldens.assert_close(total, arrays["train_total_loss_with_l2"][row], "loss")
        steps = [answer.gradients[n] + 2 * L2_REG * w for n, w in weights.items()]
        steps += [2 * L2_REG * w for w in unread]
        norm = np.sqrt(sum(np.sum(np.square(step)) for step in steps))
        goldens.assert_close(norm, arrays["train_grad_norm_with_l2"][row], "norm")


def check_count(build: Build, paths: list, *, spared: str | None = None) -> None:
    """The number of trainable numbers, but for paths that begin with `spared`."""
    arrays = goldens.load(paths)
    model = build(arrays, 0)
    unread = sum(arrays[f"var/{name}"].size for name in homeless(model, arrays))
    ours = sum(weight.size for weight in _counted(model, spared).values())
    assert ours + unread == int(arrays["num_params"])


def _counted(model: keras.Model, spared: str | None) -> goldens.Arrays:
    """Trainable weights by path."""
    weights = {w.path: w.numpy() for w in model.trainable_weights}
    if spared is None:
        return weights
    return {path: w for path, w in weights.items() if not path.startswith(spared)}
