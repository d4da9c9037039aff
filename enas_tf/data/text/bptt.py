"""Random lengths of the pieces in which a text is trained on.

Pure NumPy. Reference: enas_lm's child.py; Merity et al. 2018, section 5.
"""

import numpy as np

SHORT = 0.05  # the share of pieces that are about half as long
DEVIATIONS = 2.0  # a normal draw further out is drawn again
# Where pieces of 35 words are asked for: their standard deviation, and what they may be
# longer. In proportion for other lengths.
DEVIATION = 5 / 35
LONGER = 20 / 35
LEFT_OVER = 2  # the last so many words of a row may stay unread


def lengths(columns: int, bptt_steps: int, rng: np.random.Generator) -> np.ndarray:
    """Lengths of the pieces of one pass over rows of `columns` ids, [n] int32.

    They sum to at most `columns` - 1, since the last target must be in the row too.
    """
    readable = columns - 1
    count = 4 * (readable // bptt_steps + 4)
    longest = bptt_steps + int(LONGER * bptt_steps)
    while True:
        short = rng.random(count) < SHORT
        means = np.where(short, bptt_steps / 2, bptt_steps)
        drawn = means + DEVIATION * bptt_steps * _normal(count, rng)
        found = np.clip(drawn.astype(np.int64), 1, longest)
        ends = np.cumsum(found)
        if ends[-1] >= readable:
            break
        count *= 2
    last = int(np.searchsorted(ends, readable - LEFT_OVER))
    found = found[: last + 1]
    found[-1] -= max(0, int(ends[last]) - readable)
    return found.astype(np.int32)


def _normal(count: int, rng: np.random.Generator) -> np.ndarray:
    """Standard normal draws, none beyond `DEVIATIONS`."""
    values = rng.standard_normal(count)
    while (far := np.abs(values) > DEVIATIONS).any():
        values[far] = rng.standard_normal(far.sum())
    return values
