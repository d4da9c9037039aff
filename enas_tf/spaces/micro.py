"""The micro space: a normal and a reduction cell, stacked to a network.

Reference: paper section 2.4; reference code src/cifar10/micro_controller.py and
micro_child.py. Data only: what an op computes is in children/op_forms.py, what a
network looks like in children/micro.py and children/final_micro.py.
"""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from enas_tf.spaces import base, json_fields, op_rows

OPS = op_rows.MICRO.names  # those of the package, without what other programs add
CELLS = ("normal", "reduce")
NUM_REDUCTIONS = 2
NUM_INPUTS = 2  # nodes 0 and 1 of a cell: the outputs of the last two cells
TOKENS_PER_BLOCK = 4

# The arc of the original's scripts/cifar10_micro_final.sh: normal, then reduce.
ENAS_MICRO = (
    "0 2 0 0 | 0 4 0 1 | 0 4 1 1 | 1 0 0 1 | 0 2 1 1 |"
    "1 0 1 0 | 0 3 0 2 | 1 1 3 1 | 1 0 0 4 | 0 3 1 1"
)
NAMED_ARCS = {"enas_micro": ENAS_MICRO}


class Cell(NamedTuple):
    """One cell of B blocks; block b is op(node) + op(node), and is node b + 2.

    Entries are ints on the host, scalar tensors (or one [2B] tensor) in a graph.

    Attributes:
      inputs: 2B node numbers, those of block b at 2b and 2b + 1, each below b + 2.
        Node 0 is the output of the cell before the last one, node 1 of the last one.
      ops: 2B op numbers, a place among the ops of the space each.
    """

    inputs: Any
    ops: Any


class MicroArc(NamedTuple):
    """One micro architecture."""

    normal: Cell
    reduce: Cell


def reduction_cells(num_layers: int) -> tuple[int, int]:
    """Which of the num_layers + 2 cells halve the maps (micro_child.py)."""
    third = num_layers // 3
    return third, 2 * third + 1


def aux_cell(num_layers: int) -> int:
    """The cell whose output an auxiliary head sees: the one after both reductions."""
    return reduction_cells(num_layers)[1] + 1


def loose_ends(cell: Cell) -> tuple[int, ...]:
    """The nodes that no block reads, in order; a cell's output is made of them.

    The two inputs of the cell are among them if no block reads them.
    """
    return base.unread(cell.inputs, len(cell.inputs) // 2 + NUM_INPUTS)


def blocks_of_length(num_tokens: int) -> int:
    """The number of blocks of an arc of `num_tokens` integers.

    Raises:
      ValueError: no number of blocks has such an arc.
    """
    blocks, rest = divmod(num_tokens, len(CELLS) * TOKENS_PER_BLOCK)
    if rest or not blocks:
        raise ValueError(
            f"the arc has {num_tokens} integers; two cells of B blocks need 8B, so 40 "
            "for 5 blocks"
        )
    return blocks


class MicroSpace(base.SearchSpace[MicroArc]):
    """Two cells of `num_blocks` blocks, each operand one of `num_ops` ops."""

    name = "micro"
    num_reductions = NUM_REDUCTIONS
    table = op_rows.MICRO
    json_names = CELLS

    def __init__(self, num_blocks: int, *, num_ops: int = len(OPS)):
        """A space of one size.

        Args:
          num_blocks: of each of the two cells; at least 1.
          num_ops: how many of the table's ops an operand chooses from.

        Raises:
          ValueError: there is no such size.
        """
        if num_blocks < 1:
            raise ValueError(f"a micro cell needs at least 1 block, not {num_blocks}")
        self.num_blocks = num_blocks
        self.use_first(num_ops)

    def tape(self) -> Iterator[base.Step]:
        """Per cell: two inputs; per block two nodes, then two ops, then an anchor."""
        rows = [self.table[name] for name in self.ops]
        learned = tuple(row.learned_bias for row in rows)
        for cell in CELLS:
            fixed = tuple(row.fixed_bias for row in rows if cell == "normal")
            op = base.Op("op", len(rows), learned, fixed, reduced=True)
            for node in range(NUM_INPUTS):
                yield base.Step(None, anchor="zeros", restart=True, forget=node == 0)
            for block in range(self.num_blocks):
                index = base.Step(base.Index("index", block + NUM_INPUTS))
                yield from (index, index, base.Step(op), base.Step(op))
                yield base.Step(None, anchor="state", restart=True)

    def stored_order(self) -> Sequence[int]:
        """Node, op, node, op are written; node, node, op, op are sampled."""
        starts = range(0, self.num_tokens, TOKENS_PER_BLOCK)
        return [start + place for start in starts for place in (0, 2, 1, 3)]

    def decode(self, tokens: base.Tokens) -> MicroArc:
        """The arc of `tokens` [8B]."""
        width = TOKENS_PER_BLOCK * self.num_blocks
        return MicroArc(*(_cell(tokens, start, width) for start in (0, width)))

    def encode(self, arc: MicroArc) -> list[int]:
        """The 8B tokens of `arc`."""
        return [
            int(token)
            for cell in arc
            for pair in range(0, 2 * self.num_blocks, 2)
            for token in (*cell.inputs[pair : pair + 2], *cell.ops[pair : pair + 2])
        ]

    @property
    def paper_size(self) -> int:
        """The paper's count, (ops x blocks!)^4: 1.3e11 for 5 blocks and 5 ops.

        Section 2.4 counts one op per block and input order, and n of the n + 1 nodes
        that block n can read; `size` counts what the controller can really say.
        """
        return (len(self.ops) * math.factorial(self.num_blocks)) ** 4

    def size_in_words(self) -> str:
        """The number of token sequences beside the paper's count of architectures."""
        return (
            f"{self.size:.3e} token sequences (by the paper's rougher count "
            f"{self.paper_size:.1e} architectures)"
        )

    def describe(self, arc: MicroArc) -> str:
        """`5 blocks: normal cell 3 sepconv3x3, ..., loose ends 2, 3; reduce ...`"""
        cells = [
            f"{name} cell {self._counts(cell)}, loose ends "
            f"{', '.join(map(str, loose_ends(cell)))}"
            for name, cell in zip(CELLS, arc, strict=True)
        ]
        blocks = "1 block" if self.num_blocks == 1 else f"{self.num_blocks} blocks"
        return f"{blocks}: {'; '.join(cells)}."

    def statistics(self, tokens: np.ndarray) -> dict[str, float]:
        """`op_frequency_<cell>/<op>` and `loose_ends_<cell>` over `tokens` [N, T]."""
        values = {}
        for cell, part in zip(CELLS, np.split(tokens, len(CELLS), axis=1), strict=True):
            blocks = part.reshape(-1, self.num_blocks, TOKENS_PER_BLOCK)
            nodes, ops = blocks[:, :, :2], blocks[:, :, 2:]
            chosen = np.bincount(ops.ravel(), minlength=len(self.ops)) / ops.size
            for number, op in enumerate(self.ops):
                values[f"op_frequency_{cell}/{op}"] = float(chosen[number])
            every = np.arange(self.num_blocks + NUM_INPUTS)
            read = (nodes.reshape(len(nodes), -1, 1) == every).any(axis=1)
            values[f"loose_ends_{cell}"] = float((~read).sum(axis=1).mean())
        return values

    def _counts(self, cell: Cell) -> str:
        counts = Counter(self.ops[op] for op in cell.ops)
        return ", ".join(f"{counts[op]} {op}" for op in self.ops if counts[op])

    def _fields(self, arc: MicroArc) -> dict[str, Any]:
        fields = {}
        for name, cell in zip(CELLS, arc, strict=True):
            pairs = range(0, 2 * self.num_blocks, 2)
            ops = [self.ops[op] for op in cell.ops]
            fields[name] = [
                dict(inputs=list(cell.inputs[i : i + 2]), ops=ops[i : i + 2])
                for i in pairs
            ]
        return fields

    def _from_fields(self, fields: Mapping[str, object]) -> list[int]:
        tokens: list[int] = []
        for cell in CELLS:
            blocks = json_fields.elements(fields[cell], f"the {cell} cell")
            if len(blocks) != self.num_blocks:
                raise ValueError(
                    f"the {cell} cell has {len(blocks)} blocks, {self.num_blocks} are "
                    "needed"
                )
            for number, block in enumerate(blocks):
                tokens += self._block(block, f"block {number} of the {cell} cell")
        return tokens

    def _block(self, value: object, where: str) -> list[int]:
        """The tokens of a block in JSON."""
        fields = json_fields.only(value, ("inputs", "ops"), where)
        inputs = json_fields.elements(fields["inputs"], f"inputs of {where}")
        ops = json_fields.elements(fields["ops"], f"ops of {where}")
        if len(inputs) != 2 or len(ops) != 2:
            raise ValueError(f"{where} needs two inputs and two ops")
        places = [json_fields.place(op, self.ops, where) for op in ops]
        nodes = [json_fields.whole(node, f"an input of {where}") for node in inputs]
        return [*nodes, *places]

    def _length_message(self, length: int) -> str:
        return (
            f"the arc has {length} integers, two cells of {self.num_blocks} blocks "
            f"need {self.num_tokens}"
        )

    def place_name(self, place: int) -> str:
        """`normal 0, op 1`."""
        cell, block, kind = self._place(place)
        return f"{cell} {block}, {kind}"

    def part_of(self, place: int) -> int:
        """The kind of cell."""
        return CELLS.index(self._place(place)[0])

    def _token_name(self, place: int) -> str:
        cell, block, kind = self._place(place)
        return f"{kind} of block {block} of the {cell} cell"

    def _place(self, place: int) -> tuple[str, int, str]:
        """The cell, the block and the part of it that the token at `place` decides."""
        block, part = divmod(place, TOKENS_PER_BLOCK)
        cell, block = divmod(block, self.num_blocks)
        return CELLS[cell], block, ("node 1", "node 2", "op 1", "op 2")[part]


def _cell(tokens: base.Tokens, start: int, width: int) -> Cell:
    """The cell of the `width` tokens from `start`, two nodes and two ops a block."""
    blocks = range(start, start + width, TOKENS_PER_BLOCK)
    inputs = tuple(tokens[block + i] for block in blocks for i in (0, 1))
    ops = tuple(tokens[block + i] for block in blocks for i in (2, 3))
    if isinstance(tokens, list | tuple | np.ndarray):
        inputs, ops = (tuple(int(token) for token in part) for part in (inputs, ops))
    return Cell(inputs, ops)
