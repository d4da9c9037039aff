"""How each class did in a test, kept in evaluation/classes.json, and read from there.

It says of which weights and data it is. The rest follows from the confusions, so a file
in which something else stands is damaged.
"""

import json
import math
import pathlib
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from enas_tf.run import disk, layout
from enas_tf.run.readings import Identity
from enas_tf.training import by_class
from enas_tf.training.by_class import ByClass


def write(place: pathlib.Path, found: ByClass, of: Identity) -> None:
    """Keep it in the folder `place`, in place of what was there."""
    disk.write_text(place / layout.BY_CLASS, as_json(found, of))


def read(place: pathlib.Path, names: Sequence[str], of: Identity) -> ByClass | None:
    """What was kept there; None if it is of something else, or not whole.

    Args:
      place: the folder.
      names: of the classes.
      of: the weights and the data that are asked for.
    """
    try:
        text = (place / layout.BY_CLASS).read_text(encoding="utf-8")
        confusion = np.array(json.loads(text)["confusion"], np.int64)
    except (OSError, ValueError, LookupError, TypeError, OverflowError):
        return None
    if confusion.shape != (len(names), len(names)) or not confusion.sum():
        return None
    found = by_class.of_confusion(confusion, names)
    return found if as_json(found, of) == text else None


def as_json(found: ByClass, of: Identity) -> str:
    """All numbers; a line for each class and for each row of the confusions."""
    facts = dict(
        of=json.dumps(of._asdict()),
        test_accuracy=json.dumps(found.accuracy),
        balanced_accuracy=json.dumps(found.balanced_accuracy),
        classes=_lines(_classes(found)),
        confusion=_lines(found.confusion.tolist()),
    )
    items = ",\n".join(f'"{name}": {text}' for name, text in facts.items())
    return f"{{\n{items}\n}}\n"


def _classes(found: ByClass) -> Iterator[dict]:
    shares = zip(found.precision.tolist(), found.recall.tolist(), strict=True)
    rows = zip(found.names, found.images.tolist(), shares, strict=True)
    for number, (name, images, (precision, recall)) in enumerate(rows):
        yield dict(
            number=number,
            name=name,
            images=images,
            precision=None if math.isnan(precision) else precision,
            recall=None if math.isnan(recall) else recall,
        )


def _lines(rows: Iterable[list[int] | dict]) -> str:
    return "[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]"
