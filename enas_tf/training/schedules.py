"""Learning rates: functions of the epoch, constant within one as in the original."""

import math

from enas_tf.config import cosine
from enas_tf.config.sections import ChildConfig


def child_learning_rate(config: ChildConfig, epoch: int) -> float:
    """The child's learning rate in `epoch`, counted from 0."""
    if config.lr_cosine:
        return cosine_with_restarts(
            epoch,
            lr_max=config.lr_max,
            lr_min=config.lr_min,
            first_cycle=config.lr_T_0,
            cycle_factor=config.lr_T_mul,
        )
    decays = epoch // config.lr_dec_every
    return config.lr * config.lr_dec_rate**decays


def cosine_with_restarts(
    epoch: int, *, lr_max: float, lr_min: float, first_cycle: int, cycle_factor: int
) -> float:
    """Loshchilov & Hutter 2017, eq. 5; src/utils.py, get_train_ops.

    # Deviation D8: a cycle begins at lr_max. The original's first step of each restart
    # still sees the old cycle's epoch and takes the mean of lr_max and lr_min.
    """
    cycle = cosine.cycle_of(epoch, first=first_cycle, factor=cycle_factor)
    angle = math.pi * (epoch - cycle.begin) / cycle.length
    return lr_min + 0.5 * (lr_max - lr_min) * (1.0 + math.cos(angle))
