"""SGD whose weights are averaged once validation is past its best."""

import numpy as np
import tensorflow as tf

from enas_tf.training import averaging


def build(nonmono=2, start=(0.0,)):
    variable = tf.Variable(list(start))
    return variable, averaging.AveragedSgd([variable], nonmono=nonmono)


def noted(losses, **kind):
    """Which of the epochs begins the averaging."""
    _, ours = build(**kind)
    return [ours.note(epoch, loss) for epoch, loss in enumerate(losses)]


def step(ours, gradient):
    ours.apply([tf.constant([gradient])], tf.constant(1.0))


def test_it_is_plain_sgd():
    variable, ours = build()
    step(ours, -2.0)
    step(ours, -3.0)
    np.testing.assert_array_equal(variable, [5.0])
    assert ours.num_averaged == 0


def test_averaging_begins_above_the_best_of_all_but_the_last_losses():
    # At epoch 4 the losses looked at are those of epochs 0 and 1.
    assert noted([5, 4, 3, 3.5, 4.5]) == [False] * 4 + [True]
    assert noted([5, 4, 3, 3.5, 3.9]) == [False] * 5
    assert noted([1, 2, 3]) == [False, False, False]
    assert noted([1, 2, 3, 4]) == [False, False, False, True]


def test_it_begins_once_and_never_where_it_is_switched_off():
    assert noted([1, 2, 3, 4, 5]).count(True) == 1
    assert not any(noted([1, 2, 3, 4, 5], nonmono=0))


def test_the_mean_is_of_the_weights_after_the_beginning():
    variable, ours = build()
    step(ours, -100.0)
    for epoch, loss in enumerate([1, 2, 3, 4]):
        ours.note(epoch, loss)
    for gradient in (-2.0, -3.0, -7.0):  # 102, 105, 112
        step(ours, gradient)
    assert ours.num_averaged == 3
    with ours.averaged():
        np.testing.assert_allclose(variable, [(102 + 105 + 112) / 3], rtol=1e-6)
    np.testing.assert_array_equal(variable, [112.0])


def test_without_a_mean_the_weights_stay():
    variable, ours = build(start=(3.0,))
    with ours.averaged():
        np.testing.assert_array_equal(variable, [3.0])


def test_all_that_decides_is_in_the_checkpoint():
    """A twin that is given the variables goes on alike."""
    (_, ours), (_, twin) = build(), build()
    for epoch, loss in enumerate([1, 2, 3]):
        ours.note(epoch, loss)
    for mine, theirs in zip(twin.variables, ours.variables, strict=True):
        mine.assign(theirs)
    assert twin.note(3, 4.0)


def test_a_checkpoint_of_version_0_1_0_goes_on(tmp_path):
    """It had a place for the loss of every epoch, zero before it was known."""
    old = tf.train.Checkpoint(losses=tf.Variable([1.0, 2.0, 3.0, 0.0, 0.0, 0.0]))
    path = old.save(str(tmp_path / "old"))
    _, ours = build()
    losses = ours.variables[-1]
    tf.train.Checkpoint(losses=losses).restore(path).assert_consumed()
    assert ours.note(3, 4.0)
    np.testing.assert_array_equal(losses, [1.0, 2.0, 3.0, 4.0])


def test_forgotten_are_losses_and_mean_alike():
    variable, ours = build()
    for epoch, loss in enumerate([1, 2, 3, 4]):
        ours.note(epoch, loss)
    step(ours, -2.0)
    ours.forget()
    _, new = build()
    for mine, theirs in zip(ours.variables, new.variables, strict=True):
        np.testing.assert_array_equal(mine, theirs)
    np.testing.assert_array_equal(variable, [2.0])
