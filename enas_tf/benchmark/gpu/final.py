"""The final child at its published size: a training step, and XLA around its passes."""

import functools
import statistics
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from enas_tf.benchmark import subject
from enas_tf.benchmark import subjects as subjects_lib
from enas_tf.benchmark.gpu import plan, steadily
from enas_tf.benchmark.gpu.plan import Order
from enas_tf.children.network import Network
from enas_tf.config import presets
from enas_tf.config import sections as config_lib
from enas_tf.config.sections import Config
from enas_tf.stages import assembly
from enas_tf.tasks.base import Task
from enas_tf.training import final_language, networks
from enas_tf.training.child import ChildTrainer

TIMES = (1, 2, 4)  # of the batch of the search
STEPS = 1_000  # of a whole training, by which drop path grows
Figures = dict[str, float]


class Final(NamedTuple):
    """A final child of a random arc.

    Attributes:
      network: what is trained.
      config: of the published training.
      task: noise in the shape of the data.
      batch_size: that of the search.
    """

    network: Network
    config: Config
    task: Task
    batch_size: int


def build(order: Order) -> Final:
    """The final child of `order`, new."""
    small = order.small
    given = {**(plan.SMALL[order.space] if small else {}), **order.settings}
    config = presets.resolve(order.space, "train", "paper", given)
    words = subject.of(order.space).host.get("vocabulary") if small else None
    data = subjects_lib.Data(vocabulary=range(words or subjects_lib.VOCABULARY))
    search = presets.resolve(order.space, "search", "paper", {})
    return Final(
        _network(order.space, config, data),
        config,
        subjects_lib.task(config, data),
        4 if small else search.loop.batch_size,
    )


def _network(name: str, config: Config, data: subjects_lib.Data) -> Network:
    """As `stages/final_images.py` and `stages/final_texts.py` build it."""
    part, seed = assembly.SPACES[name], config.run.seed
    space = part.space(config)
    (tokens,) = space.random(np.random.default_rng(0), 1)
    arc = space.decode(tokens)
    if name in config_lib.TEXTS:
        model = part.final(
            arc,
            config.rnn,
            num_nodes=config.child.num_layers,
            vocab_size=len(data.vocabulary),
            seed=seed,
        )
        return final_language.FinalLanguageNetwork(model, config.rnn, seed=seed)
    model = part.final(
        arc,
        config.child,
        image_shape=data.image_shape,
        num_classes=data.num_classes,
        seed=seed,
        training=True,
    )
    return networks.FinalNetwork(model, total_steps=STEPS, seed=seed)


class Bench:
    """One final child, trained on batches of several sizes."""

    def __init__(self, final: Final):
        """Nothing is traced yet.

        Args:
          final: the child, its data and its batch.
        """
        self._final = final
        self._medians: dict[int, float] = {}

    def step(self, times: int = 1) -> Figures:
        """A training step on `times` the search's batch."""
        name = "step" if times == 1 else f"step_{times}x"
        trainer = self._trainer(self._final.batch_size * times)
        found = steadily.milliseconds(functools.partial(subjects_lib.steps, trainer))
        self._medians[times] = statistics.median(found)
        return steadily.spread(name, [found]) | self._waiting(times)

    def _trainer(self, size: int) -> ChildTrainer:
        batch = self._final.task.batch("train", tf.range(size))
        return ChildTrainer(
            self._final.network,
            self._final.task,
            self._final.config.child,
            lessons=subjects_lib.RepeatedLesson(batch, size),
        )

    def _waiting(self, times: int) -> Figures:
        """The share of a step that does not grow with the batch: the host's, mostly.

        From a line through the times at the first and the last size, of which the last
        has just been timed.
        """
        most = TIMES[-1]
        if times != most or 1 not in self._medians:
            return {}
        one, last = self._medians[1], self._medians[most]
        return dict(share_beside_batch=(most * one - last) / ((most - 1) * one))


def parts(order: Order) -> dict[str, Callable[[], Figures]]:
    """Steps, by the name of the batch; the smallest, the largest, the one between."""
    bench = Bench(build(order))
    named = {f"step_{times}x": functools.partial(bench.step, times) for times in TIMES}
    return dict(
        step=named["step_1x"], step_4x=named["step_4x"], step_2x=named["step_2x"]
    )


def passes(order: Order) -> dict[str, Callable[[], Figures]]:
    """A forward and a backward pass without XLA and with it."""
    final = build(order)
    return {
        name: functools.partial(_passes, final, name, jit_compile=jit)
        for name, jit in dict(passes=False, passes_xla=True).items()
    }


def _passes(final: Final, name: str, *, jit_compile: bool) -> Figures:
    network, task = final.network, final.task
    batch = task.batch("train", tf.range(final.batch_size))
    state = network.initial_state(final.batch_size)

    @tf.function(autograph=False, jit_compile=jit_compile)
    def norm(inputs: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(network.variables)
            step = tf.constant(0, tf.int64)
            output, _ = network.forward(inputs, step=step, state=state)
            loss = task.loss(output, type(batch)(inputs, labels))
        # All gradients are asked for, so none is left out.
        return tf.linalg.global_norm(tape.gradient(loss, network.variables))

    found = steadily.once(lambda: norm(*batch).numpy())
    return steadily.spread(name, [found])
