"""Cells as other programs write them: genotypes, to micro arcs and back.

A genotype names, per cell, two edges a block, each an op and the node it reads, and the
nodes that the cell's output is made of. Nodes count as here: 0 and 1 are the cell's
inputs, b + 2 is block b. The form is that of DARTS (Liu et al. 2019), or one of its
kin: two edges nested for each block, or triples (op, from, to).
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeGuard

from absl import logging

from enas_tf.spaces import genotype_source, json_fields, micro, op_rows
from enas_tf.spaces.micro import Cell, MicroArc
from enas_tf.spaces.op_table import Choice, MicroOpRow

EDGES_PER_BLOCK = 2
# A range in a text may be longer than any memory.
_MOST_NODES = 10_000

Edge = tuple[str, int]


class Genotype(NamedTuple):
    """Both cells; printed, it is the text that `parse` reads.

    Attributes:
      normal: the edges (op name, node) of the normal cell, two for each block.
      normal_concat: the nodes that its output is made of.
      reduce: the edges of the reduction cell.
      reduce_concat: the nodes that its output is made of.
    """

    normal: list[Edge]
    normal_concat: list[int]
    reduce: list[Edge]
    reduce_concat: list[int]


def parse(text: str) -> Genotype:
    """The genotype of `Genotype(normal=[('sep_conv_3x3', 1), ...], ...)`.

    A name and `=` may stand before it; a JSON object with the same fields will do too.

    Raises:
      ValueError: malformed, a field is missing, or there are several; whether it makes
        an arc is only looked at by `arc_of`.
    """
    found = genotype_source.read(text)
    if len(found) > 1:
        names = ", ".join(written.name or "one without a name" for written in found)
        raise ValueError(f"there are {len(found)} genotypes: {names}")
    if found[0].fault:
        raise ValueError(found[0].fault)
    return of_fields(found[0].fields)


def of_fields(fields: Mapping[str, object]) -> Genotype:
    """The genotype with the `fields` that a text has; ValueError as of `parse`."""
    genotype_source.check(fields, Genotype._fields)
    return Genotype(
        _edges("normal", fields["normal"]),
        nodes("normal_concat", fields["normal_concat"]),
        _edges("reduce", fields["reduce"]),
        nodes("reduce_concat", fields["reduce_concat"]),
    )


def text(genotype: Genotype) -> str:
    """`genotype` as `parse` and other programs read it."""
    return repr(genotype)


def arc_of(
    genotype: Genotype, *, concat: str = "refuse", num_ops: Choice = micro.OPS
) -> MicroArc:
    """The arc of `genotype`.

    Args:
      genotype: with as many blocks in one cell as in the other.
      concat: "refuse" a genotype that concatenates other nodes than its loose ends, of
        which a cell's output is made here, "convert" it all the same with a warning,
        or take "any" in silence.
      num_ops: how many of `op_rows.MICRO` are allowed, or which.

    Raises:
      ValueError: an op that does not exist here, a node that a block cannot read, cells
        of different size, or a concatenation as above.
    """
    allowed = op_rows.MICRO.chosen(num_ops)
    normal = _cell("normal", genotype.normal, allowed)
    reduce = _cell("reduce", genotype.reduce, allowed)
    sizes = [len(cell.ops) // EDGES_PER_BLOCK for cell in (normal, reduce)]
    if sizes[0] != sizes[1]:
        raise ValueError(
            f"the normal cell has {sizes[0]} blocks, the reduce cell {sizes[1]}: both "
            "must have as many"
        )
    arc = MicroArc(normal, reduce)
    space = micro.MicroSpace(sizes[0]).with_ops(num_ops)
    space.validate(space.encode(arc))
    _check_concat("normal", normal, genotype.normal_concat, concat)
    _check_concat("reduce", reduce, genotype.reduce_concat, concat)
    return arc


def of_arc(arc: MicroArc, *, ops: Sequence[str] = ()) -> Genotype:
    """The genotype of `arc`, whose concatenations are its loose ends.

    `ops`: the names that its numbers are places of; none: those of the table.
    """
    edges, loose = [], []
    for cell in arc:
        rows = [op_rows.MICRO[ops[op] if ops else op] for op in cell.ops]
        named = [row.genotype_names[0] for row in rows]
        edges.append(list(zip(named, cell.inputs, strict=True)))
        loose.append(list(micro.loose_ends(cell)))
    return Genotype(edges[0], loose[0], edges[1], loose[1])


def nodes(field: str, value: object) -> list[int]:
    """The list of nodes that a `field` of a genotype has; ValueError if it is none."""
    found = value[:_MOST_NODES] if isinstance(value, list | tuple | range) else [""]
    if any(type(node) is not int for node in found):
        raise ValueError(f"{field} is {json_fields.shown(value)}, not a list of nodes")
    return list(found)


def _edges(cell: str, value: object) -> list[Edge]:
    """Pairs (op, node), triples (op, from, to) or, a list for each block, either."""
    if not isinstance(value, list | tuple):
        raise ValueError(f"{cell} is {json_fields.shown(value)}, not a list of edges")
    return [_edge(cell, *item) for item in enumerate(_flat(cell, value))]


def _flat(cell: str, value: Sequence[object]) -> list[object]:
    """The edges of `value`, whose elements are edges or a list of two for each block.

    A block with another number would shift all edges behind it.
    """
    blocks = [block for block in value if _is_block(block)]
    if not value or len(blocks) < len(value):
        return list(value)
    for number, block in enumerate(blocks):
        if len(block) != EDGES_PER_BLOCK:
            raise ValueError(
                f"block {number} of the {cell} cell has {len(block)} edges; a block "
                f"has {EDGES_PER_BLOCK}"
            )
    return [edge for block in blocks for edge in block]


def _is_block(value: object) -> TypeGuard[Sequence[object]]:
    """Whether `value` is a list of lists, as no edge is."""
    if not isinstance(value, list | tuple) or not value:
        return False
    return all(isinstance(edge, list | tuple) for edge in value)


def _edge(cell: str, number: int, edge: object) -> Edge:
    forms = ([str, int], [str, int, int])
    if not isinstance(edge, list | tuple) or [*map(type, edge)] not in forms:
        raise ValueError(
            f"{_place(cell, number)} is {json_fields.shown(edge)}, not a pair like "
            "('sep_conv_3x3', 1)"
        )
    node = number // EDGES_PER_BLOCK + micro.NUM_INPUTS
    if len(edge) == 3 and edge[2] != node:
        raise ValueError(
            f"{_place(cell, number)} is {json_fields.shown(edge)}, to node "
            f"{json_fields.shown(edge[2])}; by its place it goes to node {node}"
        )
    return edge[0], edge[1]


def _cell(name: str, edges: list[Edge], allowed: tuple[MicroOpRow, ...]) -> Cell:
    if len(edges) % EDGES_PER_BLOCK:
        raise ValueError(
            f"the {name} cell has {len(edges)} edges, an odd number; a block has "
            f"{EDGES_PER_BLOCK}"
        )
    numbers = {n: op for op, row in enumerate(allowed) for n in row.genotype_names}
    for number, (op, _) in enumerate(edges):
        if op not in numbers:
            written = ", ".join(row.genotype_names[0] for row in allowed)
            raise ValueError(
                f"{_place(name, number)} is {op!r}, an op that does not exist here; "
                f"allowed are {written}"
            )
    ops = tuple(numbers[op] for op, _ in edges)
    return Cell(tuple(node for _, node in edges), ops)


def _place(cell: str, number: int) -> str:
    block, edge = divmod(number, EDGES_PER_BLOCK)
    return f"edge {edge + 1} of block {block} of the {cell} cell"


def _check_concat(name: str, cell: Cell, nodes: list[int], concat: str) -> None:
    last = len(cell.ops) // EDGES_PER_BLOCK + micro.NUM_INPUTS - 1
    outside = [node for node in nodes if not 0 <= node <= last]
    if outside:
        raise ValueError(
            f"{name}_concat names node {json_fields.shown(outside[0])}, allowed are 0 "
            f"to {last}"
        )
    loose = list(micro.loose_ends(cell))
    if sorted(nodes) == loose or concat == "any":
        return
    difference = (
        f"the {name} cell concatenates {nodes}, but its output is made of its loose "
        f"ends here, {loose}"
    )
    if concat != "convert":
        raise ValueError(
            f"{difference}; --child_genotype_concat=convert trains that instead"
        )
    logging.warning("Genotype converted: %s.", difference)
