"""Which figures there are, and how they are told."""

import functools
import os
import platform
from collections.abc import Callable, Sequence

import keras
import numpy as np
import tensorflow as tf
from absl import logging

from enas_tf.benchmark import inputs, phases, probe, scale, steps

WHAT: dict[str, tuple[Callable[[str], dict[str, float]], ...]] = {
    "step": (steps.step,),
    "host": (steps.host,),
    "controller": (phases.controller,),
    "evaluate": (phases.evaluate,),
    "input": (inputs.images,),
    "startup": tuple(functools.partial(probe.ask, what=n) for n in ("wait", "graph")),
    "memory": (functools.partial(probe.ask, what="peak"),),
    "scale": (scale.scale,),
    "economy": (phases.economy,),
}


def measure(space: str, what: Sequence[str]) -> dict[str, float]:
    """All figures of `what`, keys of `WHAT`; each is logged when it is known."""
    versions = dict(
        python=platform.python_version(),
        tensorflow=tf.__version__,
        keras=keras.__version__,
        numpy=np.__version__,
    )
    told = ", ".join(f"{name} {version}" for name, version in versions.items())
    logging.info("%s; %d CPU cores; space %s", told, os.cpu_count(), space)
    found: dict[str, float] = {}
    for name in what:
        for figure in WHAT[name]:
            new = figure(space)
            for key, value in new.items():
                logging.info("%-40s %10.4g", key, value)
            found |= new
    return found
