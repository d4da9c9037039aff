"""For tests of the trainers: a network that is a function, and its task."""

import tensorflow as tf

from enas_tf.children.output import ChildOutput
from enas_tf.run import measures
from enas_tf.tasks.classification import Batch
from enas_tf.training import optimizer


class IndexTask:
    """A batch is the numbers of its examples; the loss is what the network says."""

    measure = measures.ACCURACY

    def __init__(self, size):
        self._size = size

    def size(self, split):
        assert split == "train"
        return self._size

    def batch(self, split, indices, *, augment_seed):
        return Batch(indices, indices)

    def loss(self, output, batch):
        return output.logits

    def measured(self, output, batch):
        return tf.ones_like(batch.labels, tf.float32)


class Function:
    """A network of one variable whose loss is a function of it, inputs and step."""

    num_tokens = 1

    def __init__(self, start, loss):
        self.variables = [tf.Variable(start)]
        self.decayed = [True]
        self._loss = loss

    def optimizer(self, config):
        return optimizer.of_child(self.variables, momentum=config.momentum)

    def initial_state(self, batch_size):
        return None

    def forward(self, inputs, *, step, state=None):
        value = self._loss(self.variables[0], inputs, step)
        return ChildOutput(value), tf.cast(step, tf.int32)[None]
