"""The root logger of somebody else's process, left as it was.

absl's `log` gives a root logger without handlers one, by `logging.basicConfig`, and it
stays: the program's own `basicConfig` would then do nothing.
"""

import contextlib
import logging
import sys
from collections.abc import Iterator


@contextlib.contextmanager
def kept() -> Iterator[None]:
    """Inside, a root logger without handlers has one; behind the block, none of it."""
    root = logging.getLogger()
    if root.handlers:
        yield
        return
    placeholder = _LastResort()
    root.addHandler(placeholder)
    try:
        yield
    finally:
        root.removeHandler(placeholder)


class _LastResort(logging.StreamHandler):
    """Warnings that nobody else shows, as Python does where there is no handler."""

    def __init__(self) -> None:
        super().__init__(sys.stderr)
        self.setLevel(logging.WARNING)

    def filter(self, record: logging.LogRecord) -> bool:
        logger: logging.Logger | None = logging.getLogger(record.name)
        while logger and logger is not logging.getLogger():
            if logger.handlers:
                return False
            logger = logger.parent
        return True
