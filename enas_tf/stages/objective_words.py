"""What deriving tells of a reward of one's own: what policy and chance get and cost."""

from typing import NamedTuple

import numpy as np

from enas_tf.config import errors
from enas_tf.config import rewards as reward_rows
from enas_tf.config.objective import ObjectiveConfig
from enas_tf.search.arc_scores import Scores
from enas_tf.search.derived import Derived
from enas_tf.search.payer import Payer

UNITS = {"params": "parameters", "flops": "FLOPs", reward_rows.LATENCY: "ms latency"}


class Priced(NamedTuple):
    """Means over arcs of one kind: the reward, and each cost that it reads."""

    reward: float
    costs: dict[str, float]


def figures(scores: Scores, payer: Payer) -> dict[str, np.ndarray]:
    """Of each arc [N]: its reward, and the costs that the rows lack otherwise."""
    found = {"reward": payer.worth(scores).mean(axis=1)}
    costs = payer.costs(scores.tokens)
    if reward_rows.LATENCY in costs:
        found[reward_rows.LATENCY] = costs[reward_rows.LATENCY]
    return found


def facts(derived: Derived, payer: Payer) -> dict[str, float]:
    """The means of policy and chance by name, for run.json."""
    found = {}
    for group, scores in dict(policy=derived.policy, random=derived.random).items():
        priced = _priced(scores, payer)
        found[f"{group}_reward"] = priced.reward
        found |= {f"{group}_{name}": value for name, value in priced.costs.items()}
    return found


def sentences(
    derived: Derived, payer: Payer, objective: ObjectiveConfig, reward: str
) -> list[str]:
    """For the user.

    Args:
      derived: what was found.
      payer: by which the arcs are ranked.
      objective: the settings of the reward.
      reward: what --controller_reward pays, in a word.
    """
    best = _priced(derived.policy.of(slice(1)), payer)
    ours, theirs = _priced(derived.policy, payer), _priced(derived.random, payer)
    lines = [
        f"The reward is {_formula(objective, reward)}: the best arc {best.reward:.4f}, "
        f"the policy's arcs {ours.reward:.4f} on average, random ones "
        f"{theirs.reward:.4f}."
    ]
    for name, mean in ours.costs.items():
        lines.append(
            f"Mean {UNITS[name]}: the policy's arcs {_number(mean)}"
            f"{_off(mean, name, objective)}, the best one {_number(best.costs[name])}, "
            f"random ones {_number(theirs.costs[name])}."
        )
    return lines


def _formula(objective: ObjectiveConfig, reward: str) -> str:
    if not objective.cost:
        return errors.cut(objective.expression) or f"--controller_reward={reward}"
    beta, target = -objective.reward_beta, _number(objective.reward_target)
    return f"{reward} - {beta:g} * |{objective.cost} / {target} - 1|"


def _off(mean: float, name: str, objective: ObjectiveConfig) -> str:
    if name != objective.cost:
        return ""
    target = objective.reward_target
    return f" ({mean / target - 1:+.1%} of the target, {_number(target)})"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def _priced(scores: Scores, payer: Payer) -> Priced:
    costs = {k: float(v.mean()) for k, v in payer.costs(scores.tokens).items()}
    return Priced(float(payer.worth(scores).mean()), costs)
