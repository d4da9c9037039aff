"""TensorFlow's advice on retracing, and its other messages."""

import logging

import pytest
import tensorflow as tf

from enas_tf.training import retracing


class Traced:
    @tf.function
    def run(self):
        return tf.constant(1)


@pytest.fixture
def said():
    """A function: what TensorFlow says while six objects trace one method."""
    logger, lines = logging.getLogger("tensorflow"), []
    before, handler = list(logger.filters), logging.Handler()
    handler.emit = lambda record: lines.append(record.getMessage())
    logger.addHandler(handler)

    def trace():
        lines.clear()
        for _ in range(6):
            Traced().run()
        logger.warning("something else")
        return lines

    yield trace
    logger.removeHandler(handler)
    logger.filters[:] = before


def test_only_the_advice_on_retracing_is_not_shown(said):
    logging.getLogger("tensorflow").removeFilter(retracing._is_other)
    assert any(retracing.ADVICE in line for line in said())
    retracing.hush()
    assert not any(retracing.ADVICE in line for line in said())
    assert said()[-1] == "something else"
