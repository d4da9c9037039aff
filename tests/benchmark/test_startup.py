"""The wait before a first step: a search and its first arc alone take turns."""

import os
import subprocess
import sys

from enas_tf.benchmark import probe, startup, steps
from enas_tf.benchmark.subjects import Subjects


def test_a_search_is_held_against_the_arc_of_its_first_step(monkeypatch):
    asked = []
    seconds = iter([4.0, 2.0, 9.0, 3.0, 5.0, 5.0])  # search, arc, search, ...

    def ask(space, what, **given):
        if what == "graph":
            return {f"{space}.graph_mb": 94.0}
        asked.append(given)
        tokens = [] if "fixed" in given else [len(asked)]
        if given["batch_size"] == 32:
            return dict(cpu_s=1.0, system_s=0.5, second_step_cpu_s=0.1, tokens=tokens)
        return dict(
            cpu_s=next(seconds), system_s=0.0, second_step_cpu_s=1.5, tokens=tokens
        )

    monkeypatch.setattr(probe, "ask", ask)
    found = startup.startup("rnn")
    assert found == {
        "rnn.wait_cpu_s": 5.0,
        "rnn.wait_system_s": 0.0,
        "rnn.wait_second_step_cpu_s": 1.5,
        "rnn.wait_fixed_cpu_s": 3.0,
        "rnn.wait_over_fixed": 2.0,
        "rnn.wait_cpu_s_b32": 1.0,
        "rnn.wait_system_s_b32": 0.5,
        "rnn.wait_second_step_cpu_s_b32": 0.1,
        "rnn.wait_fixed_cpu_s_b32": 1.0,
        "rnn.wait_over_fixed_b32": 1.0,
        "rnn.wait_cpu_s_b128": 5.0,
        "rnn.wait_system_s_b128": 0.0,
        "rnn.wait_second_step_cpu_s_b128": 1.5,
        "rnn.wait_fixed_cpu_s_b128": 3.0,
        "rnn.wait_over_fixed_b128": 2.0,
        "rnn.graph_mb": 94.0,
    }
    for number in range(0, len(asked), 2):
        assert "fixed" not in asked[number]
        assert asked[number + 1]["fixed"] == [number + 1]


def test_a_wait_is_asked_of_a_process_of_its_own():
    answer = subprocess.run(
        [sys.executable, "-m", "enas_tf.benchmark.probe", "graph", '{"space": "rnn"}'],
        env=os.environ,
        capture_output=True,
        text=True,
    )
    assert '{"rnn.graph_mb": ' in answer.stdout, answer.stderr


def test_drawing_an_arc_is_told_beside_a_fixed_networks_step():
    subjects = Subjects("rnn", batch_size=2, child_hidden_size=2, vocabulary=10)
    found = steps.drawing(subjects, steps=2, blocks=1)
    assert sorted(found) == ["draw_cpu_ms", "draw_over_host_fixed"]
    assert min(found.values()) > 0.0
