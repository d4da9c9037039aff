"""A run that goes on under a preset that a later version has changed."""

import logging

import pytest

from enas_tf.command import as_begun
from enas_tf.config import presets
from enas_tf.config import sections as config

COMMAND = [
    "python",
    "bin/main.py",
    "--preset=demo",
    "--controller_lr=0.5",
    "--noprogress",
]
RECORDED = dict(controller_lr=0.5, controller_skip_weight=3.0, batch_size=32, threads=2)


class Folder:
    """A run folder, as far as it is asked."""

    def __init__(self, command=COMMAND):
        self._command = command

    def run(self):
        return dict(command=self._command)

    def settings(self, stage, *, needed):
        del stage, needed
        return RECORDED


def kept(given=(), **folder):
    now = presets.resolve("macro", "search", "demo", dict(given))
    return as_begun.kept(now, "search", "demo", dict(given), Folder(**folder))


def test_what_the_preset_decided_then_is_kept_and_told(caplog):
    caplog.set_level(logging.INFO, logger="absl")
    found = kept()
    assert found["controller_skip_weight"] == 3.0
    assert "--controller_skip_weight=3.0" in caplog.text
    assert "--batch_size" not in caplog.text  # it is the same now


def test_a_setting_that_is_newer_than_the_run_is_at_its_default():
    assert kept()["controller_reward_batch"] == "own"


def test_what_was_written_then_must_be_written_again():
    assert "controller_lr" not in kept()


def test_what_is_written_now_counts():
    assert kept(dict(controller_skip_weight=1.0))["controller_skip_weight"] == 1.0


def test_the_settings_of_the_process_are_not_of_the_preset():
    assert "threads" not in kept()


@pytest.mark.parametrize(
    "command", [["python", "bin/main.py"], ["bin/main.py", "--preset=cpu"], None]
)
def test_another_preset_takes_nothing_over(command):
    assert kept(command=command) == {}


def test_a_flag_is_known_also_by_its_no():
    assert as_begun._flag("--nocontroller_training") == "controller_training"
    assert as_begun._flag("--noprogress") == "progress"
    assert {as_begun._flag(f"--{item.flag}=1") for item in config.settings()} == {
        item.flag for item in config.settings()
    }
