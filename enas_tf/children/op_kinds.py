"""An op of an image space: one value, from which every network follows.

The problem: an op stands in a shared child, in a final child and in the benchmark's
fixed network, and its weights in checkpoints. Where each of these chose by the op's
name, a new op was a change of thirteen files. Here it is one value that says what it
computes, its weights and its stock Keras layers. Those of the package are in
op_forms.py.

Not for the functions of the rnn space, which are nodes of a loop over time and not ops
of a switch: nn/recurrent.py.
"""

import contextlib
import dataclasses
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

import keras
import numpy as np
import tensorflow as tf

from enas_tf.nn import cost
from enas_tf.nn.parameters import Weight
from enas_tf.spaces.op_table import MicroOpRow, OpRow, OpTable

# Beside the weights of the ops, a macro layer has others under these names.
_TAKEN = ("in", "out", "skip")


def no_weights(path: str, filters: int) -> list[Weight]:
    """Those of an op that has none."""
    del path, filters
    return []


def check_weights(op: str, weights: object, path: str) -> None:
    """ValueError where `weights` are not those of the op of that name in `path`."""
    names: set[str] = set()
    for name, shape, *_ in _listed(op, weights):
        if not re.fullmatch(rf"{path}/.+", name):
            raise ValueError(
                f"the op {op} names a weight {name!r} in the place {path!r}: the name "
                f"must begin with '{path}/'"
            )
        if name in names:
            raise ValueError(f"the op {op} has two weights named {name!r}")
        names.add(name)
        if not all(isinstance(n, int | np.integer) and n > 0 for n in shape):
            raise ValueError(
                f"the op {op} has a weight {name!r} of the shape {shape}: give whole "
                "numbers above 0"
            )


def _listed(op: str, weights: object) -> Sequence[Weight]:
    """`weights`; ValueError where they are no sequence of them, or a single one."""
    wrong = [weights]
    if isinstance(weights, list | tuple) and not isinstance(weights, Weight):
        wrong = [weight for weight in weights if not isinstance(weight, Weight)]
        if not wrong:
            return weights
    raise ValueError(
        f"the op {op} has the weights {wrong[0]!r}: give a list of `Weight`"
    )


class Spot(NamedTuple):
    """The place of one op in a final child.

    Attributes:
      name: of its layer; the path of all its layers where there are several.
      filters: C, channels of its input and of its answer.
      seed: of all initial weights (nn/stock.py folds it with the name).
      training: whether the model is only trained: it may then have layers that are not
        stock Keras, with the same weights.
      stride: 1, or 2 where it reads an input of a reduction cell; macro: always 1.
    """

    name: str
    filters: int
    seed: int
    training: bool
    stride: int = 1


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class ImageOp:
    """One op; `MacroOp` and `MicroOp` add what only their space has.

    It equals itself alone, as a function does, so it can be a key.

    Attributes:
      row: its name and its colour.
      apply: (x [B, H, W, C] float32, its weights by name) -> a map like x. A pure
        function: it reads no variable. The shared child switches between these, and
        the benchmark's fixed network is made of them.
      final: (x [B, H, W, C] float32, its spot) -> the op in the final child, by stock
        Keras layers: [B, ceil(H / stride), ceil(W / stride), C].
      weights: (path, C) -> its weights in one place of the shared child, each named
        `<path>/...`; `apply` is given them by what stands for the dots.
      costs: FLOPs for one image of those layers in its final form that nn/cost.py does
        not know, by their class.
    """

    row: OpRow
    apply: Callable[[tf.Tensor, Mapping[str, tf.Tensor]], tf.Tensor]
    final: Callable[[keras.KerasTensor, Spot], keras.KerasTensor]
    weights: Callable[[str, int], list[Weight]] = no_weights
    costs: Mapping[type[keras.Layer], cost.Cost] = dataclasses.field(
        default_factory=dict
    )

    def __post_init__(self) -> None:
        """ValueError where a field or a weight is not as above."""
        if not isinstance(self.row, OpRow):
            raise ValueError(f"an op has row={self.row!r}: give it an OpRow")
        for field in ("apply", "final", "weights"):
            if not callable(value := getattr(self, field)):
                raise ValueError(
                    f"the op {self.name} has {field}={value!r}: give a function"
                )
        check_weights(self.name, self.weights("path", 2), "path")

    @property
    def name(self) -> str:
        """As arcs have it."""
        return self.row.name

    def pieces(self, filters: int) -> list[str]:
        """The names of its weights as `apply` has them, in order."""
        return [weight.name[len("p/") :] for weight in self.weights("p", filters)]


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class MacroOp(ImageOp):
    """One op of a macro layer, behind the layer's 1x1 convolution - BN - ReLU.

    Attributes:
      normed: whether BN follows, and in the shared child then a ReLU.
      layer: name of its layer in the final child, behind that of the searched layer;
        "": as `row` has it.
      plain: name of the op that the final child has in its place under
        --child_plain_separable; "": it stays.
    """

    normed: bool = False
    layer: str = ""
    plain: str = ""

    def __post_init__(self) -> None:
        """ValueError where a name cannot be one."""
        super().__post_init__()
        if self.name in _TAKEN:
            raise ValueError(
                f"{self.name!r} cannot name a macro op: a layer has other weights of "
                "that name. Give it another one"
            )


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class MicroOp(ImageOp):
    """One op of a block. In the shared child it never has a stride.

    Attributes:
      row: besides what genotypes call it, and its biases.
      drop_path: whether drop path may drop it in the final child's training.
    """

    row: MicroOpRow
    drop_path: bool = True

    def __post_init__(self) -> None:
        """ValueError where a name or the row cannot be one."""
        super().__post_init__()
        # The type says so, but an op comes from other programs, too.
        if type(self.row) is OpRow:
            raise ValueError(
                f"the micro op {self.name} has an OpRow; a MicroOpRow is needed, which "
                "has its biases"
            )


OpT = TypeVar("OpT", bound=ImageOp)


class ImageOps(OpTable[OpT]):
    """The ops of an image space; a number is the place among the space's rows."""

    def __init__(self, table: OpTable[Any], ops: Sequence[OpT]):
        """Create the table.

        Args:
          table: the rows of the space, in id order.
          ops: those of the package.
        """
        self._table = table
        super().__init__(table.space, ops)

    def __getitem__(self, op: str | int) -> OpT:
        """The op of that name or number.

        Raises:
          ValueError: there is none, or its row is there and it is not.
        """
        name = self._table[op].name
        if name not in self.names:
            raise ValueError(
                f"the op {name} of the {self.space} space has a row, but no network "
                f"can have it: add it to children/op_forms.py, {self.space.upper()}"
            )
        return super().__getitem__(name)

    def is_of(self, table: OpTable[Any]) -> bool:
        """Whether these are the ops of the rows of `table`."""
        return self._table is table

    def check_both(self, row: OpT) -> None:
        """Change nothing; ValueError where the op or its row cannot be added."""
        self.check(row)
        self._table.check(row.row)

    def add(self, row: OpT) -> None:
        """One more op for good, with its row; the same again changes nothing.

        Raises:
          ValueError: it is of another space's kind, or its name is taken.
        """
        self.check_both(row)  # first of all, so that what is refused leaves nothing
        cost.add(row.costs)
        self._table.add(row.row)
        super().add(row)

    @contextlib.contextmanager
    def added(self, *rows: OpT) -> Iterator[None]:
        """More ops, until the block ends."""
        with self._table.added(), cost.added({}), super().added(*rows):
            yield
