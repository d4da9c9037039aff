"""Draws docs/images/ways.png: three ways through the code, a box for each stop.

  python docs/draw_ways.py

tests/test_design.py fails where a stop is no longer there, or the picture is an older
one than this file.
"""

import pathlib
import sys
from typing import NamedTuple

# Works from a clone, uninstalled.
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from matplotlib import figure as figure_lib

from enas_tf.plots import pen as pen_lib
from enas_tf.plots.pen import Pen

PICTURE = pathlib.Path(__file__).resolve().parent / "images" / "ways.png"
DPI = 120
TEXT = "Description"  # the key of the picture's own text, by which its age is told


class Stop(NamedTuple):
    """One stop of a way.

    Attributes:
      file: below enas_tf/, or from the repository root.
      name: a function or class in it.
      words: what it does.
      gives: what goes on to the next stop.
    """

    file: str
    name: str
    words: str
    gives: str


class Way(NamedTuple):
    """A way: its title, its colour, its stops."""

    title: str
    colour: str
    stops: tuple[Stop, ...]


WAYS = (
    Way(
        "A command: from flags to a folder",
        "#dbe9f6",
        (
            Stop("enas_tf/__main__.py", "run", "mistakes end in one line", "argv"),
            Stop("command/flags.py", "given", "flags as written", "{flag: value}"),
            Stop(
                "command/request.py", "build", "checks, without TensorFlow", "Request"
            ),
            Stop("run/folder.py", "RunFolder", "claims it, keeps settings", "a lock"),
            Stop("stages/run.py", "run", "the stages of the mode", "stages"),
            Stop("stages/search.py", "search", "puts the parts together", "Search"),
            Stop("search/loop.py", "Search", "epochs and phases in turn", "calls"),
            Stop("training/driver.py", "Driver", "cuts steps into calls", "position"),
            Stop("run/checkpoint.py", "Checkpoint", "variables, position", "ckpt-N"),
            Stop("run/report.py", "Report", "rows, events, lines", "metrics.jsonl"),
        ),
    ),
    Way(
        "A batch: from a file to the loss",
        "#ddf0d8",
        (
            Stop("data/images/load.py", "load", "one of the sources", "paths"),
            Stop(
                "data/images/pictures.py", "pixels", "opens, turns", "[H, W, C] uint8"
            ),
            Stop(
                "data/images/image_data.py", "ImageData", "three splits", "[N, H, W, C]"
            ),
            Stop(
                "stages/images.py", "task", "mean and deviation", "ImageClassification"
            ),
            Stop(
                "tasks/lessons.py", "Shuffled", "the examples of step n", "indices [B]"
            ),
            Stop("tasks/classification.py", "ImageClassification", "a batch", "Batch"),
            Stop("data/images/augment.py", "augment", "crop, flip", "[B, H, W, C]"),
            Stop("training/networks.py", "SampledChild", "draws an arc", "inputs, arc"),
            Stop("children/macro.py", "SharedMacroChild", "runs it", "logits [B, V]"),
            Stop("training/child.py", "ChildTrainer", "loss, gradient, L2", "loss []"),
        ),
    ),
    Way(
        "A choice: from the controller's sample to the op in the switch",
        "#fbe6cf",
        (
            Stop("spaces/base.py", "SearchSpace", "its decisions", "a tape of Steps"),
            Stop("search/controller.py", "Controller", "plays it", "tokens [T]"),
            Stop("training/networks.py", "SampledChild", "decodes", "arc of [] int32"),
            Stop("nn/parameters.py", "Parameters", "named views", "weights"),
            Stop("children/macro.py", "MacroLayer", "one layer", "x, op, weights"),
            Stop("nn/switch.py", "Switch", "one of several ops", "the chosen branch"),
            Stop("nn/halves.py", "cut", "value and gradient apart", "two graphs"),
            Stop("nn/image_ops.py", "separable_conv", "the op", "[B, H, W, C]"),
            Stop("nn/skips.py", "Sources", "adds chosen maps", "[B, H, W, C]"),
            Stop("nn/image_ops.py", "batch_norm", "by the batch", "next layer's x"),
        ),
    ),
)

# Lengths in rows, as in enas_tf/plots.
_BOX, _GAP, _LINE, _MARGIN = (5.6, 2.3), 0.85, 0.62, 0.6
_IN_A_LINE = 5
_TITLE = 1.1
_INCH = 0.34


def in_words(ways: tuple[Way, ...] = WAYS) -> str:
    """The picture as text, a stop a line."""
    lines = [
        line
        for way in ways
        for line in (way.title, *("\t".join(stop) for stop in way.stops))
    ]
    return "\n".join(lines)


def draw(ways: tuple[Way, ...] = WAYS) -> figure_lib.Figure:
    """The ways, one below the other."""
    width = 2 * _MARGIN + _IN_A_LINE * (_BOX[0] + _GAP) - _GAP
    pen = Pen(width, _MARGIN + sum(map(_height, ways)), _INCH)
    top = -_MARGIN
    for way in ways:
        _draw_way(pen.at(_MARGIN, top), way)
        top -= _height(way)
    return pen.figure


def _height(way: Way) -> float:
    lines = -(-len(way.stops) // _IN_A_LINE)
    return _TITLE + lines * (_BOX[1] + _GAP) + _MARGIN


def _draw_way(pen: Pen, way: Way) -> None:
    pen.text(0, -0.3, way.title, size=1.25, ha="left", weight="bold")
    for number, stop in enumerate(way.stops):
        x, y = _place(number)
        pen.box(x, y, *_BOX, way.colour)
        pen.text(x, y + _LINE, stop.file, size=0.9, weight="bold", zorder=5)
        pen.text(x, y + 0.12, stop.name, size=0.9, family="monospace", zorder=5)
        pen.text(x, y - 0.32, stop.words, size=0.9, zorder=5)
        pen.text(x, y - 0.8, f"→ {stop.gives}", size=0.9, style="italic", zorder=5)
        if number:
            _arrow(pen, _place(number - 1), (x, y))


def _place(number: int) -> pen_lib.Point:
    """The middle of a stop's box, from the title's left end."""
    line, column = divmod(number, _IN_A_LINE)
    x = _BOX[0] / 2 + column * (_BOX[0] + _GAP)
    return x, -_TITLE - _BOX[1] / 2 - line * (_BOX[1] + _GAP)


def _arrow(pen: Pen, start: pen_lib.Point, end: pen_lib.Point) -> None:
    """From box to box; to a new line below both, then down."""
    (x, y), (to_x, to_y) = start, end
    if y == to_y:
        pen.line([x + _BOX[0] / 2, to_x - _BOX[0] / 2 - 0.2], [y, y])
        pen.head(to_x - _BOX[0] / 2, to_y, 1, 0, 0.35)
        return
    middle = (y + to_y) / 2
    pen.line([x, x, to_x, to_x], [y, middle, middle, to_y + _BOX[1] / 2 + 0.2])
    pen.head(to_x, to_y + _BOX[1] / 2, 0, -1, 0.35)


def main() -> None:
    """Writes the picture."""
    draw().savefig(PICTURE, format="png", dpi=DPI, metadata={TEXT: in_words()})


if __name__ == "__main__":
    main()
