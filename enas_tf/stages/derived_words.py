"""What deriving tells the user, sentence by sentence."""

from collections.abc import Sequence
from typing import NamedTuple

from enas_tf.config.sections import Config
from enas_tf.run.measures import Measure
from enas_tf.search import size_words
from enas_tf.search.contrasts import Contrasts
from enas_tf.search.derived import Derived

NO_COSTS = (
    "The space does not say what its arcs cost (the costs of its spec), so none are "
    "compared by size."
)
FAVOURED = (
    "The shared weights were trained on the policy's arcs{when}, so random arcs are at "
    "a disadvantage here."
)


class Sentences(NamedTuple):
    """What is told.

    Attributes:
      best: of the best arc; the last one compares the policy with chance.
      beside: of the choice, of sizes, and of what random arcs suffer from.
    """

    best: list[str]
    beside: list[str]


def sentences(
    derived: Derived,
    evened: Contrasts | None,
    config: Config,
    measure: Measure,
    *,
    trained: bool,
    of_child: str,
    retrained: Sequence[float | None],
    place: int,
) -> Sentences:
    """All that there is to say.

    Args:
      derived: under the search's weights.
      evened: the comparisons under neutral weights, if they were made.
      config: of the search.
      measure: of the task.
      trained: whether the controller made an update.
      of_child: whose sizes are told, see `recipe.Recipe`.
      retrained: of arcs that were trained from scratch, best first, the mean on
        validation; None of one whose loss became no number.
      place: of the best of these among the policy's arcs, from 1; 0 where none is.
    """
    kept = place <= 1  # number 1 by the shared weights
    best = derived.sentences(measure, kept=kept)
    chosen = _retrained(config, retrained, place, measure)
    # What is told first is of the arc that is kept.
    best = best + chosen if kept else chosen + best
    best.append(derived.comparison.sentence(measure, trained=trained))
    beside = [derived.worth_of_choice(kept=kept)]
    beside += size_words.sentences(derived.arcs, of_child=of_child)
    if config.derive.size_control and not derived.arcs.policy_costs:
        beside.append(NO_COSTS)
    beside += size_words.compared(
        derived.arcs, derived.contrasts, measure, trained=trained
    )
    favoured = trained and _favours_policy(config)
    if favoured:
        beside.append(FAVOURED.format(when=_when(config)))
    if evened:
        epochs = config.derive.neutral_epochs
        beside += _evened(derived, evened, epochs, measure, favoured=favoured)
        beside += size_words.compared(
            *(derived.arcs, evened, measure), trained=trained, under="neutral weights"
        )
    return Sentences(best, beside)


def _favours_policy(config: Config) -> bool:
    """Whether the last epochs of the search trained the child on the policy's arcs."""
    child = config.child
    return (
        child.sampling == "policy" or 0 < child.sampling_epochs < config.loop.num_epochs
    )


def _when(config: Config) -> str:
    """The epochs of a search that were of the policy's arcs, where not all were."""
    epochs = config.loop.num_epochs
    early = 0 if config.child.sampling == "policy" else config.child.sampling_epochs
    return f" in {epochs - early} of {epochs} epochs" if early else ""


def _retrained(
    config: Config, values: Sequence[float | None], place: int, measure: Measure
) -> list[str]:
    if not values:
        return []
    epochs, asked = config.derive.retrain_epochs, config.derive.retrain_top
    spent = "1 epoch" if epochs == 1 else f"{epochs} epochs"
    count = f"{len(values)} best"
    if len(values) < asked:
        count += f" ({asked} were asked for, {len(values)} are different)"
    if values[0] is None:
        return [
            f"The {count}, each trained from scratch for {spent}, gave no "
            "numbers: the shared weights' choice stands."
        ]
    return [
        f"Of the {count}, each trained from scratch for {spent}, number "
        f"{place} is the best by validation, {measure.name} "
        f"{measure.words(values[0])}: it is the one that is kept."
    ]


def _evened(
    derived: Derived,
    evened: Contrasts,
    epochs: int,
    measure: Measure,
    *,
    favoured: bool,
) -> list[str]:
    """Policy against chance under neutral weights, and beside the search's weights."""
    ours = evened.random
    policy, random = map(measure.words, ours[:2])
    spent = "1 more epoch" if epochs == 1 else f"{epochs} more epochs"
    differences = derived.comparison.difference, ours.difference
    found, under = map(measure.display, differences)
    sign = "+" if measure.contrast == "difference" else ""
    words = (
        f"So the {measure.contrast} is {found:{sign}.4f} under the search's weights "
        f"and {under:{sign}.4f} under neutral ones."
    )
    lead, without = (measure.sign * value for value in differences)
    if favoured and lead > max(without, 0):
        words += " What the first has beyond the second is that disadvantage."
    return [
        f"Under neutral weights ({spent}, of uniformly random arcs): policy {policy}, "
        f"random {random}, {ours.contrast(measure)}).",
        words,
    ]
