"""A fixed network computes what the shared child computes with its arc."""

import numpy as np
import pytest
import tensorflow as tf

from enas_tf.benchmark import steps
from enas_tf.benchmark.peer import order as orders
from enas_tf.benchmark.peer import run
from enas_tf.benchmark.subjects import Subjects
from enas_tf.nn import image_ops

TINY = {
    "macro": dict(batch_size=4, child_out_filters=4, child_num_layers=6),
    "micro": dict(
        batch_size=4, child_out_filters=4, child_num_layers=1, child_num_cells=3
    ),
    "rnn": dict(
        batch_size=4,
        child_hidden_size=6,
        child_num_layers=4,
        child_init_range=0.5,
        vocabulary=30,
    ),
}
STEPS = 3


@pytest.fixture(scope="module", params=sorted(TINY))
def subjects(request):
    return Subjects(request.param, **TINY[request.param])


def losses(trainer, lr):
    """Of each of some steps."""
    numbers = [tf.constant(n, tf.int64) for n in range(STEPS + 1)]
    return [
        float(trainer.run(first, last, tf.constant(lr)).metrics.loss)
        for first, last in zip(numbers, numbers[1:], strict=False)
    ]


@pytest.mark.parametrize("seed", [1, 2])
def test_both_have_the_same_losses_as_they_are_trained(subjects, seed):
    vector = subjects.child.parameters.vector
    start = tf.identity(vector)
    (tokens,) = subjects.arcs(1, seed=seed)
    fixed = subjects.trainer(subjects.fixed(tokens))
    given, shared = subjects.shared()
    given.tokens.assign(tokens)
    lr = 10.0 if subjects.name == "rnn" else 0.05
    ours, theirs = losses(shared, lr), losses(fixed, lr)
    vector.assign(start)
    assert ours[0] != pytest.approx(ours[-1], rel=1e-4)  # something is learned
    np.testing.assert_allclose(ours, theirs, rtol=1e-5)


def test_a_fixed_network_has_the_weights_of_its_arc_alone(subjects):
    (tokens,) = subjects.arcs(1)
    fixed = subjects.fixed(tokens)
    size = sum(int(np.prod(v.shape)) for v in fixed.variables)
    parts = subjects.child.parameters, subjects.child.aux_parameters
    assert 0 < size < sum(int(part.vector.shape[0]) for part in parts if part)


def test_pytorch_is_given_the_arcs_that_ours_runs(subjects):
    settings = {n: v for n, v in TINY[subjects.name].items() if n != "vocabulary"}
    order = run.order_of(subjects.name, **settings)
    ours = [subjects.space.decode(row) for row in subjects.arcs(steps.ARCS)]
    assert order.arcs == [orders.in_lists(arc) for arc in ours]


def test_ratios_come_with_the_spread_of_equals(subjects):
    found = steps.over_fixed(subjects, "step", arcs=1, blocks=1)
    assert {"step_over_fixed", "step_spread"} < set(found)
    assert found["step_over_fixed"] == found["step_over_fixed_highest"] > 0
    assert found["step_shared_cpu_ms"] > 0


# The rnn's functions are no ops of nn/switch.py.
@pytest.mark.parametrize("subjects", ["macro", "micro"], indirect=True)
def test_the_variant_that_computes_all_ops_picks_the_same(subjects, monkeypatch):
    (tokens,) = subjects.arcs(1)
    arc = subjects.space.decode(tokens)
    images = subjects.batch.inputs

    def logits():
        call = tf.function(lambda x: subjects.child(x, arc=arc).logits, autograph=False)
        return call(images)

    chosen = logits()
    monkeypatch.setattr(
        image_ops, "max_pool", lambda x: tf.nn.max_pool2d(x, 3, 1, "SAME")
    )
    monkeypatch.setattr("enas_tf.nn.switch.Switch.__call__", steps._all_ops)
    np.testing.assert_allclose(chosen, logits(), rtol=1e-4, atol=1e-5)
