"""What the policy chooses, phase by phase: a map for each decision.

A map is a picture of one pixel a share, all of one colour that is the more opaque the
larger the share, so that it is right on a light page and on a dark one.
"""

import base64
import io
from collections.abc import Mapping

import numpy as np
from PIL import Image

from enas_tf.page import markup
from enas_tf.page.found import Found
from enas_tf.page.markup import Html
from enas_tf.plots import op_shares

_COLOUR = (41, 121, 255)
_MOST = 120  # columns; of more phases some are left out
_LINE = 18  # pixels of the page that a row is high


def section(found: Found) -> Html | None:
    """The maps; None of a run that has no phase of its controller."""
    rows = [row for row in found.rows if row["kind"] == op_shares.KIND]
    if not rows:
        return None
    maps = op_shares.maps_of(rows)
    figures = [_map(title, choices) for title, choices in maps.items()]
    first, last = rows[0]["step"], rows[-1]["step"]
    words = (
        f"A column is a phase of the controller, from epoch {first} at the left to "
        f"epoch {last} at the right; the stronger the colour, the more of the policy's "
        "arcs choose this."
    )
    return markup.join(
        [
            markup.element("p", words, _scale()),
            markup.element("div", *figures, class_="grid maps"),
        ]
    )


def png(shares: np.ndarray) -> bytes:
    """A picture of shares [rows, columns], from 0 to 1; a share that lacks is empty."""
    pixels = np.empty((*shares.shape, 4), np.uint8)
    pixels[..., :3] = _COLOUR
    pixels[..., 3] = np.rint(255 * np.clip(np.nan_to_num(shares), 0, 1))
    file = io.BytesIO()
    Image.fromarray(pixels, "RGBA").save(file, format="png", optimize=True)
    return file.getvalue()


def embedded(picture: bytes) -> str:
    """A PNG file as an address that holds it."""
    return f"data:image/png;base64,{base64.b64encode(picture).decode()}"


def _map(title: str, choices: Mapping[str, np.ndarray]) -> Html:
    shares = np.stack(list(choices.values()))
    count = shares.shape[1]
    shown = np.linspace(0, count - 1, min(count, _MOST)).round().astype(int)
    names = [markup.element("li", name) for name in choices]
    last = ", ".join(f"{name} {c[-1]:.2f}" for name, c in choices.items())
    picture = markup.element(
        "img",
        src=embedded(png(shares[:, shown])),
        alt=f"{title}, shares in the last phase: {last}",
        title=last,
        width=len(shown),
        height=_LINE * len(choices),
    )
    inner = markup.element("div", markup.element("ul", *names), picture, class_="map")
    return markup.element("figure", markup.element("figcaption", title), inner)


def _scale() -> Html:
    """The colours from 0 to 1."""
    picture = markup.element(
        "img",
        src=embedded(png(np.linspace(0, 1, 32)[np.newaxis])),
        alt="",
        width=96,
        height=10,
    )
    return markup.element("span", " 0 ", picture, " 1", class_="scale")
