"""Pictures of a run: the architecture it found, its curves, its confusions.

Written with matplotlib's object interface: no global state, no window, any thread. It
is imported by what draws first, not with this module: a search steps before it draws.
"""

import io
import pathlib
import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from absl import logging
from PIL import Image, ImageOps

from enas_tf.config.spaces import references, registry
from enas_tf.config.spaces.spec import SpaceSpec
from enas_tf.spaces import base
from enas_tf.spaces.base import ArcT

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from enas_tf.plots.decisions import Decisions
    from enas_tf.plots.pareto import Seen
    from enas_tf.plots.scatter import Points

DPI = 100
_PAD = 12  # pixels around a cropped picture
_LONGEST = 200  # characters of a reason

# (space, arc, title) -> a picture of the arc.
Picture = Callable[[base.SearchSpace, Any, str], "Figure"]


def _of(spec: SpaceSpec) -> Picture:
    return references.load(spec.picture)


# The function that draws an arc of the space of that name.
PICTURES: Mapping[str, Picture] = registry.table(_of)


def draw_arc(
    space: base.SearchSpace[ArcT], arc: ArcT, path: pathlib.Path, *, title: str = ""
) -> bool:
    """Write a picture of `arc` to the PNG file `path`; whether it could be drawn.

    The function that draws may come from outside. Its error costs a warning and the
    picture, not the search: no file is at `path` then, not even an earlier arc's.
    """
    return _drawn(lambda: arc_png(space, arc, title=title), space.name, path)


def draw_decisions(
    space: base.SearchSpace[ArcT],
    arc: ArcT,
    shown: "Decisions",
    path: pathlib.Path,
) -> bool:
    """The same of a picture with a number at each decision of `arc`."""

    from enas_tf.plots import decisions

    def picture() -> bytes:
        figure = PICTURES[space.name](space, arc, shown.title)
        return _cropped(_png(decisions.draw(figure, space, arc, shown)))

    return _drawn(picture, space.name, path)


def arc_png(space: base.SearchSpace[ArcT], arc: ArcT, *, title: str = "") -> bytes:
    """A picture of `arc`, as a PNG file holds it."""
    return _png(PICTURES[space.name](space, arc, title))


def draw_curves(metrics_path: pathlib.Path, png_path: pathlib.Path) -> None:
    """Write the curves of a metrics.jsonl to the PNG file `png_path`."""
    from enas_tf.plots import curves

    _save(curves.draw(metrics_path), png_path)


def draw_op_shares(metrics_path: pathlib.Path, png_path: pathlib.Path) -> None:
    """Write the ops of a search's policy, from a metrics.jsonl, to a PNG file."""
    from enas_tf.plots import op_shares

    _save(op_shares.draw(metrics_path), png_path)


def draw_pareto(seen: "Seen", path: pathlib.Path) -> None:
    """Write what a search saw of measure and cost to a PNG file."""
    from enas_tf.plots import pareto

    _save(pareto.draw(seen), path)


def draw_confusion(
    confusion: np.ndarray, names: Sequence[str], path: pathlib.Path, *, title: str = ""
) -> None:
    """Write a picture of `confusion` [V, V] of the classes `names` to a PNG file."""
    from enas_tf.plots import confusion as picture

    _save(picture.draw(confusion, names, title), path)


def draw_scatter(points: "Points", path: pathlib.Path) -> None:
    """Write a picture of a score beside accuracies to the PNG file `path`."""
    from enas_tf.plots import scatter

    _save(scatter.draw(points), path)


def _drawn(picture: Callable[[], bytes], space: str, path: pathlib.Path) -> bool:
    try:
        content = picture()
    except Exception as error:  # a plugin's picture may raise anything
        reason = textwrap.shorten(f"{type(error).__name__}: {error}", _LONGEST)
        logging.warning(
            "%s is not drawn: the picture of the %s space fails (%s).",
            path.name,
            space,
            reason,
        )
        path.unlink(missing_ok=True)
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return True


def _save(figure: "Figure", path: pathlib.Path) -> None:
    pathlib.Path(path).parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, format="png", dpi=DPI)


def _png(figure: object) -> bytes:
    from matplotlib.figure import Figure

    if not isinstance(figure, Figure):
        raise TypeError(f"it gives {figure!r}, not a matplotlib Figure")
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=DPI)
    return file.getvalue()


def _cropped(content: bytes) -> bytes:
    """A picture with a narrow white margin in place of a wide one."""
    file = io.BytesIO()
    with Image.open(io.BytesIO(content)) as image:
        drawn = image.convert("RGB")
        inner = drawn.crop(ImageOps.invert(drawn).getbbox())
        ImageOps.expand(inner, _PAD, "white").save(file, "png", dpi=(DPI, DPI))
    return file.getvalue()
