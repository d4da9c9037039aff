"""The shared micro child in PyTorch; what it computes is told in children/micro.py."""

from collections.abc import Mapping, Sequence

import torch
from torch import nn
from torch.nn import functional

from enas_tf.benchmark.peer import layers
from enas_tf.benchmark.peer.images import ImageSearch
from enas_tf.benchmark.peer.micro_cell import SearchedCell
from enas_tf.spaces import micro
from enas_tf.spaces.micro import Cell, MicroArc


class AuxHead(nn.Module):
    """A second classifier, for training."""

    def __init__(self, filters: int, classes: int):
        """Makes the weights.

        Args:
          filters: channels of the map that it sees.
          classes: to tell apart.
        """
        super().__init__()
        self.project = layers.conv(filters, 128, 1)
        self.project_norm = layers.norm(128)
        self.conv = nn.Conv2d(128, 768, 2, bias=False)
        self.conv_norm = layers.norm(768)
        self.classifier = nn.Linear(768, classes, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Logits [B, classes]."""
        x = functional.avg_pool2d(functional.relu(x), 5, stride=3)
        x = functional.relu_(self.project_norm(self.project(x)))
        x = self.conv(functional.pad(x, (0, 1, 0, 1)))  # the same size
        return self.classifier(layers.average(functional.relu_(self.conv_norm(x))))


class MicroChild(nn.Module):
    """Every pair of cells on one set of weights."""

    def __init__(
        self,
        num_layers: int,
        num_blocks: int,
        filters: int,
        classes: int,
        keep_prob: float,
    ):
        """Makes the weights.

        Args:
          num_layers: cells without the two that reduce.
          num_blocks: of a cell.
          filters: C of the first cells.
          classes: to tell apart.
          keep_prob: of features before the classifier, in training.
        """
        super().__init__()
        self.stem = layers.stem(3 * filters)
        reductions = micro.reduction_cells(num_layers)
        earlier = last = 3 * filters
        cells = []
        for number in range(num_layers + 2):
            reduces = number in reductions
            if reduces:
                filters *= 2
                earlier = last  # both inputs are made of the last map
            cells.append(SearchedCell((earlier, last), filters, num_blocks, reduces))
            earlier, last = filters if reduces else last, filters
        self.cells = nn.ModuleList(cells)
        self.aux_after = micro.aux_cell(num_layers)
        self.aux = AuxHead(cells[self.aux_after].filters, classes)
        self.classifier = nn.Linear(filters, classes, bias=False)
        self.dropped = 1.0 - keep_prob

    def forward(
        self, images: torch.Tensor, arc: MicroArc, *, training: bool
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Logits [B, classes], and in training those of the auxiliary head."""
        earlier = last = self.stem(images)
        aux = None
        for number, cell in enumerate(self.cells):
            chosen = arc.reduce if cell.reduces else arc.normal
            earlier, last = cell(earlier, last, chosen)
            if training and number == self.aux_after:
                aux = self.aux(last)
        pooled = layers.average(functional.relu(last))
        return self.classifier(functional.dropout(pooled, self.dropped, training)), aux


def search(sizes: Mapping[str, int | float]) -> ImageSearch:
    """A search's child and its training; `sizes`: see `order.Order`."""
    child = MicroChild(
        int(sizes["num_layers"]),
        int(sizes["num_cells"]),
        int(sizes["out_filters"]),
        int(sizes["classes"]),
        sizes["keep_prob"],
    )
    return ImageSearch(child, _arc, sizes)


def _arc(fields: Sequence) -> MicroArc:
    return MicroArc(*(Cell(*cell) for cell in fields))
