"""The names in a run's folder: which are files, which are folders.

The one place of them. A file in the place of a folder, or the other way round, was put
there by somebody else, and is neither written into nor removed. No TensorFlow.
"""

import pathlib
import shutil
from typing import NamedTuple

from enas_tf.config import modes
from enas_tf.config.sections import ConfigError
from enas_tf.run import disk, rows

RUN, COPY = "run.json", "run.copy.json"
SETTINGS = "config.json"
LOCK = ".lock"
METRICS = "metrics.jsonl"
CURVES = "curves.png"
PAGE = "report.html"
CHECKPOINTS = "checkpoints"
TENSORBOARD = "tensorboard"

ARCS = "arcs"  # the folder of what follows
BEST_JSON, BEST_TEXT, BEST_PICTURE = "best.json", "best.txt", "best.png"
SAMPLED, SAMPLED_PICTURE = "sampled.jsonl", "sampled.png"
DERIVED = "derived.jsonl"
REWARDED = "rewarded.jsonl"  # arcs with a reward of one's own
LATENCY = "latency.jsonl"  # networks that were timed
PARETO, PARETO_PICTURE = "pareto.jsonl", "pareto.png"
TOLD = "told.jsonl"  # rewards that another program gave, see library/asking.py
OPS_PICTURE = "ops.png"

# Of a campaign's folder, which is no run's, and has runs below `JOBS`.
PLAN, PLAN_COPY, JOBS = "plan.json", "plan.copy.json", "jobs"

PLUGINS = "plugins"  # the folder of copies of their texts

EVALUATION = "evaluation"  # the folder of what follows
BY_CLASS, CONFUSION = "classes.json", "confusion.png"

FINAL = "final"  # the folder of what follows: an export
KERAS_FILE = "model.keras"
SAVED_MODEL = "saved_model"
# Of formats that are written if asked for (export/formats.py), and their table.
ONNX_FILE = "model.onnx"
LITERT_FILE, LITERT_INT8_FILE = "model.tflite", "model_int8.tflite"
EXPORT_TABLE = "export.json"
SUMS = "SHA256SUMS"


class NamesFile(NamedTuple):
    """Where an export says what its answers are called.

    Attributes:
      file: beside the model, a name a line.
      enclosed: the same names inside `KERAS_FILE`, for whoever is given that alone.
      answers: what is listed, in the plural.
      model: what has such a file, in words.
    """

    file: str
    enclosed: str
    answers: str
    model: str


CLASSES = NamesFile("classes.txt", "classes.json", "classes", "model")
VOCABULARY = NamesFile("vocabulary.txt", "vocabulary.json", "words", "language model")
NAMES_FILES = (CLASSES, VOCABULARY)


def beside(name: str, suffix: str) -> str:
    """The name of a folder that stands beside the folder `name` for a moment."""
    return f".{name}.{suffix}"


NEW, OLD = "new", "old"  # such suffixes: while it is written, while it is replaced

FOLDERS = (
    CHECKPOINTS,
    *(f"{CHECKPOINTS}/{stage}" for stage in modes.STAGES),
    *modes.STAGES,
    ARCS,
    TENSORBOARD,
    *(f"{TENSORBOARD}/{stage}" for stage in modes.STAGES),
    FINAL,
    f"{FINAL}/{SAVED_MODEL}",
    *(beside(FINAL, suffix) for suffix in (NEW, OLD)),
    EVALUATION,
    PLUGINS,
)
FILES = (
    LOCK,
    SETTINGS,
    *(f"{stage}/{SETTINGS}" for stage in modes.STAGES),
    # A save that was killed leaves a folder ckpt-7_temp.
    f"{CHECKPOINTS}/*/ckpt-*.index",
    f"{CHECKPOINTS}/*/ckpt-*.data-*",
    METRICS,
    f"{METRICS}{rows.DAMAGED}",
    f"{METRICS}{rows.NEW}",
    CURVES,
    PAGE,
    *(f"{ARCS}/{name}" for name in (BEST_JSON, BEST_TEXT, BEST_PICTURE)),
    *(f"{ARCS}/{name}" for name in (SAMPLED, SAMPLED_PICTURE, DERIVED, TOLD)),
    f"{ARCS}/{OPS_PICTURE}",
    *(f"{ARCS}/{name}" for name in (REWARDED, LATENCY, PARETO, PARETO_PICTURE)),
    f"{TENSORBOARD}/*/events.*",
    f"{FINAL}/{KERAS_FILE}",
    *(f"{FINAL}/{name}" for name in (ONNX_FILE, LITERT_FILE, LITERT_INT8_FILE)),
    f"{FINAL}/{EXPORT_TABLE}",
    *(f"{FINAL}/{names.file}" for names in NAMES_FILES),
    f"{FINAL}/{SUMS}",
    *(f"{EVALUATION}/{name}" for name in (BY_CLASS, CONFUSION)),
    f"{PLUGINS}/*.py",
    COPY,
    RUN,
)
# The order of --reset_output_dir. Checkpoints first: the rest of a reset that was
# killed must not go on; the marks last, so that it can be repeated.
WRITTEN = tuple(name for name in (*FOLDERS, *FILES) if "/" not in name and name != LOCK)


def refuse_wrong_kinds(folder: pathlib.Path) -> None:
    """Refuse a folder where a file should be, and a file where a folder should be.

    Raises:
      ConfigError: there is one; it is named.
    """
    with disk.refusals(folder):
        for pattern in FOLDERS:
            for path in sorted(folder.glob(pattern)):
                if not path.is_dir():
                    raise _wrong(path, "file", "folder")
        for pattern in FILES:
            for path in sorted(folder.glob(pattern)):
                if path.exists() and not path.is_file():
                    found = "folder" if path.is_dir() else "pipe or device"
                    raise _wrong(path, found, "file")


def remove(folder: pathlib.Path) -> None:
    """Remove all files of this program; the target of a link stays."""
    for name in WRITTEN:
        for path in (folder / name, folder / f"{name}{disk.DRAFT}"):
            with disk.refusals(path):
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                else:
                    path.unlink(missing_ok=True)


def _wrong(path: pathlib.Path, found: str, wanted: str) -> ConfigError:
    return ConfigError(
        f"{path} is a {found}, where this program has a {wanted} of its own. Move it "
        "away and give the same command again."
    )
