"""One figure that takes a process of its own: python -m enas_tf.benchmark.probe.

Prints a line of JSON. Nothing but TensorFlow is imported before the clock starts.
"""

import json
import subprocess
import sys
import time

import tensorflow as tf

STATUS = "/proc/self/status"


def wait(space: str, **given: int) -> dict[str, float]:
    """CPU seconds from TensorFlow's import to the end of the first training step.

    Also those of the second step, which the first one includes.
    """
    began = time.process_time()
    # Kept: a method of TensorFlow's does not keep its owner.
    parts = _searching(space, **given)
    parts["trainer"].run(*_first_step()).sums.loss.numpy()
    first = time.process_time()
    parts["trainer"].run(*_first_step()).sums.loss.numpy()
    return {
        f"{space}.wait_cpu_s": first - began,
        f"{space}.second_step_cpu_s": time.process_time() - first,
    }


def wait_b32(space: str) -> dict[str, float]:
    """The same at batch 32, whatever the published one is."""
    found = wait(space, batch_size=32)
    return {name.replace("_cpu_s", "_b32_cpu_s"): s for name, s in found.items()}


def graph(space: str) -> dict[str, float]:
    """Memory that tracing and one step of tiny batches and weights add."""
    from enas_tf.benchmark import subjects

    parts = _searching(space, **subjects.HOST[space])
    before = _memory("VmRSS")
    parts["trainer"].run(*_first_step())
    return {f"{space}.graph_mb": _memory("VmRSS") - before}


def peak(space: str) -> dict[str, float]:
    """Largest resident memory of a search: steps, an update, an evaluation's batch."""
    import numpy as np

    from enas_tf.benchmark import subjects
    from enas_tf.training import scoring

    subjects.EXAMPLES |= dict(train=45_000, valid=5_000, test=10_000)
    parts = _searching(space)
    for _ in range(2):
        parts["trainer"].run(*_first_step())
    parts["updater"].run(*_first_step()[:2])
    whole = parts["subjects"]
    batch = whole.config.loop.eval_batch_size
    some = scoring.Batches(
        np.arange(batch, dtype=np.int32)[None], np.ones([1, batch], np.float32)
    )
    parts["scorer"].means(whole.arcs(1), some, split="test")
    return {f"{space}.peak_mb": _memory("VmHWM")}


WHAT = dict(wait=wait, wait_b32=wait_b32, graph=graph, peak=peak)


def ask(space: str, what: str) -> dict[str, float]:
    """The same, from another process."""
    command = [sys.executable, "-m", "enas_tf.benchmark.probe", space, what]
    answer = subprocess.run(command, capture_output=True, text=True)
    if answer.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{answer.stderr}")
    return json.loads(answer.stdout.splitlines()[-1])


def _searching(space: str, **given) -> dict:
    """What a search is made of, on data that costs nothing."""
    from enas_tf.benchmark import subjects as subjects_lib
    from enas_tf.controller import Controller
    from enas_tf.training import networks, scoring

    subjects = subjects_lib.Subjects(space, **given)
    config = subjects.config
    policy = Controller(subjects.space.tape(), config.controller, seed=0)
    network = networks.SampledChild(subjects.child, policy, subjects.space, seed=0)
    scorer = scoring.Scorer(subjects.child, subjects.space, subjects.task)
    updater = subjects.updater(policy, scorer)
    trainer = subjects.trainer(network)
    return dict(subjects=subjects, trainer=trainer, scorer=scorer, updater=updater)


def _first_step() -> tuple:
    return tf.constant(0, tf.int64), tf.constant(1, tf.int64), tf.constant(1e-4)


def _memory(name: str) -> float:
    """What Linux says of this process, in megabytes.

    Not getrusage's peak: a process inherits that from the one that started it.
    """
    with open(STATUS) as file:
        (line,) = (line for line in file if line.startswith(f"{name}:"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    print(json.dumps(WHAT[sys.argv[2]](sys.argv[1])))
