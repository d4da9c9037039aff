"""Gradient steps of a search's child in PyTorch.

As is usual there, what an arc does not use has no gradient and is left alone. Ours
decays it, and its momentum goes on.
"""

from collections.abc import Callable, Mapping, Sequence

import torch

LR = 1e-4  # as small as in our own turns: it is time that counts


class Descent:
    """Nesterov momentum or plain SGD, L2 before an update, clipping."""

    def __init__(
        self,
        parameters: Sequence[torch.nn.Parameter],
        decayed: Sequence[torch.nn.Parameter],
        sizes: Mapping[str, int | float],
    ):
        """Nothing is updated yet.

        Args:
          parameters: all that are trained.
          decayed: those that L2 reaches.
          sizes: see `order.Order`.
        """
        momentum = sizes["momentum"]
        self._sgd = torch.optim.SGD(
            parameters, lr=LR, momentum=momentum, nesterov=momentum > 0
        )
        self._parameters = parameters
        self._decayed = decayed if sizes["l2_reg"] else ()
        self._l2 = sizes["l2_reg"]
        self._clipped_to = sizes["clipped_to"]  # the global norm; 0: it is not clipped

    def step(self, loss: Callable[[], torch.Tensor]) -> float:
        """One step down `loss`; its value."""
        self._sgd.zero_grad()
        value = loss()
        value.backward()
        for parameter in self._decayed:
            if parameter.grad is not None:
                # Of l2 times the square, without a half.
                parameter.grad.add_(parameter.detach(), alpha=2 * self._l2)
        if self._clipped_to:
            torch.nn.utils.clip_grad_norm_(self._parameters, self._clipped_to)
        self._sgd.step()
        return value.item()
