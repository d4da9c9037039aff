"""Where a policy stands, in numbers: of arcs that it draws, and of its rewards.

NumPy only. Tokens [N, T] are of N arcs of a space.
"""

import math
from collections.abc import Collection, Iterator, Sequence

import numpy as np
from scipy import special

from enas_tf.run.rows import Row
from enas_tf.spaces import base
from enas_tf.spaces.base import SearchSpace

YES = "skips: yes"  # stands beside the names of ops; none can be called so


def signal_share(updates: Sequence[Row]) -> float | None:
    """The part of the rewards' variance that is between arcs, 0 to 1.

    The rest is noise of the examples (search/signal.py). An update's estimate may lie
    far outside; so the variances of many are summed.

    Args:
      updates: their rows. Rows that name no variances are passed over.

    Returns:
      None where no update has variances, or all of them are 0.
    """
    names = ("value_variance", "noise_variance")
    known = [row for row in updates if all(row.get(n) is not None for n in names)]
    total, noise = (math.fsum(row[name] for row in known) for name in names)
    return max(0.0, 1.0 - noise / total) if total > 0 else None


def divergence_from_uniform(space: SearchSpace, entropy: float) -> float:
    """KL(policy || uniform over token sequences), nats, of a policy's entropy.

    Not below 0, though the mean entropy of some arcs may be too high by chance.
    """
    return max(0.0, math.log(space.size) - entropy)


def moved(space: SearchSpace, tokens: np.ndarray, divergence: float) -> float:
    """What a policy has learned, nats: how far it is from where it began.

    That all skips are rarer or more frequent alike is not counted: the skip penalty
    alone brings it about, .02 nats a skip, and there may be hundreds. Not below 0.

    Args:
      space: of the arcs.
      tokens: arcs of the policy.
      divergence: KL(policy || policy of the first weights), nats, estimated.
    """
    skips = [
        tokens[:, place : place + item.num_tokens]
        for place, item in _places(space)
        if isinstance(item, base.Skips)
    ]
    if not skips:
        return max(0.0, divergence)
    answers = np.concatenate(skips, axis=1)
    rate = answers.mean()
    alike = math.log(2) - special.entr([rate, 1.0 - rate]).sum()
    return max(0.0, divergence - float(answers.shape[1] * alike))


def unique(tokens: np.ndarray) -> int:
    """How many of the arcs differ."""
    return len(np.unique(tokens, axis=0))


def weightless_share(
    space: SearchSpace, tokens: np.ndarray, weightless: Collection[str]
) -> float | None:
    """The share of parameter-free ops among the ops that are chosen.

    Args:
      space: of the arcs.
      tokens: the arcs.
      weightless: the names of the ops of the space that are so.

    Returns:
      None where there is no choice between such ops and others.
    """
    if not 0 < len(set(weightless)) < len(space.ops):
        return None
    places = [place for place, item in _places(space) if isinstance(item, base.Op)]
    numbers = [i for i, name in enumerate(space.ops) if name in weightless]
    return float(np.isin(tokens[:, places], numbers).mean())


def geometric_mean(numbers: np.ndarray) -> float:
    """Of [N] numbers above 0."""
    return float(np.exp(np.log(numbers.astype(np.float64)).mean()))


def choices(space: SearchSpace, tokens: np.ndarray) -> dict[str, float]:
    """How often each op is chosen at each place, and how many skips each layer has.

    Returns:
      shares, by `<place>/<op>`, and `<place>/skips: yes` where the space has skips.
    """
    shares = {}
    for place, decision in _places(space):
        chosen, name = tokens[:, place], space.place_name(place)
        if isinstance(decision, base.Op):
            for number, op in enumerate(space.ops[: decision.choices]):
                shares[f"{name}/{op}"] = float((chosen == number).mean())
        elif isinstance(decision, base.Skips):
            answers = tokens[:, place : place + decision.width]
            shares[f"{name}/{YES}"] = float(answers.mean())
    return shares


def _places(space: SearchSpace) -> Iterator[tuple[int, base.Decision]]:
    """The decisions of the tape, each with the place of its first token."""
    place = 0
    for decision in space.decisions():
        yield place, decision
        place += decision.num_tokens
