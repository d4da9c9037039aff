"""TensorFlow's optimisers go over a graph once, without a change of its values."""

import os
import subprocess
import sys

import pytest

# Prints the settings of TensorFlow's next graph, in a process of its own: they stay.
SCRIPT = """
import tensorflow as tf
from tensorflow.python.eager import context

from enas_tf.nn import graph_passes, sums

tf.config.optimizer.set_experimental_options({"remapping": False})
for word in "WORDS".split():
    {"once": graph_passes.go_once, "whole": sums.keep_whole}[word]()
rewriting = context.context().config.graph_options.rewrite_options
print(
    rewriting.meta_optimizer_iterations == rewriting.ONE,
    rewriting.layout_optimizer == rewriting.OFF,
    rewriting.memory_optimization == rewriting.NO_MEM_OPT,
    rewriting.remapping == rewriting.OFF,
)
"""


@pytest.mark.parametrize("words", ["once whole", "whole once"])
def test_it_leaves_whole_sums_and_remapping_as_they_were_set(words):
    answer = subprocess.run(
        [sys.executable, "-c", SCRIPT.replace("WORDS", words)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
    )
    assert answer.stdout.split() == ["True"] * 4, answer.stderr
