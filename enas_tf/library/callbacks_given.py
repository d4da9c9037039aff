"""The callbacks that a program hands over: which of them a search can tell.

No import of Keras: who has a callback has imported it.
"""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from enas_tf.config.sections import ConfigError

if TYPE_CHECKING:
    import keras

# Those of Keras that save, restore or set what only a network has.
OF_NETWORKS = (
    "BackupAndRestore",
    "LearningRateScheduler",
    "ModelCheckpoint",
    "OrbaxCheckpoint",
    "ReduceLROnPlateau",
    "SwapEMAWeights",
    "TensorBoard",
)
INSTEAD = "Use EarlyStopping, CSVLogger, LambdaCallback or a callback of your own."


def checked(
    callbacks: "Sequence[keras.callbacks.Callback] | keras.callbacks.Callback | None",
) -> "list[keras.callbacks.Callback]":
    """`callbacks` as a list; one by itself is a list of one, None an empty one.

    Raises:
      ConfigError: one is no callback, or needs a network.
    """
    if callbacks is None:
        return []
    listed = isinstance(callbacks, list | tuple)
    found = list(callbacks) if listed else [callbacks]
    keras = sys.modules.get("keras")
    for one in found:
        if keras is None or not isinstance(one, keras.callbacks.Callback):
            raise ConfigError(
                f"callbacks has a {type(one).__name__}: it must be a list of "
                f"callbacks of Keras. {INSTEAD}"
            )
        if isinstance(one, _of_networks(keras.callbacks)):
            raise ConfigError(
                f"The callback {type(one).__name__} is not allowed here: it needs a "
                f"network, and a search is none. {INSTEAD}"
            )
    return found


def _of_networks(module: object) -> tuple[type, ...]:
    """Their classes, as far as this version of Keras has them."""
    classes = (getattr(module, name, None) for name in OF_NETWORKS)
    return tuple(one for one in classes if isinstance(one, type))
