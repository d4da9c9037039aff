"""The tables of growth, as lines of Markdown."""

from collections.abc import Iterable, Mapping, Sequence

from enas_tf.benchmark.growth import assumed, forecast, model, points
from enas_tf.benchmark.growth.forecast import Jobs, Search
from enas_tf.benchmark.growth.points import Point

FIGURES = dict(step_s="step, s", reward_s="reward, s", peak_mb="memory, MB")
OF_JOBS = ("plan_s", "status_s", "collect_s", "look_s", "done_s", "end_s", "job_s")
GPUS = 8


def markdown(found: Sequence[Point], searches: Mapping[str, Search]) -> list[str]:
    """All tables, an empty line between two.

    Args:
      found: points of all spaces that were measured.
      searches: those that are forecast, by the space's name.
    """
    spaces = list(dict.fromkeys(point.space for point in found))
    tables = [_of_sizes(points.of_child(found, space)) for space in spaces]
    tables += [_of_fits(found, spaces), _of_images(found), _of_jobs(found)]
    tables += [_of_searches(searches), _of_campaign(found)]
    return [line for table in tables for line in (*table, "")]


def _of_sizes(own: Sequence[Point]) -> list[str]:
    sizes = [size for size in points.WORDS if size in own[0].sizes]
    head = [f"{own[0].space}: {points.WORDS[sizes[0]]}"]
    head += [points.WORDS[size] for size in sizes[1:]]
    rows = []
    for point in own:
        known = [f"{point.sizes[size]:,}" for size in sizes]
        rows.append([*known, *(f"{point.values[name]:.3g}" for name in FIGURES)])
    return _table([[*head, *FIGURES.values()], *rows])


def _of_fits(found: Sequence[Point], spaces: Iterable[str]) -> list[str]:
    rows = [["model of", "median error", "worst", "of the point that it did not see"]]
    for space in spaces:
        own = points.of_child(found, space)
        for name, words in FIGURES.items():
            errors = model.told(own, name).values()
            rows.append([f"{space}, {words}", *(f"{100 * e:.0f} %" for e in errors)])
    return _table(rows)


def _of_images(found: Sequence[Point]) -> list[str]:
    rows = [["images", "memory, MB"]]
    for point in found:
        if points.IMAGES in point.sizes:
            count, peak = point.sizes[points.IMAGES], point.values["peak_mb"]
            rows.append([f"{point.space}, {count:,}", f"{peak:,.0f}"])
    return _table(rows)


def _of_jobs(found: Sequence[Point]) -> list[str]:
    rows = [["jobs", *OF_JOBS]]
    for point in _campaigns(found):
        seconds = [f"{point.values[name]:.2g}" for name in OF_JOBS]
        rows.append([f"{point.sizes[points.JOBS]:,}", *seconds])
    return _table(rows)


def _of_searches(searches: Mapping[str, Search]) -> list[str]:
    rows = [["minutes", *forecast.Parts._fields, "in all", "times as fast"]]
    for space, one in searches.items():
        alone = sum(forecast.search(one, 1, assumed.NEAR, assumed.HOST))
        links = ((1, assumed.NEAR, ""), (GPUS, assumed.NEAR, ", one machine"))
        for count, link, where in (*links, (GPUS, assumed.FAR, ", 10 Gb/s")):
            parts = forecast.search(one, count, link, assumed.HOST)
            minutes = [f"{part / 60:.1f}" for part in (*parts, sum(parts))]
            faster = f"{alone / sum(parts):.1f}"
            rows.append([f"{space}, {count}{where}", *minutes, faster])
    return _table(rows)


def _of_campaign(found: Sequence[Point]) -> list[str]:
    rows = [["jobs", *forecast.Campaign._fields, "workers that one command feeds"]]
    for point in _campaigns(found):
        one = jobs(point)
        parts = forecast.campaign(one, assumed.WORKERS)
        seconds = [f"{part:,.0f}" for part in parts]
        most = f"{forecast.most_workers(one):,.0f}"
        rows.append([f"{one.jobs:,}", *seconds, most])
    return _table(rows)


def jobs(point: Point) -> Jobs:
    """A campaign of so many jobs, by what was measured of one and what is assumed."""
    count, seconds = point.sizes[points.JOBS], point.values
    return Jobs(
        jobs=count,
        run_s=assumed.RUN_S,
        start_s=assumed.START_S,
        end_s=seconds["end_s"],
        collect_s=seconds["collect_s"],
    )


def _campaigns(found: Sequence[Point]) -> list[Point]:
    return [point for point in found if points.JOBS in point.sizes]


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    head, *others = rows
    rule = ["---"] * len(head)
    return [f"| {' | '.join(row)} |" for row in (head, rule, *others)]
