"""Picks the best arc after a search, and says whether the controller beat chance.

Reference: paper section 2.2, "Deriving Architectures". That the best of many arcs is
good shows that ranking works; that the policy's mean beats the mean of random arcs
shows that the controller learned. Both are measured under the same shared weights.

The best of many arcs on some examples is flattered by the very examples that chose it,
so it is scored once more, on validation examples that did not.
"""

from collections.abc import Callable

import numpy as np

from enas_tf.config.sections import DeriveConfig
from enas_tf.nn import seeds
from enas_tf.search import arc_scores, best_fifth, scoring, size
from enas_tf.search import contrasts as contrasts_lib
from enas_tf.search.arc_scores import Examples, Progress, Scores
from enas_tf.search.contrasts import Arcs, Contrasts, Groups
from enas_tf.search.derived import Derived
from enas_tf.spaces.base import SearchSpace
from enas_tf.spaces.costs import CostsOf
from enas_tf.training.networks import Policy

# Of the stream "interval": those before are of comparisons.
_OF_CHANCE = 1000


def derive(
    controller: Policy,
    scorer: scoring.Scorer,
    config: DeriveConfig,
    *,
    space: SearchSpace,
    valid_size: int,
    batch_size: int,
    seed: int,
    progress: Callable[[int, int, float], None],
    costs_of: CostsOf | None = None,
    pays: Callable[[Scores], np.ndarray] | None = None,
) -> Derived:
    """Score `num_samples` arcs of the policy and as many random ones.

    All arcs are tried on the same examples: one shuffled validation batch as in the
    paper, more, or all but those that check the choice. `progress` gets (rows done,
    rows in all, seconds so far) after every call. `costs_of` counts final children.
    `pays` gives what each example makes an arc worth, [N, n], where a reward of one's
    own ranks arcs; or their rewards alone, [N, 1].
    """
    # Deviation D15: the original leaves the choice to the reader of its log.
    arcs = _arcs(controller, config, space, costs_of, seed)
    choosing, checking = shared = arc_scores.examples(
        config, valid_size=valid_size, batch_size=batch_size, seed=seed
    )
    tokens = arcs.tokens
    rows = len(tokens) * len(choosing.indices) + len(checking.indices)
    reporter = Progress(rows, progress)
    groups = _groups(arcs, shared, scorer, reporter)
    # Deviation D42: the best arc is the one that the search was to look for.
    worth = (
        pays(groups.policy)
        if pays
        else groups.policy.worth(config.rank_by, scorer.measure)
    )
    order = np.argsort(-worth.mean(axis=1), kind="stable")
    # Deviation D31: the choice is checked on examples that did not make it.
    held_out = arc_scores.on_batches(
        arcs.policy[order[:1]], checking, scorer=scorer, progress=reporter
    )
    different = arc_scores.first_of_each(arcs.policy)
    rng = seeds.on_host(seed, "interval", _OF_CHANCE)
    return Derived(
        policy=groups.policy.of(order),
        random=groups.random,
        held_out=held_out.values[0],
        contrasts=contrasts_lib.contrasts(groups, arcs, seed=seed),
        arcs=arcs,
        order=order,
        matched=groups.matched,
        rank_by=arc_scores.REWARD if pays else config.rank_by,
        chance=_chance(worth[different], groups.policy, rng),
    )


def _chance(
    worth: np.ndarray, scores: Scores, rng: np.random.Generator
) -> float | None:
    """Of the best fifth; None where what the examples are worth is not known."""
    if worth.shape[1] < scores.values.shape[1] or not np.isfinite(worth).all():
        return None
    return best_fifth.chance(worth, rng)


def again(
    derived: Derived,
    scorer: scoring.Scorer,
    config: DeriveConfig,
    *,
    valid_size: int,
    batch_size: int,
    seed: int,
    progress: Callable[[int, int, float], None],
) -> Contrasts:
    """Compare the same arcs on the same examples once more, under weights as now.

    The arguments are those of `derive`.
    """
    arcs = derived.arcs
    shared = arc_scores.examples(
        config, valid_size=valid_size, batch_size=batch_size, seed=seed
    )
    reporter = Progress(len(arcs.tokens) * len(shared.choosing.indices), progress)
    groups = _groups(arcs, shared, scorer, reporter)
    return contrasts_lib.contrasts(groups, arcs, seed=seed, times=1)


def _arcs(
    controller: Policy,
    config: DeriveConfig,
    space: SearchSpace,
    costs_of: CostsOf | None,
    seed: int,
) -> Arcs:
    """The policy's, random ones, and if asked for, random ones of the same sizes."""
    draw = seeds.at(seed, "derive", 0)
    policy = controller.draw(config.num_samples, seed=draw).numpy()
    random = space.random(seeds.on_host(seed, "random_arcs"), config.num_samples)
    arcs = Arcs(policy, random)
    if costs_of is None:
        return arcs
    costs = costs_of(policy)
    arcs = arcs._replace(policy_costs=costs, random_costs=costs_of(random))
    if not config.size_control or not arcs.differ_in_size:
        return arcs
    rng = seeds.on_host(seed, "random_arcs", 1)
    return arcs._replace(match=size.match(space, costs_of, costs.parameters, rng))


def _groups(
    arcs: Arcs, shared: Examples, scorer: scoring.Scorer, progress: Progress
) -> Groups:
    scores = arc_scores.on_batches(
        arcs.tokens, shared.choosing, scorer=scorer, progress=progress
    )
    return Groups.of(arcs, scores)
