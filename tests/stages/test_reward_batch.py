"""The examples of a reward: as many as asked for, or one clear refusal."""

import pytest
import toys

from enas_tf.config import presets
from enas_tf.config.sections import ConfigError
from enas_tf.stages import search


def asked(**values):
    config = presets.resolve("macro", "search", "demo", values)
    return search._reward_batch(config, toys.task())


def test_it_is_the_childs_batch_size_or_its_own():
    assert asked(batch_size=5) == 5
    assert asked(batch_size=5, controller_batch_size=7) == 7


def test_more_than_there_are_is_refused():
    most = toys.task().size("valid")
    with pytest.raises(ConfigError) as caught:
        asked(controller_batch_size=most + 1)
    assert str(caught.value).startswith(f"--controller_batch_size={most + 1}")
    assert f"at most {most}" in str(caught.value)
