"""The sampled softmax: its draws, its correction, and what it amounts to."""

import numpy as np
import tensorflow as tf

from enas_tf.nn import recurrent, sampled

WORDS, HIDDEN = 30, 4
NOTHING = recurrent.Dropout()
RNG = np.random.default_rng(0)
STATES = RNG.normal(size=(2, 3, HIDDEN)).astype(np.float32)
EMBEDDING = RNG.normal(size=(WORDS, HIDDEN)).astype(np.float32)
TARGETS = np.array([[0, 3, 29], [7, 7, 1]], np.int32)
SCORES = STATES @ EMBEDDING.T


def seed(number):
    return tf.stack([5, number])


def full_losses():
    return tf.nn.sparse_softmax_cross_entropy_with_logits(TARGETS, SCORES)


def losses_of(count, number=0, embedding=EMBEDDING):
    return sampled.losses(
        STATES, tf.convert_to_tensor(embedding), NOTHING, count=count, seed=seed(number)
    )


def test_with_all_words_drawn_the_losses_and_gradients_are_those_of_the_full_one():
    for count in (WORDS, WORDS + 5):
        found = losses_of(count)
        np.testing.assert_allclose(found.trained(TARGETS), full_losses(), rtol=1e-5)
        np.testing.assert_allclose(found.measured(TARGETS), full_losses(), rtol=1e-5)
    embedding = tf.constant(EMBEDDING)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(embedding)
        scores = tf.tensordot(STATES, tf.transpose(embedding), 1)
        whole = tf.nn.sparse_softmax_cross_entropy_with_logits(TARGETS, scores)
        found = losses_of(WORDS, embedding=embedding).trained(TARGETS)
    np.testing.assert_allclose(
        tf.convert_to_tensor(tape.gradient(found, embedding)),
        tape.gradient(whole, embedding),
        rtol=1e-4,
        atol=1e-6,
    )


def test_shares_are_log_uniform_and_sum_to_one():
    shares = sampled.log_uniform(3).numpy()
    # ln(2), ln(3/2) and ln(4/3) over ln(4).
    np.testing.assert_allclose(shares, [0.5, 0.29248125, 0.20751875], rtol=1e-6)
    many = sampled.log_uniform(100_000).numpy()
    np.testing.assert_allclose(many.sum(dtype=np.float64), 1.0, rtol=1e-4)


@tf.function(autograph=False)
def draws(numbers):
    """The words of each draw, [D, 6], and the expected counts of all, [D, 30]."""
    return tf.map_fn(
        lambda number: tuple(sampled.drawn(WORDS, 6, tf.stack([5, number]))),
        numbers,
        fn_output_signature=(tf.int32, tf.float32),
    )


def test_words_are_drawn_once_each_and_as_often_as_is_expected():
    words, log_counts = (found.numpy() for found in draws(tf.range(6000)))
    assert all(len(set(row)) == 6 for row in words)
    drawn = np.eye(WORDS)[words].sum(axis=1)
    # So a drawn word stands for 1 / expected words like it: on average for itself.
    stands = np.mean(drawn / np.exp(log_counts), axis=0)
    np.testing.assert_allclose(stands, np.ones(WORDS), atol=0.15)
    # The test can fail: the first word is drawn four times as often as the last.
    assert drawn[:, 0].mean() > 4 * drawn[:, -1].mean()


def test_a_draw_follows_from_its_seed_alone():
    first, again, other = (sampled.drawn(WORDS, 6, seed(n)) for n in (1, 1, 2))
    np.testing.assert_array_equal(first.words, again.words)
    assert set(first.words.numpy()) != set(other.words.numpy())


def restated(words, log_counts):
    """The loss of each right word among the drawn ones, in NumPy, one at a time."""
    found = np.zeros(TARGETS.shape)
    for place, target in np.ndenumerate(TARGETS):
        among = {int(word) for word in words} | {int(target)}  # a hit counts once
        corrected = {w: SCORES[place][w] - log_counts[w] for w in among}
        total = np.log(sum(np.exp(score) for score in corrected.values()))
        found[place] = total - corrected[int(target)]
    return found


def test_losses_equal_a_restatement_where_a_right_word_was_drawn_too():
    words = tf.constant([7, 2, 0, 11])
    log_counts = np.log(RNG.uniform(0.1, 0.9, WORDS)).astype(np.float32)
    sample = sampled.Sample(words, tf.constant(log_counts))
    found = sampled.SampledLosses(STATES, tf.constant(EMBEDDING), NOTHING, sample)
    wanted = restated(words.numpy(), log_counts)
    np.testing.assert_allclose(found.trained(TARGETS), wanted, rtol=1e-5)


def test_the_estimated_sum_over_all_words_is_right_on_average():
    """exp(loss + score) is the estimated sum; its mean is that of all words."""
    own = np.take_along_axis(SCORES, TARGETS[..., None], -1)[..., 0]

    @tf.function(autograph=False)
    def sums(number):
        return tf.exp(losses_of(10, number).measured(TARGETS) + own)

    mean = np.mean([sums(tf.constant(number)) for number in range(1500)], axis=0)
    np.testing.assert_allclose(mean, np.exp(SCORES).sum(-1), rtol=0.06)


def test_what_is_learned_from_few_samples_is_the_distribution_of_all_words():
    """One state, words of known shares: the scores learned give back these shares."""
    wanted = np.array([0.4, 0.3, 0.1, 0.1, 0.06, 0.04], np.float32)
    scores = tf.Variable(tf.zeros([6, 1]))
    state, targets = tf.ones([1, 100, 1]), np.repeat(range(6), np.int32(wanted * 100.1))

    @tf.function(autograph=False)
    def step(number):
        with tf.GradientTape() as tape:
            found = sampled.losses(
                state, tf.convert_to_tensor(scores), NOTHING, count=2, seed=number
            )
            loss = tf.reduce_mean(found.trained(tf.constant(targets[None], tf.int32)))
        scores.assign_sub(0.3 * tf.convert_to_tensor(tape.gradient(loss, scores)))

    mean = np.zeros(6)
    for number in range(3000):
        step(seed(number))
        if number >= 1000:
            mean += scores.numpy()[:, 0] / 2000
    np.testing.assert_allclose(tf.nn.softmax(mean), wanted, atol=0.02)
