"""Whether PyTorch is there; nothing is imported for it."""

import importlib.util

from enas_tf.config.sections import ConfigError

MISSING = (
    "--what=peers measures beside PyTorch, which is not installed: "
    "pip install 'enas_tf[peers]', or in a checkout pip install '.[peers]' (BUILD.md "
    "says which build to take); leave peers out of --what otherwise."
)


def is_there() -> bool:
    """Whether torch can be found."""
    return importlib.util.find_spec("torch") is not None


def refuse_missing() -> None:
    """Raises ConfigError where it is not there."""
    if not is_there():
        raise ConfigError(MISSING)
