"""What a plugin imports: `from enas_tf import plugin`.

A plugin is a Python file, or a module that an installed package names in the group
`enas_tf.plugins`, that adds ops, functions, rewards or spaces. It is imported before
flags are read:

  from enas_tf import plugin
  from keras import layers

  plugin.op(
      "dilated3x3",
      lambda spot: [
          layers.ReLU(),
          layers.Conv2D(spot.filters, 3, dilation_rate=2, padding="same"),
          layers.BatchNormalization(),
      ],
  )

  python bin/main.py --plugin=my_ops.py --child_ops=conv3x3,dilated3x3 --preset=demo

docs/extending.md has more. The names are loaded when they are used, so that a plugin
without ops costs no import of TensorFlow.
"""

import importlib
from typing import Any

# Name -> the module it lives in and its name there.
_HOMES = {
    "op": ("enas_tf.plugin.ops", "op"),
    "function": ("enas_tf.plugin.functions", "function"),
    "reward": ("enas_tf.plugin.rewards", "reward"),
    "space": ("enas_tf.config.register", "register"),
    "RewardInputs": ("enas_tf.search.reward_inputs", "RewardInputs"),
    "Spot": ("enas_tf.children.op_kinds", "Spot"),
    "Weight": ("enas_tf.nn.parameters", "Weight"),
    "SpaceSpec": ("enas_tf.config.spaces.spec", "SpaceSpec"),
    "Preset": ("enas_tf.config.spaces.spec", "Preset"),
    "IMAGES": ("enas_tf.config.spaces.kinds", "IMAGES"),
    "TEXTS": ("enas_tf.config.spaces.kinds", "TEXTS"),
    "Form": ("enas_tf.arcs.forms", "Form"),
    "OpRow": ("enas_tf.spaces.op_table", "OpRow"),
    "OpTable": ("enas_tf.spaces.op_table", "OpTable"),
}
__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    """The public name `name`, imported now (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(
            f"module {__name__!r} has no attribute {name!r}; it has "
            f"{', '.join(sorted(_HOMES))}"
        )
    module, attribute = _HOMES[name]
    return getattr(importlib.import_module(module), attribute)


def __dir__() -> list[str]:
    """All public names, loaded or not."""
    return sorted(__all__)
