"""What the tests of all pictures share: how to look at one."""

import numpy as np
import PIL.Image

from enas_tf import plots


def pixels(path):
    """[H, W, 3] uint8."""
    return np.asarray(PIL.Image.open(path).convert("RGB"))


def drawn(path, space, text, **options):
    """The pixels of the arc `text`, drawn to `path`."""
    plots.draw_arc(space, space.parse(text), path, **options)
    return pixels(path)


def has_colour(shown, colour):
    wanted = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    return (shown == wanted).all(-1).any()


def words_of(figure):
    return [text.get_text() for text in figure.axes[0].texts]


def check_texts(figure):
    """Asserts that no two texts overlap, and that none is cut off."""
    figure.set_dpi(plots.DPI)
    figure.canvas.draw()
    boxes = [text.get_window_extent() for text in figure.axes[0].texts]
    assert boxes
    for i, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[:i])
        assert 0 <= box.x0 and box.x1 <= figure.bbox.x1
        assert 0 <= box.y0 and box.y1 <= figure.bbox.y1
