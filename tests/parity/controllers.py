"""What the parity tests of the controller share: names, weights, comparisons.

A case is a controller with the recorded weights, and the recorded arcs as its tokens.
"""

from collections.abc import Callable
from typing import NamedTuple

import goldens
import numpy as np
import tensorflow as tf

from enas_tf.config.sections import ControllerConfig
from enas_tf.search import reinforce
from enas_tf.search.controller import Controller
from enas_tf.spaces import base, macro, micro, rnn

# Of the recordings; see the README.md beside the files.
SKIP_TARGET = 0.4
MACRO = dict(tanh_constant=1.5, skip_target=SKIP_TARGET)
# The learned bias of the ops stands inside the tanh, where the original has it.
MICRO = dict(tanh_constant=1.10, op_tanh_reduce=2.5, op_bias_inside_tanh=True)
RNN = dict(temperature=5.0, tanh_constant=2.25)

NAMES = {
    "lstm": "lstm/layer_0/w",
    "start": "g_emb",
    "op_embedding": "emb/w",
    "op_softmax": "softmax/w",
}
RNN_NAMES = {
    "lstm": "lstm/w",
    "start": "embedding/g",
    "op_embedding": "embedding/w",
}


class Case(NamedTuple):
    """A controller with the recorded weights.

    Attributes:
      controller: the controller.
      names: of its weights: ours -> theirs below `controller/`.
      tokens: [K, T] int32, the recorded arcs in the order of the tape.
    """

    controller: Controller
    names: dict[str, str]
    tokens: tf.Tensor


Build = Callable[[goldens.Arrays], Case]
Penalty = Callable[[list[tf.Tensor]], tf.Tensor]  # a play's logits -> [K]


def macro_case(arrays: goldens.Arrays) -> Case:
    """The macro controller of a recording."""
    layers = goldens.num_layers(arrays["arcs"].shape[1])
    space = macro.MacroSpace(layers, num_ops=_num_ops(arrays))
    return _case(arrays, space, NAMES | _attention("skip"), **MACRO)


def micro_case(arrays: goldens.Arrays) -> Case:
    """The micro controller of a recording."""
    blocks = micro.blocks_of_length(arrays["arcs"].shape[1])
    space = micro.MicroSpace(blocks, num_ops=_num_ops(arrays))
    names = NAMES | _attention("index") | {"op_bias": "softmax/b"}
    return _case(arrays, space, names, **MICRO)


def rnn_case(arrays: goldens.Arrays) -> Case:
    """The rnn controller of a recording."""
    nodes = rnn.nodes_of_length(arrays["arcs"].shape[1])
    num_ops = arrays["var/controller/embedding/w"].shape[0]
    space = rnn.RnnSpace(nodes, num_ops=num_ops)
    return _case(arrays, space, RNN_NAMES | _attention("index"), **RNN)


def _num_ops(arrays: goldens.Arrays) -> int:
    return arrays["var/controller/softmax/w"].shape[1]


def _attention(slot: str) -> dict[str, str]:
    parts = {"w1": "w_1", "w2": "w_2", "v": "v"}
    return {f"{slot}_{ours}": f"attention/{theirs}" for ours, theirs in parts.items()}


def _case(
    arrays: goldens.Arrays, space: base.SearchSpace, names: dict[str, str], **settings
) -> Case:
    size = arrays["var/controller/attention/w_1"].shape[0]
    config = ControllerConfig(lstm_size=size, **settings)
    controller = Controller(space.tape(), config, seed=0)
    assert {weight.name for weight in controller.weights} == set(names)
    for weight in controller.weights:
        weight.assign(arrays[f"var/controller/{names[weight.name]}"])
    tokens = np.zeros_like(arrays["arcs"])
    tokens[:, space.stored_order()] = arrays["arcs"]
    return Case(controller, names, tf.constant(tokens))


def full_entropy(logits: list[tf.Tensor]) -> np.ndarray:
    """[K]: of every decision's whole distribution, in float64."""
    total = 0.0
    for one in logits:
        z = one.numpy().astype(np.float64)
        p = np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True)
        total -= (p * np.log(p)).reshape(len(z), -1).sum(axis=1)
    return total


def sampled_entropy(logits: list[tf.Tensor], tokens: tf.Tensor) -> np.ndarray:
    """[K]: -p log p of each sampled token only, which is theirs where we have D3."""
    total, place = 0.0, 0
    for one in logits:
        one = one if len(one.shape) == 3 else one[:, None]
        chosen = tokens[:, place : place + one.shape[1]]
        log_p = tf.gather(tf.nn.log_softmax(one), chosen, batch_dims=2)
        total -= tf.reduce_sum(tf.exp(log_p) * log_p, axis=1)
        place += one.shape[1]
    return total


def check_mended_entropy(build: Build, paths: list) -> None:
    """Theirs is of the sampled tokens, ours the full one and so the larger one."""
    arrays = goldens.load(paths)
    controller, _, tokens = build(arrays)
    logits = controller.logits(tokens)
    goldens.assert_close(sampled_entropy(logits, tokens), arrays["entropy"], "theirs")
    full = full_entropy(logits)
    goldens.assert_close(controller.log_prob(tokens).entropy, full, "ours")
    assert np.all(full > arrays["entropy"] * 1.5)


def check_reinforce(
    build: Build,
    paths: list,
    *,
    penalty: Penalty | None = None,
    skip_weight: float = 0.0,
) -> None:
    """Loss and gradients of each arc, with their baseline (and their penalty)."""
    arrays = goldens.load(paths)
    controller, names, tokens = build(arrays)
    advantage = tf.constant(arrays["reward"] - arrays["baseline_after"])
    values = [weight.value for weight in controller.weights]
    ours = [f"controller/{names[weight.name]}" for weight in controller.weights]
    for row in range(len(tokens)):
        one = slice(row, row + 1)
        with tf.GradientTape() as tape:
            sample = controller.log_prob(tokens[one])
            skip_kl = sample.skip_kl
            if penalty is not None:
                skip_kl = penalty(controller.logits(tokens[one]))
            loss = reinforce.loss(
                sample.log_prob, advantage[one], skip_kl, skip_weight=skip_weight
            )
        goldens.assert_close(loss, arrays["loss"][row], f"loss of arc {row}")
        gradients = map(tf.convert_to_tensor, tape.gradient(loss, values))
        found = zip(ours, (g.numpy() for g in gradients), strict=True)
        check_gradients(dict(found), arrays, row)


def check_gradients(ours: goldens.Arrays, arrays: goldens.Arrays, row: int) -> None:
    theirs = goldens.below(arrays, f"grad{row}/")
    unreached = {str(name) for name in arrays["vars_without_grad"]} - {""}
    assert unreached.isdisjoint(theirs) and set(ours) <= unreached | set(theirs)
    goldens.assert_gradients_close({name: ours[name] for name in theirs}, theirs)
