"""TensorFlow's advice on retracing, and its other messages."""

import logging

import pytest
from tensorflow.python.eager.polymorphic_function import polymorphic_function

from enas_tf.training import retracing


@pytest.fixture
def said():
    """A function: what TensorFlow says of a function that is traced five times."""
    logger, lines = logging.getLogger("tensorflow"), []
    before, level, handler = list(logger.filters), logger.level, logging.Handler()
    handler.emit = lambda record: lines.append(record.getMessage())
    logger.addHandler(handler)
    logger.setLevel(logging.WARNING)  # other tests leave it higher
    logger.removeFilter(retracing._is_other)

    def heard():
        lines.clear()
        # What TensorFlow keeps of one function: a fresh one has given no advice yet.
        detector = polymorphic_function._FrequentTracingDetector()
        for _ in range(5):
            detector.called_with_tracing("run", False)
        logger.warning("something else")
        return list(lines)

    yield heard
    logger.removeHandler(handler)
    logger.filters[:] = before
    logger.setLevel(level)


def test_only_the_advice_on_retracing_is_not_shown(said):
    assert any(retracing.ADVICE in line for line in said())
    retracing.hush()
    assert said() == ["something else"]
