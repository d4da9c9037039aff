"""Reads a pickle of NumPy arrays, and runs no code that a pickle may name.

`pickle.load` calls any function that the file names. Here only the handful that an
array is made of can be named; everything else is refused.
"""

import pickle
from typing import Any, BinaryIO

import numpy as np


class RefusedError(Exception):
    """The pickle names something that is not part of an array."""


def load(file: BinaryIO) -> Any:
    """The object in `file`, of containers, numbers, text and NumPy arrays.

    Strings of Python 2 come as bytes.

    Raises:
      RefusedError: it holds anything else.
      Exception: of nearly any kind, where the file is damaged.
    """
    return _ArrayUnpickler(file, encoding="bytes").load()


def _dtype(code: str, align: int = False, copy: int = False) -> np.dtype:
    # Files of old NumPy versions hold 0 and 1, which NumPy 2.4 warns about.
    return np.dtype(code, align=bool(align), copy=bool(copy))


def _encode(text: str, encoding: str) -> bytes:
    """How Python 3 writes bytes at protocol 2; no other codec is looked up."""
    if encoding != "latin1":
        raise RefusedError(f"the text encoding {encoding!r}")
    return text.encode("latin1")


_RECONSTRUCT = np.ndarray(0).__reduce__()[0]
_FROM_BUFFER = np.zeros(1).__reduce_ex__(5)[0]

# NumPy 2 renamed numpy.core to numpy._core; both names are in files.
_ADMITTED = {
    ("numpy", "ndarray"): np.ndarray,
    ("numpy", "dtype"): _dtype,
    ("_codecs", "encode"): _encode,
}
for _core in ("numpy.core", "numpy._core"):
    _ADMITTED[f"{_core}.multiarray", "_reconstruct"] = _RECONSTRUCT
    _ADMITTED[f"{_core}.numeric", "_frombuffer"] = _FROM_BUFFER


class _ArrayUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        """The object that `module.name` stands for, if it belongs to an array."""
        if (module, name) not in _ADMITTED:
            raise RefusedError(f"{module}.{name}")
        return _ADMITTED[module, name]
