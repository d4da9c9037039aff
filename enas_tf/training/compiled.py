"""What XLA cannot compile is told in a line, and not by a traceback."""

import contextlib
from collections.abc import Iterable, Iterator

import keras
import tensorflow as tf

from enas_tf.config.sections import ConfigError

_OF_XLA = "tf2xla conversion failed"  # in what TensorFlow says of it


def refuse_max_pools(layers: Iterable[keras.layers.Layer]) -> None:
    """Before anything is trained, say that XLA cannot compile one of `layers`.

    With deterministic kernels; without them it can.

    Raises:
      ConfigError: one is a max pool.
    """
    for layer in layers:
        if isinstance(layer, keras.layers.MaxPooling2D):
            raise ConfigError(
                f"--jit_compile is not allowed here: the child has a max pool "
                f"({layer.name}), of which XLA has no deterministic gradient. Leave it "
                "out, or try it with --nodeterministic."
            )


@contextlib.contextmanager
def refusals() -> Iterator[None]:
    """Inside, a step that XLA does not compile is a mistake in the flags.

    Raises:
      ConfigError: it does not; why is in the message.
    """
    try:
        yield
    except (tf.errors.UnimplementedError, tf.errors.InvalidArgumentError) as error:
        if _OF_XLA not in str(error):
            raise
        raise ConfigError(
            f"--jit_compile is not allowed here: XLA cannot compile a step of this "
            f"child ({_reason(str(error))}). Leave it out, or try it with "
            "--nodeterministic."
        ) from error


def _reason(message: str) -> str:
    """The line of a message that says what is missing."""
    lines = [line.strip() for line in message.splitlines()]
    place = next(i for i, line in enumerate(lines) if _OF_XLA in line)
    before = [line for line in lines[:place] if line and not line.startswith("[[")]
    return (before or lines)[-1].rstrip(".")
