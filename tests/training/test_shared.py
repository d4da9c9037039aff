"""Steps of several arcs: their mean, their seeds, the state, the graph, resuming."""

import numpy as np
import pytest
import tensorflow as tf
import toys
from function_network import IndexTask

from enas_tf.children import rnn as rnn_child
from enas_tf.children.output import ChildOutput
from enas_tf.config.rnn import RnnChildConfig
from enas_tf.config.sections import ChildConfig
from enas_tf.spaces import micro, rnn
from enas_tf.tasks import language_model, lessons
from enas_tf.training import arc_draws, networks, shared
from enas_tf.training.child import ChildTrainer

PLAIN = dict(momentum=0.0, l2_reg=0.0)
MICRO, RNN = micro.MicroSpace(1, num_ops=3), rnn.RnnSpace(2)


class Given:
    """Three weights; the arc t has the loss (t + 1) v[t]. The arcs are as given."""

    num_tokens = 1

    def __init__(self, arcs):
        self.variables, self.decayed = [tf.Variable([0.0] * 3)], [True]
        self._arcs = arcs

    optimizer = networks.SampledChild.optimizer

    def initial_state(self, batch_size):
        return None

    def arcs(self, step):
        return tf.constant(self._arcs)[:, None]

    def run(self, inputs, tokens, *, step, number=None, state=None):
        weight = tf.cast(tokens[0] + 1, tf.float32)
        return ChildOutput(weight * (1.0 + tf.gather(self.variables[0], tokens[0])))

    def arc_text(self, tokens):
        return str(tokens[0])


def of_given(arcs, **settings):
    network, task = Given(arcs), IndexTask(8)
    config = ChildConfig(arcs_per_step=len(arcs), **settings)
    order = lessons.Shuffled(task, batch_size=4, seed=0)
    return network, shared.SharedTrainer(network, task, config, lessons=order)


def run(trainer, first, last, lr=0.1):
    return trainer.run(toys.int64(first), toys.int64(last), tf.constant(lr))


def words():
    ids = np.random.default_rng(0).integers(0, 9, 200, dtype=np.int32)
    return language_model.LanguageModel(dict(train=ids), bptt_steps=4)


def rnn_child_of():
    config = RnnChildConfig(hidden_size=4, init_range=0.5)
    return rnn_child.SharedRnnChild(RNN, config, vocab_size=9, seed=0)


KINDS = {
    "macro": (toys.SPACE, lambda: toys.child(keep_prob=0.5), toys.task),
    "micro": (MICRO, lambda: toys.child(MICRO, num_layers=2), toys.task),
    "rnn": (RNN, rnn_child_of, words),
}


def build(kind="macro", *, trainer=shared.SharedTrainer, **settings):
    """A shared child's network, and its trainer, of two epochs."""
    space, child, task = KINDS[kind][0], KINDS[kind][1](), KINDS[kind][2]()
    config, policy = ChildConfig(**settings), toys.controller(space)
    order = task.lessons(batch_size=8, num_epochs=2, seed=0)
    draw = arc_draws.of_config(
        config,
        policy,
        space,
        steps_before=order.steps_before,
        num_epochs=2,
        seed=0,
    )
    network = networks.SampledChild(child, policy, space, seed=0, draw=draw)
    return network, trainer(network, task, config, lessons=order), task


def test_one_update_is_by_the_mean_of_the_arcs():
    network, trainer = of_given([0, 2, 2, 0], momentum=0.9, l2_reg=0.0)
    found = run(trainer, 0, 1)
    # Gradients (1, 0, 0) and (0, 0, 3), twice each: (0.5, 0, 1.5), and Nesterov's 1.9.
    np.testing.assert_allclose(network.variables[0], [-0.095, 0, -0.285], rtol=1e-6)
    assert float(found.metrics.loss) == 2.0  # of 1, 3, 3, 1
    np.testing.assert_allclose(found.metrics.grad_norm, np.sqrt(2.5), rtol=1e-6)
    assert found.tokens.numpy().tolist() == [0]
    assert float(found.metrics.measured) == 1.0


def test_l2_is_added_once_whatever_the_number_of_arcs():
    network, trainer = of_given([1, 1], momentum=0.0, l2_reg=0.5)
    network.variables[0].assign([1.0, 1.0, 1.0])
    run(trainer, 0, 1)
    np.testing.assert_allclose(network.variables[0], [0.9, 0.7, 0.9], rtol=1e-6)


def test_of_several_arcs_used_is_what_any_of_them_used():
    network, trainer = of_given([0, 2], momentum=0.0, l2_reg=0.5, update="used")
    network.variables[0].assign([1.0, 1.0, 1.0])
    run(trainer, 0, 1)
    # (0.5 + 1, -, 1.5 + 1)
    np.testing.assert_allclose(network.variables[0], [0.85, 1.0, 0.75], rtol=1e-6)


def test_an_arc_whose_loss_is_no_number_is_told_to_be_among_several():
    trainer = of_given([1, 0])[1]
    assert trainer.arc_text(np.array([1])) == "1 (the first of the step's arcs)"
    assert build()[1].arc_text(np.array([1, 2, 0])) == "1 2 0"


def gradients_of(network, task, batch, state, step, arcs):
    """Of the loss of each arc, run by itself."""
    found = []
    for number, tokens in enumerate(arcs):
        with tf.GradientTape() as tape:
            output = network.run(
                batch.inputs,
                tokens,
                step=step,
                number=tf.constant(number),
                state=state,
            )
            loss = task.loss(output, batch)
        found.append(tape.gradient(loss, network.variables[0]).numpy())
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_arcs_of_a_step_learn_the_mean_of_what_each_learns(kind):
    network, trainer, task = build(kind, arcs_per_step=3, **PLAIN)
    step = toys.int64(0)
    lesson = trainer.lessons.lesson(step, trainer.lessons.shared(step))
    state = network.initial_state(8)
    arcs = network.arcs(step)
    singles = gradients_of(network, task, lesson.batch, state, step, arcs)
    before = network.variables[0].numpy()
    run(trainer, 0, 1, lr=1.0)
    moved = (before - network.variables[0].numpy()) / float(lesson.lr_scale)
    # Weights of about 1 are a difference of float32, and sums run in another order.
    np.testing.assert_allclose(moved, np.mean(singles, axis=0), atol=2e-6, rtol=1e-4)
    assert not np.allclose(singles[0], singles[1], atol=1e-4)


def test_a_text_goes_on_from_the_state_of_the_first_arc():
    network, trainer, _ = build("rnn", arcs_per_step=3, **PLAIN)
    step = toys.int64(0)
    lesson = trainer.lessons.lesson(step, ())
    inputs, begin = lesson.batch.inputs, network.initial_state(8)
    first, second = (
        network.run(inputs, tokens, step=step, number=tf.constant(n), state=begin)
        for n, tokens in enumerate(network.arcs(step)[:2])
    )
    run(trainer, 0, 1)
    np.testing.assert_allclose(trainer.variables[-1], first.state, atol=1e-6)
    assert not np.allclose(first.state, second.state, atol=1e-3)


def test_the_first_arc_drops_what_a_single_one_does_and_others_something_else():
    network, _, _ = build()
    images, step = tf.ones([8, *toys.IMAGE_SHAPE]), toys.int64(4)
    images *= tf.reshape(tf.range(8.0), [8, 1, 1, 1])
    single, tokens = network.forward(images, step=step)
    first, second, third = (
        network.run(images, tokens, step=step, number=tf.constant(n)).logits.numpy()
        for n in range(3)
    )
    np.testing.assert_array_equal(first, single.logits)
    assert not np.array_equal(first, second) and not np.array_equal(second, third)


def nodes(**settings):
    """How many nodes the graph of a call has, those of its functions included."""
    one = tf.constant(0.1)
    trainer = build(**settings)[1]
    graph = trainer.run.get_concrete_function(toys.int64(0), toys.int64(1), one).graph
    functions = graph.as_graph_def().library.function
    return len(graph.as_graph_def().node) + sum(len(f.node_def) for f in functions)


def test_the_graph_does_not_grow_with_the_number_of_arcs():
    assert nodes(arcs_per_step=2) == nodes(arcs_per_step=50)


def test_with_the_defaults_a_step_is_that_of_a_child_trainer():
    found = []
    for kind in (ChildTrainer, shared.SharedTrainer):
        network, trainer, _ = build(trainer=kind)
        run(trainer, 0, 3)
        found.append(b"".join(v.numpy().tobytes() for v in state(network, trainer)))
    assert found[0] == found[1]


def test_a_fair_step_moves_the_weights_of_every_op():
    network, trainer, _ = build(sampling="fair", **PLAIN)
    parameters = network._child.parameters
    before = parameters.unpack(parameters.vector.numpy())
    run(trainer, 0, 1)
    after = parameters.unpack(parameters.vector.numpy())
    for name, weight in before.items():
        assert not np.array_equal(weight, after[name]), name


def state(network, trainer):
    """All that a checkpoint holds of a child's training."""
    return [*network.variables, *trainer.variables, *trainer.means]


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("rnn", dict(arcs_per_step=2, momentum=0.0, l2_reg=0.0)),
        ("macro", dict(sampling="uniform", sampling_epochs=1)),
        ("macro", dict(sampling="fair", sampling_epochs=1, update="used")),
    ],
    ids=["arcs", "uniform", "fair and used"],
)
def test_a_run_that_was_cut_ends_with_the_same_bits(kind, settings):
    network, whole, _ = build(kind, **settings)
    epoch = whole.lessons.steps_before(1)
    run(whole, 0, epoch)
    run(whole, epoch, epoch + 2)
    first, begun, _ = build(kind, **settings)
    run(begun, 0, epoch - 1)
    again, resumed, _ = build(kind, **settings)
    for old, new in zip(state(first, begun), state(again, resumed), strict=True):
        new.assign(old)
    for begin, end in ((epoch - 1, epoch), (epoch, epoch + 1), (epoch + 1, epoch + 2)):
        run(resumed, begin, end)
    for ours, theirs in zip(state(again, resumed), state(network, whole), strict=True):
        np.testing.assert_array_equal(ours, theirs)
