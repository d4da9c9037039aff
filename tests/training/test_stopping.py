"""Stopping: what a first and a second signal do, also while TensorFlow computes."""

import os
import pathlib
import signal
import subprocess
import sys
import textwrap
import time

import pytest

from enas_tf.training import stopping

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]


def test_nothing_happens_at_a_good_moment_before_a_signal():
    stop = stopping.Stop()
    with stop.listening(pytest.fail):
        stop.check()


@pytest.mark.parametrize("number", stopping.NUMBERS)
def test_a_signal_is_heard_at_once_and_obeyed_at_a_good_moment(number):
    stop, said = stopping.Stop(), []
    stop.moment = "after this batch"
    with stop.listening(said.append):
        os.kill(os.getpid(), number)
        for _ in range(1000):
            if said:
                break
            time.sleep(0.005)
        assert said == ["Stopping after this batch."]
        with pytest.raises(stopping.Interrupted) as raised:
            stop.check()
    assert raised.value.number == number


def test_the_wakeup_of_before_comes_back():
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    before = signal.set_wakeup_fd(writer)
    try:
        with stopping.Stop().listening(pytest.fail):
            pass
    finally:
        assert signal.set_wakeup_fd(before) == writer
        os.close(reader)
        os.close(writer)


def test_a_second_signal_ends_a_call_that_does_not_return():
    """It waits outside Python, as a long call into TensorFlow does."""
    program = """
        import ctypes
        from enas_tf.training import stopping
        stop = stopping.Stop()
        stop.moment = "after the long call"
        with stop.listening(lambda text: print(text, flush=True)):
            print("ready", flush=True)
            lock, mutex = ctypes.CDLL(None).pthread_mutex_lock, bytes(64)
            lock(mutex)
            lock(mutex)  # it is held: this waits for ever
    """
    program = textwrap.dedent(program)
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "ready\n"
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    assert process.stdout.readline() == "Stopping after the long call.\n"
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=20)
    assert said == "Stopped at once; the last checkpoint is kept.\n"
    assert process.returncode == 130
