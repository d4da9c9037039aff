"""Keeps the ops that a stage begins with; refuses to go on with other weights of them.

Their names are compared before (command/same_ops.py). What weights an op has, only its
program says; without this, others would pass for damage of a checkpoint.
"""

from collections.abc import Mapping
from typing import TypeAlias

from enas_tf.arcs import forms
from enas_tf.children import op_forms
from enas_tf.children.op_kinds import ImageOp
from enas_tf.command.request import Request
from enas_tf.config import modes
from enas_tf.config.sections import Config, ConfigError
from enas_tf.run import ops as run_ops
from enas_tf.run import plugins as run_plugins

KEY = "op_weights"  # in what run.json says of a stage, beside `run_ops.KEY`

# By the names of an op's weights, in order: their shapes.
Shapes: TypeAlias = Mapping[str, list[int]]


def bind(request: Request, stage: str) -> None:
    """Keep the names of the ops, and the weights of those that were added.

    Of a stage of 0.3.0 or before nothing is known, and nothing is compared.

    Raises:
      ConfigError: the stage goes on, or is looked at, and began with other weights.
    """
    folder, config = request.folder, request.configs[stage]
    if modes.MODES[request.mode].begins:
        run_plugins.keep(folder, stage, request.plugins)
    shapes = _shapes(config)
    if not folder.has_checkpoint(stage):
        names = _names(config)
        folder.record(stage, **{run_ops.KEY: list(names), KEY: shapes})
        return
    begun = folder.fact(stage, KEY, dict) or {}
    for op, now in shapes.items():
        then = begun.get(op, now)
        if isinstance(then, dict) and list(then.items()) != list(now.items()):
            raise ConfigError(
                f"{run_ops.subject(folder, stage)} began with the op {op!r} of "
                f"{_in_words(then)}, and this program's has {_in_words(now)}: "
                f"{run_ops.REMEDY}"
            )


def added(config: Config) -> list[ImageOp]:
    """The ops of a stage that are not built in; of the rnn space none is of that kind.

    Raises:
      ConfigError: one has a row and no network.
    """
    table = forms.FORMS[config.run.search_for].space.table
    try:
        return op_forms.added_to(table, _names(config))
    except ValueError as error:
        raise ConfigError(str(error)) from None


def _names(config: Config) -> list[str]:
    """The names of the ops that there are to choose from, by number."""
    table = forms.FORMS[config.run.search_for].space.table
    return [row.name for row in table.chosen(config.child.op_choice)]


def _shapes(config: Config) -> dict[str, Shapes]:
    """The weights of the ops that other programs added, by the ops' names."""
    filters = config.child.filters
    return {
        op.name: {
            weight.name.removeprefix("p/"): [int(size) for size in weight.shape]
            for weight in op.weights("p", filters)
        }
        for op in added(config)
    }


def _in_words(shapes: Shapes) -> str:
    named = [f"{name} {shape}" for name, shape in shapes.items()]
    return f"the weights {', '.join(named)}" if named else "no weights"
