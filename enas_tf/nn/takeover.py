"""Named weights taken over from an earlier network, by name and shape.

The problem: two networks that are alike, and not equal. A search with one more op has
a row more in each stacked weight, and its ops may be in another order.

The idea: a weight may say what its places along one axis are of (`labels`). Places with
the same label belong together, wherever they are; where there are no labels, shapes
must be equal. What is not taken keeps its first values.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np


class Labelled(NamedTuple):
    """The values of a weight, and what they are of.

    Attributes:
      value: an array.
      labels: of the places along `axis`, all different; empty: it has none.
      axis: of `value`.
    """

    value: np.ndarray
    labels: tuple[str, ...] = ()
    axis: int = 0


class Taken(NamedTuple):
    """How much of one weight was taken over.

    Attributes:
      name: of the weight.
      numbers: that were taken.
      size: numbers that the weight has.
      why: not all were, in words; "" if all were.
      detail: more of this one alone.
    """

    name: str
    numbers: int
    size: int
    why: str = ""
    detail: str = ""


class TakenOver(NamedTuple):
    """What became of all weights of a network.

    Attributes:
      values: of each weight by its name, in its own shape.
      taken: a row for each.
    """

    values: dict[str, np.ndarray]
    taken: list[Taken]


def take(
    earlier: Mapping[str, Labelled],
    first: Mapping[str, Labelled],
    *,
    missing: str = "not there",
) -> TakenOver:
    """Values for a network that begins with those of an earlier one.

    Args:
      earlier: its weights, by name.
      first: the weights of the network as it would begin without.
      missing: what to say of a weight that `earlier` lacks.
    """
    values, taken = {}, []
    for name, own in first.items():
        values[name] = own.value
        row = Taken(name, 0, own.value.size, missing)
        if name in earlier:
            values[name], row = _one(name, earlier[name], own)
        taken.append(row)
    return TakenOver(values, taken)


def _one(name: str, there: Labelled, here: Labelled) -> tuple[np.ndarray, Taken]:
    """The values of a weight that both networks have."""
    old, new = there.value, here.value
    size = new.size
    if there.labels == here.labels and old.shape == new.shape:
        return old.astype(new.dtype), Taken(name, size, size)
    if not _comparable(there, here):
        shapes = f"{_shape(old)} there, {_shape(new)} here"
        return new, Taken(name, 0, size, "of another shape", shapes)
    common = [label for label in here.labels if label in there.labels]
    if not common:
        return new, Taken(name, 0, size, f"none of {_listed(here.labels)} is there")
    # [places, ...] views: to write into them is to write into the array.
    value = new.copy()
    into, out_of = np.moveaxis(value, here.axis, 0), np.moveaxis(old, there.axis, 0)
    into[_places(here, common)] = out_of[_places(there, common)]
    lacking = [label for label in here.labels if label not in there.labels]
    numbers = size // len(here.labels) * len(common)
    return value, Taken(
        name, numbers, size, f"without {_listed(lacking)}" if lacking else ""
    )


def _comparable(there: Labelled, here: Labelled) -> bool:
    """Whether both have labels, and are alike but for these."""
    if not there.labels or not here.labels or there.axis != here.axis:
        return False
    shapes = [np.delete(one.value.shape, one.axis).tolist() for one in (there, here)]
    return there.value.ndim == here.value.ndim and shapes[0] == shapes[1]


def _places(weight: Labelled, labels: Sequence[str]) -> list[int]:
    return [weight.labels.index(label) for label in labels]


def _listed(labels: Sequence[str], most: int = 3) -> str:
    more = ", ..." if len(labels) > most else ""
    return ", ".join(labels[:most]) + more


def _shape(array: np.ndarray) -> str:
    return "x".join(map(str, array.shape)) or "()"
