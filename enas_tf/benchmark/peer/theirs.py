"""PyTorch's side, in a process of its own: python -m enas_tf.benchmark.peer.theirs.

Imports nothing that a search in PyTorch would not, for its start is timed.
"""

import importlib
import json
import os
import sys

import torch

from enas_tf.benchmark.peer import serving


def main() -> None:
    """Serves the order on the command line, see `order.Order`."""
    torch.set_num_threads(1)
    torch.set_num_interop_threads(1)
    order = json.loads(sys.argv[1])
    module, name = order["peer"].split(":")
    search = getattr(importlib.import_module(module), name)(order["sizes"])
    arcs = order["arcs"]
    search.step(arcs[0])
    serving.ready(f"PyTorch {torch.__version__}")
    serving.serve(
        dict(
            step=lambda: [search.step(arc) for arc in arcs],
            reward=lambda: [search.reward(arc) for arc in arcs],
        )
    )
    os._exit(0)  # the rest would be the end of its threads


if __name__ == "__main__":
    main()
