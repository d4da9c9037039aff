"""Sums of many tensors, which TensorFlow must not take apart."""

import tensorflow as tf
from tensorflow.python.eager import context


def keep_whole() -> None:
    """Let no graph that is traced from now on add up in the order of the threads.

    Where TensorFlow believes a graph to need more than four fifths of 256 MiB, its
    memory optimiser gives a sum of more than two tensors up for a variable to which
    each is added as soon as it is there: other threads, other rounding, whatever
    `tf.config.experimental.enable_op_determinism` says. It has no public switch.
    """
    config = tf.compat.v1.ConfigProto()
    rewriting = config.graph_options.rewrite_options
    rewriting.memory_optimization = rewriting.NO_MEM_OPT
    context.context()._config = config
    tf.config.optimizer.set_experimental_options({})  # what was kept is made anew
