"""What one device and several make of the same steps; a program of its own.

Logical devices are made before TensorFlow finds any, so not in the process of a test.
`python tests/shared_devices.py FOLDER EXTENT` leaves in FOLDER an npz for each case,
which tests/training/test_devices.py compares, and the folders of two searches. EXTENT
is "quick" or "everything".
"""

import os
import pathlib
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import kills
import numpy as np
import runs
import tensorflow as tf
import toys

from enas_tf.children import final_macro, final_rnn
from enas_tf.children import rnn as rnn_child
from enas_tf.config.rnn import RnnChildConfig
from enas_tf.config.sections import ChildConfig, ControllerConfig
from enas_tf.nn import seeds
from enas_tf.nn.replicas import ALONE, Replicas
from enas_tf.search import rewards
from enas_tf.search.payer import Payer
from enas_tf.search.rewarder import Rewarder
from enas_tf.search.scoring import Scorer
from enas_tf.spaces import micro, rnn
from enas_tf.tasks import language_model
from enas_tf.training import arc_draws, final_language, networks, optimizer, shared
from enas_tf.training.driver import Driver
from enas_tf.training.parts import PartsTrainer

LOGICAL = 4
STEPS = 3
KINDS, QUICK = ("macro", "micro", "rnn"), ("macro", "rnn")
EVERYTHING = "everything"
SMALL = RnnChildConfig(hidden_size=4, init_range=0.5)
NO_DROPS = dict.fromkeys([f"drop_{x}" for x in "eixlow"], 0.0)
LR = 0.05


def devices(count):
    names = [f"CPU:{number}" for number in range(count)]
    in_order = tf.distribute.ReductionToOneDevice()
    return Replicas(tf.distribute.MirroredStrategy(names, cross_device_ops=in_order))


def text():
    ids = np.random.default_rng(0).integers(0, 9, 200, dtype=np.int32)
    texts = dict(train=ids, valid=ids[:90])
    return language_model.LanguageModel(texts, bptt_steps=4)


def parts_of(kind):
    """A space, its shared child, a task and a reward."""
    if kind == "macro":
        return toys.SPACE, toys.child(keep_prob=0.5), toys.task(), rewards.accuracy
    if kind == "micro":
        space = micro.MicroSpace(1, num_ops=3)
        return space, toys.child(space, num_layers=1), toys.task(), rewards.accuracy
    space = rnn.RnnSpace(2)
    child = rnn_child.SharedRnnChild(space, SMALL, vocab_size=9, seed=0)
    return space, child, text(), rewards.inverse_perplexity


def arrays(*values):
    return [np.asarray(value) for value in values]


def search(kind, arcs, replicas=ALONE):
    """What is there after some steps of so many arcs, and what three arcs are paid."""
    space, child, task, reward = parts_of(kind)
    policy, config = toys.controller(space), ChildConfig(arcs_per_step=arcs)
    draw = arc_draws.of_policy(policy, seed=0, count=arcs)
    network = networks.SampledChild(child, policy, space, seed=0, draw=draw)
    order = task.lessons(batch_size=8, num_epochs=2, seed=0)
    trainer = shared.SharedTrainer(
        network, task, config, lessons=order, replicas=replicas
    )
    run = trainer.run(toys.int64(0), toys.int64(STEPS), tf.constant(LR))
    rewarder = Rewarder(
        Scorer(child, space, task),
        ControllerConfig(num_aggregate=3),
        payer=Payer(reward, space, task.measure),
        batch_size=6,
        seed=0,
        replicas=replicas,
    )
    tokens = policy.draw(3, seed=seeds.at(0, "sampled", 0))
    paid = tf.function(rewarder.of, autograph=False)(tokens, toys.int64(0))
    trained = [*network.variables, *trainer.variables, *run.metrics, run.tokens]
    return arrays(*trained, paid.rewards, paid.measured)


def image_network():
    config = ChildConfig(out_filters=4, keep_prob=0.5)
    sizes = dict(image_shape=toys.IMAGE_SHAPE, num_classes=toys.NUM_CLASSES, seed=0)
    arc = toys.SPACE.parse("0 2 1")
    model = final_macro.final_macro_child(arc, config, **sizes)
    return config, networks.FinalNetwork(model, total_steps=STEPS, seed=0)


def final_images(replicas):
    """The weights and moving averages of a final child."""
    (config, network), task = image_network(), toys.task()
    order = task.lessons(batch_size=8, num_epochs=2, seed=0)
    trainer = PartsTrainer(network, task, config, lessons=order, replicas=replicas)
    trainer.run(toys.int64(0), toys.int64(2), tf.constant(LR))
    return arrays(*network.model.weights)


def final_images_by_hand(count):
    """The same with one device, part by part, as docs/deviations.md says it (D44)."""
    (config, network), task = image_network(), toys.task()
    order = task.lessons(batch_size=8, num_epochs=2, seed=0)
    momentum = network.optimizer(config)
    for step in (toys.int64(0), toys.int64(1)):
        batch = order.lesson(step, order.shared(step)).batch
        before = arrays(*network.moving)
        gradients, moved = [], []
        for part in range(count):
            for variable, value in zip(network.moving, before, strict=True):
                variable.assign(value)
            own = tf.nest.map_structure(lambda t, p=part: np.split(t, count)[p], batch)
            with tf.GradientTape() as tape:
                output, _ = network.forward(
                    own.inputs, step=step, part=tf.constant(part)
                )
                loss = task.loss(output, own)
            gradients.append(tape.gradient(loss, network.variables))
            moved.append(arrays(*network.moving))
        for variable, values in zip(
            network.moving, zip(*moved, strict=True), strict=True
        ):
            variable.assign(np.mean(values, axis=0))
        means = [
            tf.reduce_mean(tf.stack(g), axis=0) for g in zip(*gradients, strict=True)
        ]
        l2 = [config.l2_reg] * len(means)
        momentum.apply(optimizer.add_l2(means, network.variables, l2), tf.constant(LR))
    return arrays(*network.model.weights)


def final_text(replicas=ALONE):
    """The weights and the state of a language model without dropout."""
    config = RnnChildConfig(hidden_size=4, init_range=0.5, **NO_DROPS)
    arc = rnn.RnnSpace(2).parse("0 1 0 2")
    model = final_rnn.final_rnn_child(arc, config, num_nodes=2, vocab_size=9, seed=0)
    network, task = final_language.FinalLanguageNetwork(model, config, seed=0), text()
    order = task.lessons(batch_size=8, num_epochs=2, seed=0)
    child = ChildConfig(momentum=0.0, l2_reg=0.0)
    trainer = PartsTrainer(network, task, child, lessons=order, replicas=replicas)
    trainer.run(toys.int64(0), toys.int64(STEPS), tf.constant(LR))
    return arrays(*network.variables, *trainer.variables)


def searches(space, folder, counts):
    """One of two arcs a step on one device; another on so many in turn."""
    given = dict(child_arcs_per_step=2, num_epochs=1)
    runs.run(space, folder / "whole", **given)
    advance = Driver.advance
    for turn, count in enumerate(counts, start=1):
        shared_by = dict(distribute="mirrored", distribute_devices=count)
        if turn < len(counts):
            Driver.advance = kills.killed_at(6 * turn + 1)
        try:
            runs.run(
                space, folder / "parts", **given, **(shared_by if count > 1 else {})
            )
        except kills.Killed:
            pass
        Driver.advance = advance


def cases(kinds, macro_4):
    """What is computed, by name: the kinds of children, and four arcs of macro."""
    found = {f"{kind}_2": lambda kind=kind: search(kind, 2) for kind in kinds}
    found |= {
        f"{kind}_2_on_2": lambda kind=kind: search(kind, 2, devices(2))
        for kind in kinds
    }
    if macro_4:
        found |= dict(
            macro_4=lambda: search("macro", 4),
            macro_4_on_4=lambda: search("macro", 4, devices(4)),
        )
    return found | dict(
        images_on_2=lambda: final_images(devices(2)),
        images_by_hand=lambda: final_images_by_hand(2),
        text=final_text,
        text_on_2=lambda: final_text(devices(2)),
    )


def main(folder, extent):
    cpu = tf.config.list_physical_devices("CPU")[0]
    parts = [tf.config.LogicalDeviceConfiguration()] * LOGICAL
    tf.config.set_logical_device_configuration(cpu, parts)
    tf.config.experimental.enable_op_determinism()
    everything = extent == EVERYTHING
    found = cases(KINDS if everything else QUICK, macro_4=everything)
    for name, case in found.items():
        np.savez(folder / name, *case())
    if everything:
        searches("macro", folder, (2, 4, 1))
    else:
        searches("rnn", folder, (2, 1))


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), sys.argv[2])
