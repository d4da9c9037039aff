"""What deriving says of the sizes of arcs: sentences for the user, figures to keep."""

from enas_tf.run.measures import Measure
from enas_tf.search import contrasts, size
from enas_tf.search.contrasts import Arcs, Contrasts


def sentences(arcs: Arcs, *, of_child: str = "") -> list[str]:
    """What final children of the arcs cost; nothing where that is not known.

    Args:
      arcs: those that were scored.
      of_child: whose sizes they are, where it is not plain.
    """
    if not arcs.policy_costs or not arcs.random_costs:
        return []
    if arcs.differ_in_size:
        return [_means(arcs, of_child)]
    parameters, flops = (int(part[0]) for part in arcs.policy_costs)
    return [
        f"All these arcs have one size{of_child}, {parameters:,} parameters and "
        f"{flops:,} FLOPs, so none are compared by size."
    ]


def compared(
    arcs: Arcs,
    found: Contrasts,
    measure: Measure,
    *,
    trained: bool,
    under: str = "",
) -> list[str]:
    """The comparisons by size, and which of all comparisons are clear of zero.

    Args:
      arcs: those that were compared.
      found: the comparisons.
      measure: of the task.
      trained: whether the controller was; if not, nothing is concluded.
      under: which weights, where they are not the search's.
    """
    lines = _largest(arcs, found, measure) + _matched(arcs, found, measure)
    if under:
        # What could not be compared was said of the search's weights.
        told = [_largest(arcs, found, measure)] if found.largest else []
        told += [_matched(arcs, found, measure)] if found.matched else []
        lines = [f"Under {under}: {line[0].lower()}{line[1:]}" for (line,) in told]
    verdict = trained and (found.largest or found.matched)
    return lines + ([found.verdict(measure, under=under)] if verdict else [])


def _largest(arcs: Arcs, found: Contrasts, measure: Measure) -> list[str]:
    if not arcs.differ_in_size:
        return []
    if not found.largest:
        return [
            f"{len(arcs.random)} random arcs are too few to compare the policy with "
            f"the largest of them: at least {2 * size.FEWEST_LARGEST} are needed "
            "(--derive_num_samples)."
        ]
    words = measure.words(found.largest.random_mean)
    contrast = found.largest.contrast(measure)
    return [
        f"The {len(arcs.largest)} largest of the random arcs by FLOPs: {words}, "
        f"{contrast})."
    ]


def _means(arcs: Arcs, of_child: str) -> str:
    (p, f), (q, g) = (
        map(size.geometric_mean, costs)
        for costs in (arcs.policy_costs, arcs.random_costs)
        if costs
    )
    return (
        f"Final children{of_child}, geometric means: policy {p:,} parameters and "
        f"{f:,} FLOPs, random {q:,} and {g:,}."
    )


def _matched(arcs: Arcs, found: Contrasts, measure: Measure) -> list[str]:
    if arcs.match is None:
        return []
    there, of_all = len(arcs.match.places), len(arcs.policy)
    share = f"{there} of the {of_all}" if there < of_all else f"All {of_all}"
    text = f"{share} arcs of the policy have a random arc of their size"
    if there == 0:
        text = f"No arc of the policy has a random arc of its size in {size.MOST_DRAWS}"
    elif there < of_all:
        text += f" in {size.MOST_DRAWS:,} draws"
    if not found.matched:
        least = contrasts.FEWEST_MATCHED
        return [f"{text}: at least {least} are needed to compare."]
    ours, theirs = map(measure.words, found.matched[:2])
    contrast = found.matched.contrast(measure)
    return [f"{text}: policy {ours}, random {theirs}, {contrast})."]


def sizes(arcs: Arcs) -> dict[str, int]:
    """Geometric means of what final children cost, and numbers of arcs."""
    kept = {}
    groups = dict(policy=arcs.policy_costs, random=arcs.random_costs)
    for group, costs in groups.items():
        if costs:
            kept[f"{group}_parameters"] = size.geometric_mean(costs.parameters)
            kept[f"{group}_flops"] = size.geometric_mean(costs.flops)
    if len(arcs.largest):
        kept["largest_arcs"] = len(arcs.largest)
    if arcs.match:
        kept["matched_arcs"] = len(arcs.match.places)
    return kept


def figures(found: Contrasts, measure: Measure) -> dict[str, float]:
    """The comparisons by size, every figure by a name that says what it is."""
    kept: dict[str, float] = {}
    if found.largest:
        kept |= found.largest.figures(measure, "largest")
    if found.matched:
        kept |= found.matched.figures(measure, "matched")
    return kept
