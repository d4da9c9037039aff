"""Seeds: pure functions that differ wherever draws must differ."""

import itertools

import numpy as np
import tensorflow as tf

from enas_tf.nn import seeds


def at(*args):
    return tuple(seeds.at(*args).numpy())


def test_a_seed_is_two_int32_and_a_pure_function():
    seed = seeds.at(7, "arc", 3)
    assert seed.shape == (2,) and seed.dtype == tf.int32
    assert at(7, "arc", 3) == at(7, "arc", 3)


def test_run_seeds_streams_and_steps_all_give_their_own():
    places = list(itertools.product((0, 7), seeds.STREAMS, range(5)))
    assert len({at(*place) for place in places}) == len(places)


def test_every_stream_has_a_number_of_its_own():
    assert len(set(seeds.STREAMS.values())) == len(seeds.STREAMS)


def test_a_step_may_be_a_tensor_inside_a_graph():
    @tf.function(autograph=False)
    def graph(step):
        return seeds.at(7, "order", step)

    for step in (0, 5, 200_000):
        assert tuple(graph(tf.constant(step, tf.int64)).numpy()) == at(7, "order", step)
    assert graph.experimental_get_tracing_count() == 1


def test_the_draws_of_two_folds_differ():
    base = tf.constant([1, 2])
    draws = [
        tuple(tf.random.stateless_uniform([4], seeds.fold(base, n)).numpy())
        for n in range(20)
    ]
    assert len(set(draws)) == 20


def test_a_weight_name_gives_one_seed_and_another_name_another():
    assert seeds.of_name(0, "stem/kernel") == seeds.of_name(0, "stem/kernel")
    names = [f"layer_{n}/{part}" for n in range(50) for part in ("kernel", "w1", "w2")]
    found = {seeds.of_name(run, name) for run in (0, 1) for name in names}
    assert len(found) == 300
    assert all(0 <= seed < 2**31 for seed in found)


def test_the_host_generator_is_a_function_of_the_same_three():
    def draw(*args):
        return tuple(seeds.on_host(*args).integers(0, 2**30, 4))

    assert draw(0, "derive", 2) == draw(0, "derive", 2)
    places = list(itertools.product((0, 1), ("derive", "random_arcs"), (0, 1)))
    assert len({draw(*place) for place in places}) == len(places)
    assert np.issubdtype(seeds.on_host(0, "derive").integers(3).dtype, np.integer)


def test_a_run_seed_may_be_a_variable_of_a_graph_that_is_traced_once():
    run_seed = tf.Variable(3)
    inside = tf.function(lambda: seeds.at(run_seed, "arc", 5))
    found = {}
    for number in (3, 4):
        run_seed.assign(number)
        found[number] = tuple(inside().numpy())
    assert found == {3: at(3, "arc", 5), 4: at(4, "arc", 5)}
    assert inside.experimental_get_tracing_count() == 1
