"""The picture of growth: points and fitted curves of each space, images, jobs, GPUs."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from matplotlib import figure as figure_lib
from matplotlib import ticker
from matplotlib.axes import Axes

from enas_tf.benchmark import image_memory
from enas_tf.benchmark.growth import assumed, forecast, model, points
from enas_tf.benchmark.growth.forecast import Search
from enas_tf.benchmark.growth.points import Point

COLOURS = ("#0b5fa5", "#c2410c", "#157f3b", "#7c3aed", "#4b5563")
OF_JOBS = dict(
    status_s="--mode=status",
    collect_s="collecting",
    end_s="the end of a job",
    job_s="--mode=job, of a done job",
    plan_s="reading the plan",
)
MOST_TICKS = 11  # with those outside of the axis; else powers of ten alone
APART = 0.075  # of a panel's height, between two labels


def draw(found: Sequence[Point], searches: Mapping[str, Search]) -> figure_lib.Figure:
    """A grid: seconds above, memory below them, and what has no child in the last row.

    Args:
      found: points of all spaces that were measured.
      searches: those that are forecast, by the space's name.
    """
    spaces = list(dict.fromkeys(point.space for point in found))
    figure = figure_lib.Figure(figsize=(13, 11.5), layout="constrained")
    grid = figure.subplots(3, max(3, len(spaces)), squeeze=False)
    for column, space in enumerate(spaces):
        own = points.of_child(found, space)
        _sizes(grid[0][column], own, "step_s", f"{space}: CPU seconds of a step")
        _sizes(grid[1][column], own, "peak_mb", f"{space}: megabytes")
    for unused in [axes for row in grid[:2] for axes in row[len(spaces) :]]:
        unused.set_axis_off()
    _images(grid[2][0], found)
    _jobs(grid[2][1], found)
    _devices(grid[2][2], searches)
    return figure


def _sizes(axes: Axes, own: Sequence[Point], name: str, title: str) -> None:
    """Along each size, the others being small; the abscissa is how many times it is."""
    fitted = model.fit(own[:-1], name)
    labels: list[Label] = []
    for colour, size in zip(COLOURS, own[0].sizes, strict=False):
        line = points.along(own[:-1], size)
        first = line[0].sizes[size]
        times = [point.sizes[size] / first for point in line]
        axes.plot(times, [p.values[name] for p in line], "o", color=colour)
        fine = np.geomspace(1, times[-1], 40)
        curve = [fitted.at({**own[0].sizes, size: first * t}) for t in fine]
        axes.plot(fine, curve, color=colour, linewidth=1.5)
        values = ", ".join(f"{point.sizes[size]:,}" for point in line)
        words = f"{points.WORDS.get(size, size)}: {values}"
        labels.append(Label(curve[-1], words, colour))
    _finish(axes, title, "times its smallest value", labels)


def _images(axes: Axes, found: Sequence[Point]) -> None:
    """Memory by images of 32 x 32 x 3 bytes, beside the bytes themselves."""
    line = sorted(
        (p.sizes[points.IMAGES], p.values["peak_mb"], p.space)
        for p in found
        if points.IMAGES in p.sizes
    )
    labels: list[Label] = []
    spaces = dict.fromkeys(space for _, _, space in line)
    for colour, space in zip(COLOURS, spaces, strict=False):
        own = [row[:2] for row in line if row[2] == space]
        counts, megabytes = zip(*own, strict=True)
        axes.plot(counts, megabytes, "o-", color=colour)
        labels.append(Label(megabytes[-1], space, colour))
    every = sorted({count for count, _, _ in line})
    bare = [count * np.prod(image_memory.SIDES) / image_memory.MB for count in every]
    axes.plot(every, bare, ":", color=COLOURS[-1])
    labels.append(Label(bare[-1], "the images alone", COLOURS[-1]))
    _finish(axes, "Megabytes of a search's images", "images", labels)


def _jobs(axes: Axes, found: Sequence[Point]) -> None:
    """What a campaign costs besides its runs."""
    line = sorted(
        (p for p in found if points.JOBS in p.sizes), key=lambda p: p.sizes["jobs"]
    )
    labels: list[Label] = []
    for colour, (name, words) in zip(COLOURS, OF_JOBS.items(), strict=True):
        counts = [point.sizes[points.JOBS] for point in line]
        seconds = [point.values[name] for point in line]
        axes.plot(counts, seconds, "o-", color=colour)
        labels.append(Label(seconds[-1], words, colour))
    _finish(axes, "A campaign: CPU seconds", "jobs of the plan", labels)


def _devices(axes: Axes, searches: Mapping[str, Search]) -> None:
    """Hours of the published searches: a forecast, so dashed."""
    labels: list[Label] = []
    for colour, (space, one) in zip(COLOURS, searches.items(), strict=False):
        for link, style in ((assumed.NEAR, "--"), (assumed.FAR, ":")):
            parts = [
                forecast.search(one, count, link, assumed.HOST)
                for count in assumed.DEVICES
            ]
            hours = [sum(part) / 3_600 for part in parts]
            axes.plot(assumed.DEVICES, hours, style, color=colour)
            if link is assumed.NEAR:
                labels.append(Label(hours[-1], space, colour))
    title = "Forecast: hours of a published search"
    _finish(axes, title, "GPUs (dotted: by 10 Gb/s)", labels)


class Label(NamedTuple):
    """Words at the end of a line.

    Attributes:
      y: where the line ends.
      words: of it.
      colour: of it.
    """

    y: float
    words: str
    colour: str


def _finish(axes: Axes, title: str, x: str, labels: Sequence[Label]) -> None:
    """Logarithmic axes, and the words at the lines' ends, none over another."""
    axes.set(xscale="log", yscale="log", xlabel=x)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5)))
        axis.set_major_formatter(ticker.FuncFormatter(lambda value, _: f"{value:,g}"))
        axis.set_minor_locator(ticker.NullLocator())
    if len(axes.get_xticks()) > MOST_TICKS - 3:  # they are wider
        axes.xaxis.set_major_locator(ticker.LogLocator())
    if len(axes.get_yticks()) > MOST_TICKS:
        axes.yaxis.set_major_locator(ticker.LogLocator())
    axes.set_title(title, loc="left", fontsize=11)
    axes.grid(which="major", color="#e5e7eb")
    axes.spines[["top", "right"]].set_visible(False)
    low, high = (float(np.log(end)) for end in axes.get_ylim())
    labels = sorted(labels)
    ends = [(float(np.log(label.y)) - low) / (high - low) for label in labels]
    for label, place in zip(labels, places(ends), strict=True):
        axes.text(
            *(1.02, place, label.words),
            transform=axes.transAxes,
            color=label.colour,
            va="center",
            fontsize=9,
        )


def places(ends: Sequence[float]) -> list[float]:
    """Heights of labels beside the ends of lines, in shares of a panel.

    Args:
      ends: of the lines, from the lowest up.

    Returns:
      As many: at least `APART` between two, and none in the title above the panel.
    """
    found: list[float] = []
    for end in ends:
        found.append(max(end, found[-1] + APART) if found else end)
    highest = [1.0 - APART * above for above in reversed(range(len(ends)))]
    return [min(pair) for pair in zip(found, highest, strict=True)]
