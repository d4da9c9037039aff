"""TensorFlow imported for the program's stages, without what only others ask of Keras.

Keras imports scikit-learn and matplotlib's pyplot with itself, for wrappers and
galleries that no stage has. They take a third of the seconds of TensorFlow's import.
Both are optional to Keras: where they are not installed, it goes without. So they are
hidden while it is imported. Stages import them themselves where they need them.
"""

import contextlib
import importlib
import sys
from collections.abc import Iterator

FOR_OTHERS = ("sklearn", "matplotlib")


def tensorflow() -> None:
    """Import TensorFlow, and Keras with it; in the program's own process alone."""
    with hidden(FOR_OTHERS):
        importlib.import_module("tensorflow")
        importlib.import_module("keras")


@contextlib.contextmanager
def hidden(names: tuple[str, ...]) -> Iterator[None]:
    """An import of those fails inside as if they were not installed.

    One that is imported already stays; a plugin may have done it.
    """
    absent = [name for name in names if name not in sys.modules]
    for name in absent:
        # What Python's documentation gives for it: an import of None's name fails.
        sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]
