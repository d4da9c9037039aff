"""Figures that take a process of their own: python -m enas_tf.benchmark.probe.

Prints a line of JSON. Nothing but TensorFlow is imported before the clock starts.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import tensorflow as tf

if TYPE_CHECKING:  # the clock must start before these are imported
    from enas_tf.benchmark.subjects import Subjects
    from enas_tf.search.controller_trainer import ControllerTrainer
    from enas_tf.search.scoring import Scorer
    from enas_tf.training.child import ChildTrainer

STATUS = "/proc/self/status"


def wait(
    space: str, batch_size: int, fixed: Sequence[int] | None = None
) -> dict[str, Any]:
    """CPU seconds from TensorFlow's import to the end of a search's first step.

    Args:
      space: its name.
      batch_size: of the step; other sizes are the published ones.
      fixed: tokens of an arc, to train a fixed network of it instead of searching.

    Returns:
      cpu_s; of it, system_s: what the system took, to hand out memory above all;
      second_step_cpu_s: what a first step includes; tokens: the first step's arc.
    """
    began = os.times()
    from enas_tf.benchmark import subjects as subjects_lib

    _optimise_as_a_run()
    if fixed is None:
        # Kept: a method of TensorFlow's does not keep its owner.
        trainer = _searching(space, batch_size=batch_size).trainer
    else:
        subjects = subjects_lib.Subjects(space, batch_size=batch_size)
        trainer = subjects.trainer(subjects.fixed(fixed))
    run = trainer.run(*_first_step())
    run.metrics.loss.numpy()
    first = os.times()
    trainer.run(*_first_step()).metrics.loss.numpy()
    second = os.times()
    return dict(
        cpu_s=first.user + first.system - began.user - began.system,
        system_s=first.system - began.system,
        second_step_cpu_s=second.user + second.system - first.user - first.system,
        tokens=run.tokens.numpy().tolist(),
    )


def graph(space: str) -> dict[str, float]:
    """Memory that tracing and one step of tiny batches and weights add."""
    from enas_tf.benchmark import subject

    _optimise_as_a_run()
    parts = _searching(space, **subject.of(space).host)
    before = _memory("VmRSS")
    parts.trainer.run(*_first_step())
    return {f"{space}.graph_mb": _memory("VmRSS") - before}


def peak(space: str) -> dict[str, float]:
    """Largest resident memory of a search: steps, an update, an evaluation's batch."""
    import numpy as np

    from enas_tf.benchmark import subjects
    from enas_tf.training import batching

    _optimise_as_a_run()
    subjects.EXAMPLES |= dict(train=45_000, valid=5_000, test=10_000)
    parts = _searching(space)
    for _ in range(2):
        parts.trainer.run(*_first_step())
    parts.updater.run(*_first_step()[:2])
    whole = parts.subjects
    batch = whole.config.loop.eval_batch_size
    some = batching.Batches(
        np.arange(batch, dtype=np.int32)[None], np.ones([1, batch], np.float32)
    )
    parts.scorer.means(whole.arcs(1), some, split="test")
    return {f"{space}.peak_mb": _memory("VmHWM")}


def images(space: str) -> dict[str, float]:
    """How many times the images of a search are in memory at once."""
    from enas_tf.benchmark import image_memory

    return image_memory.ratio(space, lambda: _memory("VmHWM"))


def roofline(space: str) -> dict[str, float]:
    """The share of a core's peak, and the kernels of a step; on one thread."""
    from enas_tf.benchmark.roofline import step

    return step.roofline(space)


def softmax(space: str, kind: str, of: str) -> dict[str, float]:
    """Memory that a child of many words and its steps add."""
    from enas_tf.benchmark import softmax as softmax_lib

    return softmax_lib.peak(space, kind, of, _memory)


def growth(space: str, **sizes: int) -> dict[str, float]:
    """Seconds and memory of a search at these sizes."""
    from enas_tf.benchmark.growth import point

    return point.measured(space, sizes, _memory)


def growth_images(space: str, counts: Sequence[int]) -> dict[str, float]:
    """The most memory with each number of images, over that of the bare program."""
    from enas_tf.benchmark import image_memory

    before = _memory("VmHWM")
    found = image_memory.peaks(space, counts, lambda: _memory("VmHWM") - before)
    return {str(count): peak for count, peak in found.items()}


WHAT: dict[str, Callable[..., dict[str, Any]]] = dict(
    wait=wait,
    graph=graph,
    peak=peak,
    images=images,
    roofline=roofline,
    softmax=softmax,
    growth=growth,
    growth_images=growth_images,
)


def ask(space: str, what: str, **given: object) -> dict[str, Any]:
    """The same, from another process; `given`: what JSON knows."""
    command = [sys.executable, "-m", "enas_tf.benchmark.probe"]
    command += [what, json.dumps(dict(space=space, **given))]
    answer = subprocess.run(command, capture_output=True, text=True)
    if answer.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{answer.stderr}")
    return json.loads(answer.stdout.splitlines()[-1])


class _Parts(NamedTuple):
    """The parts of a search."""

    subjects: "Subjects"
    trainer: "ChildTrainer"
    scorer: "Scorer"
    updater: "ControllerTrainer"


def _searching(space: str, **given: int) -> _Parts:
    """A search on data that costs nothing."""
    from enas_tf.benchmark import subjects as subjects_lib
    from enas_tf.search import scoring
    from enas_tf.search.controller import Controller
    from enas_tf.training import networks

    subjects = subjects_lib.Subjects(space, **given)
    config = subjects.config
    policy = Controller(subjects.space.tape(), config.controller, seed=0)
    network = networks.SampledChild(subjects.child, policy, subjects.space, seed=0)
    scorer = scoring.Scorer(subjects.child, subjects.space, subjects.task)
    updater = subjects.updater(policy, scorer)
    trainer = subjects.trainer(network)
    return _Parts(subjects, trainer, scorer, updater)


def _optimise_as_a_run() -> None:
    """TensorFlow's optimisers of graphs, as stages/run.py has them."""
    from enas_tf.nn import graph_passes, sums

    graph_passes.go_once()
    sums.keep_whole()


def _first_step() -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    return tf.constant(0, tf.int64), tf.constant(1, tf.int64), tf.constant(1e-4)


def _memory(name: str) -> float:
    """A figure of Linux on this process, in megabytes.

    Not getrusage's peak: a process inherits that from the one that started it.
    """
    with open(STATUS) as file:
        (line,) = (line for line in file if line.startswith(f"{name}:"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    # As in a run (machine/tensorflow_state.py is imported while the clock runs).
    tf.config.optimizer.set_experimental_options({"remapping": False})
    print(json.dumps(WHAT[sys.argv[1]](**json.loads(sys.argv[2]))))
