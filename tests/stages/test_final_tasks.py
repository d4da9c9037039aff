"""The kinds of final children: each space has one, and each is whole."""

import inspect

import pytest

from enas_tf.config.spaces import registry
from enas_tf.stages import final_tasks
from enas_tf.tasks.final import FinalTask

KINDS = sorted(set(final_tasks.FINAL_TASKS.values()), key=lambda kind: kind.__name__)


def test_every_space_has_a_kind():
    kinds = {spec.data.name for spec in registry.SPECS.values()}
    assert set(final_tasks.FINAL_TASKS) == kinds


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_does_all_that_the_contract_asks(kind):
    asked = {
        name
        for name, value in vars(FinalTask).items()
        if isinstance(value, staticmethod) or inspect.isfunction(value)
    }
    asked -= {name for name in asked if name.startswith("_")}
    assert {"test", "export", "predict", "after_epoch"} < asked
    assert asked <= set(vars(kind))  # a method of the contract alone does nothing
