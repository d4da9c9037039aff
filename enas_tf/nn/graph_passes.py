"""How often TensorFlow's optimisers go over a graph before its first call.

The problem: a search waits for its first step, and a good part of that wait is
TensorFlow's optimisers. They go over the whole graph twice, though the second time
finds little, and one of them looks for a layout that only a GPU has a use for.

The idea: they go over it once, and that one is left out. What is computed is the same,
to the bit: what the second time merges are equal operations.

Not on a GPU; nor where neighbouring operations are fused (machine/record.py), which the
second time does as well, and which changes bits.
"""

import tensorflow as tf
from tensorflow.python.eager import context


def go_once() -> None:
    """So it is for all graphs that are traced from now on, in this process."""
    options = tf.config.optimizer.get_experimental_options()
    # No public switch: `tf.config.optimizer` does not list this one.
    config = context.context()._config or tf.compat.v1.ConfigProto()
    rewriting = config.graph_options.rewrite_options
    rewriting.meta_optimizer_iterations = rewriting.ONE
    context.context()._config = config
    # This also makes TensorFlow forget the old settings that it has at hand.
    tf.config.optimizer.set_experimental_options(options | {"layout_optimizer": False})
