"""Labels that a program has in memory: whole numbers or text, whatever holds them.

The rule for their values is that of files, `class_labels`.
"""

from collections.abc import Mapping

import numpy as np

from enas_tf.config.sections import ConfigError
from enas_tf.data.images import class_labels


def plain(labels: np.ndarray, argument: str) -> np.ndarray:
    """Labels [N] of an integer type, or text.

    Args:
      labels: [N], also of bytes (UTF-8), of Python objects, or of whole floats.
      argument: that they came by, for messages.

    Raises:
      ConfigError: they are something else.
    """
    if labels.dtype.kind == "O":
        labels = _of_objects(labels, argument)
    if labels.dtype.kind == "S":
        labels = _decoded(labels, argument)
    if labels.dtype.kind == "f":
        labels = _whole(labels, argument)
    if labels.dtype.kind not in "iuU":
        raise _refusal(argument, f"labels of {labels.dtype}")
    return labels


def refuse_unlearned(
    labels: Mapping[str, np.ndarray], names: Mapping[str, str]
) -> None:
    """Refuse labels that are not those of training.

    Args:
      labels: as of `plain`, by split, "train" among them.
      names: of the arguments, by split.

    Raises:
      ConfigError: text here and numbers there, or a class that training has not.
    """
    train = labels["train"]
    for split, found in labels.items():
        if (found.dtype.kind == "U") != (train.dtype.kind == "U"):
            raise ConfigError(
                f"{names[split]} has labels of {found.dtype}, {names['train']} of "
                f"{train.dtype}: they must be alike. Give numbers in both, or text."
            )
        if unlearned := np.setdiff1d(found, train).tolist():
            raise ConfigError(
                f"{names[split]} has images of class {unlearned[0]}, and "
                f"{names['train']} has none to learn it from. Add such images there, "
                "or remove these."
            )


def _of_objects(labels: np.ndarray, argument: str) -> np.ndarray:
    """As NumPy holds such values, if they are of one type."""
    kinds = sorted({type(one).__name__ for one in labels.tolist()})
    listed = any(isinstance(one, list | tuple | np.ndarray) for one in labels)
    if len(kinds) > 1 or listed:
        raise _refusal(argument, f"labels of {' and '.join(kinds)}")
    return np.array(labels.tolist())


def _decoded(labels: np.ndarray, argument: str) -> np.ndarray:
    try:
        return np.char.decode(labels, "utf-8")
    except UnicodeDecodeError:
        raise _refusal(argument, "labels of bytes that are no UTF-8") from None


def _whole(labels: np.ndarray, argument: str) -> np.ndarray:
    broken = labels[~(np.isfinite(labels) & (labels == np.floor(labels)))]
    if len(broken):
        raise _refusal(argument, f"the label {broken[0]:.6g} of {labels.dtype}")
    return labels.astype(np.int64)


def _refusal(argument: str, came: str) -> ConfigError:
    return ConfigError(f"{argument} has {came}: {class_labels.WANTED}.")
