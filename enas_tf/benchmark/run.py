"""The figures, by name, and the lines that tell them."""

import dataclasses
import functools
import os
import platform
from collections.abc import Callable, Sequence

import keras
import numpy as np
import tensorflow as tf
from absl import logging

from enas_tf.benchmark import (
    inputs,
    lower_types,
    phases,
    probe,
    remapping,
    scale,
    softmax,
    softmax_memory,
    startup,
    steps,
    subject,
)
from enas_tf.benchmark.growth import campaign
from enas_tf.benchmark.growth import measure as measure_growth
from enas_tf.benchmark.peer import run as peer_run
from enas_tf.config import presets
from enas_tf.config import sections as config
from enas_tf.machine import tensorflow_state

WHAT: dict[str, tuple[Callable[[str], dict[str, float]], ...]] = {
    "step": (steps.step,),
    "host": (steps.host,),
    "remapping": (remapping.remapping,),
    "precision": (lower_types.lower_types,),
    "controller": (phases.controller,),
    "evaluate": (phases.evaluate,),
    "input": (inputs.images,),
    "startup": (startup.startup,),
    "memory": tuple(
        functools.partial(probe.ask, what=what) for what in ("peak", "images")
    ),
    "scale": (scale.scale,),
    "economy": (phases.economy,),
    "softmax": (softmax.softmax, softmax_memory.memory),
    "peers": (peer_run.peers,),
    "roofline": (functools.partial(probe.ask, what="roofline"),),
    "growth": (measure_growth.growth,),
    "campaign": (campaign.campaign,),
}


OF_LINUX = {"startup", "memory", "softmax", "growth"}


def measure(space: str, what: Sequence[str]) -> dict[str, float]:
    """All figures of `what`, keys of `WHAT`; each is logged when it is known.

    Raises:
      ConfigError: a figure can't be had on this system, or not of this space.
    """
    subject.of(space)
    for name in OF_LINUX.intersection(what):
        if not os.path.exists(probe.STATUS):
            raise config.ConfigError(
                f"--what={name} reads {probe.STATUS}, which is not here: leave it "
                "out, or measure on Linux."
            )
    # It warns of functions that are traced often; here each subject has its own.
    tf.get_logger().setLevel("ERROR")
    logging.info("%s", _where())
    logging.info("Space %s, settings of the published search: %s", space, _how(space))
    found: dict[str, float] = {}
    for number, name in enumerate(what, start=1):
        logging.info("Measuring %s (%d of %d) ...", name, number, len(what))
        for figure in WHAT[name]:
            new = figure(space)
            for key, value in new.items():
                logging.info("%-40s %10.4g", key, value)
            found |= new
    return found


def _where() -> str:
    """The versions and the machine."""
    versions = dict(
        python=platform.python_version(),
        tensorflow=tf.__version__,
        keras=keras.__version__,
        numpy=np.__version__,
    )
    packages = ", ".join(f"{name} {version}" for name, version in versions.items())
    held = tensorflow_state.held()
    one_dnn = "on" if held.onednn else "off"
    devices = [device.device_type for device in tf.config.list_logical_devices()]
    return (
        f"{packages}; {platform.machine()}, {os.cpu_count()} CPU cores, devices "
        f"{' '.join(devices)}; threads {held.threads}, oneDNN {one_dnn}"
    )


def _how(space: str) -> str:
    """The sizes that count, as flags."""
    paper = presets.resolve(space, "search", "paper", {})
    shown = dict(batch_size=paper.loop.batch_size)
    shown |= dict(controller_num_aggregate=paper.controller.num_aggregate)
    child = dataclasses.asdict(paper.child) | dataclasses.asdict(paper.rnn)
    names = subject.of(space).sizes
    shown |= {f"child_{name}": child[name] for name in names}
    return " ".join(f"--{name}={value}" for name, value in shown.items())
