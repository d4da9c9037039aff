"""The benchmark of a GPU, on whatever device there is; its processes without any."""

import importlib.util
import json
import pathlib
import struct
import sys

import numpy as np
import pytest
import tensorflow as tf
from tensorflow.core.framework import node_def_pb2, types_pb2

from enas_tf.benchmark.gpu import job, placement, plan, resume, run, search, steadily
from enas_tf.benchmark.gpu.plan import Order, Section

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
CPU, GPU = "/job:localhost/device:CPU:0", "/job:localhost/device:GPU:0"
# In place of a job: macro is well but for a part, micro ends badly, rnn does not end.
STUB = """
import json, sys, time
order = json.loads(sys.argv[1])
name = f"gpu.{order['space']}.step_ms"
print("a line of a library")
print(json.dumps(dict(figures={name: 2.5})), flush=True)
print(json.dumps(dict(failed="fixed: ValueError: no")), flush=True)
if order["space"] == "micro":
    sys.exit("out of memory")
if order["space"] == "rnn":
    time.sleep(60)
"""


@pytest.fixture
def quick(monkeypatch):
    """One step is a block, and one block is enough."""
    monkeypatch.setattr(steadily, "BLOCK_SECONDS", 0.0)
    monkeypatch.setattr(steadily, "PATIENCE", 0.0)
    monkeypatch.setattr(steadily.timing, "WARM_UP", 0)
    monkeypatch.setattr(search, "FIXED", 1)


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (
            "search",
            "ops_on_cpu step_ms step_tf32_off_ms reward_ms update_ms fixed_step_ms "
            "step_over_fixed drawn_step_ms",
        ),
        ("final", "step_ms step_4x_ms step_2x_ms"),
        ("xla", "passes_xla_ms"),
    ],
)
def test_every_part_of_a_section_has_figures(quick, kind, names):
    found = {}
    wanted = ("passes_xla",) if kind == "xla" else ()
    for line in job.measure(Order(kind, "rnn", "x.", wanted=wanted, small=True)):
        assert "failed" not in line
        found |= line["figures"]
    assert all(found[f"gpu.rnn.x.{name}"] > 0 for name in names.split())


def test_the_peak_is_of_the_part_alone(monkeypatch):
    peaks = dict(whole=2**20 * 900)

    def part():
        peaks["whole"] = max(peaks["whole"], 2**20 * 30)
        return dict(step_ms=1.0)

    tries = dict(
        reset_memory_stats=lambda device: peaks.update(whole=0),
        get_memory_info=lambda device: dict(current=0, peak=peaks["whole"]),
    )
    for name, stub in tries.items():
        monkeypatch.setattr(tf.config.experimental, name, stub)
    monkeypatch.setattr(tf.config, "list_logical_devices", lambda kind: ["GPU:0"])
    monkeypatch.setitem(job.KINDS, "search", lambda order: dict(step=part))
    (line,) = job.measure(Order("search", "macro"))
    assert line["figures"] == {
        "gpu.macro.step_ms": 1.0,
        "gpu.macro.step_peak_mb": 30.0,
    }


@pytest.mark.parametrize(("grows", "figure"), [([True, True], 1.0), ([True, False], 0)])
def test_memory_grows_if_that_of_every_gpu_does(monkeypatch, grows, figure):
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: [0, 1])
    asked = grows.__getitem__
    monkeypatch.setattr(tf.config.experimental, "get_memory_growth", asked)
    assert search.memory_growth() == dict(memory_growth=figure)


def test_a_part_that_fails_is_told_and_the_others_go_on(quick, monkeypatch):
    def fails():
        raise ValueError("two\nlines")

    parts = dict(one=fails, two=lambda: dict(step_ms=1.0), three=fails)
    monkeypatch.setitem(job.KINDS, "search", lambda order: parts)
    lines = list(job.measure(Order("search", "macro", wanted=("one", "two"))))
    assert lines[0] == dict(failed="one: ValueError: two lines")
    assert lines[1]["figures"]["gpu.macro.step_ms"] == 1.0
    assert len(lines) == 2
    monkeypatch.setitem(job.KINDS, "search", lambda order: fails())
    assert list(job.measure(Order("search", "macro"))) == [
        dict(failed="building it: ValueError: two lines")
    ]


def test_a_section_that_ends_badly_or_late_costs_its_other_figures_alone(
    monkeypatch, caplog
):
    one = dict(search=lambda space: [Section(Order("search", space), 1.0)])
    monkeypatch.setattr(plan, "PARTS", one)
    kept = []
    found = run.measure(
        ["macro", "micro", "rnn"],
        ["search"],
        keep=lambda found: kept.append(dict(found)),
        job=(sys.executable, "-c", STUB),
    )
    spaces = ("macro", "micro", "rnn")
    assert found == {f"gpu.{space}.step_ms": 2.5 for space in spaces}
    assert kept[0] == {"gpu.macro.step_ms": 2.5} and kept[-1] == found
    told = "\n".join(caplog.messages)
    assert "macro search: no figures: fixed: ValueError: no" in told
    assert "micro search: ended early: status 1: out of memory" in told
    assert "rnn search: ended early: it took more than 1 s and was stopped" in told


def test_what_would_begin_too_late_is_left_out(caplog):
    job_that_fails = (sys.executable, "-c", "1 / 0")
    assert run.measure(["rnn"], ["xla"], minutes=0.1, job=job_that_fails) == {}
    assert "rnn final xla: left out, the 0.1 minutes are over." in caplog.messages


def test_parts_come_in_the_order_of_the_plan_and_each_lower_precision():
    found = plan.sections(["macro", "rnn"], ["precision", "deterministic"])
    assert [one.order.prefix for one in found] == [
        "gpu.macro.deterministic.",
        "gpu.rnn.deterministic.",
        "gpu.macro.bfloat16.",
        "gpu.macro.bfloat16.final.",
        "gpu.macro.float16.",
        "gpu.macro.float16.final.",
        "gpu.rnn.bfloat16.",
        "gpu.rnn.bfloat16.final.",
        "gpu.rnn.float16.",
        "gpu.rnn.float16.final.",
    ]
    assert [one.order.deterministic for one in found] == [True] * 2 + [False] * 8
    assert found[2].order.settings == {"child_precision": "bfloat16"}


def test_an_order_is_the_same_on_the_other_side():
    order = Order("final", "micro", "final.", {"a": 1}, True, ("step",), True)
    back = Order(**json.loads(json.dumps(order._asdict())))
    assert back == order._replace(wanted=["step"])


def node(op, device, **attributes):
    found = node_def_pb2.NodeDef(op=op, device=device)
    for name, value in attributes.items():
        if isinstance(value, str):
            found.attr[name].s = value.encode()
        else:
            found.attr[name].type = value
    return found


def test_float_operations_left_on_the_cpu_and_copies_are_counted():
    floats, integers = types_pb2.DT_FLOAT, types_pb2.DT_INT32
    found = placement.count(
        [
            node("MatMul", GPU, T=floats),
            node("MatMul", CPU, T=floats),
            node("AddV2", CPU, T=integers),  # of sizes, say: they are the host's
            node("StringJoin", CPU),  # no GPU knows it
            node("Const", CPU, dtype=floats),
            node("_Send", GPU, T=floats, send_device=GPU, recv_device=CPU),
            node("_Send", CPU, T=floats, send_device=CPU, recv_device=CPU),
        ]
    )
    assert found == {
        "ops_on_gpu": 1,
        "ops_on_cpu": 3,
        "float_ops_left_on_cpu": 1,
        "copies_between_devices": 1,
        "left_on_cpu.MatMul": 1,
    }


def test_a_spread_has_the_quartiles_of_all_blocks_and_the_medians_of_arcs():
    found = steadily.spread("step", [[1.0, 2.0, 3.0], [5.0, 6.0]])
    assert found == dict(
        step_ms=3.0, step_ms_q1=2.0, step_ms_q3=5.0, step_ms_lowest=2.0
    ) | dict(step_ms_highest=5.5)


def test_times_of_steps_that_are_left_out_are_no_figures():
    with pytest.raises(steadily.NotFinite):
        steadily.warmed(lambda: np.float32("nan") * np.ones(1))


def test_a_digest_tells_one_bit_and_not_how_often_was_saved(tmp_path):
    def digest(name, bits):
        place = tmp_path / name / "checkpoints" / "search"
        value = struct.unpack("<f", struct.pack("<I", bits))[0]
        saved = tf.train.Checkpoint(weight=tf.Variable(value))
        saved.save_counter.assign(len(name))
        saved.write(str(place / "ckpt-1"))
        return resume.digest(tmp_path / name)

    assert digest("a", 0x3F800000) == digest("bb", 0x3F800000)
    assert digest("c", 0x3F800000) != digest("d", 0x3F800001)


@pytest.fixture(scope="module")
def command():
    path = REPOSITORY / "bin" / "benchmark.py"
    spec = importlib.util.spec_from_file_location("enas_benchmark_gpu", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_without_a_gpu_a_line_says_so(command, capsys, monkeypatch):
    monkeypatch.setattr(run, "device", lambda: "")
    monkeypatch.setattr(run, "measure", None)  # nothing is measured
    assert command.main(["benchmark.py", "--what=gpu"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "--what=gpu" in line and "TensorFlow sees none" in line


@pytest.mark.parametrize(
    ("given", "spaces"),
    [([], ["macro", "micro", "rnn"]), (["--search_for=macro"], ["macro"])],
)
def test_all_spaces_are_measured_unless_one_is_named(
    command, monkeypatch, tmp_path, given, spaces
):
    def measure(spaces, parts, *, minutes, keep):
        keep({"gpu.macro.step_ms": 1.0})
        assert json.loads(path.read_text()) == {"gpu.macro.step_ms": 1.0}
        asked.append((spaces, parts, minutes))
        return {"gpu.macro.step_ms": 2.0}

    asked, path = [], tmp_path / "gpu.json"
    monkeypatch.setattr(run, "device", lambda: "H100")
    monkeypatch.setattr(run, "measure", measure)
    words = ["benchmark.py", "--what=gpu", f"--json={path}", "--gpu_parts=xla"]
    assert command.main([*words, *given, "--gpu_minutes=0.5"]) == 0
    assert asked == [(spaces, ["xla"], 0.5)]
    assert json.loads(path.read_text()) == {"gpu.macro.step_ms": 2.0}
