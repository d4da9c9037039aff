"""The written forms of a space's arcs: a spec's `arcs` names one.

No TensorFlow, as in all that looks at what the user gave.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from enas_tf.config import sections as config
from enas_tf.config.live import Live
from enas_tf.config.spaces import references, registry
from enas_tf.config.spaces.spec import SpaceSpec
from enas_tf.spaces import base, genotype_source, macro, micro, rnn
from enas_tf.spaces.op_table import Choice


class Form(NamedTuple):
    """The written form of the arcs of one space.

    Attributes:
      named: published arcs, name to integers.
      sized_by: the flag whose value follows from an arc.
      unit: what that flag counts.
      space: (size, num_ops=) -> the space of that size.
      size_of_length: from the number of integers to the size; ValueError where no size
        has so many.
      size_of_fields: the same from the JSON object of an arc; LookupError or TypeError
        where it lacks what tells, which `from_json` then refuses.
      genotypes: the kind of genotype that an arc may be written as, if any.
      baselines: networks to train for comparison, which are no arcs: name to words.
      list_length: from the number of a layer to that of the integers in its list, where
        an arc is written in a list a layer.
      older: from integers in an older form, told by their odd number, to the arc.
    """

    named: dict[str, str]
    sized_by: str
    unit: str
    space: type[base.SearchSpace]
    size_of_length: Callable[[int], int]
    size_of_fields: Callable[[dict[str, Any]], int]
    genotypes: str = ""
    baselines: Mapping[str, str] = MappingProxyType({})
    older: Callable[[str], Any] | None = None
    list_length: Callable[[int], int] | None = None

    @property
    def ops(self) -> tuple[str, ...]:
        """The names of all ops that the space can have."""
        return self.space.table.names

    @property
    def sizes(self) -> tuple[int, int]:
        """The smallest and the largest size."""
        items = {item.flag: item for item in config.settings()}
        allowed = items[self.sized_by].field.metadata
        return allowed["low"], allowed["high"]

    def of_size(self, size: int, ops: Choice) -> base.SearchSpace:
        """The space of that size and ops; ValueError where it is not allowed."""
        low, high = self.sizes
        if not low <= size <= high:
            raise ValueError(
                f"its number of {self.unit} is {size}, allowed are {low} to {high}"
            )
        return self.made(size, ops)

    def made(self, size: int, ops: Choice) -> base.SearchSpace:
        """The same, whatever the range of sizes."""
        count = ops if isinstance(ops, int) else len(ops)
        # Every space is made of its size, by a name of its own, and its number of ops.
        space = self.space(size, num_ops=count)  # type: ignore[call-arg]
        return space if isinstance(ops, int) else space.with_ops(ops)


MACRO = Form(
    named=macro.NAMED_ARCS,
    sized_by="child_num_layers",
    unit="layers",
    space=macro.MacroSpace,
    size_of_length=macro.layers_of_length,
    size_of_fields=lambda fields: len(fields["layers"]),
    list_length=macro.layer_width,
)
MICRO = Form(
    named=micro.NAMED_ARCS,
    sized_by="child_num_cells",
    unit="blocks",
    space=micro.MicroSpace,
    size_of_length=micro.blocks_of_length,
    size_of_fields=lambda fields: len(fields["normal"]),
    genotypes=genotype_source.CELLS,
)
RNN = Form(
    named=rnn.NAMED_ARCS,
    sized_by="child_num_layers",
    unit="nodes",
    space=rnn.RnnSpace,
    size_of_length=rnn.nodes_of_length,
    size_of_fields=lambda fields: len(fields["nodes"]),
    genotypes=genotype_source.RECURRENT,
    baselines={rnn.LSTM: "an LSTM of two layers"},
    older=rnn.from_older,
)


def _of(spec: SpaceSpec) -> Form:
    return references.load(spec.arcs)


FORMS: Mapping[str, Form] = registry.table(_of)


def _named() -> dict[str, str]:
    return {name: arc for form in FORMS.values() for name, arc in form.named.items()}


# The published arcs of all spaces, name to integers.
NAMED_ARCS: Mapping[str, str] = Live(_named, lambda name: _named()[name])
