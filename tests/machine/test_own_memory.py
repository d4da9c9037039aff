"""The memory of this process, and its peak."""

import sys

import numpy as np
import pytest

from enas_tf.machine import own_memory

SIZE = 200 * 10**6


def test_what_is_taken_and_given_back_is_in_the_peak_alone():
    own_memory.forget_peak()
    before = own_memory.resident()
    taken = np.ones(SIZE, np.uint8)
    assert own_memory.resident() > before + SIZE // 2
    del taken
    assert own_memory.peak() > before + SIZE // 2


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux forgets peaks")
def test_a_forgotten_peak_is_of_now():
    taken = np.ones(SIZE, np.uint8)
    high = own_memory.peak()
    del taken
    own_memory.forget_peak()
    assert own_memory.peak() < high - SIZE // 2


def test_where_the_system_says_no_more_the_peak_is_that_of_its_usage(
    monkeypatch, tmp_path
):
    monkeypatch.setattr(own_memory, "STATUS", tmp_path / "none")
    monkeypatch.setattr(own_memory, "CLEAR", tmp_path / "none" / "clear_refs")
    own_memory.forget_peak()
    assert own_memory.peak() == own_memory.resident() > 10**7
