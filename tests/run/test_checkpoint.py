"""Checkpoints: everything comes back."""

import numpy as np
import pytest
import tensorflow as tf
import toys
from small_checkpoints import COUNTERS, build, names, numbers, save, warnings

from enas_tf.config.sections import ChildConfig, ConfigError
from enas_tf.run import checkpoint as checkpoint_lib
from enas_tf.run import finite
from enas_tf.training import child as child_lib
from enas_tf.training import networks


def test_it_begins_at_zero_and_finds_nothing(tmp_path):
    saved, variables = build(tmp_path / "none", 1.0, 2.0, 3.0)
    assert saved.restore() is False
    assert saved.position == dict(child_step=0, epoch=0)
    assert numbers(variables) == {1.0, 2.0, 3.0}


def test_every_variable_and_the_position_come_back(tmp_path):
    saved, variables = build(tmp_path, 1.0, 2.0, 3.0)
    saved.position.update(child_step=2**40, epoch=5)
    saved.save()
    again, others = build(tmp_path, 0.0, 0.0, 0.0)
    assert again.restore() is True
    assert again.position == dict(child_step=2**40, epoch=5)
    for one, other in zip(variables, others, strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_last_one_counts_and_two_are_kept(tmp_path):
    saved, variables = build(tmp_path, 0.0, 0.0, 0.0)
    for number in (1, 2, 3):
        save(saved, variables, number=number)
    assert len(list(tmp_path.glob("*.index"))) == 2
    again, others = build(tmp_path, 0.0, 0.0, 0.0)
    assert again.restore()
    assert numbers(others) == {3.0} and again.position["epoch"] == 3


def test_a_folder_that_was_moved_is_read_where_it_is(tmp_path):
    saved, variables = build(tmp_path / "old", 0.0, 0.0, 0.0)
    save(saved, variables, number=1)
    (tmp_path / "old").rename(tmp_path / "new")
    again, others = build(tmp_path / "new", 0.0, 0.0, 0.0)
    assert again.restore() and numbers(others) == {1.0}


def test_the_first_save_is_noted_once(tmp_path):
    noted = []
    groups = dict(child=[tf.Variable(0.0)])
    saved = checkpoint_lib.Checkpoint(
        tmp_path, groups=groups, counters=COUNTERS, note=lambda: noted.append(1)
    )
    saved.save()
    saved.save()
    assert noted == [1]


def with_nan(folder):
    """A checkpoint that is good, and then has a weight that is not a number."""
    weight, loose = tf.Variable([1.0, 2.0]), tf.Variable(float("nan"))
    saved = checkpoint_lib.Checkpoint(
        folder,
        groups=dict(child=[weight], controller_trainer=[loose]),
        counters=COUNTERS,
        free=[loose],
    )
    saved.position.update(child_step=7, epoch=1)
    saved.save()
    weight.assign([1.0, float("inf")])
    return saved, weight


def test_weights_that_are_not_finite_are_never_saved(tmp_path):
    saved, weight = with_nan(tmp_path)
    before = names(tmp_path)
    with pytest.raises(finite.NotFinite) as refusal:
        saved.save()
    assert str(refusal.value).startswith(
        "A weight of the network is not a number after child_step 7, epoch 1. Try a "
        "lower --child_lr_max"
    )
    assert names(tmp_path) == before


def test_a_controllers_weights_have_a_remedy_of_their_own():
    with pytest.raises(finite.NotFinite, match="of the controller .*--controller_lr"):
        finite.check([("controller_0", np.float32([np.nan]))], dict(child_step=1))
    finite.check([("optimizer_0", np.int64([3]))], dict(child_step=1))


def test_saved_weights_that_are_not_finite_give_way_to_those_before(tmp_path, caplog):
    """As an earlier version may have saved them."""
    weight, loose = tf.Variable([1.0, 2.0]), tf.Variable(float("nan"))
    args = dict(groups=dict(child=[weight], controller=[loose]), counters=COUNTERS)
    blind = checkpoint_lib.Checkpoint(tmp_path, free=[weight, loose], **args)
    blind.save()
    weight.assign([np.nan, 2.0])
    blind.save()
    again = checkpoint_lib.Checkpoint(tmp_path, free=[loose], **args)
    assert again.restore()
    np.testing.assert_array_equal(weight, [1.0, 2.0])
    (line,) = warnings(caplog)
    assert line.endswith("ckpt-2 is passed over: child_0 is not finite.")
    with pytest.raises(ValueError, match="not finite"):
        checkpoint_lib.copy(tmp_path, dict(child=[weight]))


def with_means(folder, weight, *means):
    return checkpoint_lib.Checkpoint(
        folder,
        groups=dict(child=[weight]),
        counters=COUNTERS,
        optional=dict(means=list(means)) if means else None,
    )


def test_means_come_back_and_a_checkpoint_without_them_leaves_them_at_zero(tmp_path):
    weight, mean, steps = tf.Variable(1.0), tf.Variable(5.0), tf.Variable(3)
    with_means(tmp_path / "new", weight, mean, steps).save()
    with_means(tmp_path / "old", weight).save()
    for name, expected in dict(new=(5.0, 3), old=(0.0, 0)).items():
        mean.assign(9.0)
        assert with_means(tmp_path / name, weight, mean, steps).restore()
        assert (float(mean), int(steps)) == expected


def test_a_part_of_the_means_is_an_error(tmp_path):
    weight, mean = tf.Variable(1.0), tf.Variable(5.0)
    with_means(tmp_path, weight, mean).save()
    with pytest.raises(ConfigError, match="other sizes"):
        with_means(tmp_path, weight, mean, tf.Variable(1)).restore()


def test_a_checkpoint_of_an_earlier_version_has_a_counter_of_tensorflows(tmp_path):
    weight = tf.Variable(1.0)
    counters = {name: tf.Variable(7, dtype=tf.int64) for name in COUNTERS}
    old = tf.train.Checkpoint(child_0=weight, **counters)
    tf.train.CheckpointManager(old, str(tmp_path), max_to_keep=2).save()
    weight.assign(0.0)
    ours = with_means(tmp_path, weight, tf.Variable(0.0))
    assert ours.restore()
    assert float(weight) == 1.0 and ours.position["child_step"] == 7


def test_what_is_copied_goes_by_the_same_names(tmp_path):
    saved, variables = build(tmp_path, 0.0, 0.0, 0.0)
    for number in (1, 2):
        save(saved, variables, number=number)
    mine = dict(child=[tf.Variable(0.0), tf.Variable(tf.zeros([3]))])
    checkpoint_lib.copy(tmp_path, mine)
    assert numbers(mine["child"]) == {2.0}
    with pytest.raises(ValueError, match="2 variables, not 1"):
        checkpoint_lib.copy(tmp_path, dict(child=[tf.Variable(0.0)]))
    with pytest.raises(ValueError, match="child_1 is of another size"):
        checkpoint_lib.copy(tmp_path, dict(child=[tf.Variable(0.0)] * 2))
    with pytest.raises(ValueError, match="no checkpoint"):
        checkpoint_lib.copy(tmp_path / "missing", mine)


def test_other_sizes_are_refused(tmp_path):
    saved, variables = build(tmp_path, 0.0, 0.0, 0.0)
    save(saved, variables, number=1)
    groups = dict(
        child=[tf.Variable(0.0), tf.Variable(tf.zeros([4]))],
        controller=[tf.Variable([[0.0]])],
    )
    other = checkpoint_lib.Checkpoint(tmp_path, groups=groups, counters=COUNTERS)
    with pytest.raises(ConfigError, match="other sizes"):
        other.restore()


def test_a_variable_too_few_or_too_many_is_noticed(tmp_path):
    saved, variables = build(tmp_path, 0.0, 0.0, 0.0)
    save(saved, variables, number=1)
    fewer = dict(child=[tf.Variable(0.0)], controller=[tf.Variable([[0.0]])])
    more = dict(
        child=[tf.Variable(0.0), tf.Variable(tf.zeros([3])), tf.Variable(0.0)],
        controller=[tf.Variable([[0.0]])],
    )
    for groups in (fewer, more):
        other = checkpoint_lib.Checkpoint(tmp_path, groups=groups, counters=COUNTERS)
        with pytest.raises(ConfigError):
            other.restore()


def trained(steps):
    """A shared child, its trainer after `steps` steps, and all their variables."""
    child, controller = toys.child(), toys.controller()
    network = networks.SampledChild(child, controller, toys.SPACE, seed=0)
    task = toys.task()
    lessons = task.lessons(batch_size=8, num_epochs=1, seed=0)
    trainer = child_lib.ChildTrainer(network, task, ChildConfig(), lessons=lessons)
    if steps:
        trainer.run(toys.int64(0), toys.int64(steps), tf.constant(0.05))
    groups = dict(
        child=network.variables,
        momentum=trainer.variables,
        controller=[v.value for v in controller.variables],
    )
    return groups, child


def test_the_weights_and_the_momentum_of_a_child_come_back(tmp_path):
    groups, child = trained(3)
    checkpoint_lib.Checkpoint(tmp_path, groups=groups, counters=COUNTERS).save()
    others, fresh = trained(0)
    other = checkpoint_lib.Checkpoint(tmp_path, groups=others, counters=COUNTERS)
    assert not np.array_equal(fresh.parameters.vector, child.parameters.vector)
    assert other.restore()
    for name, variables in groups.items():
        for one, two in zip(variables, others[name], strict=True):
            np.testing.assert_array_equal(one, two)
    # What the child computes with is what was restored.
    np.testing.assert_array_equal(
        fresh.parameters.views()["stem/kernel"], child.parameters.views()["stem/kernel"]
    )
