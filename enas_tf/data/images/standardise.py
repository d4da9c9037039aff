"""Per-channel mean and standard deviation, exactly."""

import numpy as np

CHUNK = 1_000  # images counted at a time: bounds the memory of a count
LEVELS = 256


def standardisation(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of each channel, in 0..255 units.

    There are only 256 values, so they are counted: the sums are exact and need neither
    a float copy of the images nor care about rounding (a float32 sum stops growing at
    2^24).

    Args:
      images: [N, H, W, C] uint8, of the training split only.

    Returns:
      mean [C] and std [C], float64; std is 1 where a channel is constant, so that
      dividing by it is harmless.
    """
    counts = np.stack(
        [_count_levels(images[..., channel]) for channel in range(images.shape[3])]
    )
    shares = counts / counts.sum(axis=1, keepdims=True)  # [C, 256]
    levels = np.arange(LEVELS, dtype=np.float64)
    mean = shares @ levels
    variance = (shares * (levels - mean[:, np.newaxis]) ** 2).sum(axis=1)
    constant = (counts > 0).sum(axis=1) == 1
    return mean, np.where(constant, 1.0, np.sqrt(variance))


def _count_levels(channel: np.ndarray) -> np.ndarray:
    """[N, H, W] uint8 -> [256] int64: how often each value occurs."""
    counts = np.zeros(LEVELS, np.int64)
    for start in range(0, len(channel), CHUNK):
        part = channel[start : start + CHUNK].reshape(-1)
        counts += np.bincount(part, minlength=LEVELS)
    return counts
