"""Our side, in a process of its own: python -m enas_tf.benchmark.peer.ours ORDER.

TensorFlow as a run that begins here has it, but with one thread. Its import is the
program's own, for a start is timed: what needs TensorFlow is imported after it.
"""

import json
import os
import sys

from enas_tf.benchmark.peer import serving
from enas_tf.benchmark.peer.order import Order
from enas_tf.machine import record as machine
from enas_tf.machine import start


def main() -> None:
    """Serves the order on the command line."""
    start.tensorflow()
    from enas_tf.machine import tensorflow_state
    from enas_tf.nn import graph_passes, sums

    order = Order(**json.loads(sys.argv[1]))
    tensorflow_state.start(machine.Wanted(threads=1))
    graph_passes.go_once()
    sums.keep_whole()
    calls = _first_step(order) if order.start else _calls(order)
    held = tensorflow_state.held()
    one_dnn = "on" if held.onednn else "off"
    serving.ready(f"TensorFlow {held.tensorflow}, oneDNN {one_dnn}")
    serving.serve(calls)
    os._exit(0)  # the rest would be the end of TensorFlow's threads


def _first_step(order: Order) -> serving.Calls:
    """A search's, whose controller draws the arc; there is nothing more to ask."""
    from enas_tf.benchmark import subjects as subjects_lib
    from enas_tf.search.controller import Controller
    from enas_tf.training import networks

    subjects = subjects_lib.Subjects(order.space, **order.settings)
    policy = Controller(subjects.space.tape(), subjects.config.controller, seed=0)
    network = networks.SampledChild(subjects.child, policy, subjects.space, seed=0)
    subjects_lib.steps(subjects.trainer(network), 1)()
    return {}


def _calls(order: Order) -> serving.Calls:
    """Steps and rewards of the arcs that the order has, too."""
    import tensorflow as tf

    from enas_tf.benchmark import remapping
    from enas_tf.benchmark.subjects import Subjects

    # It warns of functions that are traced often; here each subject has its own.
    tf.get_logger().setLevel("ERROR")
    subjects = Subjects(order.space, **order.settings)
    return {name: call(subjects) for name, call in remapping.CALLS.items()}


if __name__ == "__main__":
    main()
