"""Plugins for tests: files with texts, and a process that forgets what they added."""

import contextlib

from enas_tf.children import op_forms
from enas_tf.command import plugins
from enas_tf.config import rewards
from enas_tf.config.spaces import registry
from enas_tf.nn import cost, recurrent
from enas_tf.spaces import op_rows

REWARD = """from enas_tf import plugin

plugin.reward("squared", lambda inputs: inputs.measures["accuracy"] ** 2)
"""

OP = """from keras import layers

from enas_tf import plugin

plugin.op("halved", lambda spot: [layers.Rescaling(0.5)])
"""


@contextlib.contextmanager
def forgotten():
    """Whatever plugins add inside is gone behind it."""
    tables = (*op_rows.TABLES, *op_forms.TABLES)
    dicts = (registry.SPECS, rewards.REWARDS, recurrent.FUNCTIONS, plugins._LOADED)
    before = [dict(one) for one in dicts]
    with contextlib.ExitStack() as stack:
        for table in tables:
            stack.enter_context(table.added())
        stack.enter_context(cost.added({}))
        try:
            yield
        finally:
            for one, then in zip(dicts, before, strict=True):
                one.clear()
                one.update(then)


def written(folder, text, name="mine.py"):
    """The path of a plugin of that text."""
    path = folder / name
    path.write_text(text)
    return str(path)
