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


@recordings
def test_the_entropy_is_the_full_one_and_theirs_only_a_part(paths):
    controllers.check_mended_entropy(controllers.macro_case, paths)


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
