"""What one of several workers says: little beside the chief, or that one is gone."""

import tensorflow as tf
from absl import logging

from enas_tf.command.request import Request

# What TensorFlow raises in a sum that another worker has no more part in.
LOST = (
    tf.errors.UnavailableError,
    tf.errors.AbortedError,
    tf.errors.CancelledError,
    tf.errors.DeadlineExceededError,
    tf.errors.FailedPreconditionError,
)


def fall_silent(request: Request) -> None:
    """Say where the answers are, and from now on nothing but warnings."""
    assert request.cluster
    logging.info(
        "Worker %d of %d. The chief at %s writes all files, and tells of them.",
        request.cluster.number + 1,
        len(request.cluster.addresses),
        request.cluster.addresses[0],
    )
    logging.set_verbosity(logging.WARNING)


def lost(error: tf.errors.OpError) -> str:
    """That another worker is gone, by what TensorFlow says of it."""
    said = next((line for line in error.message.splitlines() if "abort" in line), "")
    why = said.partition(": ")[2] or type(error).__name__
    return (
        f"Another worker of TF_CONFIG is gone ({why}). All must be started again, with "
        "the same command: it goes on from the last checkpoint."
    )
