"""Tries the ops that other programs added, before a command does anything with them."""

from enas_tf.arcs import forms
from enas_tf.children import function_trial, op_trial
from enas_tf.command.request import Request
from enas_tf.config import modes
from enas_tf.spaces import op_rows
from enas_tf.stages import same_ops


def refuse_wrong(request: Request) -> None:
    """Try each of them once; a prediction reads an export and needs none.

    Raises:
      ConfigError: one of them cannot be an op of its space.
    """
    if request.mode == "predict":
        return
    config = request.configs[modes.MODES[request.mode].stages[0]]
    space, child = config.run.search_for, config.child
    for op in same_ops.added(config):
        op_trial.refuse_wrong(space, op, child.filters)
    table = forms.FORMS[space].space.table
    if table is op_rows.RNN:
        chosen = [row.name for row in table.chosen(child.op_choice)]
        for name in table.others(chosen):
            function_trial.refuse_wrong(name)
