"""The wait before the first step of a search, and that of a fixed network."""

import statistics

import tqdm

from enas_tf.benchmark import probe
from enas_tf.config import presets

ROUNDS = 3
BATCH = 32  # beside the published one: a step weighs less


def startup(space: str) -> dict[str, float]:
    """At batch 32 and the published one; without a batch in the name: the latter."""
    published = presets.resolve(space, "search", "paper", {}).loop.batch_size
    found: dict[str, float] = {}
    for batch in (BATCH, published):
        waits = {f"{space}.{name}": s for name, s in _waits(space, batch).items()}
        found |= {f"{name}_b{batch}": seconds for name, seconds in waits.items()}
        found |= waits
    return found | probe.ask(space, "graph")


def _waits(space: str, batch: int) -> dict[str, float]:
    """Medians over processes that take turns, a search and its first arc alone."""
    rows = []
    rounds = range(ROUNDS)
    for _ in tqdm.tqdm(rounds, desc=f"batch {batch}", disable=None, leave=False):
        shared = probe.ask(space, "wait", batch_size=batch)
        tokens = shared.pop("tokens")
        fixed = probe.ask(space, "wait", batch_size=batch, fixed=tokens)
        row = {f"wait_{name}": seconds for name, seconds in shared.items()}
        row["wait_fixed_cpu_s"] = fixed["cpu_s"]
        row["wait_over_fixed"] = shared["cpu_s"] / fixed["cpu_s"]
        rows.append(row)
    return {name: statistics.median(row[name] for row in rows) for name in rows[0]}
