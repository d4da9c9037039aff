"""The type in which a child's heavy products are computed.

The problem: products of matrices and convolutions are most of a step, and are several
times as fast in a type of 16 bits where the machine has units for it. But in such a
type sums, statistics, losses and updates lose what they are made of.

The idea: weights and maps stay float32. A product alone gets its inputs in the lower
type, and its answer is float32 again; its gradient follows from that, in the lower type
too. Which type it is, is a scope around the tracing of a child, so that neither ops nor
plugins need to be told:

    with precision.scope("bfloat16"):
        trainer.run(...)                # its first call traces the child

Inside `float32`, the default, a graph is the one that it would be without any of this.

Not for depthwise convolutions, which have little arithmetic: on a CPU their gradients
take two to four times as long in a lower type (docs/experiments.md, "Mixed precision").
A child that was traced in one scope keeps its graph: each scope needs a child of its
own.
"""

import contextlib
import contextvars
from collections.abc import Callable, Iterator
from typing import TypeVar

import tensorflow as tf

FULL = "float32"
WIDE = "bfloat16"  # of 16 bits, with the range of float32
HALF = "float16"  # whose range is so small that a loss needs scaling

ResultT = TypeVar("ResultT")

_current = contextvars.ContextVar("precision", default=FULL)


def current() -> str:
    """The name of the type for products in graphs that are traced now."""
    return _current.get()


def is_lower() -> bool:
    """Whether that is another one than float32."""
    return current() != FULL


@contextlib.contextmanager
def scope(name: str) -> Iterator[None]:
    """Inside, products of graphs that are traced are in the type of that name."""
    token = _current.set(name)
    try:
        yield
    finally:
        _current.reset(token)


def within(name: str, call: Callable[[], ResultT]) -> Callable[[], ResultT]:
    """`call` in the scope of that name."""

    def run() -> ResultT:
        with scope(name):
            return call()

    return run


def lowered(
    product: Callable[[tf.Tensor, tf.Tensor], tf.Tensor], x: tf.Tensor, y: tf.Tensor
) -> tf.Tensor:
    """product(x, y), computed in the type of the scope; float32 in and out."""
    if not is_lower():
        return product(x, y)
    return tf.cast(product(tf.cast(x, current()), tf.cast(y, current())), tf.float32)


def policy() -> str | None:
    """Keras' dtype policy of a layer that does the same; None: Keras' own default.

    Its weights are float32, and its answer is of the lower type. A layer of the default
    policy behind it casts that back.
    """
    return f"mixed_{current()}" if is_lower() else None
