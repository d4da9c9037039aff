"""A sum of chosen maps: values, gradients, and that what is not chosen is not read."""

import itertools

import numpy as np
import pytest
import tensorflow as tf

from enas_tf.nn.skips import Sources

MAPS = [tf.random.stateless_normal([2, 3, 3, 4], [0, n]) for n in range(4)]
WEIGHTS = tf.random.stateless_normal([2, 3, 3, 4], [1, 0])
BITS = list(itertools.product([0, 1], repeat=3))


def added(y, maps, bits):
    return Sources(maps).add_chosen(y, bits)


def taped(y, maps, bits):
    with tf.GradientTape() as tape:
        tape.watch([y, *maps])
        sources = Sources(maps[:2])
        sources.append(maps[2])
        total = sources.add_chosen(y, bits)
        # The last one is also read by what follows, as in a child.
        total += 0.5 * sources.last()
    return total, tape.gradient(total, [y, *maps], output_gradients=WEIGHTS)


@pytest.mark.parametrize("traced", [False, True])
@pytest.mark.parametrize("bits", BITS)
def test_it_is_the_sum_of_products_with_the_bits(bits, traced):
    call = tf.function(taped, autograph=False) if traced else taped
    y, *maps = MAPS
    total, gradients = call(y, maps, tf.constant(bits))
    wanted = y + sum(b * x for b, x in zip(bits, maps, strict=True))
    np.testing.assert_allclose(total, wanted + 0.5 * maps[-1], rtol=1e-6, atol=1e-6)
    shares = [1.0, *bits[:-1], bits[-1] + 0.5]
    for gradient, share in zip(gradients, shares, strict=True):
        np.testing.assert_allclose(gradient, share * WEIGHTS, rtol=1e-6)


def test_the_first_maps_are_those_that_have_a_bit():
    y, *maps = MAPS
    np.testing.assert_array_equal(added(y, maps, tf.constant([0, 1])), y + maps[1])


def test_what_is_not_chosen_is_not_read():
    y, broken, whole = MAPS[0], MAPS[1] * np.nan, MAPS[2]
    bits = np.array([0, 1])
    np.testing.assert_array_equal(added(y, [broken, whole], bits), y + whole)
    assert np.isnan(added(y, [broken, whole], 1 - bits)).all()


def test_one_trace_serves_all_bits():
    call = tf.function(added, autograph=False)
    y, *maps = MAPS
    for bits in BITS:
        call(y, maps, tf.constant(bits))
    assert call.experimental_get_tracing_count() == 1


def test_all_gives_the_maps_back():
    maps = Sources(MAPS).all()
    for found, wanted in zip(maps, MAPS, strict=True):
        np.testing.assert_array_equal(found, wanted)


def test_the_gradient_of_all():
    with tf.GradientTape() as tape:
        tape.watch(MAPS)
        total = tf.add_n([n * x for n, x in enumerate(Sources(MAPS).all())])
    for n, gradient in enumerate(tape.gradient(total, MAPS)):
        np.testing.assert_array_equal(gradient, n * tf.ones_like(total))
