"""Whether a folder is in use, without touching its lock."""

import filelock
import pytest

from enas_tf.run import locks


@pytest.mark.skipif(not locks._LOCKS.exists(), reason="no /proc/locks: not Linux")
def test_a_lock_is_seen_while_it_is_held_and_not_after(tmp_path):
    path = tmp_path / ".lock"
    lock = filelock.FileLock(path)
    with lock:
        assert locks.is_held(path)
    assert not locks.is_held(path)


def test_a_lock_that_is_not_there_is_not_held(tmp_path):
    assert not locks.is_held(tmp_path / ".lock")
