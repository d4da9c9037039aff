"""What tests of several files are given by name."""

import fake_jobs
import pytest

from enas_tf.campaign import executor, working


@pytest.fixture
def fakes(tmp_path, monkeypatch):
    """Runs are stubs, and there are no pauses."""
    found = fake_jobs.Fakes(tmp_path, fake_jobs.small())
    monkeypatch.setattr(working, "command_of", lambda asked: found.command)
    monkeypatch.setattr(executor, "_PAUSE", 0.005)
    return found
