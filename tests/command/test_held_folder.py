"""Temporary folders: those of processes that are gone are removed, and no others."""

import sys

import pytest

from enas_tf.command import held_folder


@pytest.mark.skipif(sys.platform == "win32", reason="has no such locks")
def test_the_folder_of_a_killed_process_is_removed_by_the_next(tmp_path):
    dead, unlocked, other = (tmp_path / name for name in ("a_dead", "a_own", "b_dead"))
    for place in (dead, unlocked, other):
        (place / "session").mkdir(parents=True)
    for place in (dead, other):
        (place / "lock").touch()
    with held_folder.temporary("a_", str(tmp_path)) as first:
        assert not dead.exists()
        with held_folder.temporary("a_", str(tmp_path)) as second:
            there = {str(path) for path in tmp_path.iterdir()}
            assert there == {first, second, str(unlocked), str(other)}
    assert set(tmp_path.iterdir()) == {unlocked, other}


def test_it_is_removed_when_an_error_ends_it(tmp_path):
    with (
        pytest.raises(KeyboardInterrupt),
        held_folder.temporary("a_", str(tmp_path)),
    ):
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []
