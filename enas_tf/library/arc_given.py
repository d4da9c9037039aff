"""An arc that a program hands over as `Search.sample` gave it: its text."""

import contextlib

from enas_tf.arcs import forms as arc_forms
from enas_tf.command import plugins
from enas_tf.config.sections import Config, ConfigError

_NOT_OF_IT = (ValueError, TypeError, LookupError, AttributeError)


def text(arc: tuple[object, ...], config: Config) -> str:
    """The value of `child_fixed_arc` that means `arc`.

    Args:
      arc: a `NamedTuple`, such as `MacroArc`.
      config: names the space, and the ops that numbers in the arc count.

    Raises:
      ConfigError: no size of the space has such an arc.
    """
    plugins.load(config.run.plugin)  # an op may be of one
    name = config.run.search_for
    form = arc_forms.FORMS[name]
    low, high = form.sizes
    for size in range(low, high + 1):
        space = form.of_size(size, config.child.op_choice)
        # A space of another size may stumble over it, or read but a part.
        with contextlib.suppress(*_NOT_OF_IT):
            if space.decode(space.validate(space.encode(arc))) == arc:
                return space.text(arc)
    raise ConfigError(
        f"The arc {arc} is none of the {name} space with {config.child.num_ops} ops: "
        "it must be one that Search.sample gave. Name its space, and the ops that it "
        "was drawn from."
    )
