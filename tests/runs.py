"""Tiny runs of the whole program, for the tests that need one."""

import pathlib
import sys

import numpy as np
import tensorflow as tf

from enas_tf import experiment, request

# One row per search space: the smallest run that visits everything.
TINY = {
    "macro": dict(child_num_layers=3, child_out_filters=4),
    "micro": dict(child_num_layers=1, child_num_cells=2, child_out_filters=4),
}
# What a space writes of its own after each controller update.
STATISTICS = {
    "macro": ("skip_rate", "op_frequency/conv3x3"),
    "micro": (
        "op_frequency_normal/sepconv3x3",
        "op_frequency_reduce/identity",
        "loose_ends_normal",
    ),
}
SHARED = dict(
    dataset="digits",
    batch_size=64,
    num_epochs=2,
    log_every=7,
    controller_train_steps=4,
    controller_num_aggregate=3,
    derive_num_samples=4,
    child_keep_prob=0.5,
    checkpoint_every_steps=3,
    progress=False,
)


def settings(space: str, folder: pathlib.Path, **given) -> dict:
    own = dict(search_for=space, output_dir=str(folder))
    return {**SHARED, **TINY[space], **own, **given}


def run(space: str, folder: pathlib.Path, **given) -> None:
    """What bin/main.py does with these flags, in this process."""
    values = settings(space, folder, **given)
    command = [sys.executable, "bin/main.py"]
    command += [f"--{name}={value}" for name, value in values.items()]
    asked = request.build(values, None, command)
    try:
        experiment.run(asked)
    finally:
        asked.folder.release()


def checkpoint(folder: pathlib.Path, stage: str) -> dict[str, np.ndarray]:
    """Every array of a stage's last checkpoint."""
    path = tf.train.latest_checkpoint(str(folder / "checkpoints" / stage))
    reader = tf.train.load_checkpoint(path)
    names = reader.get_variable_to_shape_map()
    # The save counter tells how often was saved, not what was computed.
    wanted = [
        n for n in names if n.endswith("VARIABLE_VALUE") and "save_counter" not in n
    ]
    return {name: reader.get_tensor(name) for name in wanted}


def assert_equal_to_the_bit(ours: dict, theirs: dict) -> None:
    assert set(ours) == set(theirs)
    for name, array in ours.items():
        assert array.tobytes() == theirs[name].tobytes(), name
