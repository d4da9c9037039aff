"""Checkpoints: everything comes back, also when the last one is damaged."""

import numpy as np
import pytest
import tensorflow as tf
import toys

from enas_tf.config import ChildConfig, ConfigError
from enas_tf.training import checkpoint as checkpoint_lib
from enas_tf.training import child as child_lib
from enas_tf.training import networks

COUNTERS = ("child_step", "epoch")


def build(folder, *values):
    """A checkpoint of two groups, whose variables begin at `values`."""
    groups = dict(
        child=[tf.Variable(values[0]), tf.Variable([values[1]] * 3)],
        controller=[tf.Variable([[values[2]]])],
    )
    saved = checkpoint_lib.Checkpoint(folder, groups=groups, counters=COUNTERS)
    return saved, [variable for group in groups.values() for variable in group]


def save(saved, variables, *, number):
    """Save with every variable at `number`."""
    for variable in variables:
        variable.assign(tf.fill(variable.shape, float(number)))
    saved.position.update(child_step=10 * number, epoch=number)
    saved.save()


DATA, INDEX = ".data-00000-of-00001", ".index"


def truncated(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flipped(path):
    content = bytearray(path.read_bytes())
    content[0] ^= 0x55
    path.write_bytes(content)


def emptied(path):
    path.write_bytes(b"")


suffixes = pytest.mark.parametrize("suffix", [DATA, INDEX])
hows = pytest.mark.parametrize("damage", [truncated, flipped, emptied])


def numbers(variables):
    return {float(value) for v in variables for value in np.ravel(v)}


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


@suffixes
@hows
def test_a_damaged_last_one_gives_way_to_the_one_before(tmp_path, suffix, damage):
    saved, variables = build(tmp_path, 0.0, 0.0, 0.0)
    for number in (1, 2):
        save(saved, variables, number=number)
    damage(tmp_path / f"ckpt-2{suffix}")
    again, others = build(tmp_path, 0.0, 0.0, 0.0)
    assert again.restore()
    assert numbers(others) == {1.0}
    assert again.position == dict(child_step=10, epoch=1)


def test_after_a_damaged_one_saving_goes_on(tmp_path):
    saved, variables = build(tmp_path, 0.0, 0.0, 0.0)
    for number in (1, 2):
        save(saved, variables, number=number)
    truncated(tmp_path / f"ckpt-2{DATA}")
    again, others = build(tmp_path, 0.0, 0.0, 0.0)
    again.restore()
    save(again, others, number=5)
    third, found = build(tmp_path, 0.0, 0.0, 0.0)
    assert third.restore() and numbers(found) == {5.0}


def test_a_folder_that_was_moved_is_read_where_it_is(tmp_path):
    saved, variables = build(tmp_path / "old", 0.0, 0.0, 0.0)
    save(saved, variables, number=1)
    (tmp_path / "old").rename(tmp_path / "new")
    again, others = build(tmp_path / "new", 0.0, 0.0, 0.0)
    assert again.restore() and numbers(others) == {1.0}


def test_none_that_can_be_read_is_the_users_matter(tmp_path):
    saved, variables = build(tmp_path, 0.0, 0.0, 0.0)
    for number in (1, 2):
        save(saved, variables, number=number)
        truncated(tmp_path / f"ckpt-{number}{DATA}")
    with pytest.raises(ConfigError, match="--reset_output_dir") as refusal:
        build(tmp_path, 0.0, 0.0, 0.0)[0].restore()
    assert "\n" not in str(refusal.value) and str(tmp_path) in str(refusal.value)


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
