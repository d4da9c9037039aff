"""A sum of chosen maps: values, gradients, and that what is not chosen is not read."""

import itertools

import numpy as np
import pytest
import tensorflow as tf

from enas_tf.nn.skips import add_chosen

MAPS = [tf.random.stateless_normal([2, 3, 3, 4], [0, n]) for n in range(4)]
WEIGHTS = tf.random.stateless_normal([2, 3, 3, 4], [1, 0])


def taped(y, sources, bits):
    with tf.GradientTape() as tape:
        tape.watch([y, *sources])
        # A source is also read by what follows, as in a child.
        total = add_chosen(y, sources, bits) + 0.5 * sources[-1]
    return total, tape.gradient(total, [y, *sources], output_gradients=WEIGHTS)


@pytest.mark.parametrize("traced", [False, True])
@pytest.mark.parametrize("bits", list(itertools.product([0, 1], repeat=3)))
def test_it_is_the_sum_of_products_with_the_bits(bits, traced):
    call = tf.function(taped, autograph=False) if traced else taped
    y, *sources = MAPS
    total, gradients = call(y, sources, tf.constant(bits))
    wanted = y + sum(b * s for b, s in zip(bits, sources, strict=True))
    np.testing.assert_allclose(total, wanted + 0.5 * sources[-1], rtol=1e-6, atol=1e-6)
    shares = [1.0, *bits[:-1], bits[-1] + 0.5]
    for gradient, share in zip(gradients, shares, strict=True):
        np.testing.assert_allclose(gradient, share * WEIGHTS, rtol=1e-6)


def test_what_is_not_chosen_is_not_read():
    y, broken, whole = MAPS[0], MAPS[1] * np.nan, MAPS[2]
    np.testing.assert_array_equal(add_chosen(y, [broken, whole], [0, 1]), y + whole)
    assert np.isnan(add_chosen(y, [broken, whole], np.int64([1, 0]))).all()


def test_one_trace_serves_all_bits():
    call = tf.function(add_chosen, autograph=False)
    y, *sources = MAPS
    for bits in itertools.product([0, 1], repeat=3):
        call(y, sources, tf.constant(bits))
    assert call.experimental_get_tracing_count() == 1
