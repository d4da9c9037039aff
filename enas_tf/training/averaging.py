"""SGD that averages its weights once validation stops improving (NT-ASGD).

Reference: Merity et al. 2018, section 4; enas_lm's fixed_lib.py.
"""

import contextlib
from collections.abc import Iterator, Sequence

import numpy as np
import tensorflow as tf

from enas_tf.training import optimizer


class AveragedSgd(optimizer.Sgd):
    """Plain SGD; from a moment on, the mean of all weights passed through as well."""

    def __init__(self, variables: Sequence[tf.Variable], *, nonmono: int):
        """Begins without losses and without a mean.

        Args:
          variables: what to train.
          nonmono: epochs that validation may go without its best, see `note`; 0: never
            average.
        """
        super().__init__(variables)
        self._nonmono = nonmono
        self._means = [tf.Variable(tf.zeros_like(v)) for v in variables]
        # Deviation D27: from 0; the authors' counter begins with a random number.
        self._count = tf.Variable(0, dtype=tf.int64)
        self._started = tf.Variable(False)
        # As many as epochs were noted: a training may be told to go on for more.
        self._losses = tf.Variable(tf.zeros([0]), shape=[None])
        own = [self._count, self._started, self._losses]
        self.variables = [*self._means, *own]
        self.free = [self._losses]

    def apply(self, gradients: Sequence[tf.Tensor], lr: tf.Tensor) -> None:
        """One step against `gradients`; the weights behind it count to the mean."""
        super().apply(gradients, lr)
        tf.cond(self._started, self._average, lambda: tf.constant(False))

    def note(self, epoch: int, loss: float) -> bool:
        """Keep the validation loss after `epoch`; whether averaging begins with it.

        It begins when `loss` is above the best of all but the last `nonmono` losses
        before it; never where `nonmono` is 0.
        """
        # Checkpoints of version 0.1.0 have zeros behind, up to the last epoch.
        before = self._losses.numpy()[:epoch]
        self._losses.assign(np.append(before, np.float32(loss)))
        if self._started or not self._nonmono or epoch <= self._nonmono:
            return False
        begins = bool(loss > before[: epoch - self._nonmono].min())
        self._started.assign(begins)
        return begins

    @property
    def num_averaged(self) -> int:
        """Number of steps whose weights are in the mean; 0 before it begins."""
        return int(self._count)

    @contextlib.contextmanager
    def averaged(self) -> Iterator[None]:
        """Inside, the variables hold the mean, if there is one."""
        self.swap()
        try:
            yield
        finally:
            self.swap()

    def swap(self) -> None:
        """Exchange the variables and their mean, if there is one."""
        if not self.num_averaged:
            return
        for variable, mean in zip(self._trained, self._means, strict=True):
            current = tf.identity(variable)
            variable.assign(mean)
            mean.assign(current)

    def forget(self) -> None:
        """Begin anew: no losses, no mean."""
        for variable in [*self._means, self._count, self._started]:
            variable.assign(tf.zeros_like(variable))
        self._losses.assign([])

    def _average(self) -> tf.Tensor:
        count = tf.cast(self._count.assign_add(1), tf.float32)
        for variable, mean in zip(self._trained, self._means, strict=True):
            mean.assign_add((variable - mean) / count)
        return tf.constant(True)
