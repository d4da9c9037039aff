"""The training and the rewards of a search's image child in PyTorch."""

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import nn
from torch.nn import functional

from enas_tf.benchmark.peer.descent import Descent

AUX_WEIGHT = 0.4
SIDE = 32


class ImageSearch:
    """Steps and rewards of arcs on one batch of noise.

    Attributes:
      child: the network with the shared weights.
      images, labels: the batch.
    """

    def __init__(
        self,
        child: nn.Module,
        decode: Callable[[Sequence], tuple],
        sizes: Mapping[str, int | float],
    ):
        """Makes the optimiser and the batch.

        Args:
          child: (images, arc, training) -> logits, and those of an auxiliary head.
          decode: from an arc in lists to what the child takes.
          sizes: see `order.Order`.
        """
        self.child = child.to(memory_format=torch.channels_last)
        self._decode = decode
        # L2 leaves an auxiliary head alone.
        head = {id(p) for n, p in child.named_parameters() if n.startswith("aux.")}
        decayed = [p for p in child.parameters() if id(p) not in head]
        self._descent = Descent(list(child.parameters()), decayed, sizes)
        batch = int(sizes["batch_size"])
        images = torch.randn(batch, 3, SIDE, SIDE)
        self.images = images.to(memory_format=torch.channels_last)
        self.labels = torch.randint(int(sizes["classes"]), (batch,))

    def loss(self, arc: Sequence) -> torch.Tensor:
        """Of a training step, [], with the auxiliary head's share."""
        logits, aux = self.child(self.images, self._decode(arc), training=True)
        loss = functional.cross_entropy(logits, self.labels)
        if aux is None:
            return loss
        return loss + AUX_WEIGHT * functional.cross_entropy(aux, self.labels)

    def step(self, arc: Sequence) -> float:
        """Forward, backward and update; the loss."""
        return self._descent.step(lambda: self.loss(arc))

    def reward(self, arc: Sequence) -> float:
        """The accuracy on the batch."""
        with torch.inference_mode():
            logits, _ = self.child(self.images, self._decode(arc), training=False)
            return (logits.argmax(1) == self.labels).float().mean().item()
