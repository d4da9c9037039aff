"""The controller on the macro tape against the authors' sampler and trainer.

Where we mend the original (entropy, skip penalty, baseline), its formula is restated
over our logits and must give its numbers, while ours must be the mended ones.
"""

import goldens
import numpy as np
import pytest
import tensorflow as tf

from enas_tf.config import ControllerConfig
from enas_tf.controller import Controller
from enas_tf.spaces import macro
from enas_tf.training import reinforce

# Of the recording; see the README.md beside the files.
TANH_CONSTANT, SKIP_TARGET, SKIP_WEIGHT, ENTROPY_WEIGHT = 1.5, 0.4, 0.8, 1e-4
DECAY = 0.99

NAMES = {
    "lstm": "lstm/layer_0/w",
    "start": "g_emb",
    "op_embedding": "emb/w",
    "op_softmax": "softmax/w",
    "skip_w1": "attention/w_1",
    "skip_w2": "attention/w_2",
    "skip_v": "attention/v",
}

recordings = pytest.mark.parametrize("paths", goldens.cases("controller_macro"))


def build(arrays: goldens.Arrays):
    layers = goldens.num_layers(arrays["arcs"].shape[1])
    ops = arrays["var/controller/softmax/w"].shape[1]
    space = macro.MacroSpace(layers, num_ops=ops)
    config = ControllerConfig(
        lstm_size=arrays["var/controller/g_emb"].shape[1],
        tanh_constant=TANH_CONSTANT,
        skip_target=SKIP_TARGET,
    )
    controller = Controller(space.tape(), config, seed=0)
    assert {weight.name for weight in controller.weights} == set(NAMES)
    for weight in controller.weights:
        weight.assign(arrays[f"var/controller/{NAMES[weight.name]}"])
    return controller


def skip_logits(logits: list[tf.Tensor]) -> list[tf.Tensor]:
    """[K, width, 2] of each skip decision."""
    return [one for one in logits if len(one.shape) == 3]


def their_penalty(logits: list[tf.Tensor]) -> tf.Tensor:
    """[K]: sigmoid of the shaped logits where the sampling probability belongs."""
    target = tf.constant([1 - SKIP_TARGET, SKIP_TARGET])
    p = [tf.sigmoid(one) for one in skip_logits(logits)]
    return tf.add_n(
        [tf.reduce_sum(one * tf.math.log(one / target), axis=[1, 2]) for one in p]
    ) / len(p)


def their_entropy(logits: list[tf.Tensor], tokens: np.ndarray) -> np.ndarray:
    """[K]: -p log p of each sampled token only."""
    total, place = 0.0, 0
    for one in logits:
        one = one if len(one.shape) == 3 else one[:, None]
        chosen = tokens[:, place : place + one.shape[1]]
        log_p = tf.gather(tf.nn.log_softmax(one), chosen, batch_dims=2)
        total -= tf.reduce_sum(tf.exp(log_p) * log_p, axis=1)
        place += one.shape[1]
    return total


@recordings
def test_logits_of_every_decision(paths):
    arrays = goldens.load(paths)
    ours = build(arrays).logits(tf.constant(arrays["arcs"]))
    for row in range(len(arrays["arcs"])):
        theirs = goldens.below(arrays, f"logits{row}/")
        assert len(theirs) == len(ours)
        for number, one in enumerate(ours):
            wanted = theirs[f"{number:02d}"]
            found = np.reshape(one[row], wanted.shape)
            goldens.assert_close(found, wanted, f"decision {number} of arc {row}")


@recordings
def test_log_probabilities(paths):
    arrays = goldens.load(paths)
    sample = build(arrays).log_prob(tf.constant(arrays["arcs"]))
    goldens.assert_close(-sample.log_prob, arrays["log_prob"], "log probability")
    np.testing.assert_array_equal(sample.tokens, arrays["arcs"])


@recordings
def test_the_entropy_is_the_full_one_and_theirs_only_a_part(paths):
    arrays = goldens.load(paths)
    controller = build(arrays)
    tokens = arrays["arcs"]
    logits = controller.logits(tf.constant(tokens))
    goldens.assert_close(their_entropy(logits, tokens), arrays["entropy"], "theirs")
    full = 0.0
    for one in logits:
        z = one.numpy().astype(np.float64)
        p = np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True)
        full -= (p * np.log(p)).reshape(len(tokens), -1).sum(axis=1)
    goldens.assert_close(controller.log_prob(tf.constant(tokens)).entropy, full, "ours")
    assert np.all(full > arrays["entropy"] * 1.5)


@recordings
def test_the_skip_penalty_is_of_the_sampling_probability(paths):
    arrays = goldens.load(paths)
    controller = build(arrays)
    tokens = tf.constant(arrays["arcs"])
    logits = controller.logits(tokens)
    goldens.assert_close(their_penalty(logits), arrays["skip_penalty"], "theirs")
    mended = 0.0
    for one in skip_logits(logits):
        z = one.numpy().astype(np.float64)
        p = 1 / (1 + np.exp(z[..., 0] - z[..., 1]))  # sigmoid(2z), what is sampled
        kl = p * np.log(p / SKIP_TARGET)
        kl += (1 - p) * np.log((1 - p) / (1 - SKIP_TARGET))
        mended += kl.sum(axis=1) / len(skip_logits(logits))
    goldens.assert_close(controller.log_prob(tokens).skip_kl, mended, "ours")


@recordings
def test_reinforce_loss_and_gradients_with_their_penalty_and_baseline(paths):
    arrays = goldens.load(paths)
    controller = build(arrays)
    advantage = tf.constant(arrays["reward"] - arrays["baseline_after"])
    for row in range(len(arrays["arcs"])):
        tokens = tf.constant(arrays["arcs"][row : row + 1])
        with tf.GradientTape() as tape:
            penalty = their_penalty(controller.logits(tokens))
            loss = reinforce.loss(
                controller.log_prob(tokens).log_prob,
                advantage[row : row + 1],
                penalty,
                skip_weight=SKIP_WEIGHT,
            )
        goldens.assert_close(loss, arrays["loss"][row], f"loss of arc {row}")
        values = [weight.value for weight in controller.weights]
        ours = {
            f"controller/{NAMES[weight.name]}": tf.convert_to_tensor(gradient).numpy()
            for weight, gradient in zip(
                controller.weights, tape.gradient(loss, values), strict=True
            )
        }
        theirs = goldens.below(arrays, f"grad{row}/")
        unreached = {str(name) for name in arrays["vars_without_grad"]} - {""}
        assert unreached.isdisjoint(theirs)
        goldens.assert_gradients_close({n: ours[n] for n in theirs}, theirs)


@recordings
def test_rewards_and_the_mended_baseline(paths):
    arrays = goldens.load(paths)
    bonus = ENTROPY_WEIGHT * arrays["entropy"]
    goldens.assert_close(arrays["valid_acc"] + bonus, arrays["reward"], "reward")
    for before, reward, after in zip(
        arrays["baseline_before"],
        arrays["reward"],
        arrays["baseline_after"],
        strict=True,
    ):
        ours = reinforce.advantages(
            tf.constant([reward]), tf.constant(before), decay=DECAY
        )
        goldens.assert_close(ours.baseline, after, "baseline after")
        # The original takes the baseline after its update: decay times our advantage.
        goldens.assert_close(DECAY * ours.values[0], reward - after, "advantage")
