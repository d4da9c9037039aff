"""The other phases of a search: updates, evaluations; and its savings in all."""

import itertools

import numpy as np
import tensorflow as tf

from enas_tf.benchmark import subject, timing
from enas_tf.benchmark import subjects as subjects_lib
from enas_tf.benchmark.subjects import Subjects
from enas_tf.config import sections as config_lib
from enas_tf.search import scoring
from enas_tf.search.controller import Controller
from enas_tf.training import batching

BLOCKS = 3
REWARDED = 10  # arcs of a timed update
SAMPLE = 3  # arcs whose steps stand for all
PARTS = 10  # that take turns


def controller(space: str) -> dict[str, float]:
    """An update of the controller over the forward passes of its rewards alone."""
    subjects = Subjects(space, controller_num_aggregate=REWARDED)
    config = subjects.config
    policy = Controller(subjects.space.tape(), config.controller, seed=0)
    scorer = scoring.Scorer(subjects.child, subjects.space, subjects.task)
    trainer = subjects.updater(policy, scorer)
    first, last = (tf.constant(n, tf.int64) for n in (0, 1))
    trained = [v.value for v in policy.trainable_variables] + trainer.variables
    start = [tf.identity(value) for value in trained]

    def update() -> np.ndarray:
        # From the same weights each time, so that the arcs are those scored below.
        for variable, value in zip(trained, start, strict=True):
            variable.assign(value)
        return trainer.run(first, last).metrics.loss.numpy()

    tokens = trainer.run(first, last).tokens.numpy()[0]
    rewarded = batches(subjects, REWARDED, config.loop.batch_size)
    things = dict(
        update=update,
        forward=lambda: scorer.means(tokens, rewarded, split="valid"),
    )
    times = timing.alternate(things, blocks=BLOCKS)
    return {
        f"{space}.controller_over_forward": timing.ratio(
            times["update"], times["forward"]
        ),
        f"{space}.controller_update_wall_s": times["update"].wall_median,
    }


def evaluate(space: str) -> dict[str, float]:
    """One arc on a whole split, over the bare forward pass of a fixed network.

    A part of the split at a time: whatever slows the machine meanwhile hits both.
    """
    subjects = Subjects(space)
    size = subjects.config.loop.eval_batch_size
    scorer = scoring.Scorer(subjects.child, subjects.space, subjects.task)
    tokens = subjects.arcs(1)
    fixed = subjects.fixed(tokens[0])
    batches = batching.cut(
        min(subject.of(space).evaluated, subjects.task.size("test")), size
    )
    count = min(PARTS, len(batches.indices))
    parts = [
        batching.Batches(*part)
        for part in zip(*(np.array_split(b, count) for b in batches), strict=True)
    ]
    ready = [
        tf.stack([subjects.task.batch("test", tf.constant(b)).inputs for b in indices])
        for indices, _ in parts
    ]

    @tf.function(autograph=False)
    def bare(inputs: tf.Tensor) -> tf.Tensor:
        return tf.map_fn(
            lambda batch: tf.reduce_sum(fixed.answer(batch).logits),
            inputs,
            fn_output_signature=tf.float32,
            parallel_iterations=1,
        )

    theirs, ours = itertools.cycle(ready), itertools.cycle(parts)

    def scored() -> np.ndarray:
        part = next(ours)
        rows = np.repeat(tokens, len(part.indices), axis=0)
        return scorer.means(rows, part, split="test")

    things = dict(scored=scored, bare=lambda: bare(next(theirs)).numpy())
    times = timing.alternate(things, blocks=BLOCKS * PARTS)
    return {
        f"{space}.evaluate_over_fixed": timing.ratio(times["scored"], times["bare"])
    }


def economy(space: str) -> dict[str, float]:
    """Training each scored arc from scratch over the whole search: extrapolated.

    From the times of single steps of a sample of arcs at the published sizes, a fixed
    network of the same size and schedule standing for each arc's own training.
    """
    subjects = Subjects(space)
    config, batch = subjects.config, subjects.config.loop.batch_size
    given, trainer = subjects.shared()
    tokens = subjects.arcs(SAMPLE)
    step = subjects_lib.steps(trainer, 1)
    fixed = [subjects.trainer(subjects.fixed(arc)) for arc in tokens]
    alone = [subjects_lib.steps(own, 1) for own in fixed]
    scorer = scoring.Scorer(subjects.child, subjects.space, subjects.task)
    rewarding = batches(subjects, SAMPLE, batch)

    def shared() -> None:
        for arc in tokens:
            given.tokens.assign(arc)
            step()

    things = dict(
        shared=shared,
        fixed=lambda: [call() for call in alone],
        reward=lambda: scorer.means(tokens, rewarding, split="valid"),
    )
    times = timing.alternate(things, blocks=BLOCKS)
    words = config.rnn.bptt_steps if space in config_lib.TEXTS else 1
    steps_of_epoch = subject.of(space).training_size // (batch * words)
    steps = config.loop.num_epochs * steps_of_epoch
    phases = config.loop.num_epochs // config.controller.train_every
    arcs = phases * config.controller.train_steps * config.controller.num_aggregate
    seconds = {name: value.wall_median / SAMPLE for name, value in times.items()}
    searched = steps * seconds["shared"] + arcs * seconds["reward"]
    return {
        f"{space}.arcs_scored": arcs,
        f"{space}.search_days_here": searched / 86_400,
        f"{space}.economy": arcs * steps * seconds["fixed"] / searched,
    }


def batches(subjects: Subjects, count: int, batch_size: int) -> batching.Batches:
    """`count` random batches of the validation split."""
    rng, size = np.random.default_rng(0), subjects.task.size("valid")
    indices = rng.integers(0, size, (count, batch_size)).astype(np.int32)
    return batching.Batches(indices, np.ones(indices.shape, np.float32))
