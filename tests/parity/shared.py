"""What the parity tests of the shared children share: gradients and comparisons.

A case is a child with the recorded weights, and how its weights correspond to theirs.
"""

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

import goldens
import numpy as np
import tensorflow as tf

from enas_tf.spaces import base
from enas_tf.tasks.classification import AUX_WEIGHT

L2_REG = 2e-4  # of the recording
AUX = "aux_head/"  # before our names of the weights of an auxiliary head


class Case(NamedTuple):
    """A child with the recorded weights.

    Attributes:
      space: its space.
      child: the child.
      aligned: our gradients by our names and theirs by theirs -> both by the same
        names and in the same shapes.
    """

    space: base.SearchSpace
    child: Any
    aligned: Callable[
        [goldens.Arrays, goldens.Arrays], tuple[goldens.Arrays, goldens.Arrays]
    ]


Build = Callable[[goldens.Arrays], Case]


class Answer(NamedTuple):
    """The results of a training pass.

    Attributes:
      logits: the child's, then those of its auxiliary head if it has one.
      losses: the cross-entropy of each.
      total: what is minimised, without L2.
      gradients: of that, a vector for the child and one for its auxiliary head.
    """

    logits: list[tf.Tensor]
    losses: list[tf.Tensor]
    total: tf.Tensor
    gradients: list[tf.Tensor]


def decoded(case: Case, arrays: goldens.Arrays, row: int) -> Any:
    """A recorded arc."""
    return case.space.parse(" ".join(map(str, arrays["arcs"][row])))


def owners(child: Any) -> list:
    """The parameters of the child, then those of its auxiliary head if it has one."""
    aux = child.aux_parameters
    return [child.parameters, *([aux] if aux is not None else [])]


def named(child: Any, vectors: list) -> goldens.Arrays:
    """Vectors of all `owners` as arrays by name, pieces included."""
    arrays = {}
    for prefix, owner, vector in zip(("", AUX), owners(child), vectors, strict=False):
        for name, part in owner.unpack(vector).items():
            arrays[prefix + name] = part.numpy()
    return arrays


def trained(case: Case, arrays: goldens.Arrays, row: int) -> Answer:
    """A training pass of a recorded arc; nothing is dropped."""
    arc, seed = decoded(case, arrays, row), tf.constant([0, 0])
    with tf.GradientTape() as tape:
        output = case.child(arrays["images"], arc=arc, training=True, seed=seed)
        logits = [one for one in (output.logits, output.aux_logits) if one is not None]
        losses = [_cross_entropy(one, arrays["labels"]) for one in logits]
        total = losses[0] + AUX_WEIGHT * sum(losses[1:])
    vectors = [owner.vector for owner in owners(case.child)]
    return Answer(logits, losses, total, tape.gradient(total, vectors))


def _cross_entropy(logits: tf.Tensor, labels: np.ndarray) -> tf.Tensor:
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
    return tf.reduce_mean(losses)


@functools.cache
def opened(build: Build, *paths) -> tuple[goldens.Arrays, Case]:
    """A recording and its case; one that several tests look at is built once."""
    arrays = goldens.load(list(paths))
    return arrays, build(arrays)


@functools.cache
def answers(build: Build, *paths) -> list[Answer]:
    """Those of all arcs whose training pass is recorded."""
    arrays, case = opened(build, *paths)
    return [trained(case, arrays, row) for row in range(len(arrays["train_logits"]))]


def check_count(build: Build, paths: list) -> None:
    """The number of weights, without an auxiliary head."""
    arrays, case = opened(build, *paths)
    assert case.child.parameters.vector.shape == (int(arrays["num_params"]),)


def check_training(build: Build, paths: list, *, heads: tuple[str, ...]) -> None:
    """Logits, cross-entropies and gradients; `heads`: "" and "aux_" of the arrays."""
    arrays, case = opened(build, *paths)
    for row, answer in enumerate(answers(build, *paths)):
        for head, logits, loss in zip(heads, answer.logits, answer.losses, strict=True):
            what = f"{head}logits of arc {row}"
            goldens.assert_close(logits, arrays[f"train_{head}logits"][row], what)
            goldens.assert_close(loss, arrays[f"train_{head}ce"][row], f"loss, {what}")
        ours = named(case.child, answer.gradients)
        goldens.assert_gradients_close(*case.aligned(ours, recorded(arrays, row)))
        norms = goldens.below(arrays, f"gradnorm{row}/")
        if norms:
            _check_norms(*case.aligned(ours, norms))


def recorded(arrays: goldens.Arrays, row: int) -> goldens.Arrays:
    """Recorded gradients, zero where the loss does not reach a variable."""
    found = goldens.below(arrays, f"grad{row}/")
    unreached = {str(name) for name in arrays["vars_without_grad"]} - {""}
    zeros = {name: np.zeros_like(arrays[f"var/{name}"]) for name in unreached}
    return {**zeros, **found}


def _check_norms(ours: goldens.Arrays, norms: goldens.Arrays) -> None:
    """Of gradients that are too large to be recorded."""
    for name, norm in norms.items():
        found = np.linalg.norm(ours[name])
        assert abs(found - norm) <= goldens.GRADIENT * norm, name


def check_l2(build: Build, paths: list) -> None:
    """Loss and gradient norm with L2 over all weights but an auxiliary head's."""
    arrays, case = opened(build, *paths)
    weights = case.child.parameters.vector.numpy()
    squares = np.sum(np.square(weights, dtype=np.float64))
    for row, answer in enumerate(answers(build, *paths)):
        norm = np.linalg.norm(answer.gradients[0] + 2 * L2_REG * weights)
        goldens.assert_close(norm, arrays["train_grad_norm_with_l2"][row], "norm")
        total = answer.total + L2_REG * squares
        goldens.assert_close(total, arrays["train_total_loss_with_l2"][row], "loss")


def check_graph(build: Build, paths: list, *, wanted: str) -> None:
    """Logits in one trace for every arc of the array `wanted`; nothing is trained."""
    arrays, case = opened(build, *paths)

    @tf.function(autograph=False)
    def logits(tokens):
        return case.child(arrays["images"], arc=case.space.decode(tokens)).logits

    for row, theirs in enumerate(arrays[wanted]):
        tokens = case.space.encode(decoded(case, arrays, row))
        goldens.assert_close(logits(tf.constant(tokens)), theirs, f"arc {row}")
    assert logits.experimental_get_tracing_count() == 1
