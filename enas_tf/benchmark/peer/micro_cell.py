"""One searched cell of the micro child in PyTorch."""

import torch
from torch import nn
from torch.nn import functional

from enas_tf.benchmark.peer import layers
from enas_tf.spaces import micro
from enas_tf.spaces.micro import Cell


class SearchedCell(nn.Module):
    """Blocks of two chosen ops on chosen nodes, and a 1x1 of what none of them reads.

    Attributes:
      filters: C of its nodes and of its output.
      reduces: whether it halves the maps.
    """

    def __init__(
        self,
        filters_in: tuple[int, int],
        filters: int,
        num_blocks: int,
        reduces: bool,
    ):
        """Makes the weights of every op on every edge.

        Args:
          filters_in: channels of the two maps before it, the earlier one first.
          filters: C.
          num_blocks: of two operands each.
          reduces: see the class.
        """
        super().__init__()
        self.filters, self.reduces = filters, reduces
        earlier, last = filters_in
        if reduces:
            self.halve = layers.Reduction(last, filters)
            self.first: nn.Module = layers.Reduction(earlier, filters)
            self.second: nn.Module = nn.Identity()
        else:
            self.first, self.second = (
                _calibrated(earlier, filters),
                _calibrated(last, filters),
            )
        # An operand of block b reads one of b + 2 nodes, with other weights for each.
        self.operands = nn.ModuleList(
            nn.ModuleList(_ops(filters) for _ in range(block + micro.NUM_INPUTS))
            for block in range(num_blocks)
            for _ in range(2)
        )
        nodes = num_blocks + micro.NUM_INPUTS
        self.out = nn.ModuleList(layers.conv(filters, filters, 1) for _ in range(nodes))
        self.norm = layers.norm(filters)

    def forward(
        self, earlier: torch.Tensor, last: torch.Tensor, cell: Cell
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """The next cell's `earlier` and `last`."""
        if self.reduces:
            halved = self.halve(last)
            nodes = [self.first(functional.relu(last)), halved]
            return halved, self._run(nodes, cell)
        return last, self._run([self.first(earlier), self.second(last)], cell)

    def _run(self, nodes: list[torch.Tensor], cell: Cell) -> torch.Tensor:
        operands = [
            (edges[node][op], node)
            for edges, node, op in zip(
                self.operands, cell.inputs, cell.ops, strict=True
            )
        ]
        for (one, read), (other, also_read) in zip(
            operands[::2], operands[1::2], strict=True
        ):
            nodes.append(one(nodes[read]) + other(nodes[also_read]))
        joined = None
        for node in micro.loose_ends(cell):
            # A sum of two operands that nobody else reads may be changed in place.
            x = functional.relu(nodes[node], inplace=node >= micro.NUM_INPUTS)
            y = self.out[node](x)
            joined = y if joined is None else joined.add_(y)
        return self.norm(joined)


def _calibrated(filters_in: int, filters: int) -> nn.Module:
    """What gives an input the channels of the cell."""
    if filters_in == filters:
        return nn.Identity()
    return layers.Pointwise(filters_in, filters)


def _ops(filters: int) -> nn.ModuleList:
    """All ops on one edge, in the order of their numbers."""
    return nn.ModuleList(
        [
            _separable_twice(filters, 3),
            _separable_twice(filters, 5),
            layers.avg_pool(),
            layers.max_pool(),
            nn.Identity(),
        ]
    )


def _separable_twice(filters: int, size: int) -> nn.Sequential:
    return nn.Sequential(
        nn.ReLU(),  # not in place: others read this node, too
        layers.separable(filters, size),
        layers.norm(filters),
        nn.ReLU(inplace=True),
        layers.separable(filters, size),
        layers.norm(filters),
    )
