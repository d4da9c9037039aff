"""On which device the operations of a function lie, and what crosses between two."""

import collections
from collections.abc import Callable, Iterable

from tensorflow.core.framework import node_def_pb2, types_pb2
from tensorflow.python.eager import context
from tensorflow.python.framework import kernels

# They compute nothing, wherever they are.
STRUCTURE = frozenset(
    "Const Identity IdentityN NoOp Placeholder _Arg _Retval _DeviceArg _DeviceRetval "
    "Enter Exit Merge Switch _SwitchN NextIteration LoopCond _Send _Recv _HostSend "
    "_HostRecv VarHandleOp".split()
)
FLOATS = frozenset(
    (types_pb2.DT_FLOAT, types_pb2.DT_HALF, types_pb2.DT_BFLOAT16, types_pb2.DT_DOUBLE)
)
SHOWN = 12  # types of operations that are named


def of_first_call(call: Callable[[], object]) -> dict[str, float]:
    """Counts of the operations of what is traced in `call`, after optimisation.

    `call` must be the first of its function. Every branch of a switch is counted, so a
    step does fewer. Copies are places in the graph where a tensor goes from one device
    to another.
    """
    eager = context.context()
    eager.enable_graph_collection()
    try:
        call()
        metadata = eager.export_run_metadata()
    finally:
        eager.disable_graph_collection()
    graphs = [
        graph for run in metadata.function_graphs for graph in run.partition_graphs
    ]
    return count(node for graph in graphs for node in graph.node)


def count(nodes: Iterable[node_def_pb2.NodeDef]) -> dict[str, float]:
    """The figures of `nodes`, of all devices."""
    on: collections.Counter[str] = collections.Counter()
    left: collections.Counter[str] = collections.Counter()
    copies = 0
    for node in nodes:
        if node.op in ("_Send", "_HostSend"):
            copies += _crosses(node)
        if node.op in STRUCTURE:
            continue
        device = _kind(node.device)
        on[device] += 1
        if device == "cpu" and _of_floats(node) and _has_gpu_kernel(node.op):
            left[node.op] += 1
    found: dict[str, float] = {f"ops_on_{name}": on[name] for name in ("gpu", "cpu")}
    found |= dict(float_ops_left_on_cpu=left.total(), copies_between_devices=copies)
    return found | {f"left_on_cpu.{op}": n for op, n in left.most_common(SHOWN)}


def _kind(device: str) -> str:
    """Gpu or cpu, of a device's full name."""
    return "gpu" if "GPU" in device else "cpu"


def _crosses(node: node_def_pb2.NodeDef) -> bool:
    ends = (node.attr[name].s.decode() for name in ("send_device", "recv_device"))
    return len({_kind(end) for end in ends}) > 1


def _of_floats(node: node_def_pb2.NodeDef) -> bool:
    """Whether one of its types is a float's: integers lie in host memory anyway."""
    return any(value.type in FLOATS for value in node.attr.values())


def _has_gpu_kernel(op: str) -> bool:
    found = kernels.get_registered_kernels_for_op(op)
    return any(kernel.device_type == "GPU" for kernel in found.kernel)
