"""A search, put together: what searching and deriving work on."""

from typing import Any, NamedTuple

from enas_tf.children.contract import SharedChild
from enas_tf.search import scoring
from enas_tf.search.controller import Controller
from enas_tf.search.loop import Search
from enas_tf.spaces.base import SearchSpace
from enas_tf.stages.paying import Paying
from enas_tf.stages.space_builders import Data
from enas_tf.tasks.base import Task
from enas_tf.training.driver import Driver


class SearchStage(NamedTuple):
    """A search, put together and standing where its last checkpoint was."""

    space: SearchSpace[Any]
    data: Data
    task: Task[Any]
    controller: Controller
    child: SharedChild
    scorer: scoring.Scorer
    search: Search
    driver: Driver
    restored: bool
    paying: Paying
