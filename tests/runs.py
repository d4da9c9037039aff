"""Tiny runs of the whole program, for the tests that need one."""

import atexit
import functools
import pathlib
import shutil
import sys
import tempfile

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from enas_tf import plots
from enas_tf.command import request
from enas_tf.run import measures, saves
from enas_tf.stages import assembly, pages, train
from enas_tf.stages import run as experiment

WORDS = "the cat sat on a mat and saw it".split()


@functools.cache
def texts() -> str:
    """A folder with three texts, in which some words follow others more often."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="enas_tf_texts_"))
    # It is asked for where modules are imported, which have no tmp_path.
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    rng = np.random.default_rng(0)
    for name, count in dict(train=740, valid=130, test=90).items():
        starts = rng.integers(0, 6, count)
        lines = [" ".join(WORDS[start:][:4]) for start in starts]
        (folder / f"{name}.txt").write_text("\n".join(lines))
    return str(folder)


# One row per search space: the smallest run that visits everything.
TINY = {
    "macro": dict(child_num_layers=3, child_out_filters=4, child_keep_prob=0.5),
    "micro": dict(
        child_num_layers=1,
        child_num_cells=2,
        child_out_filters=4,
        child_keep_prob=0.5,
    ),
    "rnn": dict(
        data_path=texts(),
        batch_size=32,
        eval_batch_size=16,
        child_num_layers=2,
        child_hidden_size=8,
        child_bptt_steps=7,
    ),
}
# Child steps at the end of each of the two epochs.
EPOCH_ENDS = {"macro": (17, 34), "micro": (17, 34), "rnn": (17, 35)}
MEASURES = {
    "macro": measures.ACCURACY,
    "micro": measures.ACCURACY,
    "rnn": measures.PERPLEXITY,
}
# What a space writes of its own after each controller update.
STATISTICS = {
    "macro": ("skip_rate", "op_frequency/conv3x3"),
    "micro": (
        "op_frequency_normal/sepconv3x3",
        "op_frequency_reduce/identity",
        "loose_ends_normal",
    ),
    "rnn": ("op_frequency/sigmoid", "loose_ends"),
}
SHARED = dict(
    dataset="digits",
    batch_size=64,
    num_epochs=2,
    log_every=7,
    controller_train_steps=4,
    controller_num_aggregate=3,
    derive_num_samples=4,
    checkpoint_every_steps=3,
    progress=False,
)


def settings(space: str, folder: pathlib.Path, **given) -> dict:
    own = dict(search_for=space, output_dir=str(folder))
    return {**SHARED, **TINY[space], **own, **given}


def run(
    space: str,
    folder: pathlib.Path,
    *,
    seen: bool = False,
    export: bool = True,
    **given,
) -> None:
    """What bin/main.py does with these flags, in this process.

    Args:
      seen: whether curves, pictures and the page are made as in a run of a user's,
        which few tests look at; three seconds.
      export: whether a training exports its model, which takes three.
    """
    run_exactly(settings(space, folder, **given), seen=seen, export=export)


def run_exactly(values: dict, *, seen: bool = False, export: bool = True) -> None:
    """The same with these flags and no others."""
    command = [sys.executable, "bin/main.py"]
    command += [f"--{name}={value}" for name, value in values.items()]
    asked = request.build(values, None, command)
    with pytest.MonkeyPatch.context() as patch:
        if not seen:
            patch.setattr(assembly, "draw_curves", _nothing)
            patch.setattr(pages, "_write", _nothing)
            patch.setattr(plots, "draw_arc", _dot)
            patch.setattr(plots, "draw_op_shares", lambda metrics, path: _dot(path))
        if not export:
            patch.setattr(train, "write_export", _nothing)
        try:
            experiment.run(asked)
        finally:
            asked.folder.release()


def _nothing(*args, **more) -> None:
    """In place of a file that nobody looks at."""


def _dot(*args, **more) -> bool:
    """A picture of one pixel in place of another; whether it could be drawn."""
    path = args[-1]
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("L", (1, 1)).save(path)
    return True


def checkpoint(folder: pathlib.Path, stage: str) -> dict[str, np.ndarray]:
    """Every array of a stage's last checkpoint."""
    place = folder / "checkpoints" / stage
    newest = saves.look(place).whole[0]
    reader = tf.train.load_checkpoint(str(place / saves.name(newest)))
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
