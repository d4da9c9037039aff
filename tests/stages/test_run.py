"""What surrounds the stages of every command."""

import os
import types

from enas_tf.config import presets
from enas_tf.machine import tensorflow_state
from enas_tf.stages import run


def test_what_tensorflow_writes_while_it_starts_is_held_back(capfd, monkeypatch):
    def start(wanted):
        assert wanted == "wanted"
        os.write(2, b"E0000 failed call to cuInit\n")

    monkeypatch.setattr(tensorflow_state, "start", start)
    config = presets.resolve("macro", "search", "paper", {"deterministic": False})
    run.set_conditions(
        types.SimpleNamespace(machine="wanted", configs={"search": config})
    )
    assert capfd.readouterr().err == ""
