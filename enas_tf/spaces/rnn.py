"""The rnn space: a recurrent cell of nodes that each read an earlier node.

Reference: paper section 2.1; the authors' corrected code, enas_lm's controller.py and
child.py. Data only: what the cell computes is in children/rnn.py.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from enas_tf.spaces import base, json_fields, op_rows

OPS = op_rows.RNN.names  # those of the package, without what other programs add
# In the id order of the first repository, src/ptb.
OLDER_OPS = ("tanh", "relu", "identity", "sigmoid")
TOKENS_PER_NODE = 2

# Near nodes are favoured, and the state of a far one is made small: enas_lm,
# controller.py.
RECENCY = 6.0
NEARNESS = 0.1

# The cells that enas_lm's README trains: the one it found, and that of DARTS.
ENAS_RNN = "0 2 1 0 2 1 2 2 4 0 5 0 3 2 6 2"
DARTS_RNN = "0 2 1 1 1 1 1 3 2 0 5 2 3 0 5 1"
# A baseline that may be trained instead of a cell: not an arc.
LSTM = "lstm"
NAMED_ARCS = {"enas_rnn": ENAS_RNN, "darts_rnn": DARTS_RNN}


class RnnArc(NamedTuple):
    """One recurrent cell; entries are ints on the host, scalar tensors in a graph.

    Attributes:
      inputs: N node numbers; node l = 1..N reads the node inputs[l - 1], which is below
        l. Node 0 reads the word and the state before; it is tanh and not searched.
      ops: N op numbers, a place among the ops of the space each; that of node l is
        ops[l - 1].
    """

    inputs: tuple[Any, ...]
    ops: tuple[Any, ...]


def loose_ends(arc: RnnArc) -> tuple[int, ...]:
    """The nodes that no node reads, in order; the paper's cell is their average.

    Node 0 is never among them, since node 1 can read nothing else.
    """
    return base.unread(arc.inputs, len(arc.inputs) + 1)


def nodes_of_length(num_tokens: int) -> int:
    """The number of nodes of an arc of `num_tokens` integers.

    Raises:
      ValueError: no number of nodes has such an arc.
    """
    nodes, rest = divmod(num_tokens, TOKENS_PER_NODE)
    if rest or not nodes:
        raise ValueError(
            f"the arc has {num_tokens} integers; N nodes need 2N, so 18 for 9 nodes"
        )
    return nodes


def from_older(text: str) -> RnnArc:
    """The arc of the first repository's form, "f_0 p_1 f_1 p_2 f_2 ...".

    It counts node 0, whose op it searches, so that 2N - 1 integers are our N - 1 nodes
    behind node 0: its nodes keep their numbers, its ops do not.

    Raises:
      ValueError: not such a form, or its node 0 is not tanh.
    """
    first, *tokens = base.integers(text)
    if not tokens or len(tokens) % TOKENS_PER_NODE:
        raise ValueError(
            f"the arc has {len(tokens) + 1} integers; N nodes of the first "
            "repository's form need 2N - 1 and are at least 2, so 23 for 12 nodes"
        )
    if first >= len(OLDER_OPS):
        allowed = len(OLDER_OPS) - 1
        raise ValueError(f"the op of node 0 is {first}, allowed are 0 to {allowed}")
    if OLDER_OPS[first] != "tanh":
        raise ValueError(
            f"its node 0 is {OLDER_OPS[first]}; node 0 of this space is always tanh"
        )
    space = RnnSpace(len(tokens) // TOKENS_PER_NODE)
    # Checked while its numbers are its own: they have the ranges of ours.
    arc = space.decode(space.validate(tokens))
    return arc._replace(ops=tuple(OPS.index(OLDER_OPS[op]) for op in arc.ops))


class RnnSpace(base.SearchSpace[RnnArc]):
    """`num_nodes` nodes behind node 0, each with one of the first `num_ops` ops."""

    name = "rnn"
    table = op_rows.RNN
    json_names = ("nodes",)

    def __init__(self, num_nodes: int, *, num_ops: int = len(OPS)):
        """A space of one size.

        Args:
          num_nodes: of the cell, without node 0; at least 1.
          num_ops: how many of the table's ops a node chooses from.

        Raises:
          ValueError: there is no such size.
        """
        if num_nodes < 1:
            raise ValueError(f"an rnn cell needs at least 1 node, not {num_nodes}")
        self.num_nodes = num_nodes
        self.use_first(num_ops)

    def tape(self) -> Iterator[base.Step]:
        """Node 0 is zeros; per node the one that it reads, then its op."""
        op = base.Step(base.Op("op", len(self.ops), tied=True))
        yield base.Step(None, anchor="zeros", still=True)
        for node in range(1, self.num_nodes + 1):
            yield base.Step(_pointer(node), anchor="state")
            yield op

    def decode(self, tokens: base.Tokens) -> RnnArc:
        """The arc of `tokens` [2N]."""
        places = range(0, self.num_tokens, TOKENS_PER_NODE)
        if isinstance(tokens, list | tuple | np.ndarray):
            tokens = [int(token) for token in tokens]
        inputs = tuple(tokens[place] for place in places)
        return RnnArc(inputs, tuple(tokens[place + 1] for place in places))

    def encode(self, arc: RnnArc) -> list[int]:
        """The 2N tokens of `arc`."""
        nodes = zip(arc.inputs, arc.ops, strict=True)
        return [int(token) for node in nodes for token in node]

    def describe(self, arc: RnnArc) -> str:
        """`4 nodes: 2 tanh, 1 relu, 1 identity; loose ends 3, 4.`"""
        counts = Counter(self.ops[op] for op in arc.ops)
        named = ", ".join(f"{counts[op]} {op}" for op in self.ops if counts[op])
        nodes = "1 node" if self.num_nodes == 1 else f"{self.num_nodes} nodes"
        return f"{nodes}: {named}; loose ends {', '.join(map(str, loose_ends(arc)))}."

    def statistics(self, tokens: np.ndarray) -> dict[str, float]:
        """`op_frequency/<op>` and `loose_ends` over `tokens` [N, T]."""
        inputs, ops = tokens[:, 0::2], tokens[:, 1::2]
        every = np.arange(self.num_nodes + 1)
        read = (inputs[:, :, None] == every).any(axis=1)
        values = {
            f"op_frequency/{op}": (ops == i).mean() for i, op in enumerate(self.ops)
        }
        values["loose_ends"] = (~read).sum(axis=1).mean()
        return {name: float(value) for name, value in values.items()}

    def _fields(self, arc: RnnArc) -> dict[str, Any]:
        nodes = zip(arc.inputs, arc.ops, strict=True)
        return dict(nodes=[dict(input=node, op=self.ops[op]) for node, op in nodes])

    def _from_fields(self, fields: Mapping[str, object]) -> list[int]:
        tokens: list[int] = []
        nodes = json_fields.elements(fields["nodes"], "nodes")
        for number, node in enumerate(nodes, start=1):
            where = f"node {number}"
            json_fields.only(node, ("input", "op"), where)
            read = json_fields.whole(node["input"], f"the input of {where}")
            tokens += [read, json_fields.place(node["op"], self.ops, where)]
        return tokens

    def _length_message(self, length: int) -> str:
        return (
            f"the arc has {length} integers, {self.num_nodes} nodes need "
            f"{self.num_tokens}"
        )

    def place_name(self, place: int) -> str:
        """The node whose input or function the token is."""
        return f"node {place // TOKENS_PER_NODE + 1}"

    def _token_name(self, place: int) -> str:
        node, part = divmod(place, TOKENS_PER_NODE)
        return f"the {('input', 'op')[part]} of node {node + 1}"


def _pointer(node: int) -> base.Index:
    """The choice of the node that `node` reads."""
    distances = [node - other for other in range(node)]
    return base.Index(
        "index",
        node,
        fixed_bias=tuple(-(distance**2) / RECENCY for distance in distances),
        divisors=tuple(NEARNESS + distance for distance in distances),
    )
