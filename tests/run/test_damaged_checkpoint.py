"""Checkpoints that are damaged, half written or gone: what is read in their place."""

import pytest
import tensorflow as tf
from small_checkpoints import (
    COUNTERS,
    DATA,
    INDEX,
    build,
    names,
    numbers,
    save,
    truncated,
    warnings,
)

from enas_tf.config.sections import ConfigError
from enas_tf.run import checkpoint as checkpoint_lib


def flipped(path):
    content = bytearray(path.read_bytes())
    content[0] ^= 0x55
    path.write_bytes(content)


def emptied(path):
    path.write_bytes(b"")


suffixes = pytest.mark.parametrize("suffix", [DATA, INDEX])

hows = pytest.mark.parametrize("damage", [truncated, flipped, emptied])


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


def garbage(path):
    path.write_text("no list of checkpoints")


def bit_flipped(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def made_a_folder(path):
    path.unlink(missing_ok=True)
    path.mkdir()


def deleted(path):
    path.unlink()


DAMAGES = [deleted, emptied, truncated, flipped, bit_flipped, garbage, made_a_folder]


@pytest.mark.parametrize("damage", DAMAGES)
def test_tensorflows_list_has_no_say(tmp_path, damage):
    """Folders of earlier versions have one; no bit of it may turn a run back."""
    saved, variables = build(tmp_path, 0.0, 0.0, 0.0)
    for number in (1, 2):
        save(saved, variables, number=number)
    (tmp_path / "checkpoint").write_text('model_checkpoint_path: "ckpt-1"')
    damage(tmp_path / "checkpoint")
    again, others = build(tmp_path, 0.0, 0.0, 0.0)
    assert again.restore() and numbers(others) == {2.0}


def test_the_list_of_an_earlier_version_goes_with_the_first_save(tmp_path):
    saved, variables = build(tmp_path, 0.0, 0.0, 0.0)
    (tmp_path / "checkpoint").write_text('model_checkpoint_path: "ckpt-9"')
    save(saved, variables, number=1)
    assert not (tmp_path / "checkpoint").exists()


@suffixes
@pytest.mark.parametrize("damage", DAMAGES)
def test_every_damage_of_the_last_one_is_told_in_one_line(
    tmp_path, suffix, damage, caplog
):
    saved, variables = build(tmp_path, 0.0, 0.0, 0.0)
    for number in (1, 2):
        save(saved, variables, number=number)
    damage(tmp_path / f"ckpt-2{suffix}")
    again, others = build(tmp_path, 0.0, 0.0, 0.0)
    assert again.restore() and numbers(others) == {1.0}
    assert again.position == dict(child_step=10, epoch=1)
    (line,) = warnings(caplog)
    assert f"{tmp_path}/ckpt-2 is passed over: " in line and "\n" not in line


@suffixes
@pytest.mark.parametrize("damage", DAMAGES)
def test_every_damage_of_the_only_one_is_refused(tmp_path, suffix, damage):
    saved, variables = build(tmp_path, 0.0, 0.0, 0.0)
    save(saved, variables, number=1)
    damage(tmp_path / f"ckpt-1{suffix}")
    groups = dict(child=[tf.Variable(0.0)])
    again = checkpoint_lib.Checkpoint(
        tmp_path, groups=groups, counters=COUNTERS, begun=True
    )
    with pytest.raises(ConfigError, match="--reset_output_dir") as refusal:
        again.restore()
    assert "\n" not in str(refusal.value)


def test_checkpoints_that_are_gone_are_refused_and_not_begun_anew(tmp_path):
    gone = tmp_path / "search"
    groups = dict(child=[tf.Variable(0.0)])
    again = checkpoint_lib.Checkpoint(
        gone, groups=groups, counters=COUNTERS, begun=True
    )
    with pytest.raises(ConfigError, match="no checkpoint in .*search, where this sear"):
        again.restore()


def test_a_first_save_that_was_killed_is_no_checkpoint(tmp_path):
    (tmp_path / f"ckpt-1{DATA}").write_bytes(b"half of it")
    (tmp_path / "ckpt-1_temp").mkdir()
    saved, variables = build(tmp_path, 0.0, 0.0, 0.0)
    assert saved.restore() is False
    save(saved, variables, number=4)
    again, others = build(tmp_path, 0.0, 0.0, 0.0)
    assert again.restore() and numbers(others) == {4.0}


def test_leftovers_go_when_two_good_ones_are_there_and_not_before(tmp_path):
    saved, variables = build(tmp_path, 0.0, 0.0, 0.0)
    for number in (1, 2):
        save(saved, variables, number=number)
    truncated(tmp_path / f"ckpt-2{DATA}")
    (tmp_path / "ckpt-3_temp").mkdir()
    again, others = build(tmp_path, 0.0, 0.0, 0.0)
    again.restore()
    before = names(tmp_path)
    other, _ = build(tmp_path, 0.0, 0.0, 0.0)  # it has read nothing, and knows of none
    save(other, others, number=6)
    assert set(before) < set(names(tmp_path))
    save(again, others, number=7)
    assert names(tmp_path) == [
        f"ckpt-1{DATA}",
        "ckpt-1.index",
        f"ckpt-5{DATA}",
        "ckpt-5.index",
    ]


def test_none_that_can_be_read_is_the_users_matter(tmp_path):
    saved, variables = build(tmp_path, 0.0, 0.0, 0.0)
    for number in (1, 2):
        save(saved, variables, number=number)
        truncated(tmp_path / f"ckpt-{number}{DATA}")
    with pytest.raises(ConfigError, match="--reset_output_dir") as refusal:
        build(tmp_path, 0.0, 0.0, 0.0)[0].restore()
    assert "\n" not in str(refusal.value) and str(tmp_path) in str(refusal.value)
