"""What deriving found: figures to keep, sentences for the user."""

from typing import NamedTuple

import numpy as np

from enas_tf.run.measures import Measure
from enas_tf.search import arc_scores
from enas_tf.search.arc_scores import Scores
from enas_tf.search.comparison import Comparison
from enas_tf.search.contrasts import Arcs, Contrasts

_RANKED = {"log_likelihood": "log likelihood", arc_scores.REWARD: "the reward"}
_NO_CHANCE = (
    "Arcs are ranked by the reward of their means: what each example adds to it is no "
    "finite number. So nothing is said of the chance that the best is truly among the "
    "best fifth."
)
# Begins what is told of it where another arc is kept.
NOT_KEPT = "Number 1 by the shared weights: "


class Derived(NamedTuple):
    """All arcs that were scored.

    Attributes:
      policy: arcs of the policy, best first; one that was drawn twice is there twice.
      random: uniformly random arcs on the same examples.
      held_out: [m], the best arc on examples that had no part in choosing it; empty
        where all of them had.
      contrasts: policy against chance, and against others.
      arcs: those scored, in the order in which they were drawn, with their sizes.
      order: [N], the place in `arcs.policy` of each of `policy`.
      matched: random arcs of the sizes of the policy's, none if not asked for.
      rank_by: what the policy's arcs are ranked by, of `config.derive.RANKS`, or
        `arc_scores.REWARD`.
      chance: that the best one is truly among the best fifth of the different ones;
        None where the reward does not say what the examples are worth.
    """

    policy: Scores
    random: Scores
    held_out: np.ndarray
    contrasts: Contrasts
    arcs: Arcs
    order: np.ndarray
    matched: Scores
    rank_by: str
    chance: float | None

    @property
    def comparison(self) -> Comparison:
        """Policy against chance."""
        return self.contrasts.random

    @property
    def different(self) -> Scores:
        """The policy's arcs, best first, each once."""
        return self.policy.of(arc_scores.first_of_each(self.policy.tokens))

    @property
    def held_out_mean(self) -> float:
        """The best arc's mean on examples that did not choose it, if there are some."""
        return float(
            self.held_out.mean() if len(self.held_out) else self.policy.means[0]
        )

    def figures(self, measure: Measure) -> dict[str, float]:
        """Every figure under a name that says what it is, as it is displayed."""
        name, display = measure.name, measure.display
        found = {f"best_{name}_on_choosing": display(self.policy.means[0])}
        if len(self.held_out):
            found[f"best_{name}_on_others"] = display(self.held_out.mean())
        found |= {
            f"policy_{name}": display(self.comparison.policy_mean),
            f"random_{name}": display(self.comparison.random_mean),
            measure.over_random: display(self.comparison.difference),
            f"{measure.over_random}_low": display(self.comparison.low),
            f"{measure.over_random}_high": display(self.comparison.high),
        }
        return {key: float(value) for key, value in found.items()}

    def sizes(self) -> dict[str, int]:
        """Numbers of arcs and examples behind the figures."""
        return dict(
            arcs=len(self.policy.tokens),
            choosing_examples=self.policy.values.shape[1],
            other_examples=len(self.held_out),
        )

    def ranking(self) -> dict[str, object]:
        """How the best arc was chosen, and what that is worth."""
        return dict(
            rank_by=self.rank_by,
            different_arcs=len(self.different.tokens),
            chance_of_best_fifth=self.chance,
        )

    def sentences(self, measure: Measure, *, kept: bool = True) -> list[str]:
        """The best arc's figures in sentences for the user.

        Args:
          measure: of the task.
          kept: whether it is the arc that is kept; if not, each sentence says so.
        """
        sizes, name = self.sizes(), measure.name
        by = "" if self.rank_by == "measure" else f"{_RANKED[self.rank_by]} on "
        lines = [
            f"Best of {sizes['arcs']} arcs of the policy, by {by}"
            f"{sizes['choosing_examples']:,} validation examples: {name} "
            f"{measure.words(self.policy.means[0])}.",
            "All of them chose it, which flatters it; there are no others to check by.",
        ]
        if len(self.held_out):
            lines[1] = (
                f"The same arc on the {sizes['other_examples']:,} that did not choose "
                f"it: {name} {measure.words(self.held_out.mean())}."
            )
        return lines if kept else [f"{NOT_KEPT}{_within(line)}" for line in lines]

    def worth_of_choice(self, *, kept: bool = True) -> str:
        """How many of the policy's arcs differ, and how likely the best is good.

        `kept`: whether that is the arc that is kept.
        """
        drawn, different = len(self.policy.tokens), len(self.different.tokens)
        if different == 1:
            return f"The policy's {drawn} arcs are all the same one."
        arcs = f"the policy's {drawn} arcs"
        arcs += f", of which {different} are different," if different < drawn else ""
        if self.chance is None:
            return _NO_CHANCE if kept else f"{NOT_KEPT}{_within(_NO_CHANCE)}"
        percent = round(100 * self.chance)
        chance = "over 99" if percent == 100 else str(percent)
        line = (
            f"The chance that the best of {arcs} is truly among their best fifth, "
            f"under the shared weights: {chance} %."
        )
        return line if kept else f"{NOT_KEPT}{_within(line)}"


def _within(sentence: str) -> str:
    """A sentence, as it goes on behind a colon."""
    return sentence[0].lower() + sentence[1:]
