"""Layers of the image spaces in PyTorch: maps are [B, C, H, W], laid out channels last.

A search's child normalises by the batch at hand, in training and after it.
"""

import torch
from torch import nn
from torch.nn import functional

MASKED_EPSILON = 1e-3  # behind the spatial convolutions of a macro layer


def conv(filters_in: int, filters: int, size: int) -> nn.Conv2d:
    """size x size, the map keeps its sides."""
    return nn.Conv2d(filters_in, filters, size, padding=size // 2, bias=False)


def separable(filters: int, size: int) -> nn.Sequential:
    """Depthwise, then 1x1, nothing in between."""
    depthwise = nn.Conv2d(
        filters, filters, size, padding=size // 2, groups=filters, bias=False
    )
    return nn.Sequential(depthwise, conv(filters, filters, 1))


def norm(filters: int, epsilon: float = 1e-5) -> nn.BatchNorm2d:
    """By the batch's own statistics."""
    return nn.BatchNorm2d(filters, eps=epsilon, track_running_stats=False)


def avg_pool() -> nn.AvgPool2d:
    """3x3; divides by the pixels inside the image."""
    return nn.AvgPool2d(3, stride=1, padding=1, count_include_pad=False)


def max_pool() -> nn.MaxPool2d:
    """3x3."""
    return nn.MaxPool2d(3, stride=1, padding=1)


class Reduction(nn.Module):
    """Factorised: halves even sides by two 1x1 convolutions, the second one shifted."""

    def __init__(self, filters_in: int, filters: int):
        """Makes the weights.

        Args:
          filters_in: channels of what comes.
          filters: channels of what goes.
        """
        super().__init__()
        self.path1 = conv(filters_in, filters // 2, 1)
        self.path2 = conv(filters_in, filters // 2, 1)
        self.norm = norm(filters)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """[B, C, H, W] -> [B, filters, H / 2, W / 2]."""
        first = self.path1(x[:, :, ::2, ::2])
        second = self.path2(x[:, :, 1::2, 1::2])
        return self.norm(torch.cat([first, second], dim=1))


class Pointwise(nn.Module):
    """ReLU, 1x1 convolution, BN."""

    def __init__(self, filters_in: int, filters: int):
        """Makes the weights.

        Args:
          filters_in: channels of what comes.
          filters: channels of what goes.
        """
        super().__init__()
        self.conv = conv(filters_in, filters, 1)
        self.norm = norm(filters)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The same size; x itself is read elsewhere, too, and stays as it is."""
        return self.norm(self.conv(functional.relu(x)))


def stem(filters: int) -> nn.Sequential:
    """From pictures of three channels."""
    return nn.Sequential(conv(3, filters, 3), norm(filters))


def average(x: torch.Tensor) -> torch.Tensor:
    """[B, C, H, W] -> [B, C]."""
    return x.mean((2, 3))
