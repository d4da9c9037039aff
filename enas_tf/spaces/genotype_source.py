"""Genotypes as they are written down: a line, a whole Python file, JSON.

Text is read as data, never run. What its fields mean is genotype.py's business and
recurrent_genotype.py's.
"""

import ast
import re
import warnings
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple, TypeGuard

from enas_tf.spaces import json_fields

_CALL = re.compile(r"\bGenotype\s*\(")
CELLS = "cells"  # normal and reduce
RECURRENT = "recurrent"


class Written(NamedTuple):
    """One genotype as it is written.

    Attributes:
      name: of the variable that it is assigned to; "" where there is none.
      fields: what its fields are, as literals; a range stays one.
      fault: why the fields cannot be read; "" if they can.
    """

    name: str
    fields: dict[str, Any]
    fault: str = ""

    @property
    def kind(self) -> str:
        """`CELLS` or `RECURRENT`."""
        return RECURRENT if RECURRENT in self.fields else CELLS


def check(fields: Collection[str], names: Sequence[str]) -> None:
    """Refuse a genotype that lacks one of the fields `names`, or has others."""
    known = f"its fields are {', '.join(names)}"
    if missing := [name for name in names if name not in fields]:
        raise ValueError(f"the genotype lacks {', '.join(missing)}; {known}")
    if unknown := [name for name in fields if name not in names]:
        name = json_fields.shown(unknown[0])
        raise ValueError(f"the genotype has the field {name}; {known}")


def is_genotype(text: str) -> bool:
    """Whether `text` is meant as genotypes, well formed or not."""
    if text.lstrip().startswith("{"):
        return '_concat"' in text or '"recurrent"' in text
    return bool(_CALL.search(text))


def read(text: str) -> list[Written]:
    """Every genotype in `text`, in order: of Python or of one JSON object.

    Raises:
      ValueError: it is neither, or has no genotype.
    """
    if text.lstrip().startswith("{"):
        return [Written("", _of_json(text))]
    found = _of_python(text)
    if not found:
        raise ValueError(
            "the genotype is not of the form Genotype(normal=[...], normal_concat="
            "[...], reduce=[...], reduce_concat=[...])"
        )
    return found


def _of_json(text: str) -> dict[str, Any]:
    try:
        return json_fields.read(text)  # an object: it begins with a brace
    except ValueError as error:
        raise ValueError(f"the genotype cannot be read: {error}") from None


def _of_python(text: str) -> list[Written]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of an odd backslash: not ours to mend
            body = ast.parse(text.strip()).body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        # Python names the source, which has no name: "(<unknown>, line 1)".
        reason = str(error).replace("<unknown>, ", "")
        raise ValueError(f"the genotype is not Python ({reason})") from None
    found: dict[str, Written] = {}
    unnamed = []
    for statement in body:
        value = getattr(statement, "value", None)
        call = value if _is_call(value, "Genotype") and not value.args else None
        if isinstance(statement, ast.Expr) and call:
            unnamed.append(_written("", call))
        for name in _names(statement):
            known = found.get(getattr(value, "id", ""))
            found.pop(name, None)  # it is now something else
            if call:
                found[name] = _written(name, call)
            elif known:
                found[name] = known._replace(name=name)
    return [*unnamed, *found.values()]


def _names(statement: ast.stmt) -> list[str]:
    """The names that `statement` assigns its value to."""
    targets = getattr(statement, "targets", [getattr(statement, "target", None)])
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _written(name: str, call: ast.Call) -> Written:
    fields: dict[str, Any] = {}
    try:
        for item in call.keywords:
            if item.arg in fields:
                raise ValueError(f"{item.arg} of the genotype is given twice")
            if item.arg:
                fields[item.arg] = _literal(item.arg, item.value)
    except ValueError as error:
        # Its kind is told by its fields all the same.
        fields = {item.arg: None for item in call.keywords if item.arg}
        return Written(name, fields, str(error))
    return Written(name, fields)


def _is_call(node: ast.AST | None, *names: str) -> TypeGuard[ast.Call]:
    if not isinstance(node, ast.Call):
        return False
    # `Genotype(...)` or `genotypes.Genotype(...)`
    called = getattr(node.func, "id", "") or getattr(node.func, "attr", "")
    return called in names


def _literal(field: str, node: ast.expr) -> Any:
    """The value of `node`: a literal, a range of literals, or a list of either."""
    try:
        if _is_call(node, "list", "tuple") and len(node.args) == 1:
            node = node.args[0]
        if _is_call(node, "range"):
            return range(*map(ast.literal_eval, node.args))
        return ast.literal_eval(node)
    except (ValueError, TypeError, RecursionError, MemoryError):
        raise ValueError(
            f"{field} of the genotype is neither written out nor a range"
        ) from None
