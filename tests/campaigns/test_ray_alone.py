"""What is asked of Ray: what is refused, what a job takes along, how it ends."""

import importlib.util
import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
import time
import types

import pytest
from campaign_commands import SMALL, compare, refused

from enas_tf.campaign import (
    bound,
    on_node,
    ray_driver,
    ray_found,
    ray_task,
    ray_trial,
)
from enas_tf.campaign.on_node import Errand
from enas_tf.campaign.ray_cluster import Cluster, Need
from enas_tf.command import interrupts


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (dict(executor="slurm"), "--executor=slurm is not allowed: it must be one of"),
        (dict(job_gpus=1.5), "--job_gpus=1.5 is not allowed: it must be a whole"),
        (dict(job_gpus=-1.0), "--job_gpus=-1.0 is not allowed"),
        (dict(job_cpus=-1), "--job_cpus=-1 is not allowed"),
        (dict(ray_address=""), "--ray_address is empty: leave it out or name the"),
        (dict(ray_address="head"), "it must be HOST:PORT of a Ray cluster's head, or"),
        (dict(ray_address="ray://head:10001"), "Run the command on a machine of the"),
        (dict(ray_address="head:0"), "--ray_address=head:0 is not allowed"),
    ],
)
def test_a_wrong_value_is_one_line_and_leaves_nothing(given, line, tmp_path):
    given = {**SMALL, "mode": "compare", "executor": "ray", **given}
    assert line in refused(tmp_path / "new", **given)
    assert not (tmp_path / "new").exists()


def test_a_missing_ray_is_told_with_what_installs_it(tmp_path, monkeypatch):
    found = importlib.util.find_spec
    none = {"ray": lambda: None}
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda n, *more: none.get(n, lambda: found(n))()
    )
    line = refused(tmp_path / "new", **SMALL, mode="compare", executor="ray")
    assert line.startswith("--executor=ray needs Ray, which is not installed.")
    assert "pip install 'enas_tf[ray]'" in line
    assert not (tmp_path / "new").exists()


def test_an_address_that_does_not_answer_is_told_at_once(tmp_path, monkeypatch):
    given = dict(SMALL, mode="compare", executor="ray")
    pytest.importorskip("ray", reason="Ray is not installed: pip install '.[ray]'")
    line = refused(tmp_path / "new", **given, ray_address="127.0.0.1:1")
    assert line.startswith(
        "--ray_address=127.0.0.1:1: there is no Ray cluster: 127.0.0.1:1 does not "
        "answer ("
    )
    monkeypatch.setenv("RAY_ADDRESS", "127.0.0.1:2")
    line = refused(tmp_path / "new", **given, ray_address="auto")
    assert "--ray_address=auto: there is no Ray cluster: 127.0.0.1:2 does not" in line
    assert not (tmp_path / "new").exists()


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine without Ray: its processes are in the folder `processes`."""
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    monkeypatch.setenv("RAY_TMPDIR", str(tmp_path))
    monkeypatch.setattr(ray_found, "PROCESSES", tmp_path / "processes")
    return tmp_path


def _node(machine, number, *words):
    place = machine / "processes" / str(number)
    place.mkdir(parents=True)
    (place / "cmdline").write_text("\0".join(["/ray/raylet", *words]))


def test_auto_is_not_the_ray_of_another_campaign(machine):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"127.0.0.1:{listening.getsockname()[1]}"
        own = machine / f"{ray_found.OWN}a"
        _node(machine, 7, f"--temp_dir={own}", f"--gcs-address={address}")
        with pytest.raises(ray_found.Silent, match="no `ray start` has begun one"):
            ray_found.address("auto")
        _node(machine, 8, f"--temp_dir={machine}", f"--gcs-address={address}")
        assert ray_found.address("auto") == address


def test_auto_passes_by_what_a_killed_head_has_left(machine):
    (machine / "ray").mkdir()
    (machine / "ray" / "ray_current_cluster").write_text("127.0.0.1:1\n")
    with pytest.raises(ray_found.Silent, match="^127.0.0.1:1 does not answer"):
        ray_found.address("auto")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"127.0.0.1:{listening.getsockname()[1]}"
        _node(machine, 8, f"--gcs-address={address}")
        assert ray_found.address("auto") == address


def test_auto_without_any_ray_is_one_line_with_flags_of_this_program(machine):
    pytest.importorskip("ray", reason="Ray is not installed: pip install '.[ray]'")
    given = dict(SMALL, mode="compare", executor="ray", ray_address="auto")
    line = refused(machine / "new", **given)
    assert line.startswith(
        "--ray_address=auto: there is no Ray cluster: no `ray start`"
    )
    assert "--address" not in line and ".." not in line
    assert not (machine / "new").exists()


def test_a_cluster_that_lets_nobody_in_is_told_with_the_token(tmp_path, monkeypatch):
    pytest.importorskip("ray", reason="Ray is not installed: pip install '.[ray]'")
    logged = "[a.cc:210] Unauthenticated: InvalidAuthToken: token is missing"
    reason = ray_trial._reason(1, "ConnectionError: Failed to connect\n", logged)
    monkeypatch.setattr(ray_trial, "fault", lambda address: reason)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"127.0.0.1:{listening.getsockname()[1]}"
        given = dict(SMALL, mode="compare", executor="ray", ray_address=address)
        line = refused(tmp_path / "new", **given)
    assert line.startswith(
        f"--ray_address={address}: {address} lets no command in: the token is missing "
        "here, or is another one than the cluster's. "
    )
    assert "~/.ray/auth_token" in line and "docs/scaling.md" in line


def test_what_ray_says_is_the_reason_where_it_is_no_token():
    assert ray_trial._reason(-signal.SIGALRM, "", "") == "nothing within 15 s"
    assert ray_trial._reason(1, "RuntimeError: other version\n", "") == (
        "RuntimeError: other version"
    )
    logged = "[2026 E 1 2] rpc_client.h:204: Failed to connect to GCS."
    assert ray_trial._reason(1, "", logged) == "Failed to connect to GCS."


@pytest.mark.parametrize(
    ("number", "end"),
    [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, SystemExit)],
)
def test_a_signal_ends_the_wait_for_a_cluster_at_once(number, end, monkeypatch):
    monkeypatch.setattr(ray_trial, "_TRY", "import time; time.sleep(30)")
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    begin = time.monotonic()
    timer = threading.Timer(0.3, os.kill, (os.getpid(), number))
    timer.start()
    with interrupts.terminating(), pytest.raises(end):
        ray_trial.fault("127.0.0.1:1")
    timer.join()
    signal.signal(signal.SIGINT, before)  # which is ignored in the background
    assert time.monotonic() - begin < 10


def test_rays_own_answer_to_sigterm_ends_the_command_as_sigterm_does(monkeypatch):
    def init(**given):
        raise SystemExit(signal.SIGTERM)

    monkeypatch.setitem(sys.modules, "ray", types.SimpleNamespace(init=init))
    with pytest.raises(SystemExit) as ended:
        ray_driver._reason_of_none({})
    assert ended.value.code == 128 + signal.SIGTERM


def test_flags_of_ray_without_it_are_told(fakes, caplog):
    compare(fakes, job_cpus=2, ray_address="head:6379")
    idle = [line for line in caplog.messages if "has no effect here" in line]
    assert idle == [
        "--ray_address has no effect here: it is of --executor=ray.",
        "--job_cpus has no effect here: it is of --executor=ray.",
    ]


def test_the_room_of_a_cluster_is_counted_node_by_node():
    cluster = Cluster([{"CPU": 5.0, "GPU": 1.0}, {"CPU": 3.0}, {}])
    assert cluster.room(Need(2, 0.0)) == 2 + 1
    assert cluster.room(Need(1, 0.5)) == 2
    assert cluster.room(Need(4, 2.0)) == 0
    assert cluster.words(Need(2, 0.5)) == (
        "2 nodes of Ray: 8 CPUs and 1 GPUs in all, of which a job has 2 and 0.5. One "
        "whose node dies goes on elsewhere, up to 3 times."
    )


@pytest.mark.parametrize(("has_gpu", "seen"), [(True, "3"), (False, "-1")])
def test_a_job_has_the_variables_of_its_command_that_figures_go_by(
    has_gpu, seen, tmp_path, monkeypatch
):
    there = dict(OMP_NUM_THREADS="1", CUDA_VISIBLE_DEVICES="3", PATH="/bin")
    monkeypatch.setattr(os, "environ", there)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here").mkdir()
    taken = dict(TF_ENABLE_ONEDNN_OPTS="1")
    on_node._settle(
        Errand("c", None, 0, list, str(tmp_path / "here"), taken, has_gpu=has_gpu)
    )
    assert os.getcwd() == str(tmp_path / "here")
    wanted = dict(PATH="/bin", TF_ENABLE_ONEDNN_OPTS="1", CUDA_VISIBLE_DEVICES=seen)
    assert there == wanted


def test_variables_are_as_they_were_behind_a_ray_of_this_machine(monkeypatch):
    monkeypatch.setenv("A", "1")
    monkeypatch.delenv("B", raising=False)
    with ray_driver._set(dict(A="2", B="3")):
        assert (os.environ["A"], os.environ["B"]) == ("2", "3")
    assert os.environ["A"] == "1" and "B" not in os.environ


class Answer(Exception):
    """An error that Ray gives in the place of an outcome."""


@pytest.fixture
def handed_over(fakes, monkeypatch):
    """A job in the hands of a Ray that gives what is put into the list `answers`."""
    answers = []

    def get(reference):
        if isinstance(answers[0], Exception):
            raise answers[0]
        return answers[0]

    handed = types.SimpleNamespace(remote=lambda *errand: "reference")
    kinds = dict.fromkeys(("RayError", "RayTaskError"), Answer)
    fake = types.SimpleNamespace(
        cloudpickle=pickle,
        exceptions=types.SimpleNamespace(**kinds, TaskCancelledError=KeyError),
        wait=lambda references, timeout: (answers, []),
        get=get,
        remote=lambda **options: lambda work: handed,
    )
    monkeypatch.setitem(sys.modules, "ray", fake)
    fakes.folder.claim()
    monkeypatch.setattr(ray_task, "_SHOWN", 0.2)
    monkeypatch.setattr(ray_task, "_LOOK", 0.0)
    yield ray_task.Task(Need(1, 0), fakes.folder, fakes.plan, 0, fakes.command), answers
    fakes.folder.release()


def test_an_end_is_told_when_the_file_system_shows_it(handed_over, fakes, caplog):
    task, answers = handed_over
    assert not task.has_ended()
    fakes.folder.node(fakes.plan, 0).write_text("a/1\n")
    assert not task.has_ended()
    fakes.folder.node(fakes.plan, 0).write_text("a/1\nb/2\n")
    assert not task.has_ended()
    answers.append(on_node.Outcome(state="done", nodes=["a/1", "b/2", "c/3"]))
    assert not task.has_ended()  # the folder still shows it waiting
    assert [line for line in caplog.messages if "lost" in line] == [
        "Job 0 (enas_s5) was lost on the node a/1, and goes on on b/2.",
        "Job 0 (enas_s5) was lost on the node b/2, and goes on on c/3.",
    ]
    time.sleep(0.25)
    assert task.has_ended()


def test_what_ray_says_of_a_job_that_it_gave_up_is_its_failure(handed_over, fakes):
    task, answers = handed_over
    answers.append(Answer("ray::work()\nModuleNotFoundError: No module named 'a'"))
    assert task.has_ended() and task.has_begun
    said = fakes.folder.failure(fakes.plan, 0).read_text()
    assert said == "ModuleNotFoundError: No module named 'a'\n"


@pytest.mark.parametrize(
    "answer",
    [KeyError(), on_node.Outcome(state="waiting", nodes=["a/1"], has_begun=False)],
)
def test_a_job_that_was_called_back_has_not_begun(handed_over, answer):
    task, answers = handed_over
    answers.append(answer)
    assert task.has_ended() and not task.has_begun


# A job that is asked to end leaves a mark; its parent starts it and waits for ever.
_JOB = """
import pathlib, signal, sys, time
here = pathlib.Path(sys.argv[1])
def end(number, frame):
    (here / "ended").touch()
    sys.exit()
signal.signal(signal.SIGTERM, end)
(here / "begun").touch()
time.sleep(60)
"""
_PARENT = """
import subprocess, sys
from enas_tf.campaign import bound
words = [sys.executable, "-S", "-c", sys.argv[1], sys.argv[2]]
subprocess.Popen(bound.to_this_process(words), start_new_session=True).wait()
"""


def _until_there(path):
    begin = time.monotonic()
    while not path.exists():
        assert time.monotonic() - begin < 20
        time.sleep(0.02)


@pytest.mark.skipif(sys.platform != "linux", reason="the system is asked by prctl")
def test_a_job_ends_with_the_process_that_started_it(tmp_path):
    words = [sys.executable, "-c", _PARENT, _JOB, str(tmp_path)]
    with subprocess.Popen(words) as parent:
        _until_there(tmp_path / "begun")
        parent.kill()
    _until_there(tmp_path / "ended")


@pytest.mark.skipif(sys.platform != "linux", reason="the system is asked by prctl")
def test_a_job_whose_parent_is_gone_does_not_begin(tmp_path):
    words = bound.to_this_process([sys.executable, "-S", "-c", _JOB, str(tmp_path)])
    words[words.index(str(os.getpid()))] = "1"
    done = subprocess.run(words, check=False)
    assert done.returncode == 128 + signal.SIGTERM
    assert not (tmp_path / "begun").exists()
