"""Pictures of a run: the architecture it found, its curves, its confusions.

Written with matplotlib's object interface: no global state, no window, any thread.
"""

import pathlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib import figure as figure_lib

from enas_tf.config.spaces import references, registry
from enas_tf.config.spaces.spec import SpaceSpec
from enas_tf.plots import confusion as confusion_picture
from enas_tf.plots import curves
from enas_tf.spaces import base
from enas_tf.spaces.base import ArcT

DPI = 100

# (space, arc, title) -> a picture of the arc.
Picture = Callable[[base.SearchSpace, Any, str], figure_lib.Figure]


def _of(spec: SpaceSpec) -> Picture:
    return references.load(spec.picture)


# The function that draws an arc of the space of that name.
PICTURES: Mapping[str, Picture] = registry.table(_of)


def draw_arc(
    space: base.SearchSpace[ArcT], arc: ArcT, path: pathlib.Path, *, title: str = ""
) -> None:
    """Write a picture of `arc` to the PNG file `path`."""
    _save(PICTURES[space.name](space, arc, title), path)


def draw_curves(metrics_path: pathlib.Path, png_path: pathlib.Path) -> None:
    """Write the curves of a metrics.jsonl to the PNG file `png_path`."""
    _save(curves.draw(metrics_path), png_path)


def draw_confusion(
    confusion: np.ndarray, names: Sequence[str], path: pathlib.Path, *, title: str = ""
) -> None:
    """Write a picture of `confusion` [V, V] of the classes `names` to a PNG file."""
    _save(confusion_picture.draw(confusion, names, title), path)


def _save(figure: figure_lib.Figure, path: pathlib.Path) -> None:
    pathlib.Path(path).parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, format="png", dpi=DPI)
