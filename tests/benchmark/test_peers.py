"""Two processes in turns, and the ratios of what they say; PyTorch is not needed."""

import io
import json
import sys

import pytest

from enas_tf.benchmark.peer import installed, run, serving, worker
from enas_tf.benchmark.peer import order as orders
from enas_tf.benchmark.timing import Times
from enas_tf.config import presets
from enas_tf.config.sections import ConfigError
from enas_tf.spaces.micro import Cell, MicroArc

FAKE = """
import json, sys
def say(**what): print(json.dumps(what), flush=True)
print("a word of a library")
say(start={start}, about="{name} 1.0")
for line in sys.stdin:
    say(wall=9.0, cpu={cpu}[line.strip()])
"""


@pytest.fixture
def order():
    return orders.Order("macro", {}, "", arcs=[[], []], sizes={})


@pytest.fixture
def sides(tmp_path, monkeypatch):
    """Two modules in place of both sides, whose times are known."""
    seconds = dict(ours=(6.0, dict(step=0.4, reward=0.1)))
    seconds["pytorch"] = (3.0, dict(step=0.6, reward=0.08))
    for name, (start, cpu) in seconds.items():
        source = FAKE.format(start=start, name=name, cpu=cpu)
        (tmp_path / f"fake_{name}.py").write_text(source)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(run, "SIDES", {name: f"fake_{name}" for name in seconds})


def test_ratios_are_pytorchs_time_over_ours(sides, order):
    assert run.at(order, blocks=2, starts=1) == pytest.approx(
        dict(
            peer_start=0.5,
            peer_start_ours_cpu_s=6.0,
            peer_start_pytorch_cpu_s=3.0,
            peer_step=1.5,
            peer_step_ours_cpu_ms=200.0,  # of two arcs
            peer_step_pytorch_cpu_ms=300.0,
            peer_reward=0.8,
            peer_reward_ours_cpu_ms=50.0,
            peer_reward_pytorch_cpu_ms=40.0,
        )
    )


def test_a_ratio_is_the_median_over_blocks():
    times = dict(ours=Times((), (1.0, 1.0, 4.0)), pytorch=Times((), (2.0, 30.0, 4.0)))
    assert run.figures("peer_step", times, arcs=1)["peer_step"] == 2.0


def test_a_side_that_ends_early_is_one_line_with_its_last_words(
    tmp_path, monkeypatch, order
):
    (tmp_path / "fake_broken.py").write_text("raise ImportError('libtorch is torn')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(ConfigError, match="fake_broken.*libtorch is torn"):
        with worker.started("fake_broken", order):
            pass


def test_a_thing_is_done_once_for_each_line_and_timed(monkeypatch, capsys):
    done = []
    monkeypatch.setattr(sys, "stdin", io.StringIO("step\nreward\nstep\n"))
    calls = {name: lambda name=name: done.append(name) for name in ("step", "reward")}
    serving.serve(calls)
    assert done == ["step", "reward", "step"]
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(lines) == 3 and all(line.keys() == {"wall", "cpu"} for line in lines)


@pytest.mark.parametrize(("space", "clipped_to"), [("macro", 0.0), ("rnn", 0.1)])
def test_a_child_in_pytorch_has_the_published_sizes(space, clipped_to):
    config = presets.resolve(space, "search", "paper", {})
    sizes = orders.sizes(config, classes=10, vocabulary=50)
    expected = dict(batch_size=128, classes=10, vocabulary=50, clipped_to=clipped_to)
    assert {name: sizes[name] for name in expected} == expected


def test_five_arcs_go_to_the_other_process_in_lists():
    order = run.order_of("micro", batch_size=8)
    arcs = [MicroArc(*(Cell(*cell) for cell in arc)) for arc in order.arcs]
    assert len(arcs) == 5 and order.sizes["batch_size"] == 8
    assert json.loads(order.text())["arcs"] == order.arcs
    assert all(len(cell.ops) == 10 for arc in arcs for cell in arc)


def test_without_pytorch_it_is_left_out_with_a_reason(monkeypatch, caplog):
    monkeypatch.setattr(installed, "is_there", lambda: False)
    assert run.peers("macro") == {}
    assert "left out" in caplog.text and "enas_tf[peers]" in caplog.text
