"""What a real command writes to the terminal: its own lines and nothing else."""

import os
import pathlib
import re
import subprocess
import sys

import pytest
from PIL import Image

REPOSITORY = pathlib.Path(__file__).resolve().parents[1]
TINY = (
    "--preset=demo --num_epochs=1 --child_fixed_arc=0 --child_out_filters=4 "
    "--noprogress --output_dir=out"
).split()
OURS = re.compile(r"(\d\d:\d\d:\d\d|  ) *\S")  # the time, or more of the line above


def environment(**given):
    """As of a user, whose TensorFlow is as it was installed."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("TF_")}
    return {**kept, **given}


def lines(folder, *args, program="main.py", status=0, **given):
    """The lines on standard error of `program` with `args`, run in `folder`."""
    done = subprocess.run(
        [sys.executable, REPOSITORY / "bin" / program, *args],
        cwd=folder,
        env=environment(**given),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, done.stderr
    assert done.stdout == ""
    return done.stderr.splitlines()


@pytest.mark.parametrize("one_dnn", ["", "1"])
def test_a_run_writes_its_own_lines_alone(one_dnn, tmp_path):
    given = dict(TF_ENABLE_ONEDNN_OPTS=one_dnn) if one_dnn else {}
    trained = lines(tmp_path, *TINY, **given)
    assert any("Test accuracy" in line for line in trained)
    Image.new("L", (8, 8)).save(tmp_path / "a.png")
    ask = ("--mode=predict", "--input=a.png", "--output_dir=out")
    answers = lines(tmp_path, *ask, **given)
    assert "a.png: " in answers[-1]
    for line in (*trained, *answers):
        assert OURS.match(line), line


def test_a_refusal_that_needs_tensorflow_is_one_line(tmp_path):
    for name in ("cats/a.png", "dogs/a.png"):  # only who reads them can tell
        (tmp_path / "own" / name).parent.mkdir(parents=True)
        (tmp_path / "own" / name).write_bytes(b"no picture")
    (line,) = lines(tmp_path, *TINY, "--data_path=own", status=2)
    assert line.startswith("enas_tf: error: --data_path")


def test_the_benchmark_refuses_in_one_line(tmp_path):
    (line,) = lines(tmp_path, "--what=speed", program="benchmark.py", status=2)
    assert line.startswith("enas_tf: error: --what=speed")


# Takes the place of a module that main.py imports first: Ctrl-C comes at that moment.
STOPPED = """
import os, signal, time
os.kill(os.getpid(), signal.SIGINT)
time.sleep(60)
"""
# Ctrl-C is not for a program that was started in the background, as tests may be.
HEARD = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""


def test_ctrl_c_while_modules_are_imported_is_one_line(tmp_path):
    (tmp_path / "absl").mkdir()
    (tmp_path / "absl" / "__init__.py").write_text(STOPPED)
    done = subprocess.run(
        [sys.executable, "-c", HEARD, REPOSITORY / "bin" / "main.py"],
        env=environment(PYTHONPATH=str(tmp_path)),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (130, "enas_tf: stopped.\n")
