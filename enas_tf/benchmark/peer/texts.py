"""The training and the rewards of a search's language model in PyTorch."""

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import nn
from torch.nn import functional

from enas_tf.benchmark.peer.descent import Descent


class TextSearch:
    """Steps and rewards of arcs on one piece of noise.

    Attributes:
      child: the model with the shared weights.
      words, targets: the piece, [B, T] int64.
      state: [B, H], of the step before.
    """

    def __init__(
        self,
        child: nn.Module,
        decode: Callable[[Sequence], tuple],
        sizes: Mapping[str, int | float],
    ):
        """Makes the optimiser and the piece.

        Args:
          child: (words, state, arc, training) -> logits, states, squares of weights.
          decode: from an arc in lists to what the child takes.
          sizes: see `order.Order`.
        """
        self.child = child
        self._decode = decode
        parameters = list(child.parameters())
        self._descent = Descent(parameters, parameters, sizes)
        self._sizes = sizes
        batch, steps = int(sizes["batch_size"]), int(sizes["bptt_steps"])
        text = torch.randint(int(sizes["vocabulary"]), (batch, steps + 1))
        self.words, self.targets = text[:, :-1], text[:, 1:]
        self.state = self._no_state()

    def loss(self, arc: Sequence) -> torch.Tensor:
        """Of a training step, []; the state of its last word is carried on."""
        logits, states, squares = self.child(
            self.words, self.state, self._decode(arc), training=True
        )
        self.state = states[:, -1].detach()
        loss = self._cross_entropy(logits)
        sizes = self._sizes
        if sizes["alpha"]:
            loss = loss + sizes["alpha"] * states.square().mean()
        changes = states[:, 1:] - states[:, :-1]
        loss = loss + sizes["beta"] * changes.square().mean()
        return loss + sizes["weight_decay"] * squares

    def step(self, arc: Sequence) -> float:
        """Forward, backward and update; the loss."""
        return self._descent.step(lambda: self.loss(arc))

    def reward(self, arc: Sequence) -> float:
        """Nats a word, no state before it."""
        with torch.inference_mode():
            state = self._no_state()
            logits, _, _ = self.child(
                self.words, state, self._decode(arc), training=False
            )
            return self._cross_entropy(logits).item()

    def _cross_entropy(self, logits: torch.Tensor) -> torch.Tensor:
        return functional.cross_entropy(logits.flatten(0, 1), self.targets.flatten())

    def _no_state(self) -> torch.Tensor:
        return torch.zeros(len(self.words), int(self._sizes["hidden_size"]))
