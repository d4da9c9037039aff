"""TensorFlow's advice on functions that are traced often, where it does not fit.

Each network that is trained in one process has a trace of its own. TensorFlow counts
the traces of all of them together, and from the fifth on says that one of our functions
is to be defined elsewhere: nothing that a user could do anything about.
"""

import logging

ADVICE = "triggered tf.function retracing"


def hush() -> None:
    """From now on this one message is not shown; TensorFlow's others are.

    It lasts, since the count does: a training behind several would be told of them.
    """
    logging.getLogger("tensorflow").addFilter(_is_other)  # the same one once


def _is_other(record: logging.LogRecord) -> bool:
    return ADVICE not in record.getMessage()
