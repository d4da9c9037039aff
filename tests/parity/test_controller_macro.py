"""The controller on the macro tape against the authors' sampler and trainer.

Where we mend the original (entropy, skip penalty), its formula is restated
over our logits and must give its numbers, while ours must be the mended ones.
"""

import controllers
import goldens
import numpy as np
import pytest
import tensorflow as tf

SKIP_TARGET = controllers.SKIP_TARGET
SKIP_WEIGHT = 0.8  # of the recording; see the README.md beside the files

recordings = pytest.mark.parametrize("paths", goldens.cases("controller_macro"))


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
def test_the_entropy_is_the_full_one_and_theirs_only_a_part(paths):
    arrays = goldens.load(paths)
    controller, _, tokens = controllers.macro_case(arrays)
    logits = controller.logits(tokens)
    goldens.assert_close(their_entropy(logits, tokens), arrays["entropy"], "theirs")
    full = controllers.full_entropy(logits)
    goldens.assert_close(controller.log_prob(tokens).entropy, full, "ours")
    assert np.all(full > arrays["entropy"] * 1.5)


@recordings
def test_the_skip_penalty_is_of_the_sampling_probability(paths):
    arrays = goldens.load(paths)
    controller, _, tokens = controllers.macro_case(arrays)
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
    controllers.check_reinforce(
        controllers.macro_case, paths, penalty=their_penalty, skip_weight=SKIP_WEIGHT
    )
