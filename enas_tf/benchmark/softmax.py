"""A training step with many words by each --child_softmax, over one that scores all.

The text is noise whose words are as frequent as in a language (log-uniform): uniform
ones would all be of the last cluster of a tree.
"""

import functools
import math
import pathlib
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from enas_tf.benchmark import subjects, timing
from enas_tf.benchmark.subjects import Subjects
from enas_tf.config import rnn
from enas_tf.config.spaces import registry
from enas_tf.stages import assembly
from enas_tf.tasks.language_model import LanguageModel
from enas_tf.training import final_language, networks
from enas_tf.training.child import ChildTrainer

WORDS = 100_000
SIZES = dict(batch_size=20, child_hidden_size=200)  # words of a step: 20 x 35
BLOCKS = 5
FORGET_PEAK = "/proc/self/clear_refs"
OF = ("search", "final")  # whose step: the shared child's, the final child's


def softmax(space: str) -> dict[str, float]:
    """CPU time of steps; nothing of a space that has no such setting."""
    if not registry.SPECS[space].has("large vocabularies"):
        return {}
    found: dict[str, float] = {}
    for of in OF:
        calls = {kind: step(space, kind, of) for kind in rnn.SOFTMAXES}
        times = timing.alternate(calls, blocks=BLOCKS)
        for kind, own in times.items():
            key = f"{space}.softmax_{of}_{kind}"
            found[f"{key}_over_full"] = timing.ratio(own, times["full"])
            found[f"{key}_cpu_ms"] = own.cpu_median * 1e3
        del found[f"{space}.softmax_{of}_full_over_full"]
    return found


def peak(
    space: str, kind: str, of: str, memory: Callable[[str], float]
) -> dict[str, float]:
    """Megabytes that a child and its steps take, building it left out; see `probe`."""
    before = memory("VmRSS")
    call = step(space, kind, of)
    # Building makes and drops more than a small step does: count anew from here.
    pathlib.Path(FORGET_PEAK).write_text("5")
    for _ in range(2):
        call()
    return {f"{space}.softmax_{of}_{kind}_mb": memory("VmHWM") - before}


def step(
    space: str, kind: str, of: str, *, words: int = WORDS, **given: int | str
) -> Callable[[], np.ndarray]:
    """One step of a new child as a call that waits for its end."""
    settings = {**SIZES, "child_softmax": kind, **given}
    things = Subjects(space, vocabulary=words, **settings)
    config = things.config
    rng = np.random.default_rng(0)
    drawn = np.exp(rng.random(10_000) * math.log(words)).astype(np.int32) - 1
    task = LanguageModel(dict(train=drawn), bptt_steps=config.rnn.bptt_steps)
    size = config.loop.batch_size
    lessons = subjects.RepeatedLesson(task.batch("train", tf.range(size)), size)
    network = (_shared if of == "search" else _final)(things)
    trainer = ChildTrainer(network, task, config.child, lessons=lessons)
    return functools.partial(_done, subjects.steps(trainer, 1), trainer)


def _done(call: Callable[[], np.ndarray], trainer: ChildTrainer) -> np.ndarray:
    """What `call` returns; a method of TensorFlow's does not keep its owner."""
    del trainer
    return call()


def _shared(things: Subjects) -> networks.SampledChild:
    """The shared child of a search, with one arc."""
    given = subjects.GivenArcs(things.space.num_tokens)
    given.tokens.assign(things.arcs(1)[0])
    return networks.SampledChild(things.child, given, things.space, seed=0)


def _final(things: Subjects) -> final_language.FinalLanguageNetwork:
    """A final child of the same sizes."""
    model = assembly.SPACES[things.name].final(
        things.space.decode(things.arcs(1)[0]),
        things.config.rnn,
        num_nodes=things.config.child.num_layers,
        vocab_size=len(things.data.vocabulary),
        seed=0,
    )
    return final_language.FinalLanguageNetwork(model, things.config.rnn, seed=0)
