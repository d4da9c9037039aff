"""Which kernel the gradients of max pools get, in steps that are built again and again.

  python tests/pool_kernels.py --count=100

Builds so many steps of a small shared macro child, one after the other, and counts the
kernels that TensorFlow chose: with oneDNN each gradient should have oneDNN's
(docs/reliability.md), and the exit status is 1 if one has another. A step takes about
two seconds.
"""

import argparse
import collections
import pathlib
import sys

from tensorflow.python.eager import context

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from enas_tf.benchmark import subjects as subjects_lib
from enas_tf.machine import record as machine
from enas_tf.machine import tensorflow_state
from enas_tf.search.controller import Controller
from enas_tf.training import networks


def kernels(call):
    """How many gradients of max pools `call` made TensorFlow build, by kernel."""
    context.context().enable_graph_collection()
    call()
    built = context.context().export_run_metadata().function_graphs
    context.context().disable_graph_collection()
    return collections.Counter(
        node.op
        for function in built
        for graph in function.partition_graphs
        for node in graph.node
        if "MaxPoolGrad" in node.op
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100)
    count = parser.parse_args().count
    tensorflow_state.start(machine.Wanted(threads=1))
    subjects = subjects_lib.Subjects(
        "macro", batch_size=4, child_out_filters=4, child_num_layers=6
    )
    policy = Controller(subjects.space.tape(), subjects.config.controller, seed=0)
    network = networks.SampledChild(subjects.child, policy, subjects.space, seed=0)
    steps = collections.Counter()
    for _ in range(count):
        trainer = subjects.trainer(network)  # a new one, whose step is traced anew
        found = kernels(subjects_lib.steps(trainer, 1))
        steps[tuple(sorted(found.items()))] += 1
    for found, times in steps.most_common():
        print(f"{times} of {count} steps:", *(f"{n} {op}" for op, n in found))
    sys.exit(int(any(op == "MaxPoolGrad" for found in steps for op, _ in found)))


if __name__ == "__main__":
    main()
