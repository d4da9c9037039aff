"""TF_CONFIG: what is read of it, and what is refused in a line."""

import json

import pytest

from enas_tf.config.sections import ConfigError
from enas_tf.machine import cluster

TWO = ["10.0.0.1:2222", "node-2.lan:2223"]


def config(job="worker", index=0, **jobs):
    return json.dumps(dict(cluster=jobs, task=dict(type=job, index=index)))


def test_workers_are_numbered_and_the_first_is_the_chief(monkeypatch):
    monkeypatch.setenv("TF_CONFIG", config(index=1, worker=TWO))
    found = cluster.read()
    assert (found.number, found.own) == (1, "node-2.lan:2223")
    assert not found.is_chief
    monkeypatch.setenv("TF_CONFIG", config(worker=TWO))
    assert cluster.read().is_chief


def test_a_chief_of_that_name_comes_before_the_workers(monkeypatch):
    jobs = dict(chief=["[::1]:5"], worker=TWO)
    monkeypatch.setenv("TF_CONFIG", config("worker", 0, **jobs))
    assert cluster.read() == cluster.Cluster(("[::1]:5", *TWO), 1)
    monkeypatch.setenv("TF_CONFIG", config("chief", 0, **jobs))
    assert cluster.read().is_chief


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it is not set"),
        (" ", "it is not set"),
        ("{", "it is no JSON"),
        ("[]", "it is no object of JSON"),
        ("{}", 'it lacks "cluster" or "task"'),
        (config(worker=TWO, ps=["a:1"]), 'it has "ps" in its cluster'),
        (config(worker="a:1"), '"worker" in its cluster is no list of "HOST:PORT"'),
        (config(worker=["a:1", "b"]), "no list of"),
        (config(worker=["a:1", "b:99999"]), "no list of"),
        (config(worker=["a:1", 5]), "no list of"),
        (config(worker=["a:1"]), "it must name two workers or more"),
        (config(worker=["a:1", "a:1"]), "two of its workers have one address"),
        (config(index=2, worker=TWO), "its task, worker 2, is none of the cluster's"),
        (config(index="0", worker=TWO), "is none of the cluster's"),
        (config(index=True, worker=TWO), "is none of the cluster's"),
        (config("evaluator", 0, worker=TWO), "its task, evaluator 0, is none"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_an_example(monkeypatch, text, why):
    monkeypatch.setenv("TF_CONFIG", text)
    with pytest.raises(ConfigError) as refusal:
        cluster.read()
    line = str(refusal.value)
    assert why in line
    assert line.endswith('"task": {"type": "worker", "index": 0}}\'.')
