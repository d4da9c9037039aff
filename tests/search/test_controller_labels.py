"""What the places of a controller's weights are of."""

import numpy as np

from enas_tf.config.sections import ControllerConfig
from enas_tf.nn import takeover
from enas_tf.search import controller_labels
from enas_tf.search.controller import Controller
from enas_tf.spaces import macro, micro

CONFIG = ControllerConfig(lstm_size=4, decision_bias=10.0)


def labelled(space, fill):
    """A controller's weights, each of its numbers `fill`, but for biases 0, 1, ..."""
    found = Controller(space.tape(), CONFIG, seed=0).trainable_variables
    values = {v.name: np.full(v.shape, fill, np.float32) for v in found}
    count = values["decision_bias"].size
    values["decision_bias"] = np.arange(count, dtype=np.float32) + fill
    return controller_labels.labelled(values, [*space.tape()], space.ops)


def named(layers, *ops):
    return macro.MacroSpace(layers).with_ops(ops)


def test_an_op_that_is_new_keeps_its_first_embedding_and_logits():
    made = takeover.take(
        labelled(named(2, "conv3x3", "conv5x5"), 1),
        labelled(named(2, "maxpool3x3", "conv5x5", "conv3x3"), -9),
    )
    np.testing.assert_array_equal(made.values["op_embedding"][:, 0], [-9, 1, 1])
    np.testing.assert_array_equal(made.values["op_softmax"][0], [-9, 1, 1])
    assert (made.values["lstm"] == 1).all() and (made.values["skip_w1"] == 1).all()


def test_biases_go_by_decision_and_op_when_there_are_more_of_both():
    made = takeover.take(
        labelled(named(2, "conv3x3", "conv5x5"), 1),
        labelled(named(3, "conv5x5", "conv3x3", "maxpool3x3"), -99),
    )
    # Earlier: op 1 2, op 3 4, skip 5. Now: op, op, skip, op, two skips.
    np.testing.assert_array_equal(
        made.values["decision_bias"],
        [2, 1, -97, 4, 3, -94, 5, -92, -91, -90, -89, -88],
    )


def test_the_decisions_of_a_second_cell_are_not_those_of_the_first():
    made = takeover.take(
        labelled(micro.MicroSpace(1, num_ops=2), 0),
        labelled(micro.MicroSpace(2, num_ops=2), -999),
    )
    biases = made.values["decision_bias"]
    # A block: two nodes and two ops, each of two choices; then one of three nodes.
    first, second = np.split(biases, 2)
    np.testing.assert_array_equal(first[:8], range(8))
    np.testing.assert_array_equal(second[:8], range(8, 16))
    assert (first[8:] < 0).all() and (second[8:] < 0).all()


def test_a_choice_that_is_not_among_the_ops_goes_by_its_number():
    found = labelled(named(2, "conv3x3", "conv5x5"), 0)
    assert found["decision_bias"].labels[-1] == "decision 0.2, skip 0"
    assert found["decision_bias"].labels[0] == "decision 0.0, op conv3x3"
    assert found["start"].labels == ()
