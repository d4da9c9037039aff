"""Architectures as nni's programs export them: JSON of choices by their labels.

The cells of nni's model hub say all that a genotype says but one thing, which nodes a
cell concatenates: its ENAS space takes the loose ends, its DARTS space all blocks.
Other exports say which of a program's own candidates was chosen, which only that
program can tell.
"""

import re
from collections.abc import Mapping
from typing import Any

from enas_tf.spaces import base, genotype, micro
from enas_tf.spaces.genotype import Genotype
from enas_tf.spaces.micro import MicroArc
from enas_tf.spaces.op_table import Choice

_CELL = re.compile(r"(?:.*/)?(normal|reduce)\w*/(op|input)_([0-9]{1,4})_([01])")
# Labels that its mutators and examples give to choices.
_LABEL = re.compile(
    r"(?:model|mutable|mutation|layerchoice|inputchoice|layer|skip|reduce|normal|"
    r"conv|fc)(?=\D*\d)[\w./]*",
    re.IGNORECASE,
)
_WRAPPERS = ("mutables", "mutation_summary", "_value")
WHAT_INSTEAD = (
    "give the arc as integers, or its cells as Genotype(normal=[('sep_conv_3x3', 1), "
    "...], normal_concat=[...], reduce=[...], reduce_concat=[...])"
)


def is_nni(fields: Mapping[str, object]) -> bool:
    """Whether the JSON object `fields` is what nni exports."""
    if not fields or "version" in fields:
        return False
    has_labels = any(name in _WRAPPERS or _CELL.fullmatch(name) for name in fields)
    return has_labels or all(map(_LABEL.fullmatch, fields))


def arc_of(
    fields: Mapping[str, object],
    *,
    concat: str = "refuse",
    num_ops: Choice = micro.OPS,
) -> MicroArc:
    """The cells that nni's JSON `fields` say.

    Args:
      fields: `{"normal/op_2_0": "sep_conv_3x3", "normal/input_2_0": 0, ...}`; other
        labels, such as `width`, say nothing about the cells.
      concat: "refuse" cells whose loose ends are not all their blocks, since nni does
        not say which of the two it concatenates, or "convert" them.
      num_ops: how many are allowed, or which.

    Raises:
      ValueError: another export of nni's, or no arc of this space.
    """
    cells = {name: _edges(fields, name) for name in micro.CELLS}
    if not all(cells.values()):
        raise ValueError(
            f"it is nni's JSON, whose choices only the program that wrote it can tell; "
            f"{WHAT_INSTEAD}"
        )
    loose = {name: _loose_ends(edges) for name, edges in cells.items()}
    written = Genotype(
        cells["normal"], loose["normal"], cells["reduce"], loose["reduce"]
    )
    try:
        arc = genotype.arc_of(written, num_ops=num_ops)
    except ValueError as error:
        raise ValueError(f"it is nni's JSON of cells: {error}") from None
    for name, edges in cells.items():
        if concat != "convert":
            _refuse_doubt(name, loose[name], len(edges) // genotype.EDGES_PER_BLOCK)
    return arc


def _loose_ends(edges: list[genotype.Edge]) -> list[int]:
    count = len(edges) // genotype.EDGES_PER_BLOCK + micro.NUM_INPUTS
    return list(base.unread((node for _, node in edges), count))


def _refuse_doubt(cell: str, loose: list[int], num_blocks: int) -> None:
    blocks = list(range(micro.NUM_INPUTS, micro.NUM_INPUTS + num_blocks))
    if loose != blocks:
        raise ValueError(
            f"it is nni's JSON, which does not say what the {cell} cell concatenates: "
            f"nni's DARTS space takes all blocks, {blocks}, its ENAS space and this "
            f"program the loose ends, {loose}; --child_genotype_concat=convert trains "
            "the latter"
        )


def _edges(fields: Mapping[str, object], cell: str) -> list[genotype.Edge]:
    """The edges of `cell` in order; [] where it has none."""
    found: dict[tuple[int, int], dict[str, Any]] = {}
    for label, value in fields.items():
        match = _CELL.fullmatch(label)
        if match and match[1] == cell:
            place = int(match[3]), int(match[4])
            parts = found.setdefault(place, {})
            if match[2] in parts:
                name = f"{cell}/{match[2]}_{match[3]}_{match[4]}"
                raise ValueError(f"it is nni's JSON, which gives {name} twice")
            parts[match[2]] = value
    count = len(found)
    places = [(2 + n // 2, n % 2) for n in range(count)]
    if sorted(found) != places or count % 2:
        raise ValueError(
            f"it is nni's JSON, whose {cell} cell lacks a part: it must have op_I_K "
            f"and input_I_K for each block I = 2, 3, ... and K = 0, 1; {WHAT_INSTEAD}"
        )
    return [_edge(found[place], cell, place) for place in places]


def _edge(
    parts: Mapping[str, object], cell: str, place: tuple[int, int]
) -> genotype.Edge:
    where = f"{cell}/{{}}_{place[0]}_{place[1]}"
    op, node = parts.get("op"), parts.get("input")
    if isinstance(node, list) and len(node) == 1:
        node = node[0]
    if type(op) is not str:
        raise ValueError(f"it is nni's JSON, whose {where.format('op')} names no op")
    if type(node) is not int:
        raise ValueError(f"it is nni's JSON, whose {where.format('input')} is no node")
    return op, node
