"""The demo, whole: what the README promises of it."""

import json
import pathlib
import subprocess
import sys

import pytest

from enas_tf.config import sections as config
from enas_tf.run import lines, measures

REPOSITORY = pathlib.Path(__file__).resolve().parents[1]


@pytest.mark.slow
@pytest.mark.parametrize("space", config.SPACES)
def test_the_demo_learns_and_its_controller_beats_chance(tmp_path, space):
    folder = tmp_path / "demo"
    command = [sys.executable, "bin/main.py", f"--search_for={space}", "--preset=demo"]
    command += ["--mode=all", f"--output_dir={folder}"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    shown = done.stderr.splitlines()
    assert len(shown) < 180
    assert all(len(line) <= lines.WIDTH or str(folder) in line for line in shown)
    stages = json.loads((folder / "run.json").read_text())["stages"]
    if space in config.TEXTS:
        assert stages["train"]["test_perplexity"] < 150
        name = measures.PERPLEXITY.over_random
        assert stages["derive"][f"{name}_high"] < 1
    else:
        assert stages["train"]["test_accuracy"] > 0.95
        assert stages["derive"][f"{measures.ACCURACY.over_random}_low"] > 0
    assert (folder / "final/model.keras").exists()
    assert (folder / "arcs/best.png").stat().st_size > 10_000
