"""Sums of many tensors in an order that does not hang on threads.

The problem: two runs of one graph, from one state, must give the same bits. But
TensorFlow's memory optimiser rewrites sums of large graphs so that their terms are
added as they come, and `tf.config.experimental.enable_op_determinism` does not reach
it.

The idea: that optimiser is switched off for the whole process, before the first trace.
A sum then stays one operation, which adds its terms in their order. The rest of
TensorFlow's optimisers stays on.

Not where nobody asks for equal bits: without `--deterministic` it is left alone, since
it exists to save memory.
"""

import tensorflow as tf
from tensorflow.python.eager import context


def keep_whole() -> None:
    """Switch the memory optimiser off for all graphs that are traced from now on.

    Where it believes a graph to need more than four fifths of 256 MiB, it makes a
    variable of a sum of three tensors or more, to which each term is added as soon as
    it is there: with other threads in another order, and so with other rounding
    (docs/experiments.md, "The same bits").
    """
    # No public switch: `tf.config.optimizer` does not list this optimiser.
    config = context.context()._config or tf.compat.v1.ConfigProto()
    rewriting = config.graph_options.rewrite_options
    rewriting.memory_optimization = rewriting.NO_MEM_OPT
    context.context()._config = config
    # TensorFlow has the old settings at hand for its next calls; this makes it forget.
    tf.config.optimizer.set_experimental_options({})
