"""Expressions of named numbers, `accuracy - 0.1 * abs(params / 1e6 - 1)`: a few nodes.

Text of a user's is read by Python's own parser, looked at node by node, and worked out
by a walk over the tree: nothing of it is ever run as Python. What numbers are is the
caller's: floats, arrays or tensors. No TensorFlow here.
"""

import ast
import operator
import warnings
from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple, TypeVar

ValueT = TypeVar("ValueT")

LONGEST = 1000  # characters of an expression
DEEPEST = 40  # brackets and operations inside of each other
_SHOWN = 30  # characters of a part that is told
# The functions, with the least and the greatest number of their arguments.
FUNCTIONS = {
    **dict.fromkeys(("abs", "exp", "log", "sqrt", "tanh"), (1, 1)),
    **dict.fromkeys(("min", "max"), (2, 9)),
}
_OPERATORS: dict[type[ast.operator] | type[ast.unaryop], Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}
_HINTS: dict[type[ast.operator], str] = {
    ast.BitXor: "a power is written **",
    ast.FloorDiv: "a division is written /",
}


class Expression(NamedTuple):
    """An expression that was looked at.

    Attributes:
      text: as it was written.
      tree: of the allowed nodes alone.
      names: those in it, each once, in order.
    """

    text: str
    tree: ast.expr
    names: tuple[str, ...]


def parse(text: str, names: Collection[str]) -> Expression:
    """The expression that `text` writes.

    Args:
      text: of numbers, `names`, + - * / **, brackets and `FUNCTIONS`.
      names: that it may have.

    Raises:
      ValueError: it is none; one line that says which character is wrong.
    """
    if len(text) > LONGEST:
        raise ValueError(f"it has {len(text):,} characters, {LONGEST:,} are allowed")
    if not text.strip():
        raise ValueError("it is empty")
    for place, letter in enumerate(text):
        if not " " <= letter <= "~" and letter not in "\t\n":
            raise _wrong(place, f"{letter!r} is not allowed")
    line = text.replace("\n", " ").replace("\t", " ")
    tree = _tree(line.lstrip(), len(line) - len(line.lstrip()))
    looked = _Look(line, set(names), len(line) - len(line.lstrip()))
    looked.at(tree, 1)
    return Expression(text, tree, tuple(dict.fromkeys(looked.found)))


def value(
    expression: Expression,
    values: Mapping[str, ValueT],
    functions: Mapping[str, Callable[..., ValueT]],
    number: Callable[[float], ValueT],
) -> ValueT:
    """What the expression comes to.

    Args:
      expression: to be worked out.
      values: of its names, which are asked for as they are met.
      functions: by the keys of `FUNCTIONS`.
      number: makes a value of a number that is written in it.
    """

    def of(node: ast.expr) -> ValueT:
        if isinstance(node, ast.Name):
            return values[node.id]
        if isinstance(node, ast.Constant):
            return number(_float(node))
        if isinstance(node, ast.UnaryOp):
            return _OPERATORS[type(node.op)](of(node.operand))
        if isinstance(node, ast.BinOp):
            both = of(node.left), of(node.right)
            return _OPERATORS[type(node.op)](*both)
        assert isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        return functions[node.func.id](*map(of, node.args))

    return of(expression.tree)


def _tree(line: str, start: int) -> ast.expr:
    """`line`, which begins at the character `start`, by Python's parser."""
    try:
        with warnings.catch_warnings(action="ignore"):
            return ast.parse(line, mode="eval").body
    except SyntaxError as error:
        place = error.offset - 1 if error.offset else len(line)
        raise _wrong(start + place, error.msg) from None
    except (ValueError, MemoryError, RecursionError):
        raise ValueError(
            "it has too many brackets or signs inside each other"
        ) from None


class _Look:
    """A look at each node of a tree; ValueError for one that is not allowed."""

    def __init__(self, line: str, names: Collection[str], start: int):
        """Nothing is found yet.

        Args:
          line: the whole text.
          names: that it may have.
          start: of the tree's first character in it.
        """
        self._line = line
        self._names = names
        self._start = start
        self.found: list[str] = []

    def at(self, node: ast.expr, depth: int) -> None:
        """The node and all below it; `depth` nodes are above it."""
        if depth > DEEPEST:
            raise self._refusal(node, f"is more than {DEEPEST} brackets deep")
        if isinstance(node, ast.Constant):
            self._number(node)
        elif isinstance(node, ast.Name):
            self._name(node)
        elif isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
            self.at(node.left, depth + 1)
            self.at(node.right, depth + 1)
        elif isinstance(node, ast.UnaryOp) and type(node.op) in _OPERATORS:
            self.at(node.operand, depth + 1)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            self._call(node, node.func.id, depth)
        else:
            raise self._not_allowed(node)

    def _number(self, node: ast.Constant) -> None:
        if type(node.value) not in (int, float):
            raise self._refusal(node, "is no number")
        try:
            large = abs(_float(node)) > 1e30
        except OverflowError:
            large = True
        if large:
            raise self._refusal(node, "is more than 1e30")

    def _name(self, node: ast.Name) -> None:
        if node.id not in self._names:
            raise self._refusal(node, "is none of these names")
        self.found.append(node.id)

    def _call(self, node: ast.Call, name: str, depth: int) -> None:
        if name not in FUNCTIONS:
            raise self._refusal(node.func, "is none of these functions")
        low, high = FUNCTIONS[name]
        plain = not node.keywords and not any(
            isinstance(argument, ast.Starred) for argument in node.args
        )
        if not plain or not low <= len(node.args) <= high:
            wanted = "one value" if high == 1 else f"{low} to {high} values"
            raise self._refusal(node.func, f"takes {wanted}")
        for argument in node.args:
            self.at(argument, depth + 1)

    def _not_allowed(self, node: ast.expr) -> ValueError:
        if isinstance(node, ast.BinOp) and type(node.op) in _HINTS:
            return self._refusal(node, f"is not allowed: {_HINTS[type(node.op)]}")
        if isinstance(node, ast.Tuple):
            return self._refusal(node, "is not allowed: decimals have a point, 0.1")
        return self._refusal(node, "is not allowed")

    def _refusal(self, node: ast.expr, reason: str) -> ValueError:
        place = self._start + node.col_offset
        end = self._start + (node.end_col_offset or node.col_offset + 1)
        shown = self._line[place:end]
        if len(shown) > _SHOWN:
            shown = f"{shown[:_SHOWN]}..."
        return _wrong(place, f"{shown!r} {reason}")


def _float(node: ast.Constant) -> float:
    """A number that was looked at; OverflowError where it is too large for a float."""
    assert isinstance(node.value, int | float)
    return float(node.value)


def _wrong(place: int, reason: str) -> ValueError:
    """A refusal of what is at `place`, from 0; people count from 1."""
    return ValueError(f"at character {place + 1}: {reason}")
