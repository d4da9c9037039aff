"""Two processes that TF_CONFIG names search as one; one is killed, and all go on."""

import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time

import numpy as np
import pytest
import runs

REPOSITORY = pathlib.Path(__file__).resolve().parents[1]
SECONDS = 600
ON_TWO = dict(distribute="multi_worker", num_epochs=1)
ON_ONE = dict(child_arcs_per_step=2, num_epochs=1)


def addresses():
    """Two free ports of this machine."""
    with socket.create_server(("127.0.0.1", 0)) as one:
        with socket.create_server(("127.0.0.1", 0)) as other:
            ports = [each.getsockname()[1] for each in (one, other)]
    return [f"127.0.0.1:{port}" for port in ports]


def start(space, folder, **given):
    """Both workers of a tiny search; each speaks into a file beside `folder`."""
    words = runs.settings(space, folder, **given)
    command = [sys.executable, "bin/main.py", *(f"--{k}={v}" for k, v in words.items())]
    cluster, found = dict(worker=addresses()), []
    for index in (0, 1):
        task = dict(type="worker", index=index)
        config = json.dumps(dict(cluster=cluster, task=task))
        with said_by(folder, index).open("w") as file:
            found.append(
                subprocess.Popen(
                    command,
                    cwd=REPOSITORY,
                    env={**os.environ, "TF_CONFIG": config},
                    stdout=file,
                    stderr=file,
                )
            )
    return found


def said_by(folder, index):
    return folder.parent / f"{folder.name}_{index}.txt"


def ended(workers, folder):
    """The exit status of each; all are ended behind it."""
    try:
        return [worker.wait(SECONDS) for worker in workers]
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()


def assert_as_on_one_device(space, folder, alone):
    """To the bit; of rnn the sums that a row will tell are so but for rounding."""
    found = runs.checkpoint(folder, "search")
    assert set(found) == set(alone)
    if space == "rnn":
        for name in [name for name in found if name.startswith("means")]:
            np.testing.assert_allclose(found[name], alone[name], rtol=1e-6)
            found[name] = alone[name]
    runs.assert_equal_to_the_bit(found, alone)


@pytest.fixture(
    scope="module", params=["rnn", pytest.param("macro", marks=pytest.mark.slow)]
)
def on_one_device(request, tmp_path_factory):
    """A space, and what its search on one device comes to."""
    folder = tmp_path_factory.mktemp("alone") / "run"
    runs.run(request.param, folder, **ON_ONE)
    return request.param, runs.checkpoint(folder, "search")


def test_two_workers_search_as_one_device_and_the_chief_alone_writes(
    on_one_device, tmp_path
):
    folder, (space, alone) = tmp_path / "run", on_one_device
    assert ended(start(space, folder, **ON_TWO), folder) == [0, 0]
    assert_as_on_one_device(space, folder, alone)
    chief, other = (said_by(folder, index).read_text() for index in (0, 1))
    assert "Steps are shared among 2 devices." in chief
    assert "Worker 2 of 2. The chief at 127.0.0.1:" in other
    assert "Best of" in chief
    assert "Best of" not in other
    commands = json.loads((folder / "run.json").read_text())["commands"]
    assert [one["status"] for one in commands] == ["finished"]


@pytest.mark.slow
@pytest.mark.parametrize("killed", [0, 1])
def test_where_a_worker_is_killed_the_other_ends_and_both_go_on(
    on_one_device, tmp_path, killed
):
    folder, (space, alone) = tmp_path / "run", on_one_device
    workers = start(space, folder, **ON_TWO)
    while not list(folder.glob("checkpoints/search/ckpt-*.index")):
        assert workers[0].poll() is None, said_by(folder, 0).read_text()
        time.sleep(0.05)
    workers[killed].send_signal(signal.SIGKILL)
    began = time.monotonic()
    status = workers[1 - killed].wait(60)
    assert time.monotonic() - began < 60
    assert status == 1
    said = said_by(folder, 1 - killed).read_text()
    assert "Another worker of TF_CONFIG is gone (" in said
    assert "Traceback" not in said
    ended(workers, folder)
    assert ended(start(space, folder, **ON_TWO), folder) == [0, 0]
    assert "Found a checkpoint of the search stage" in said_by(folder, 0).read_text()
    assert_as_on_one_device(space, folder, alone)
