"""What a stage gets of a space: here, what counts the final children of arcs."""

import chain_space
import numpy as np

from enas_tf.config import register, sections
from enas_tf.data.images.image_data import ImageData, Split
from enas_tf.data.text.text_data import TextData
from enas_tf.stages import assembly

NONE = Split(np.zeros((1, 8, 8, 3), np.uint8), np.zeros(1, np.int32))
IMAGES = ImageData("none", NONE, NONE, NONE, class_names=("a", "b"))
TEXT = TextData("none", *[np.zeros(1, np.int32)] * 3, vocabulary=("a", "b", "c"))


def costs(name, data, tokens, **flags):
    config = sections.replace(sections.Config(), dict(search_for=name, **flags))
    found = assembly.SPACES[name].costs(config, data)
    return found and [one.tolist() for one in found(np.asarray(tokens))]


def test_final_children_have_the_sizes_of_the_config_and_of_the_data():
    flags = dict(child_num_layers=1, child_out_filters=4)
    # Maximum pools behind the stem, 3 x 3 x 3 x 4, and a 1x1 convolution, 4 x 4.
    weights = 108 + 16
    assert costs("macro", IMAGES, [[5], [4]], **flags) == [
        [weights + 2 * 2 * 4 + 4 * 2] * 2,
        [2 * 64 * weights + 2 * 4 * 2] * 2,
    ]


def test_language_models_have_the_sizes_of_the_config_and_of_the_vocabulary():
    flags = dict(child_num_layers=2, child_num_branches=4, child_hidden_size=10)
    # Of node 0 two matrices of 10 x 20, of the nodes behind it one each; 3 embeddings.
    parameters = 4 * 200 + 30
    assert costs("rnn", TEXT, [[0, 1, 1, 3]], **flags) == [
        [parameters],
        [2 * parameters],
    ]


def test_a_space_may_not_say_what_its_arcs_cost():
    with register.registered(chain_space.other()):
        assert costs("other", IMAGES, [[0]], child_num_branches=2) is None
