"""A search space: a tape of decisions, and the arcs that tokens decode to.

Pure data. NumPy only: no TensorFlow here, so an arc can be checked, printed and stored
anywhere. All index arithmetic of the repository lives in this package.
"""

import abc
import copy
import json
import math
import operator
import reprlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Generic, Self, SupportsIndex, TypeVar

import numpy as np

from enas_tf.spaces import json_fields, op_words
from enas_tf.spaces.op_table import Choice, OpTable
from enas_tf.spaces.tape import Decision, Index, Op, Skips, Step, Tokens

__all__ = [
    "Decision",
    "Index",
    "Op",
    "SearchSpace",
    "Skips",
    "Step",
    "Tokens",
    "integers",
    "unread",
]

ArcT = TypeVar("ArcT")

JSON_VERSION = 1
FEW = 10**6  # architectures: so many are told to the last one
_QUOTED = reprlib.Repr()
_QUOTED.maxstring = 100


def integers(text: str) -> list[int]:
    """The integers of `text`; `|` and `,` are spaces.

    Raises:
      ValueError: there is none, or a word that is none.
    """
    words = text.replace("|", " ").replace(",", " ").split()
    if not words:
        raise ValueError("the arc is empty")
    bad = [word for word in words if not word.isascii() or not word.isdecimal()]
    if bad:
        raise ValueError(f"{_QUOTED.repr(bad[0])} is not a whole number of 0 or more")
    return [json_fields.integer(word) for word in words]


def unread(read: Iterable[int], num_nodes: int) -> tuple[int, ...]:
    """The loose ends: those of the nodes 0..num_nodes - 1 that are not `read`."""
    seen = {int(node) for node in read}
    return tuple(node for node in range(num_nodes) if node not in seen)


def _token(value: object) -> int:
    """`value` of Python or NumPy; 0.5 and True would become other arcs' tokens."""
    is_bool = isinstance(value, bool | np.bool_)
    if is_bool or not isinstance(value, SupportsIndex):
        raise ValueError(f"a token is {value!r}, not a whole number")
    return operator.index(value)


def _names(fields: Mapping[str, object]) -> str:
    names = ", ".join(list(fields)[:3])
    return f"it has {_QUOTED.repr(names)}" if names else "it has nothing"


class SearchSpace(abc.ABC, Generic[ArcT]):
    """A space of architectures: the contract of everything that knows arcs.

    A subclass says what the controller decides and what the tokens mean; everything
    else (length, size, sampling, checks, text, JSON) follows from that.

    It is made of a size and `num_ops`, and raises ValueError where there is no such
    size or number. It is a value from then on: every method gives the same for the same
    arguments, and may be called in any order and in a graph (`tape`, `decode`) or on
    the host (all). A stage asks once for `tape` and builds the controller from it; in
    each step `decode` is traced on the tokens that were drawn, and the child runs what
    it gives. Tokens of outside go through `validate` before `decode`, which checks
    nothing; `parse` and `from_json` do so themselves. Whatever is wrong with an arc is
    a ValueError that says what came and is allowed.

    Attributes:
      name: that of its `SpaceSpec`, the value of --search_for.
      table: of all ops that a space of this kind can have.
      ops: the names of its ops, in id order.
      json_names: the names of the fields of an arc's JSON that only this space has.
      num_reductions: how often a child of the space halves its images.
      renumbered: whether its ops are others than the first published ones (`with_ops`).
    """

    name: str
    table: OpTable[Any]  # of `OpRow`, or of a kind of it that the space has
    ops: tuple[str, ...]
    json_names: tuple[str, ...]
    num_reductions: int = 0
    renumbered: bool = False

    def use_first(self, num_ops: int) -> None:
        """Have the first `num_ops` ops of the table; ValueError if it has fewer."""
        self.ops = tuple(row.name for row in self.table.first(num_ops))

    def with_ops(self, choice: Choice) -> Self:
        """This space with other ops of its table; ValueError where it lacks one."""
        space = copy.copy(self)
        space.ops = tuple(row.name for row in self.table.chosen(choice))
        space.renumbered = space.ops != self.table.published[: len(space.ops)]
        return space

    def colour(self, op: str) -> str:
        """The colour of the op of that name in pictures, `#rrggbb`."""
        return self.table[op].colour

    @abc.abstractmethod
    def tape(self) -> Iterator[Step]:
        """The controller's decisions in their order; anew at each call."""

    @abc.abstractmethod
    def decode(self, tokens: Tokens) -> ArcT:
        """The arc of `tokens` [T], each of which is in its range.

        Its entries are ints where `tokens` are of Python or NumPy, else scalar tensors.
        """

    @abc.abstractmethod
    def encode(self, arc: ArcT) -> list[int]:
        """The T tokens of `arc`, whose entries are ints; `decode` inverted."""

    @abc.abstractmethod
    def describe(self, arc: ArcT) -> str:
        """One readable sentence about `arc`."""

    @abc.abstractmethod
    def statistics(self, tokens: np.ndarray) -> dict[str, float]:
        """Op frequencies and the like over `tokens` [N, T] of an update, by name.

        Each becomes a curve in TensorBoard. In curves.png are those that are called
        `op_frequency/<op>`, `skip_rate` or `loose_ends`. The names are the same
        whatever the tokens; N is at least 1.
        """

    @abc.abstractmethod
    def _fields(self, arc: ArcT) -> dict[str, Any]:
        """The part of an arc's JSON that only this space knows."""

    @abc.abstractmethod
    def _from_fields(self, fields: Mapping[str, object]) -> list[int]:
        """The tokens of `_fields`' output; ValueError where malformed.

        All that `_fields` names is there; every number, list and name of an object in
        it is still to be looked at (`json_fields`).
        """

    def decisions(self) -> list[Decision]:
        """The decisions of the tape, without the moves that decide nothing."""
        return [step.decision for step in self.tape() if step.decision is not None]

    def choices_per_token(self) -> np.ndarray:
        """[T] int64: how many values each token can take."""
        counts = [[item.choices] * item.num_tokens for item in self.decisions()]
        return np.asarray(sum(counts, []), np.int64)

    def chooses_op(self) -> np.ndarray:
        """[T] bool: which tokens are the number of an op."""
        kinds = [[isinstance(d, Op)] * d.num_tokens for d in self.decisions()]
        return np.asarray(sum(kinds, []), np.bool_)

    @property
    def num_tokens(self) -> int:
        """Length T of a token sequence."""
        return sum(item.num_tokens for item in self.decisions())

    @property
    def size(self) -> int:
        """The exact number of token sequences."""
        return math.prod(int(n) for n in self.choices_per_token())

    def size_in_words(self) -> str:
        """How many architectures there are, as a run tells it."""
        form = "," if self.size < FEW else ".3e"
        return f"{self.size:{form}} architectures"

    def stored_order(self) -> Sequence[int]:
        """[T]: the place among the tokens of each integer of the written form.

        The original writes some spaces in another order than it samples them.
        """
        return range(self.num_tokens)

    def random(self, rng: np.random.Generator, count: int) -> np.ndarray:
        """`count` uniformly random token sequences, [count, T] int32."""
        choices = self.choices_per_token()
        return rng.integers(0, choices, (count, len(choices)), dtype=np.int32)

    def validate(self, tokens: Sequence[int]) -> list[int]:
        """`tokens` as a list, each in its range.

        `tf.switch_case` clamps an op that does not exist to the last one, so an arc
        that was not checked here would silently be another arc.

        Raises:
          ValueError: wrong length, or a token that is no integer or out of range, with
            its position.
        """
        tokens = [_token(token) for token in tokens]
        self._check_length(tokens)
        for place, (token, choices) in enumerate(
            zip(tokens, self.choices_per_token(), strict=True)
        ):
            if not 0 <= token < choices:
                raise ValueError(
                    f"{self._token_name(place)} is {json_fields.shown(token)}, "
                    f"allowed are 0 to {choices - 1}"
                )
        return tokens

    def parse(self, text: str) -> ArcT:
        """The arc of the original's integer form, "0 3 0 ..."; see `integers`.

        Names of ops may stand in place of all their numbers (op_words.py).

        Raises:
          ValueError: not integers, or `validate` refuses them.
        """
        written = integers(op_words.numbered(text, self.ops, self._written_ops()))
        self._check_length(written)
        tokens = [0] * self.num_tokens
        for place, token in zip(self.stored_order(), written, strict=True):
            tokens[place] = token
        return self.decode(self.validate(tokens))

    def text(self, arc: ArcT) -> str:
        """`arc` in the original's integer form.

        Where an op's number is its place in a list of somebody's, not in the table, its
        name stands there, so that the text means the same arc everywhere.
        """
        words = self._written(arc)
        if self.renumbered:
            return op_words.named(words, self.ops, self._written_ops())
        return " ".join(words)

    def text_by_names(self, arc: ArcT) -> str:
        """The same with the name of each op."""
        return op_words.named(self._written(arc), self.ops, self._written_ops())

    def _text_by_table(self, arc: ArcT) -> str:
        """The same with each op's place in the table."""
        if not self.renumbered:
            return self.text(arc)
        names = self.table.names
        return op_words.numbered(self.text_by_names(arc), names, self._written_ops())

    def _written(self, arc: ArcT) -> list[str]:
        tokens = self.encode(arc)
        return [str(tokens[place]) for place in self.stored_order()]

    def _written_ops(self) -> list[bool]:
        """[T]: which words of the written form are ops."""
        chooses = self.chooses_op()
        return [bool(chooses[place]) for place in self.stored_order()]

    def to_json(self, arc: ArcT) -> str:
        """`arc` as JSON, by names and as integers, which `from_json` compares."""
        fields = dict(version=JSON_VERSION, space=self.name, **self._fields(arc))
        return json.dumps(dict(fields, arc=self.text(arc)), indent=1)

    def from_json(self, text: str) -> ArcT:
        """The arc of `to_json`'s output.

        Raises:
          ValueError: not JSON, another space or version, a malformed arc, or one whose
            integers are of another arc.
        """
        fields = json_fields.read(text)
        self._check_head(fields)
        names = ("version", "space", *self.json_names, "arc")
        json_fields.only(fields, names, "the JSON")
        tokens = self.validate(self._from_fields(fields))
        arc = self.decode(tokens)
        self._check_agreement(arc, fields["arc"])
        return arc

    def _check_head(self, fields: object) -> None:
        """Refuse an object of another kind, space or version."""
        if not isinstance(fields, dict):
            raise ValueError("the JSON is not an object with the fields of an arc")
        if "version" not in fields:
            raise ValueError(f"the JSON is no arc's: {_names(fields)}, no version")
        version = fields["version"]
        if type(version) is not int or version != JSON_VERSION:
            shown = json_fields.shown(version)
            raise ValueError(f"version {shown} is not known, only {JSON_VERSION}")
        if fields.get("space") != self.name:
            shown = json_fields.shown(fields.get("space"))
            raise ValueError(f"the arc is of the space {shown}, not {self.name!r}")

    def _check_agreement(self, arc: ArcT, written: object) -> None:
        """Refuse integers that are of another arc than the names beside them."""
        if not isinstance(written, str):
            shown = json_fields.shown(written)
            raise ValueError(f"the arc in the JSON is {shown}, not integers in quotes")
        named = self.text(arc)
        if op_words.are_named(written):
            agrees = self.parse(written) == arc
        else:
            agrees = integers(written) == integers(self._text_by_table(arc))
        if not agrees:
            raise ValueError(
                f"its {' and '.join(self.json_names)} say {_QUOTED.repr(named)}, its "
                f"arc says {_QUOTED.repr(written)}: they must be one arc"
            )

    def _check_length(self, tokens: Sequence[object]) -> None:
        if len(tokens) != self.num_tokens:
            raise ValueError(self._length_message(len(tokens)))

    def _length_message(self, length: int) -> str:
        return f"the arc has {length} integers, {self.num_tokens} are needed"

    def place_name(self, place: int) -> str:
        """What the token at `place` decides on, in few words, for pictures; no `/`."""
        return self._token_name(place)

    def part_of(self, place: int) -> int:
        """Which part of a network the token at `place` is of: an op costs other time
        in another one, for its maps have another size there."""
        del place
        return 0

    def token_name(self, place: int) -> str:
        """What the token at `place` decides on, as a sentence has it."""
        return self._token_name(place)

    def _token_name(self, place: int) -> str:
        """The decision of the token at `place`, in words."""
        return f"integer {place + 1} of the arc"
