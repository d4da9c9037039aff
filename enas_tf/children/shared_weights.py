"""All weights of a shared child by name, as another network may take them over."""

import numpy as np
import tensorflow as tf

from enas_tf.children.contract import SharedChild
from enas_tf.nn.parameters import Parameters
from enas_tf.nn.takeover import Labelled

AUX = "aux/"  # before the names of an auxiliary head's weights


def banks(child: SharedChild) -> list[tuple[str, Parameters]]:
    """Its vectors, each with what stands before the names of its weights.

    In the order in which a checkpoint of a search holds them.
    """
    found = [("", child.parameters)]
    if child.aux_parameters is not None:
        found.append((AUX, child.aux_parameters))
    return found


def labelled(child: SharedChild, vectors: list[np.ndarray]) -> dict[str, Labelled]:
    """The weights in `vectors`, one for each of `banks`.

    Raises:
      ValueError: they are not of the child's sizes.
    """
    own = banks(child)
    if [list(v.shape) for v in vectors] != [list(b.vector.shape) for _, b in own]:
        raise ValueError("the shared weights are of another size")
    return {
        prefix + weight.name: Labelled(values[weight.name].numpy(), weight.rows)
        for vector, (prefix, bank) in zip(vectors, own, strict=True)
        for values in [bank.unpack(tf.constant(vector))]
        for weight in bank.listed()
    }


def load(child: SharedChild, values: dict[str, np.ndarray]) -> None:
    """Set every weight, by the names of `labelled`."""
    for prefix, bank in banks(child):
        bank.load({one.name: values[prefix + one.name] for one in bank.listed()})
