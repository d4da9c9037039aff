"""What a search space asks, decision by decision, and the tokens that answer.

The controller plays any tape and knows no space.
"""

from typing import Any, NamedTuple, Protocol, overload


class Op(NamedTuple):
    """Choose one of `choices` ops.

    Attributes:
      slot: names the weights that decide it; decisions of one slot share them.
      choices: how many ops.
      learned_bias: first values of a bias that the slot learns, before the logits are
        bounded; empty: no bias.
      fixed_bias: added to the logits and never learned; empty: none.
      reduced: whether --controller_op_tanh_reduce bounds these logits more tightly.
      tied: whether the ops' embeddings are their softmax weights too.
    """

    slot: str
    choices: int
    learned_bias: tuple[float, ...] = ()
    fixed_bias: tuple[float, ...] = ()
    reduced: bool = False
    tied: bool = False

    @property
    def num_tokens(self) -> int:
        """One token, the op's number."""
        return 1


class Index(NamedTuple):
    """Choose one of the first `choices` anchors by attention.

    Attributes:
      slot: names the weights that decide it; decisions of one slot share them.
      choices: how many anchors.
      fixed_bias: added to the bounded logits and never learned; empty: none.
      divisors: by anchor, its divisor where it is chosen; empty: none.
    """

    slot: str
    choices: int
    fixed_bias: tuple[float, ...] = ()
    divisors: tuple[float, ...] = ()

    @property
    def num_tokens(self) -> int:
        """One token, the anchor's number."""
        return 1


class Skips(NamedTuple):
    """Say yes or no to each of the first `width` anchors, each for itself."""

    slot: str
    width: int

    @property
    def num_tokens(self) -> int:
        """One token of 0 or 1 per anchor."""
        return self.width

    @property
    def choices(self) -> int:
        """No or yes."""
        return 2


Decision = Op | Index | Skips


class Step(NamedTuple):
    """One move of the tape: one LSTM step, unless it is still, and its decision.

    Attributes:
      decision: sampled from this step's state; None: nothing is.
      anchor: "state" to remember the state as an anchor that later decisions can point
        at, "zeros" to remember zeros in its place, "" to remember nothing.
      restart: whether the next step's input is the learned start embedding.
      forget: whether the anchors so far are forgotten first; the LSTM's state is not.
      still: whether the LSTM makes no step; its state is that before, at first zeros.
    """

    decision: Decision | None
    anchor: str = ""
    restart: bool = False
    forget: bool = False
    still: bool = False


class Tokens(Protocol):
    """[T] integers: a list, a tuple, a NumPy array, or in a graph an int32 tensor.

    One taken out is an int or, of a tensor, a scalar tensor; some are of the same kind
    as all.
    """

    @overload
    def __getitem__(self, place: int, /) -> Any: ...
    @overload
    def __getitem__(self, places: slice, /) -> Any: ...
