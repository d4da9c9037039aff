"""Data that a Python program has in memory, in the place of files.

`--dataset=arrays` names them in a run's settings. What they are is known only inside of
`given`, which a program enters around a command; same_data.py keeps their checksum and
refuses others. No TensorFlow.
"""

import contextlib
import contextvars
from collections.abc import Callable, Iterator
from typing import Any

from enas_tf.config.sections import ConfigError, DataConfig

NAME = "arrays"

# Settings -> images or texts, whichever the space reads.
Source = Callable[[DataConfig], Any]

_SOURCE: contextvars.ContextVar[Source | None] = contextvars.ContextVar(
    "source", default=None
)


@contextlib.contextmanager
def given(source: Source | None) -> Iterator[None]:
    """Inside, and in this thread, `source` is what `NAME` stands for; None: nothing."""
    token = _SOURCE.set(source)
    try:
        yield
    finally:
        _SOURCE.reset(token)


def source(config: DataConfig) -> Source | None:
    """What gives the data that `config` names; None where they are read from files."""
    if config.dataset != NAME or config.data_path:
        return None
    found = _SOURCE.get()
    if found is None:
        raise ConfigError(
            f"--dataset={NAME} is not allowed here: it stands for data that a Python "
            "program handed over as arrays, and they are in no file. Go on in Python "
            "(enas_tf.Search(...).run(data)), or name other data."
        )
    return found
