"""Workers wait for each other, and not for ever."""

import socket
import threading

import pytest

from enas_tf.config.sections import ConfigError
from enas_tf.machine import meeting
from enas_tf.machine.cluster import Cluster


def addresses(count):
    """As many free ports of this machine."""
    servers = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    found = tuple(f"127.0.0.1:{server.getsockname()[1]}" for server in servers)
    for server in servers:
        server.close()
    return found


def others(cluster, went):
    def call(number):
        meeting.meet(Cluster(cluster, number), seconds=20)
        went.append(number)

    threads = [threading.Thread(target=call, args=(n,)) for n in (1, 2)]
    for thread in threads:
        thread.start()
    return threads


def test_all_go_on_once_all_are_there():
    cluster, went = addresses(3), []
    threads = others(cluster, went)
    meeting.meet(Cluster(cluster, 0), seconds=20)
    for thread in threads:
        thread.join()
    assert sorted(went) == [1, 2]


def test_a_stranger_at_the_port_is_passed_over():
    cluster, went = addresses(3), []
    chief = threading.Thread(target=meeting.meet, args=(Cluster(cluster, 0),))
    chief.start()
    host, _, port = cluster[0].partition(":")
    stranger = None
    while stranger is None:
        try:
            stranger = socket.create_connection((host, int(port)))
        except ConnectionRefusedError:
            continue
    with stranger:
        stranger.sendall(b"GET / HTTP/1.1\r\n\r\n")
        for thread in others(cluster, went):
            thread.join()
    chief.join()
    assert sorted(went) == [1, 2]


@pytest.mark.parametrize("number", [0, 1])
def test_a_worker_that_does_not_come_is_named(number):
    cluster = addresses(2)
    with pytest.raises(ConfigError) as refusal:
        meeting.meet(Cluster(cluster, number), seconds=0.3)
    missing = cluster[1 - number]
    assert str(refusal.value).startswith(
        f"TF_CONFIG: the worker at {missing} is not there. Start the same command"
    )


def test_a_port_that_is_taken_is_named():
    cluster = addresses(2)
    host, _, port = cluster[0].partition(":")
    with socket.create_server((host, int(port))):
        with pytest.raises(ConfigError, match=f"cannot listen at {cluster[0]} "):
            meeting.meet(Cluster(cluster, 0), seconds=1)


def test_a_worker_of_another_cluster_is_refused():
    ours, strangers = addresses(2), addresses(1)

    def call():
        with pytest.raises(ConfigError):  # nobody lets it go on
            meeting.meet(Cluster((ours[0], *strangers), 1), seconds=2)

    thread = threading.Thread(target=call)
    thread.start()
    with pytest.raises(ConfigError, match="Give all the same cluster"):
        meeting.meet(Cluster(ours, 0), seconds=20)
    thread.join()


def test_it_listens_at_the_address_of_tf_config_alone(monkeypatch):
    asked = []
    create = socket.create_server
    monkeypatch.setattr(
        socket, "create_server", lambda *a, **k: asked.append(a[0]) or create(*a, **k)
    )
    cluster = addresses(2)
    asked.clear()
    with pytest.raises(ConfigError):
        meeting.meet(Cluster(cluster, 0), seconds=0.1)
    host, _, port = cluster[0].partition(":")
    assert asked == [(host, int(port))]
