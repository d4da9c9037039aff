"""What the final rnn children of arcs cost: all the same."""

import numpy as np

from enas_tf.children import word_scores
from enas_tf.config.rnn import RnnChildConfig
from enas_tf.spaces.costs import Costs, CostsOf
from enas_tf.spaces.rnn import RnnSpace


def costs(space: RnnSpace, config: RnnChildConfig, *, vocab_size: int) -> CostsOf:
    """Tokens [N, T] of `space` -> the costs of the arcs' final children.

    FLOPs are those of one word: 2 for each multiply-add of a matrix with the word, with
    what a node reads and, in the softmax, with the state. Left out is what costs
    little: looking up the word, functions and gates of the nodes, their average.

    Args:
      space: of the arcs.
      config: units H.
      vocab_size: how many words there are, V.
    """
    size = config.hidden_size
    # Node 0 has a matrix for the word and one for the state, each other node has one.
    cell = (space.num_nodes + 2) * size * 2 * size
    # Of an embedding V H, which is the softmax's matrix, too. A tree of words gives the
    # same products: of its head, its clusters and the words in these.
    words = word_scores.lexicon(config, vocab_size).weights(config.init_range)
    parameters = cell + sum(one.size for one in words)
    # On its way in a word meets the projections of all clusters.
    into = sum(one.size for one in words if one.name.startswith("project_"))

    def of_tokens(tokens: np.ndarray) -> Costs:
        alike = np.full(len(tokens), parameters, np.int64)
        return Costs(alike, 2 * (alike + into))

    return of_tokens
