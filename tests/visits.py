"""In which order TensorFlow may come to a graph's operations to choose kernels.

It goes through the graph in depth from the operations that need nothing, and then takes
the operations in the reverse of the order in which it left them. What follows an
operation is in no fixed order where that is more than a few. Round a loop, an operation
can so come before one that it needs.
"""

import collections
import random

from tensorflow.python.eager import context


def largest_graph(call):
    """The largest optimised graph that `call` makes TensorFlow build."""
    with context.collect_graphs(optimized=True) as graphs:
        call()
    return max(graphs, key=lambda graph: len(graph.node))


def misplaced(graph, pairs, *, orders):
    """How many of `orders` random orders put one of `pairs` the wrong way round.

    Args:
      graph: a GraphDef.
      pairs: (first, second), names of operations.
      orders: how many to draw.
    """
    followers, needs = collections.defaultdict(set), {}
    for node in graph.node:
        needs[node.name] = {_name(i) for i in node.input}
        for name in needs[node.name]:
            followers[name].add(node.name)
    followers = {name: sorted(names) for name, names in followers.items()}
    roots = sorted(name for name, before in needs.items() if not before)
    left = (_left(roots, followers, random.Random(seed)) for seed in range(orders))
    # The later one was left, the earlier its turn comes.
    return sum(any(at[a] < at[b] for a, b in pairs) for at in left)


def pools(nodes):
    """(pool, its gradient) of each gradient of a max pool, names."""
    return [
        (_name(node.input[1]), node.name) for node in nodes if node.op == "MaxPoolGrad"
    ]


def _left(roots, followers, rng):
    """Operation to the moment at which a walk in depth leaves it."""
    seen, left = set(), {}
    stack = [(root, False) for root in rng.sample(roots, len(roots))]
    while stack:
        name, leaves = stack.pop()
        if leaves:
            left[name] = len(left)
        elif name not in seen:
            seen.add(name)
            after = followers.get(name, [])
            stack += [(name, True)]
            stack += [(each, False) for each in rng.sample(after, len(after))]
    return left


def _name(of_input):
    return of_input.lstrip("^").split(":")[0]
