"""The two updates of ENAS, in TensorFlow 1's form, which the published numbers used.

Keras' SGD keeps lr inside its velocity and so differs whenever lr changes; these keep
`accum = momentum * accum + g`. Few tensors are expected: a shared child is one vector.
"""

import functools
from collections.abc import Sequence

import tensorflow as tf

from enas_tf.children.network import Optimizer

ADAM_BETA2 = 0.999


class Momentum:
    """Nesterov momentum; an `Optimizer`."""

    def __init__(self, variables: Sequence[tf.Variable], *, momentum: float):
        """Begins with accumulators of zeros.

        Args:
          variables: what to train.
          momentum: the share of the accumulator that is kept; 0.9 in src/utils.py.
        """
        self._trained = list(variables)
        self._momentum = momentum
        self.variables = [tf.Variable(tf.zeros_like(v)) for v in variables]
        self.free: list[tf.Variable] = []

    def apply(self, gradients: Sequence[tf.Tensor], lr: tf.Tensor) -> None:
        """One step against `gradients`, in the order of the variables."""
        for v, slot, g in zip(self._trained, self.variables, gradients, strict=True):
            tf.raw_ops.ResourceApplyMomentum(
                var=v.handle,
                accum=slot.handle,
                lr=lr,
                grad=g,
                momentum=self._momentum,
                use_nesterov=True,
            )


class Sgd:
    """Plain gradient descent; an `Optimizer`."""

    def __init__(self, variables: Sequence[tf.Variable]):
        """Keeps nothing of its own.

        Args:
          variables: what to train.
        """
        self._trained = list(variables)
        self.variables: list[tf.Variable] = []
        self.free: list[tf.Variable] = []

    def apply(self, gradients: Sequence[tf.Tensor], lr: tf.Tensor) -> None:
        """One step against `gradients`, in the order of the variables."""
        self.move([lr * gradient for gradient in gradients])

    def move(self, steps: Sequence[tf.Tensor]) -> None:
        """Take the steps, which are products with a learning rate."""
        for variable, step in zip(self._trained, steps, strict=True):
            variable.assign_sub(step)


def apply_if(
    whole: tf.Tensor, one: Optimizer, gradients: Sequence[tf.Tensor], lr: tf.Tensor
) -> None:
    """A step of an optimizer if `whole`, [] bool, is true; else nothing changes.

    To the bit the step is that of `one.apply`: TensorFlow makes a product of clipping's
    factor and the learning rate before it multiplies a gradient by both, which it could
    not do with a branch between them.
    """
    if isinstance(one, Sgd):
        steps = [lr * gradient for gradient in gradients]
        taken = functools.partial(one.move, steps)
    else:
        taken = functools.partial(one.apply, gradients, lr)

    def take() -> tf.Tensor:
        taken()
        return whole

    tf.cond(whole, take, lambda: whole)


def of_child(variables: Sequence[tf.Variable], *, momentum: float) -> Optimizer:
    """The optimizer of a child; plain SGD where `momentum` is 0."""
    return Momentum(variables, momentum=momentum) if momentum else Sgd(variables)


class Adam:
    """Adam in the form that trains the controller; beta1 may be 0."""

    def __init__(
        self,
        variables: Sequence[tf.Variable],
        *,
        beta1: float,
        epsilon: float,
        factors: Sequence[float] = (),
    ):
        """Begins with moments of zeros.

        Args:
          variables: what to train.
          factors: of the learning rate, one for each variable; empty: 1.
          beta1: decay of the first moment; 0 in the original's image spaces.
          epsilon: added to the root of the second; 1e-3 there.
        """
        self._trained = list(variables)
        self._factors = list(factors) or [1.0] * len(self._trained)
        self._beta1 = beta1
        self._epsilon = epsilon
        self._m = [tf.Variable(tf.zeros_like(v)) for v in variables]
        self._v = [tf.Variable(tf.zeros_like(v)) for v in variables]
        self._beta1_power = tf.Variable(beta1)
        self._beta2_power = tf.Variable(ADAM_BETA2)
        powers = [self._beta1_power, self._beta2_power]
        self.variables = [*self._m, *self._v, *powers]

    def apply(self, gradients: Sequence[tf.Tensor], lr: tf.Tensor) -> None:
        """One step against `gradients`, in the order of the variables."""
        rates = [lr if factor == 1.0 else lr * factor for factor in self._factors]
        rows = zip(self._trained, self._m, self._v, gradients, rates, strict=True)
        for variable, m, v, g, rate in rows:
            tf.raw_ops.ResourceApplyAdam(
                var=variable.handle,
                m=m.handle,
                v=v.handle,
                beta1_power=self._beta1_power,
                beta2_power=self._beta2_power,
                lr=rate,
                beta1=self._beta1,
                beta2=ADAM_BETA2,
                epsilon=self._epsilon,
                grad=g,
            )
        self._beta1_power.assign(self._beta1_power * self._beta1)
        self._beta2_power.assign(self._beta2_power * ADAM_BETA2)


def add_l2(
    gradients: Sequence[tf.Tensor],
    variables: Sequence[tf.Variable],
    weights: Sequence[float],
) -> list[tf.Tensor]:
    """Gradients of loss + the sum over variables of weight * sum of squares.

    There is no half in it, as in the original.
    """
    rows = zip(gradients, variables, weights, strict=True)
    return [g + 2.0 * weight * v if weight else g for g, v, weight in rows]


def clip(
    gradients: Sequence[tf.Tensor], *, mode: str, bound: float, norm: tf.Tensor
) -> list[tf.Tensor]:
    """Clip by `mode`: "none", "norm" (each tensor by itself) or "global".

    # Deviation D5: "norm" clips; the original appended the unclipped gradient.

    Args:
      gradients: any shapes.
      mode: see above.
      bound: largest norm left.
      norm: [], the global norm of `gradients`.
    """
    if mode == "norm":
        return [tf.clip_by_norm(g, bound) for g in gradients]
    if mode == "global":
        return tf.clip_by_global_norm(gradients, bound, use_norm=norm)[0]
    return list(gradients)
