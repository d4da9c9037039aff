"""Searches on a table of true accuracies: the controller's settings side by side.

Each search ends in arcs; what they are worth is read from the table. Beside the
controller stand searches without it: random arcs, evolution, logits without an LSTM,
and the largest arcs, which need no search at all.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from absl import logging

from enas_tf.benchmark.learning import (
    evolution,
    legend,
    logits,
    pay,
    summary,
)
from enas_tf.benchmark.learning import (
    table as table_lib,
)
from enas_tf.benchmark.learning.learner import Learner
from enas_tf.benchmark.learning.table import Table
from enas_tf.config.sections import ControllerConfig

COUNTS = (500, 1000, 2000)  # rewards after which a search is looked at
DRAWN = 100  # arcs of a policy
LARGEST = 20
# Draws of a seed that have nothing to do with each other.
_ERRORS, _NOISE, _ARCS, _JUDGED = range(4)

Found = dict[int, np.ndarray]  # by the number of rewards, arcs [n, T]


class Worth(NamedTuple):
    """Of a search's arcs, per cent of true accuracy.

    Attributes:
      policy_mean: mean over the arcs.
      best: of the one whose noisy score is best.
      regret: the table's best less that.
    """

    policy_mean: float
    best: float
    regret: float


def compare(
    table: Table,
    configs: Mapping[str, ControllerConfig],
    seeds: Sequence[int],
    *,
    counts: Sequence[int] = COUNTS,
    tau: float = table_lib.TAU,
) -> dict[str, dict[int, list[Worth]]]:
    """What the arcs are worth, by search and number of rewards, one for each seed.

    Args:
      table: of the space that is searched.
      configs: the controller's settings, by name; "short" is among them.
      seeds: a search each; errors, noise, arcs and weights follow from it.
      counts: rising, multiples of the arcs of an update.
      tau: how well scores rank, see `table.errors`.
    """
    searches = _searches(table, configs, counts)
    worth: dict[str, dict[int, list[Worth]]] = {
        name: {count: [] for count in counts} for name in searches
    }
    for number, seed in enumerate(seeds, start=1):
        error = table_lib.errors(table.accuracy, _rng(seed, _ERRORS), tau=tau)
        judge = pay.HostRewards(table, error, _rng(seed, _JUDGED))
        for name, search in searches.items():
            for count, arcs in search(seed, error).items():
                worth[name][count].append(judged(table, judge, arcs))
        logging.info("Searched the table with %d of %d seeds.", number, len(seeds))
    return worth


def judged(table: Table, judge: pay.HostRewards, arcs: np.ndarray) -> Worth:
    """What `arcs` [n, T] are worth; `judge` scores them all on one batch."""
    true = 100 * table.accuracy[table.rows(arcs)]
    best = float(true[judge.of(arcs, common=True).argmax()])
    return Worth(float(true.mean()), best, 100 * float(table.accuracy.max()) - best)


def _searches(
    table: Table, configs: Mapping[str, ControllerConfig], counts: Sequence[int]
) -> dict[str, Callable[[int, np.ndarray], Found]]:
    """(seed, errors [N]) -> what it finds, by name."""

    def random(seed: int, error: np.ndarray) -> Found:
        del error
        return dict.fromkeys(counts, table.random(_rng(seed, _ARCS), DRAWN))

    def largest(seed: int, error: np.ndarray) -> Found:
        del seed, error
        order = np.argsort(-table.flops, kind="stable")[:LARGEST]
        return dict.fromkeys(counts, table.tokens()[order])

    def evolved(seed: int, error: np.ndarray) -> Found:
        rewards = pay.HostRewards(table, error, _rng(seed, _NOISE))
        return evolution.populations(table, rewards, _rng(seed, _ARCS), counts)

    def independent(seed: int, error: np.ndarray) -> Found:
        rewards = pay.HostRewards(table, error, _rng(seed, _NOISE))
        config, rng = configs["short"], _rng(seed, _ARCS)
        return logits.policies(table, rewards, config, rng, counts, drawn=DRAWN)

    others = dict(random=random, largest=largest, evolution=evolved, logits=independent)
    learned = {name: _learned(table, one, counts) for name, one in configs.items()}
    return {**others, **learned}


def _learned(
    table: Table, config: ControllerConfig, counts: Sequence[int]
) -> Callable[[int, np.ndarray], Found]:
    """The controller with the settings `config`."""
    paying: list[pay.TableRewards] = []

    def rewards(seed: object) -> pay.TableRewards:
        paying.append(pay.TableRewards(table, config, seed=seed))
        return paying[0]

    learner = Learner(
        table.tape(),
        config,
        rewards=rewards,
        num_tokens=table.layers,
        total_updates=counts[-1] // config.num_aggregate,
    )

    def search(seed: int, error: np.ndarray) -> Found:
        learner.begin(seed)
        paying[0].error.assign(error)
        found = {}
        for count in counts:
            learner.learn(count // config.num_aggregate)
            found[count] = learner.arcs(DRAWN)
        return found

    return search


def figures(worth: Mapping[str, Mapping[int, Sequence[Worth]]]) -> dict[str, float]:
    """All means under names, intervals too where there are several seeds.

    A heading and a line of each search are told.
    """
    found: dict[str, float] = {}
    last = max(next(iter(worth.values())))
    seeds = len(next(iter(worth.values()))[last])
    for line in legend.heading(list(worth), seeds):
        logging.info("%s", line)
    for name, by_count in worth.items():
        for count, rows in by_count.items():
            means = _means(rows)
            logging.info("%s", legend.row(name, count, list(means.values())))
            for key, mean in means.items():
                start = f"learning.table.{name}.{key}.{count}"
                found[start] = mean.mean
                if mean.has_interval:
                    found |= {f"{start}_low": mean.low, f"{start}_high": mean.high}
    for key, name in dict(policy_mean="short", random_mean="random").items():
        found[f"learning.table.{key}"] = found[
            f"learning.table.{name}.policy_mean.{last}"
        ]
    return found


def _means(rows: Sequence[Worth]) -> dict[str, summary.Mean]:
    """By the names of `Worth`; none can be below 0."""
    columns = zip(Worth._fields, zip(*rows, strict=True), strict=True)
    return {key: summary.over_seeds(values, least=0.0) for key, values in columns}


def _rng(seed: int, stream: int) -> np.random.Generator:
    return np.random.default_rng([seed, stream])
