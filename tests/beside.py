"""Times a step or a reward of two checkouts, which take turns.

  python tests/beside.py OLD NEW macro.step.32 [micro.reward.32 ...] [--blocks=9]

OLD and NEW are folders of the sources (`git worktree add --detach OLD 3d3104a`). Of
each there is a process with one thread, and of OLD a second one with TensorFlow's
remapping, `fused`. In each block every process computes the same five random arcs once
at the published sizes, in turn; told are the medians of the CPU ms of one of them, and
of the ratios within a block. `host` in place of `step` has two filters or units.
`TF_ENABLE_ONEDNN_OPTS` counts as it does for the program.
"""

import contextlib
import os
import pathlib
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

BLOCKS = 9
GO = "go\n"


def main(words: list[str]) -> None:
    """Measures what `words` ask for."""
    blocks = BLOCKS
    for word in [word for word in words if word.startswith("--blocks=")]:
        blocks = int(word.partition("=")[2])
        words.remove(word)
    old, new, *subjects = words
    forms = dict(fused=(old, True), old=(old, False), new=(new, False))
    for subject in subjects:
        print(subject, table(in_turns(subject, forms, blocks)), flush=True)


def table(times: dict[str, list[float]]) -> str:
    """The medians of each form, and the ratios of the new one to the others."""
    words = [f"{form} {statistics.median(ms):.1f} ms" for form, ms in times.items()]
    for other in list(times)[:-1]:
        pairs = zip(times["new"], times[other], strict=True)
        words.append(f"new/{other} {statistics.median(a / b for a, b in pairs):.3f}")
    return ", ".join(words)


def in_turns(
    subject: str, forms: dict[str, tuple[str, bool]], blocks: int
) -> dict[str, list[float]]:
    """CPU ms of each form in each block."""
    times: dict[str, list[float]] = {form: [] for form in forms}
    with contextlib.ExitStack() as stack:
        ready = {
            form: stack.enter_context(_process(subject, folder, fused))
            for form, (folder, fused) in forms.items()
        }
        for process in ready.values():
            process.stdout.readline()
        for block in range(blocks):
            order = list(ready.items())
            for form, process in order if block % 2 else order[::-1]:
                process.stdin.write(GO)
                process.stdin.flush()
                times[form].append(float(process.stdout.readline()))
        for process in ready.values():
            process.stdin.close()
    return times


def _process(subject: str, folder: str, fused: bool) -> subprocess.Popen[str]:
    place = str(pathlib.Path(folder).resolve())
    command = [sys.executable, __file__, "--inside", subject, str(int(fused))]
    return subprocess.Popen(
        command,
        cwd=place,
        env=os.environ | dict(PYTHONPATH=place, TF_CPP_MIN_LOG_LEVEL="3"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def _inside(subject: str, fused: bool) -> None:
    """What one process does: says that it is ready, then a block at each line."""
    call, count = _subject(*subject.split("."), fused=fused)
    call(), call()
    print("ready", flush=True)
    for _ in sys.stdin:
        began = time.process_time()
        call()
        print((time.process_time() - began) * 1e3 / count, flush=True)


def _subject(
    space: str, kind: str, batch: str, *, fused: bool
) -> tuple[Callable[[], Any], int]:
    """A call that computes some arcs once, and their number."""
    try:
        from enas_tf.machine import record, tensorflow_state
        from enas_tf.search import scoring
    except ImportError:  # up to 0.3.0
        from enas_tf import machine as record
        from enas_tf import tensorflow_state
        from enas_tf.training import scoring
    tensorflow_state.start(record.Wanted(threads=1, remapping=fused))
    from enas_tf.benchmark import phases, steps, subjects

    small = {}
    if kind == "host":
        small = {"child_hidden_size" if space == "rnn" else "child_out_filters": 2}
    made = subjects.Subjects(space, batch_size=int(batch), **small)
    arcs = made.arcs(steps.ARCS)
    if kind == "reward":
        scorer = scoring.Scorer(made.child, made.space, made.task)
        batches = phases.batches(made, steps.ARCS, int(batch))
        return lambda: scorer.means(arcs, batches, split="valid"), steps.ARCS
    given, trainer = made.shared()
    step = subjects.steps(trainer, 1)

    def each() -> None:
        for tokens in arcs:
            given.tokens.assign(tokens)
            step()

    return each, steps.ARCS


if __name__ == "__main__":
    if sys.argv[1] == "--inside":
        _inside(sys.argv[2], bool(int(sys.argv[3])))
    else:
        main(sys.argv[1:])
