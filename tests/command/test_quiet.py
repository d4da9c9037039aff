"""What is held back from the terminal, and when it is shown after all."""

import os
import re
import subprocess
import sys

import pytest
from absl import logging

from enas_tf.command import quiet


def test_what_is_written_to_the_descriptor_inside_is_held_back(capfd):
    with quiet.standard_error():
        os.write(2, b"E0000 cuInit\n")
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "after\n"


def test_it_is_shown_where_that_fails(capfd):
    with pytest.raises(ImportError), quiet.standard_error():
        os.write(2, b"the library is missing\n")
        raise ImportError
    assert capfd.readouterr().err == "the library is missing\n"


def test_it_is_not_shown_to_a_user_who_stops_it(capfd):
    with pytest.raises(KeyboardInterrupt), quiet.standard_error():
        os.write(2, b"E0000 cuInit\n")
        raise KeyboardInterrupt
    assert capfd.readouterr().err == ""


def test_a_notice_has_no_more_than_the_time_before_it():
    before = logging.get_absl_handler().formatter
    quiet.plain_log()
    record = logging.get_absl_logger().makeRecord("", 30, "f.py", 1, "note", (), None)
    shown = logging.get_absl_handler().format(record)
    logging.get_absl_handler().setFormatter(before)
    assert re.fullmatch(r"\d\d:\d\d:\d\d note", shown)


def test_a_reader_that_goes_away_is_no_fault():
    script = "from enas_tf.command import quiet\nquiet.show('line\\n' * 100_000)"
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout.readline() == b"line\n"
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0
