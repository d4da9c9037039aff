"""Begins a search with what an earlier one has learned (--warm_start).

Shared weights and the controller's are taken by their names; where one is stacked over
ops, by the names of the ops. Optimizers, the baseline and all counters begin anew, and
so does what is not there.
"""

from enas_tf.children import shared_weights
from enas_tf.children.contract import SharedChild
from enas_tf.command.request import Request
from enas_tf.config.sections import ConfigError
from enas_tf.nn import takeover
from enas_tf.nn.takeover import TakenOver
from enas_tf.run import inherited
from enas_tf.run.report import Report
from enas_tf.search import controller_labels
from enas_tf.search.controller import Controller
from enas_tf.stages import assembly, earlier_search
from enas_tf.stages.earlier_search import EarlierSearch
from enas_tf.stages.space_builders import Data


def begin(
    request: Request,
    report: Report,
    data: Data,
    child: SharedChild,
    controller: Controller,
) -> None:
    """Let a search that begins begin with the other's weights, if it was asked for.

    Args:
      request: of the search that begins.
      report: gets the list, in short.
      data: of the search.
      child: with its first weights; it gets others.
      controller: the same.

    Raises:
      ConfigError: the earlier weights cannot be read, or none fits.
    """
    config, folder = request.configs["search"], request.folder
    if not config.run.warm_start:
        inherited.forget(folder, "search")
        return
    found = earlier_search.read(config, data)
    inherited.refuse_other(folder, "search", found.saved)
    vectors = [bank.vector.numpy() for _, bank in shared_weights.banks(child)]
    shared = takeover.take(found.weights, shared_weights.labelled(child, vectors))
    policy = _controller(request, found, controller)
    if not any(row.numbers for row in [*shared.taken, *policy.taken]):
        raise ConfigError(
            f"--warm_start={found.source.path}: that search and this one have no "
            "weight of one name and shape. Leave --warm_start out, or give the sizes "
            "of that search."
        )
    shared_weights.load(child, shared.values)
    for variable in controller.trainable_variables:
        variable.assign(policy.values[variable.name])
    parts = {"shared child": shared.taken, "controller": policy.taken}
    earlier_search.tell(folder, "search", report, found, parts)


def _controller(
    request: Request, found: EarlierSearch, controller: Controller
) -> TakenOver:
    """The controller's weights: the earlier ones where they fit."""
    config = request.configs["search"]
    earlier = Controller(found.space.tape(), found.config.controller, seed=0)
    held = {
        variable.name: found.saved.values.get(f"controller_{number}")
        for number, variable in enumerate(earlier.trainable_variables)
    }
    there = {name: value for name, value in held.items() if value is not None}
    here = {v.name: v.value.numpy() for v in controller.trainable_variables}
    space = assembly.SPACES[config.run.search_for].space(config)
    return takeover.take(
        controller_labels.labelled(there, [*found.space.tape()], found.space.ops),
        controller_labels.labelled(here, [*space.tape()], space.ops),
    )
