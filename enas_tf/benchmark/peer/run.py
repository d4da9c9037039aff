"""PyTorch's time over ours: of steps, of rewards and of a start, for one space.

Both sides have a process of their own with one thread, for their threads would fight in
one; the one waits while the other works.
"""

import functools
import statistics

import numpy as np
import tqdm
from absl import logging

from enas_tf.benchmark import steps, subject, subjects, timing
from enas_tf.benchmark.peer import installed, worker
from enas_tf.benchmark.peer import order as orders
from enas_tf.benchmark.peer.order import Order
from enas_tf.benchmark.timing import Times
from enas_tf.config import presets
from enas_tf.stages import assembly

BLOCKS = 9
STARTS = 3
SIDES = dict(ours=worker.OURS, pytorch=worker.THEIRS)


def peers(space: str) -> dict[str, float]:
    """At each batch that is timed; without one in the name: the last of them.

    Nothing where PyTorch is not installed, or has no child of this space: a line says
    so.
    """
    own = subject.of(space)
    if not own.peer:
        logging.warning("peers: left out: there is no %s child in PyTorch.", space)
        return {}
    if not installed.is_there():
        logging.warning("peers: left out: %s", installed.MISSING)
        return {}
    found: dict[str, float] = {}
    for batch in own.batches:
        figures = at(order_of(space, batch_size=batch))
        named = {f"{space}.{name}": value for name, value in figures.items()}
        found |= {f"{name}_b{batch}": value for name, value in named.items()}
        found |= named
    return found


def at(order: Order, *, blocks: int = BLOCKS, starts: int = STARTS) -> dict[str, float]:
    """The figures of one order: ratios, and milliseconds and seconds of both sides."""
    seconds = _starts(order._replace(start=True), starts)
    pairs = zip(seconds["pytorch"], seconds["ours"], strict=True)
    found = {"peer_start": statistics.median(one / other for one, other in pairs)}
    for side, rounds in seconds.items():
        found[f"peer_start_{side}_cpu_s"] = statistics.median(rounds)
    for what, times in _turns(order, blocks).items():
        found |= figures(f"peer_{what}", times, len(order.arcs))
    return found


def figures(name: str, times: dict[str, Times], arcs: int) -> dict[str, float]:
    """PyTorch's blocks over ours, and the milliseconds of an arc on either side."""
    found = {name: timing.ratio(times["pytorch"], times["ours"])}
    for side, blocks in times.items():
        found[f"{name}_{side}_cpu_ms"] = blocks.cpu_median * 1e3 / arcs
    return found


def order_of(space: str, **settings: int) -> Order:
    """Some random arcs of a space at the published sizes, but for `settings`."""
    config = presets.resolve(space, "search", "paper", settings)
    built = assembly.SPACES[space].space(config)
    tokens = built.random(np.random.default_rng(0), steps.ARCS)
    return Order(
        space=space,
        settings=settings,
        peer=subject.of(space).peer,
        arcs=[orders.in_lists(built.decode(row)) for row in tokens],
        sizes=orders.sizes(
            config, classes=subjects.CLASSES, vocabulary=subjects.VOCABULARY
        ),
    )


def _starts(order: Order, rounds: int) -> dict[str, list[float]]:
    """CPU seconds from a process's start to the end of its first step."""
    found: dict[str, list[float]] = {side: [] for side in SIDES}
    for number in tqdm.tqdm(range(rounds), desc="start", disable=None, leave=False):
        for side in list(SIDES)[:: -1 if number % 2 else 1]:
            with worker.started(SIDES[side], order) as process:
                found[side].append(process.start)
    return found


def _turns(order: Order, blocks: int) -> dict[str, dict[str, Times]]:
    """The blocks of steps, then those of rewards, of both sides."""
    with (
        worker.started(SIDES["ours"], order) as ours,
        worker.started(SIDES["pytorch"], order) as theirs,
    ):
        logging.info("%s; %s; one thread each", ours.about, theirs.about)
        return {
            what: timing.turns(
                dict(
                    ours=functools.partial(ours.ask, what),
                    pytorch=functools.partial(theirs.ask, what),
                ),
                blocks=blocks,
            )
            for what in ("step", "reward")
        }
