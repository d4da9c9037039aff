"""Zero-cost proxies of the arcs of a campaign, kept beside its results."""

import pathlib
from collections.abc import Mapping, Sequence

import numpy as np
from absl import logging

from enas_tf.arcs import argument
from enas_tf.campaign import proxies
from enas_tf.command import quiet
from enas_tf.config.sections import Config
from enas_tf.machine import record, tensorflow_state
from enas_tf.run import disk
from enas_tf.stages import assembly, images

NAMES = ("synflow", "naswot")
_IMAGES = 64  # of the training images, for naswot


def scores(
    arcs: Sequence[str], config: Config, path: pathlib.Path
) -> Mapping[str, Sequence[float | None]]:
    """{arc: its `NAMES`, in order}; None where a score is minus infinity.

    Args:
      arcs: as they are printed.
      config: of one of their trainings, by whose seed networks get their weights.
      path: where they are kept; an arc that is there is not measured again.
    """
    known = _kept(path)
    missing = [arc for arc in arcs if arc not in known]
    if missing:
        logging.info("Zero-cost proxies of %d arcs follow.", len(missing))
        known |= _measured(missing, config)
        disk.write_json(path, known)
    return {arc: known[arc] for arc in arcs}


def _measured(arcs: Sequence[str], config: Config) -> dict[str, Sequence[float | None]]:
    threads = config.run.threads or 1
    with quiet.standard_error():
        tensorflow_state.start(record.Wanted(threads=threads, remapping=False))
    name = config.run.search_for
    part = assembly.SPACES[name]
    reductions = part.reductions(part.space(config))
    data = images.load(config, reductions, all_training=False)
    task = images.task(data, dict(train=data.train), config)
    batch = (data.train.images[:_IMAGES] - task.mean) / task.std
    sizes = images.sizes(data, config.run.seed)
    found: dict[str, Sequence[float | None]] = {}
    for arc in arcs:
        fixed = argument.fixed_arc(arc, name, config.child)
        model = part.final(fixed.arc, config.child, **sizes, training=False)
        both = proxies.synflow(model), proxies.naswot(model, batch.astype(np.float32))
        found[arc] = [value if np.isfinite(value) else None for value in both]
    return found


def _kept(path: pathlib.Path) -> dict[str, Sequence[float | None]]:
    try:
        value = disk.read_json(path) if path.exists() else {}
    except disk.Damaged:
        return {}
    return {
        arc: row
        for arc, row in value.items()
        if isinstance(row, list) and len(row) == len(NAMES)
    }
