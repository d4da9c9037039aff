"""The contracts and the classes that keep them: mypy reads this file, and pytest.

For mypy, each `kept_by_...` is a claim that what it is given is what it gives back.
Keras' layers have no types, so of them and of the rest names are compared here as well.
"""

import inspect

import pytest

from enas_tf.benchmark.subjects import GivenArcs, RepeatedLesson
from enas_tf.children.contract import SharedChild
from enas_tf.children.macro import SharedMacroChild
from enas_tf.children.micro import SharedMicroChild
from enas_tf.children.network import Network, Optimizer
from enas_tf.children.rnn import SharedRnnChild
from enas_tf.search import rewards
from enas_tf.search.controller import Controller
from enas_tf.search.rewards import Reward
from enas_tf.spaces import base
from enas_tf.spaces.macro import MacroSpace
from enas_tf.spaces.micro import MicroSpace
from enas_tf.spaces.rnn import RnnSpace
from enas_tf.tasks.base import Lessons, Task
from enas_tf.tasks.classification import ImageClassification
from enas_tf.tasks.language_model import LanguageModel, Passages
from enas_tf.tasks.lessons import Shuffled
from enas_tf.training.averaging import AveragedSgd
from enas_tf.training.final_language import FinalLanguageNetwork
from enas_tf.training.networks import FinalNetwork, Policy, SampledChild
from enas_tf.training.optimizer import Momentum, Sgd


def kept_by_tasks(task: ImageClassification | LanguageModel) -> Task:
    return task


def kept_by_lessons(lessons: Shuffled | Passages | RepeatedLesson) -> Lessons:
    return lessons


def kept_by_networks(
    network: SampledChild | FinalNetwork | FinalLanguageNetwork,
) -> Network:
    return network


def kept_by_optimizers(optimizer: Momentum | Sgd | AveragedSgd) -> Optimizer:
    return optimizer


def kept_by_children(
    child: SharedMacroChild | SharedMicroChild | SharedRnnChild,
) -> SharedChild:
    return child


def kept_by_policies(policy: Controller | GivenArcs) -> Policy:
    return policy


def kept_by_spaces(
    space: MacroSpace | MicroSpace | RnnSpace,
) -> base.SearchSpace:
    return space


REWARDS: tuple[Reward, ...] = (rewards.accuracy, rewards.inverse_perplexity)

KEEPS: list[tuple[type, type]] = [
    *((Task, one) for one in (ImageClassification, LanguageModel)),
    *((Lessons, one) for one in (Shuffled, Passages, RepeatedLesson)),
    *((Network, one) for one in (SampledChild, FinalNetwork, FinalLanguageNetwork)),
    *((Optimizer, one) for one in (Momentum, Sgd, AveragedSgd)),
    *((Policy, one) for one in (Controller, GivenArcs)),
    *(
        (SharedChild, one)
        for one in (SharedMacroChild, SharedMicroChild, SharedRnnChild)
    ),
    *((base.SearchSpace, one) for one in (MacroSpace, MicroSpace, RnnSpace)),
]


def methods(contract: type) -> list[str]:
    """The names of what it says can be called."""
    special = ["__call__"] if "__call__" in vars(contract) else []
    return special + [
        name
        for name, value in vars(contract).items()
        if inspect.isfunction(value) and not name.startswith("_")
    ]


def arguments(owner: type, method: str) -> tuple[int, set[str]]:
    """How many `method` takes by place, and the names of those that it takes by name.

    Keras' layers are called by `__call__`, which hands on to `call`.
    """
    is_layer = method == "__call__" and hasattr(owner, "call")
    signature = inspect.signature(getattr(owner, "call" if is_layer else method))
    every = signature.parameters.values()
    by_name = {one.name for one in every if one.kind is one.KEYWORD_ONLY}
    return sum(one.kind is one.POSITIONAL_OR_KEYWORD for one in every), by_name


@pytest.mark.parametrize(("contract", "kept_by"), KEEPS)
def test_a_class_has_each_method_of_its_contract_with_its_arguments(
    contract: type, kept_by: type
) -> None:
    assert methods(contract)
    for method in methods(contract):
        (count, names), (own_count, own_names) = (
            arguments(one, method) for one in (contract, kept_by)
        )
        assert (method, own_count) == (method, count)
        assert names <= own_names, method


@pytest.mark.parametrize("contract", sorted({one for one, _ in KEEPS}, key=str))
def test_a_contract_says_what_each_of_its_methods_is(contract: type) -> None:
    assert contract.__doc__
    for method in methods(contract):
        assert getattr(contract, method).__doc__, method
