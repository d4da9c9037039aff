"""A fixed network to hold the shared child against: one arc, weights of its own.

It computes what the shared child computes with that arc, from the same functions, but
nothing is chosen, gathered or left unused: what is built is the arc, and each weight is
a variable, as in a final child.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import tensorflow as tf

from enas_tf.children.contract import SharedChild
from enas_tf.children.network import Optimizer
from enas_tf.children.output import ChildOutput
from enas_tf.config.sections import ChildConfig
from enas_tf.nn import image_ops, seeds
from enas_tf.nn.parameters import Parameters
from enas_tf.training import optimizer


class OwnWeights:
    """The weights of one arc; each comes to be when it is first asked for."""

    def __init__(self, values: Mapping[str, np.ndarray]):
        """No weight is there yet.

        Args:
          values: the shared child's weights by name, to begin with.
        """
        self._values = values
        self.variables: dict[tuple, tf.Variable] = {}

    def __call__(self, name: str, *rows: int) -> tf.Tensor:
        """The weight `name`, of a stacked one its row."""
        key = (name, *rows)
        if key not in self.variables:
            with tf.init_scope():
                self.variables[key] = tf.Variable(self._values[name][rows])
        return tf.convert_to_tensor(self.variables[key])

    def pieces(
        self, path: str, names: Sequence[str], *rows: int
    ) -> dict[str, tf.Tensor]:
        """The weights `path`/..., by the rest of their names."""
        return {name: self(f"{path}/{name}", *rows) for name in names}

    def norm(self, x: tf.Tensor, name: str, *rows: int, **epsilon: float) -> tf.Tensor:
        """BN with the scale and offset of `name`."""
        scale, offset = self(f"{name}/scale", *rows), self(f"{name}/offset", *rows)
        return image_ops.batch_norm(x, scale, offset, **epsilon)

    def reduction(self, x: tf.Tensor, name: str, *rows: int) -> tf.Tensor:
        """Factorised, halves the map."""
        pieces = ("path1", "path2", "scale", "offset")
        weights = [self(f"{name}/{piece}", *rows) for piece in pieces]
        return image_ops.factorized_reduction(x, *weights)

    def pointwise_norm(self, x: tf.Tensor, name: str) -> tf.Tensor:
        """1x1 convolution and BN."""
        return self.norm(image_ops.pointwise(x, self(f"{name}/kernel")), name)


AuxLogits = Callable[[tf.Tensor, OwnWeights], tf.Tensor]


class PlainImages:
    """A plain image network; a `networks.Network`."""

    num_tokens = 0

    def __init__(
        self,
        features: Callable[[tf.Tensor, OwnWeights], tuple[tf.Tensor, tf.Tensor | None]],
        child: SharedChild,
        config: ChildConfig,
        *,
        sample: tf.Tensor,
        seed: int,
        aux: AuxLogits | None = None,
    ):
        """Create the network, and its variables by running it once.

        Args:
          features: (the stem's output, weights) -> what is classified and what an
            auxiliary head sees.
          child: whose weights it starts with.
          config: dropout.
          sample: [1, H, W, channels] float32, an image.
          seed: of dropout.
          aux: (its map, weights) -> the auxiliary head's logits, if there is one.
        """
        self._features = features
        self._keep_prob = config.keep_prob
        self._seed = seed
        self._own = OwnWeights(_by_name(child.parameters))
        self._aux: tuple[AuxLogits, OwnWeights] | None = None
        if aux and child.aux_parameters:
            self._aux = aux, OwnWeights(_by_name(child.aux_parameters))
        self.forward(sample, step=tf.constant(0, tf.int64))  # makes the variables
        trunk = list(self._own.variables.values())
        head = list(self._aux[1].variables.values()) if self._aux else []
        self.variables = trunk + head
        self.decayed = [True] * len(trunk) + [False] * len(head)

    def optimizer(self, config: ChildConfig) -> Optimizer:
        """The optimizer of the variables, one by one, as a final child's."""
        return optimizer.of_child(self.variables, momentum=config.momentum)

    def initial_state(self, batch_size: int) -> None:
        """Nothing is carried from batch to batch."""
        return None

    def forward(
        self, inputs: tf.Tensor, *, step: tf.Tensor, state: tf.Tensor | None = None
    ) -> tuple[ChildOutput, tf.Tensor]:
        """Logits of a training batch; of an arc there are no tokens.

        Args:
          inputs: [B, H, W, channels] float32, standardised.
          step: [] int64; what is dropped depends on it.
          state: None.
        """
        pooled, aux = self._pooled(inputs)
        seed = seeds.at(self._seed, "dropout", step)
        pooled = image_ops.dropout(pooled, self._keep_prob, seed)
        logits = tf.matmul(pooled, self._own("classifier/kernel"))
        aux_logits = None
        if self._aux:
            head, own = self._aux
            aux_logits = head(aux, own)
        return ChildOutput(logits, aux_logits=aux_logits), tf.zeros([0], tf.int32)

    def answer(self, images: tf.Tensor) -> ChildOutput:
        """Logits; nothing is dropped."""
        pooled, _ = self._pooled(images)
        return ChildOutput(tf.matmul(pooled, self._own("classifier/kernel")))

    def arc_text(self, tokens: np.ndarray) -> str:
        """Nothing to tell: it is always the same arc."""
        return ""

    def _pooled(self, images: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor | None]:
        x = self._own.norm(image_ops.conv(images, self._own("stem/kernel")), "stem")
        x, aux = self._features(x, self._own)
        return image_ops.global_average(x), aux


def _by_name(parameters: Parameters) -> dict[str, np.ndarray]:
    found = parameters.unpack(tf.convert_to_tensor(parameters.vector))
    return {name: value.numpy() for name, value in found.items()}
