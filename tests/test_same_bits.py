"""A run ends with the same bits on another number of cores, with oneDNN or without.

Through the command line, because both are chosen before TensorFlow starts.
"""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

import pytest
import runs

from enas_tf.machine import record as machine

REPOSITORY = pathlib.Path(__file__).resolve().parents[1]
# One epoch, in which threads and oneDNN show already: see the last test.
SHORT = dict(mode="search", num_epochs=1)

# Python with the rest of its arguments, on the cores that the first one names.
ON_CORES = """
import os, sys
os.sched_setaffinity(0, map(int, sys.argv[1].split(",")))
os.execv(sys.executable, [sys.executable, *sys.argv[2:]])
"""

pytestmark = pytest.mark.skipif(
    not hasattr(os, "sched_setaffinity"), reason="cores are hidden as Linux does it"
)


def begin(
    space: str, folder: pathlib.Path, *, cores: int = 0, onednn: str = "0", **given
) -> subprocess.Popen:
    """The command, on so many of the cores; 0: on all."""
    values = runs.settings(space, folder, **SHORT | given)
    flags = [f"--{name}={value}" for name, value in values.items()]
    own = ",".join(map(str, sorted(os.sched_getaffinity(0))[: cores or None]))
    return subprocess.Popen(
        [sys.executable, "-c", ON_CORES, own, "bin/main.py", *flags],
        cwd=REPOSITORY,
        env=os.environ | {machine.ONEDNN: onednn},
        stderr=subprocess.PIPE,
        text=True,
    )


def run(space: str, folder: pathlib.Path, **how) -> str:
    """The same to its end; what it said, in one line."""
    process = begin(space, folder, **how)
    _, said = process.communicate(timeout=300)
    assert process.returncode == 0, said
    return " ".join(said.split())


def kill(space: str, folder: pathlib.Path, **how) -> None:
    """The same, killed once it has saved something."""
    process = begin(space, folder, **how)
    wait_for_save(folder, process)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    assert not (folder / "arcs/best.json").exists(), "killed too late to tell"


def run_and_copy(space: str, folder: pathlib.Path, copied: pathlib.Path, **how) -> None:
    """The run, and a copy of its folder as a kill in the middle would leave it."""
    process = begin(space, folder, **how)
    wait_for_save(folder, process)
    process.send_signal(signal.SIGSTOP)  # lest the files be of two moments
    shutil.copytree(folder, copied)
    process.send_signal(signal.SIGCONT)
    _, said = process.communicate(timeout=300)
    assert process.returncode == 0, said
    assert not (copied / "arcs/best.json").exists(), "copied too late to tell"


def wait_for_save(folder: pathlib.Path, process: subprocess.Popen) -> None:
    for _ in range(3000):
        if any(folder.glob("checkpoints/search/*.index")):
            return
        assert process.poll() is None, process.communicate()[1]
        time.sleep(0.1)


def recorded(folder: pathlib.Path) -> dict:
    return json.loads((folder / "run.json").read_text())["stages"]["search"]["machine"]


def assert_same_run(folder: pathlib.Path, whole: pathlib.Path) -> None:
    """The same weights to the bit, and the same figures."""
    ours, theirs = (runs.checkpoint(f, "search") for f in (folder, whole))
    runs.assert_equal_to_the_bit(ours, theirs)
    derived = []
    for one in (folder, whole):
        stages = json.loads((one / "run.json").read_text())["stages"]
        derived.append({k: v for k, v in stages["derive"].items() if k != "seconds"})
    assert derived[0] == derived[1]


def test_two_threads_and_onednn_go_on_with_one_core_and_without_it(tmp_path):
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    run_and_copy("macro", whole, killed, threads=2, onednn="1")
    said = run("macro", killed, cores=1, onednn="0")
    assert_same_run(killed, whole)
    assert recorded(killed) == recorded(whole)
    assert "goes on with as many, for the same bits; 1 core can be used here" in said
    assert "TF_ENABLE_ONEDNN_OPTS=0 has no effect here" in said


@pytest.mark.slow
@pytest.mark.parametrize("space", sorted(runs.TINY))
def test_begun_on_one_core_it_goes_on_with_all_and_the_other_way_round(space, tmp_path):
    if len(os.sched_getaffinity(0)) < 2:
        pytest.skip("there is one core only")
    # Two threads are asked for where there may be more cores than two.
    ways = {"1": dict(cores=1), "2": dict(threads=2)}
    for name, begun in ways.items():
        whole, killed = tmp_path / f"whole_{name}", tmp_path / f"killed_{name}"
        run(space, whole, onednn="1", **begun)
        kill(space, killed, onednn="1", **begun)
        run(space, killed, cores=0 if name == "1" else 1, onednn="0")
        assert_same_run(killed, whole)
        assert recorded(killed)["threads"] == int(name)
    if space == "macro":  # of the others so small a run may not hang on threads
        with pytest.raises(AssertionError):
            assert_same_run(tmp_path / "whole_1", tmp_path / "whole_2")


@pytest.mark.slow
def test_without_onednn_the_bits_are_others(tmp_path):
    for onednn in "01":
        run("macro", tmp_path / onednn, threads=2, onednn=onednn)
    with pytest.raises(AssertionError):
        assert_same_run(tmp_path / "0", tmp_path / "1")
    assert [recorded(tmp_path / onednn)["onednn"] for onednn in "01"] == [False, True]
