"""The useful operations of an rnn step."""

from enas_tf.benchmark.roofline import counts
from enas_tf.benchmark.roofline.counts import Sizes
from enas_tf.spaces.rnn import RnnArc


def step(arc: RnnArc, sizes: Sizes) -> int:
    """Forward and backward of a piece: all nodes' products, and the vocabulary's."""
    size = int(sizes["hidden_size"])
    products = len(arc.ops) + 2  # node 0 has one for the word and one for the state
    word = products * counts.dense(size, 2 * size)
    word += counts.dense(size, int(sizes["vocabulary"]))
    batch = int(sizes["batch_size"])
    found = counts.PASSES * batch * int(sizes["bptt_steps"]) * word
    # The state before the first word was another step's, and has no gradient.
    return found - batch * counts.dense(size, 2 * size)
