"""The shared macro child in PyTorch; what it computes is told in children/macro.py."""

from collections.abc import Mapping, Sequence

import torch
from torch import nn
from torch.nn import functional

from enas_tf.benchmark.peer import layers
from enas_tf.benchmark.peer.images import ImageSearch
from enas_tf.spaces import macro
from enas_tf.spaces.macro import MacroArc

OPS = 6


class Layer(nn.Module):
    """One searched layer: 1x1, BN, ReLU, one of the ops, the sum of its skips."""

    def __init__(self, filters: int, *, first: bool):
        """Makes the weights of all ops.

        Args:
          filters: C of all maps.
          first: whether no map lies before the one that it reads.
        """
        super().__init__()
        self.heads = nn.ModuleList(
            _normed(layers.conv(filters, filters, 1), filters, 1e-5) for _ in range(OPS)
        )
        epsilon = layers.MASKED_EPSILON
        self.ops = nn.ModuleList(
            [
                _normed(layers.conv(filters, filters, 3), filters, epsilon),
                _normed(layers.separable(filters, 3), filters, epsilon),
                _normed(layers.conv(filters, filters, 5), filters, epsilon),
                _normed(layers.separable(filters, 5), filters, epsilon),
                layers.avg_pool(),
                layers.max_pool(),
            ]
        )
        self.skip = None if first else layers.norm(filters)

    def forward(
        self, sources: Sequence[torch.Tensor], op: int, skips: Sequence[int]
    ) -> torch.Tensor:
        """The layer's map, of all maps so far; `skips` has a bit for all but the last.

        No ReLU follows, so that a sum may grow where it is.
        """
        y = self.ops[op](self.heads[op](sources[-1]))
        if self.skip is None:
            return y
        read = [x for bit, x in zip(skips, sources[:-1], strict=True) if bit]
        for number, x in enumerate(read):
            # The op's own map is kept by its ReLU: only what was added is ours.
            y = y.add_(x) if number else y + x
        return self.skip(y)


def _normed(convolution: nn.Module, filters: int, epsilon: float) -> nn.Sequential:
    return nn.Sequential(
        convolution, layers.norm(filters, epsilon), nn.ReLU(inplace=True)
    )


class MacroChild(nn.Module):
    """Every arc on one set of weights."""

    def __init__(self, num_layers: int, filters: int, classes: int, keep_prob: float):
        """Makes the weights.

        Args:
          num_layers: that are searched.
          filters: C of all maps.
          classes: to tell apart.
          keep_prob: of features before the classifier, in training.
        """
        super().__init__()
        self.stem = layers.stem(filters)
        self.layers = nn.ModuleList(
            Layer(filters, first=layer == 0) for layer in range(num_layers)
        )
        # Of the stem's map and of every layer's so far.
        self.pools = nn.ModuleDict(
            {
                str(layer): nn.ModuleList(
                    layers.Reduction(filters, filters) for _ in range(layer + 2)
                )
                for layer in macro.pool_layers(num_layers)
            }
        )
        self.classifier = nn.Linear(filters, classes, bias=False)
        self.dropped = 1.0 - keep_prob

    def forward(
        self, images: torch.Tensor, arc: MacroArc, *, training: bool
    ) -> tuple[torch.Tensor, None]:
        """Logits [B, classes]; there is no auxiliary head."""
        sources = [self.stem(images)]
        for number, layer in enumerate(self.layers):
            sources.append(layer(sources, arc.ops[number], arc.skips[number]))
            if str(number) in self.pools:
                pairs = zip(self.pools[str(number)], sources, strict=True)
                sources = [pool(x) for pool, x in pairs]
        pooled = layers.average(sources[-1])
        return self.classifier(functional.dropout(pooled, self.dropped, training)), None


def search(sizes: Mapping[str, int | float]) -> ImageSearch:
    """A search's child and its training; `sizes`: see `order.Order`."""
    child = MacroChild(
        int(sizes["num_layers"]),
        int(sizes["out_filters"]),
        int(sizes["classes"]),
        sizes["keep_prob"],
    )
    return ImageSearch(child, lambda fields: MacroArc(*fields), sizes)
