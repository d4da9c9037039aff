"""What a command does to the process that it is carried out in."""

import os

from enas_tf.command import request
from enas_tf.library import process
from enas_tf.machine import tensorflow_state


def test_what_tensorflow_writes_at_its_first_use_is_held_back(
    tmp_path, capfd, monkeypatch
):
    def remaps():
        os.write(2, b"E0000 failed call to cuInit\n")
        return asked.append("remaps") or True

    asked = []
    given = dict(output_dir=str(tmp_path), dataset="digits")
    made = request.build(given, None, ["python", "main.py"])
    made.folder.release()
    monkeypatch.setattr(tensorflow_state, "remaps", remaps)
    with process.prepared(made):
        assert asked == ["remaps"]
        assert capfd.readouterr().err == ""
