"""The operations of a step, counted by hand and by others; kernels' shares of time."""

import pytest
import tensorflow as tf
from tensorflow.tsl.profiler.protobuf import xplane_pb2

from enas_tf.benchmark import subject
from enas_tf.benchmark.roofline import counts, kernels, step
from enas_tf.spaces.macro import MacroArc
from enas_tf.spaces.micro import Cell, MicroArc
from enas_tf.spaces.rnn import RnnArc

SIZES = dict(batch_size=2, classes=10, vocabulary=10, out_filters=4)
ALL = tuple((1,) * layer for layer in range(6))
NONE = tuple((0,) * layer for layer in range(6))
POOLS = Cell(inputs=(0, 1, 2, 2), ops=(2, 3, 4, 4))
SEPARABLE = Cell(inputs=(0, 1, 2, 0), ops=(0, 1, 4, 3))


def test_operations_are_two_for_each_multiply_add():
    assert counts.conv(4, 3, 5, 3) == 2 * 16 * 9 * 15
    assert counts.separable(4, 2, 3) == 2 * 16 * 9 * 2 + 2 * 16 * 4
    assert counts.reduction(4, 2, 6) == 2 * 4 * 12
    assert counts.dense(3, 5) == 30


# All but the maps that nobody reads: as torch.utils.flop_counter counts a step in
# PyTorch. It is wrong of depthwise gradients: there, as it counts the way forward.
@pytest.mark.parametrize(
    ("space", "arc", "sizes", "flops"),
    [
        ("macro", MacroArc((4,) * 6, ALL), {}, 1_610_208),
        ("macro", MacroArc((0, 2, 4, 5, 0, 0), ALL), {}, 8_516_064),
        ("macro", MacroArc((1, 3, 4, 5, 1, 2), ALL), {}, 4_021_728),
        ("micro", MicroArc(POOLS, POOLS), dict(num_layers=2), 23_293_824),
        ("micro", MicroArc(SEPARABLE, POOLS), dict(num_layers=2), 26_537_856),
        ("rnn", RnnArc((0, 1), (0, 1)), dict(hidden_size=3, bptt_steps=5), 6_048),
    ],
)
def test_a_step_has_the_operations_that_others_count(space, arc, sizes, flops):
    assert subject.of(space).flops(arc, SIZES | sizes) == flops


def test_a_reduction_that_nobody_reads_is_of_no_use():
    read = subject.of("macro").flops(MacroArc((4,) * 6, NONE), SIZES)
    skips = (*NONE[:5], (1, 0, 0, 0, 0))
    more = subject.of("macro").flops(MacroArc((4,) * 6, skips), SIZES)
    # The stem's map, halved twice: 16 x 16 and 8 x 8 pixels, 4 channels to 4.
    assert more - read == 2 * 3 * 2 * (16 * 16 + 8 * 8) * 4 * 4


def test_the_share_is_of_the_peak():
    product = 2 * step.SQUARE**3 / 100e9  # a core of 100 GFLOP/s
    found = step.figures(useful=10e9, step=0.4, product=product)
    assert found == pytest.approx(
        dict(
            roofline=0.25,
            roofline_useful_gflop=10.0,
            roofline_gflop_per_s=25.0,
            roofline_peak_gflop_per_s=100.0,
        )
    )


def profile(*events):
    """As the profiler writes it: (name, picoseconds) each."""
    space = xplane_pb2.XSpace()
    plane = space.planes.add(name="/host:CPU")
    line = plane.lines.add()
    for number, (name, time) in enumerate(events):
        plane.event_metadata[number].name = name
        line.events.add(metadata_id=number, duration_ps=time)
    return space


def test_shares_are_of_kernels_alone():
    space = profile(
        ("a/MatMul:MatMul", 30),
        ("b/MatMul:MatMul", 30),
        ("a/Relu:Relu", 40),
        ("while:While", 90),  # as long as what it calls
        ("SessionRun::Run", 95),
        ("step: 3", 95),
        ("Process", 99),
    )
    found = kernels._shares(space)
    assert found == {"MatMul": 0.6, "Relu": 0.4} and list(found) == ["MatMul", "Relu"]


def test_tensorflow_tells_its_kernels():
    x = tf.ones([300, 300])
    call = tf.function(lambda: tf.matmul(x, x) + 1.0, autograph=False)
    call()
    found = kernels.shares(lambda: call().numpy())
    assert any("MatMul" in kind for kind in found)
    assert sum(found.values()) == pytest.approx(1.0)
