"""Recurrent cells as other programs write them, to rnn arcs.

`Genotype(recurrent=[('relu', 0), ...], concat=range(1, 9))`, the form of DARTS: of each
node its op and the node it reads, and the nodes whose average is the new state. Nodes
count as here: node 0 reads the word and the state before, by tanh.
"""

from collections.abc import Mapping

from absl import logging

from enas_tf.spaces import genotype, genotype_source, json_fields, op_rows, rnn
from enas_tf.spaces.op_table import Choice
from enas_tf.spaces.rnn import RnnArc

FIELDS = ("recurrent", "concat")


def arc_of(
    fields: Mapping[str, object],
    *,
    concat: str = "refuse",
    average: str = "loose",
    num_ops: Choice = rnn.OPS,
) -> RnnArc:
    """The arc of a recurrent genotype.

    Args:
      fields: `recurrent`, pairs (op name, node), and `concat`, nodes.
      concat: "refuse" a genotype that averages other nodes than the cell does here,
        "convert" it all the same with a warning, or take "any" in silence.
      average: the nodes that are averaged here: "loose" ends, or "all" but node 0.
      num_ops: how many functions of `op_rows.RNN` are allowed, or which.

    Raises:
      ValueError: a field is missing or malformed, an op that does not exist here, a
        node that cannot be read, or an average as above.
    """
    genotype_source.check(fields, FIELDS)
    allowed = tuple(row.name for row in op_rows.RNN.chosen(num_ops))
    edges = _edges(fields["recurrent"], allowed)
    space = rnn.RnnSpace(len(edges)).with_ops(num_ops)
    ops = tuple(allowed.index(op) for op, _ in edges)
    arc = RnnArc(tuple(node for _, node in edges), ops)
    space.validate(space.encode(arc))
    nodes = sorted(genotype.nodes("concat", fields["concat"]))
    _check_average(arc, nodes, concat=concat, average=average)
    return arc


def _edges(value: object, allowed: tuple[str, ...]) -> list[genotype.Edge]:
    if not isinstance(value, list | tuple):
        raise ValueError(
            f"recurrent is {json_fields.shown(value)}, not a list of pairs"
        )
    for number, edge in enumerate(value, start=1):
        if not isinstance(edge, list | tuple) or [*map(type, edge)] != [str, int]:
            raise ValueError(
                f"node {number} is {json_fields.shown(edge)}, not a pair like "
                "('relu', 0)"
            )
        if edge[0] not in allowed:
            raise ValueError(
                f"node {number} has the op {edge[0]!r}, which does not exist here; "
                f"allowed are {', '.join(allowed)}"
            )
    return [(op, node) for op, node in value]


def _check_average(arc: RnnArc, nodes: list[int], *, concat: str, average: str) -> None:
    every = list(range(1, len(arc.ops) + 1))
    if outside := [node for node in nodes if node not in every]:
        raise ValueError(
            f"concat names node {json_fields.shown(outside[0])}, allowed are 1 to "
            f"{len(every)}"
        )
    here = every if average == "all" else list(rnn.loose_ends(arc))
    if nodes == here or concat == "any":
        return
    ours = "all its nodes" if average == "all" else "its loose ends"
    difference = f"the cell averages {nodes}, but here it averages {ours}, {here}"
    if concat == "convert":
        logging.warning("Genotype converted: %s.", difference)
        return
    exact = "--child_average=all averages all nodes, " if nodes == every else ""
    raise ValueError(
        f"{difference}; {exact}--child_genotype_concat=convert trains that instead"
    )
