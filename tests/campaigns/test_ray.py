"""Jobs that Ray places on nodes: the same figures, whatever dies meanwhile.

The jobs are stubs, Ray and its nodes are real, and all are on this machine.
What needs no Ray is in test_ray_alone.py.
"""

import contextlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import time

import fake_jobs
import pytest
from campaign_commands import SMALL, compare, refused, run

from enas_tf.campaign import on_node, ray_driver, ray_task, ray_trial, state
from enas_tf.campaign.state import State

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
# Nodes that listen on the loopback alone, and need no token, which Ray keeps at home.
ALONE = dict(ray_driver._ALONE, RAY_AUTH_MODE="disabled")
SOON = dict(health_check_period_ms=300, health_check_failure_threshold=3)
NODE = dict(include_dashboard=False, object_store_memory=ray_driver._STORE)


@pytest.fixture(scope="module")
def nodes():
    """A Ray cluster of a head that does no jobs, and two nodes of one CPU."""
    pytest.importorskip("ray", reason="Ray is not installed: pip install '.[ray]'")
    # In a folder with a short name, since sockets are in it.
    with (
        pytest.MonkeyPatch.context() as patch,
        tempfile.TemporaryDirectory(
            prefix="ray_nodes_", dir="/tmp", ignore_cleanup_errors=True
        ) as place,
    ):
        for name, value in ALONE.items():
            patch.setenv(name, value)
        # Ray notes there which cluster `auto` is; not in the machine's own note.
        patch.setenv("RAY_TMPDIR", place)
        pathlib.Path(place, "ray").mkdir()
        from ray import cluster_utils

        head = dict(NODE, num_cpus=0, temp_dir=place, _system_config=SOON)
        cluster = cluster_utils.Cluster(initialize_head=True, head_node_args=head)
        for _ in range(2):
            cluster.add_node(num_cpus=1, **NODE)
        assert not ray_trial.fault(cluster.address)
        patch.setattr(ray_trial, "fault", lambda address: "")  # once is enough
        yield cluster
        cluster.shutdown()


@contextlib.contextmanager
def beside(step):
    """`step` is done in a thread while the command inside goes on."""
    thread = threading.Thread(target=step)
    thread.start()
    yield
    thread.join()


def until(condition, seconds=30):
    begin = time.monotonic()
    while not condition():
        assert time.monotonic() - begin < seconds
        time.sleep(0.02)


def has_begun(fakes, number):
    return (fakes.folder.run(fakes.plan, number).path / "run.json").exists()


def node_of(fakes, cluster, number):
    """The node that a job is on, and its name."""
    name = on_node.nodes(fakes.folder, fakes.plan, number)[-1]
    short = name.partition("/")[2]
    return next(n for n in cluster.worker_nodes if n.node_id.startswith(short)), name


def figures(folder):
    rows = (folder / "results.jsonl").read_text().splitlines()
    return [{**json.loads(row), "seconds": 0} for row in rows]


# The addresses on which a process and all that it has started listen, with Ray inside.
_LISTENING = """
import os, pathlib
from enas_tf.campaign import ray_cluster
PROC = pathlib.Path("/proc")
def parents():
    for place in PROC.glob("[0-9]*"):
        try:
            status = (place / "status").read_text()
            yield place, int(status.partition("PPid:")[2].split()[0])
        except OSError:
            pass
def ours():
    known, found = {os.getpid()}, dict(parents())
    for _ in range(9):
        known |= {int(place.name) for place, pid in found.items() if pid in known}
    return known
def sockets(pid):
    for link in (PROC / str(pid) / "fd").glob("*"):
        try:
            yield os.readlink(link)
        except OSError:
            pass
def listening():
    held = {socket for pid in ours() for socket in sockets(pid)}
    lines = [line.split() for name in ("tcp", "tcp6")
             for line in (PROC / "net" / name).read_text().splitlines()[1:]]
    return {line[1].partition(":")[0] for line in lines
            if line[3] == "0A" and f"socket:[{line[9]}]" in held}
with ray_cluster.joined("", ray_cluster.Need(1, 0)) as cluster:
    print(cluster.room(ray_cluster.Need(1, 0)) > 0)
    print(*listening())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc/net")
def test_a_ray_of_this_machine_listens_on_the_loopback_and_leaves_no_file(tmp_path):
    pytest.importorskip("ray", reason="Ray is not installed: pip install '.[ray]'")
    theirs = {n: v for n, v in os.environ.items() if not n.startswith("RAY_")}
    left = set(pathlib.Path("/tmp").glob("enas_tf_ray_*"))
    done = subprocess.run(
        [sys.executable, "-c", _LISTENING],
        env=dict(theirs, HOME=str(tmp_path), PYTHONPATH=str(REPOSITORY)),
        text=True,
        capture_output=True,
        check=True,
    )
    has_room, addresses = done.stdout.splitlines()
    assert has_room == "True"
    loopback = {"0100007F", "0000000000000000FFFF00000100007F"}
    assert addresses and set(addresses.split()) <= loopback
    assert list(tmp_path.iterdir()) == []
    assert set(pathlib.Path("/tmp").glob("enas_tf_ray_*")) <= left


def test_a_cluster_without_room_for_a_job_is_refused_before_anything(nodes, tmp_path):
    given = dict(SMALL, mode="compare", executor="ray", ray_address=nodes.address)
    line = refused(tmp_path / "new", **given, job_cpus=2)
    assert line.startswith(
        "No node of the Ray cluster has room for one job, which is given 2 CPUs and 0 "
        "GPUs (--job_cpus, --job_gpus): the largest has 1 CPUs and 0 GPUs."
    )
    assert "1 CPUs and 0.5 GPUs" in refused(tmp_path / "new", **given, job_gpus=0.5)
    assert not (tmp_path / "new").exists()


def test_a_signal_saves_and_ends_the_jobs_on_all_nodes(nodes, fakes, caplog):
    mark = fakes.make("wait", 0)

    def stop():
        until(lambda: has_begun(fakes, 0))
        os.kill(os.getpid(), signal.SIGTERM)

    with beside(stop), pytest.raises(SystemExit) as ended:
        compare(fakes, executor="ray", ray_address=nodes.address)
    assert ended.value.code == 128 + signal.SIGTERM
    assert state.of(fakes.folder, fakes.plan, 0) is State.STOPPED
    assert not fakes.folder.failure(fakes.plan, 0).exists()
    assert f"--executor=ray --ray_address={nodes.address}" in caplog.messages[-1]
    mark.unlink()


@pytest.mark.skipif(not pathlib.Path("/proc").exists(), reason="finds a parent there")
def test_a_worker_that_is_asked_to_end_takes_its_job_along_and_both_come_again(
    nodes, fakes
):
    mark = fakes.make("wait", 2)
    run_json = fakes.folder.run(fakes.plan, 2).path / "run.json"

    def end():
        until(lambda: has_begun(fakes, 2))
        pid = json.loads(run_json.read_text())["commands"][-1]["pid"]
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
        worker = int(status.partition("PPid:")[2].split()[0])
        os.kill(worker, signal.SIGTERM)
        until(lambda: fakes.begun.count("002_random_arc0_r5") == 2)
        mark.unlink()

    with beside(end):
        compare(fakes, executor="ray", ray_address=nodes.address)
    assert len(fakes.begun) == 4


def test_failures_that_say_the_same_call_the_waiting_ones_back(nodes, fakes, caplog):
    many = dict(compare_methods="random", compare_arcs=9)
    fakes.plan = fake_jobs.plan.made(fake_jobs.small(**many))
    for number in range(9):
        fakes.make("fail", number)
    with pytest.raises(SystemExit):
        compare(fakes, executor="ray", ray_address=nodes.address, **many)
    assert 3 <= len(fakes.begun) <= 6
    told = [line for line in caplog.messages if line.startswith("Job ")]
    assert len(told) < 9  # nothing is said of those that have not begun


def test_a_job_goes_on_elsewhere_when_its_node_dies(
    nodes, fakes, tmp_path, caplog, capsys, monkeypatch
):
    monkeypatch.setattr(ray_task, "_LOOK", 0.1)
    mark = fakes.make("wait", 0)
    lost = []

    def kill():
        until(lambda: has_begun(fakes, 0))
        node, name = node_of(fakes, nodes, 0)
        lost.append(name)
        run(fakes.folder.path, mode="status")
        nodes.remove_node(node, allow_graceful=False)
        until(lambda: fakes.begun.count("000_enas_s5") == 2)
        mark.unlink()

    with beside(kill):
        compare(fakes, executor="ray", ray_address=nodes.address)
    assert len(fakes.begun) == 4
    said = f"Job 0 (enas_s5) was lost on the node {lost[0]}, and goes on on "
    assert sum(said in line for line in caplog.messages) == 1
    table = capsys.readouterr().out.splitlines()
    assert table[1].split()[-1] == "node"
    assert table[2].split()[2::3] == ["running", lost[0]]
    assert not fakes.folder.node(fakes.plan, 0).exists()
    (tmp_path / "local").mkdir()
    alone = fake_jobs.Fakes(tmp_path / "local", fake_jobs.small())
    monkeypatch.setattr("enas_tf.campaign.working.command_of", lambda _: alone.command)
    compare(alone)
    assert figures(fakes.folder.path) == figures(alone.folder.path)


@pytest.mark.slow  # two comparisons of real runs
def test_real_runs_lose_a_node_and_have_the_figures_of_one_process(nodes, tmp_path):
    flags = dict(SMALL, batch_size=64, child_out_filters=4, controller_train_steps=2)
    flags |= dict(mode="compare", checkpoint_every_steps=3)
    nodes.add_node(num_cpus=1, **NODE)
    placed = dict(executor="ray", ray_address=nodes.address)
    with _started(tmp_path / "ray", **flags, **placed):
        search = tmp_path / "ray" / "jobs" / "000_enas_s5"
        until(lambda: '"saved": true' in _text(search / "run.json"), seconds=300)
        name = _text(search.with_suffix(".node")).strip().partition("/")[2]
        lost = next(n for n in nodes.worker_nodes if n.node_id.startswith(name))
        nodes.remove_node(lost, allow_graceful=False)
    commands = json.loads(_text(search / "run.json"))["commands"]
    assert len(commands) == 2 and commands[0].get("status") != "finished"
    with _started(tmp_path / "one", **flags, jobs=1):
        pass
    assert figures(tmp_path / "ray") == figures(tmp_path / "one")


@contextlib.contextmanager
def _started(folder, **given):
    """The command in a process of its own, which ends well."""
    words = [f"--{name}={value}" for name, value in given.items()]
    words = [sys.executable, "-m", "enas_tf", f"--output_dir={folder}", *words]
    with subprocess.Popen(words, cwd=REPOSITORY) as one:
        yield
    assert one.returncode == 0


def _text(path):
    return path.read_text() if path.exists() else ""
