"""Checkpoints of few variables, and what is read of them again."""

import numpy as np
import tensorflow as tf

from enas_tf.run import checkpoint as checkpoint_lib

COUNTERS = ("child_step", "epoch")

DATA, INDEX = ".data-00000-of-00001", ".index"


def build(folder, *values):
    """A checkpoint of two groups, whose variables begin at `values`."""
    groups = dict(
        child=[tf.Variable(values[0]), tf.Variable([values[1]] * 3)],
        controller=[tf.Variable([[values[2]]])],
    )
    saved = checkpoint_lib.Checkpoint(folder, groups=groups, counters=COUNTERS)
    return saved, [variable for group in groups.values() for variable in group]


def save(saved, variables, *, number):
    """Save with every variable at `number`."""
    for variable in variables:
        variable.assign(tf.fill(variable.shape, float(number)))
    saved.position.update(child_step=10 * number, epoch=number)
    saved.save()


def truncated(path):
    """Cut the file in half."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def numbers(variables):
    """All values of the variables, each once."""
    return {float(value) for v in variables for value in np.ravel(v)}


def warnings(caplog):
    """The messages of ours; TensorFlow tells of itself where earlier tests let it."""
    return [record.message for record in caplog.records if record.levelname != "INFO"]


def names(folder):
    """Of all that is in it."""
    return sorted(file.name for file in folder.iterdir())
