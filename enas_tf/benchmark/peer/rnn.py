"""The shared rnn child in PyTorch; what it computes is told in children/rnn.py."""

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import nn
from torch.nn import functional

from enas_tf.benchmark.peer.texts import TextSearch
from enas_tf.spaces import rnn
from enas_tf.spaces.rnn import RnnArc

# In the order of the ops' numbers.
FUNCTIONS: tuple[Callable[[torch.Tensor], torch.Tensor], ...] = (
    torch.tanh,
    torch.relu,
    torch.sigmoid,
    lambda x: x,
)


class RnnChild(nn.Module):
    """Every cell on one set of weights; words go in and out by one embedding."""

    def __init__(
        self,
        vocabulary: int,
        size: int,
        num_nodes: int,
        init_range: float,
        rates: Mapping[str, float],
    ):
        """Makes the weights.

        Args:
          vocabulary: words, V.
          size: units, H.
          num_nodes: behind node 0.
          init_range: first weights are uniform between minus and plus it.
          rates: what is dropped in training, by `nn/recurrent.py`'s letters.
        """
        super().__init__()
        self.embedding = nn.Parameter(torch.empty(vocabulary, size))
        self.word = nn.Parameter(torch.empty(size, 2 * size))
        self.state = nn.Parameter(torch.empty(size, 2 * size))
        self.nodes = nn.ModuleList(
            nn.ModuleList(
                nn.ParameterList(torch.empty(size, 2 * size) for _ in range(node))
                for _ in FUNCTIONS
            )
            for node in range(1, num_nodes + 1)
        )
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -init_range, init_range)
        self.rates = rates

    def forward(
        self, words: torch.Tensor, state: torch.Tensor, arc: RnnArc, *, training: bool
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Logits [B, T, V], states [B, T, H], the squares of the arc's weights [].

        Args:
          words: [B, T] int64.
          state: [B, H], of what went before.
          arc: the cell.
          training: whether to drop.
        """
        rates = self.rates if training else dict.fromkeys(self.rates, 0.0)
        vectors = functional.embedding(words, self.embedding)
        if rates["e"]:
            vectors = vectors * _mask(rates["e"], self.embedding[:, :1])[words]
        vectors = _dropped(vectors, rates["i"], state)
        matrices = self._matrices(arc)
        squares = sum(m.square().sum() for m in (self.word, *matrices))
        from_words = _dropped(vectors, rates["x"], state) @ self.word
        if rates["w"]:
            matrices = [m * _mask(rates["w"], m) for m in matrices]
        mask = _mask(rates["l"], state) if rates["l"] else None
        states = _states(from_words, state, mask, matrices, arc)
        outputs = _dropped(states, rates["o"], state)
        return functional.linear(outputs, self.embedding), states, squares

    def _matrices(self, arc: RnnArc) -> list[torch.Tensor]:
        """Node 0's for the state, and those of the arc's nodes."""
        chosen = zip(self.nodes, arc.inputs, arc.ops, strict=True)
        return [self.state, *(banks[op][read] for banks, read, op in chosen)]


def _mask(rate: float, like: torch.Tensor) -> torch.Tensor:
    """0, or 1 / (1 - rate) where it is kept."""
    return torch.empty_like(like).bernoulli_(1 - rate).div_(1 - rate)


def _dropped(x: torch.Tensor, rate: float, like: torch.Tensor) -> torch.Tensor:
    """x [B, T, H], the same entries dropped in all time steps."""
    return x * _mask(rate, like)[:, None] if rate else x


def _states(
    from_words: torch.Tensor,
    state: torch.Tensor,
    mask: torch.Tensor | None,
    matrices: Sequence[torch.Tensor],
    arc: RnnArc,
) -> torch.Tensor:
    """The states that the cell passes through, [B, T, H]."""
    loose, found = rnn.loose_ends(arc), []

    def dropped(x: torch.Tensor) -> torch.Tensor:
        return x if mask is None else x * mask

    chosen = list(zip(arc.inputs, arc.ops, matrices[1:], strict=True))
    for from_word in from_words.unbind(1):
        product = torch.addmm(from_word, dropped(state), matrices[0])
        nodes = [_highway(state, product, torch.tanh)]
        for read, op, matrix in chosen:
            product = dropped(nodes[read]) @ matrix
            nodes.append(_highway(nodes[read], product, FUNCTIONS[op]))
        state = nodes[loose[0]]
        for node in loose[1:]:
            state = state + nodes[node]
        state = state / len(loose)
        found.append(state)
    return torch.stack(found, dim=1)


def _highway(
    carried: torch.Tensor,
    product: torch.Tensor,
    function: Callable[[torch.Tensor], torch.Tensor],
) -> torch.Tensor:
    h, t = product.chunk(2, dim=1)
    return torch.lerp(carried, function(h), torch.sigmoid(t))


def search(sizes: Mapping[str, int | float]) -> TextSearch:
    """A search's child and its training; `sizes`: see `order.Order`."""
    child = RnnChild(
        int(sizes["vocabulary"]),
        int(sizes["hidden_size"]),
        int(sizes["num_layers"]),
        sizes["init_range"],
        {letter: sizes[f"drop_{letter}"] for letter in "eixlow"},
    )
    return TextSearch(child, lambda fields: RnnArc(*fields), sizes)
