"""Makes the run folders of one version that every later one must read.

  python tests/make_old_runs.py CHECKOUT NAME

runs the program in CHECKOUT, the sources of that version, and writes
tests/data_files/runs_NAME.tar.xz; the README.md beside it says what is in it. The
sources here are not used, so that any version can be asked.
"""

import hashlib
import json
import os
import pathlib
import platform
import runpy
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
from typing import Any

import numpy as np

FILES = pathlib.Path(__file__).resolve().parent / "data_files"
RECORD = "record.json"
DIGITS = 12  # of a digest
WORDS = "the cat sat on a mat and saw it".split()
SHARED = dict(
    batch_size=64,
    num_epochs=2,
    log_every=7,
    controller_train_steps=4,
    controller_num_aggregate=3,
    controller_lstm_size=4,
    derive_num_samples=4,
    checkpoint_every_steps=3,
    progress=False,
)
SPACES = {
    # A seed of its own: up to 0.1.0 it decided how images are split, too.
    "macro": dict(
        dataset="digits",
        seed=3,
        child_num_layers=3,
        child_out_filters=2,
        child_keep_prob=0.5,
    ),
    "micro": dict(
        dataset="digits",
        child_num_layers=1,
        child_num_cells=2,
        child_out_filters=2,
        child_keep_prob=0.5,
        child_drop_path_keep_prob=0.8,
    ),
    "rnn": dict(
        data_path="texts",
        batch_size=32,
        eval_batch_size=16,
        child_num_layers=2,
        child_hidden_size=8,
        child_bptt_steps=7,
    ),
}
# Where a run dies: in the call that would take child_step beyond this one, in the
# second epoch, when the controller has learned as well.
LAST_STEP = dict(search=25, train=22)
# Large, and nothing that a run goes on from; so are pictures.
LEFT_OUT = ("tensorboard", ".lock", "bin")
# The weights of a shared micro child, of which micro_search has others.
LARGEST = "micro_all/checkpoints/search"


def settings(space: str, folder: str, **given: Any) -> dict[str, Any]:
    """The flags of a run in `folder`, a name in the current folder."""
    own = dict(search_for=space, output_dir=folder)
    return {**SHARED, **SPACES[space], **own, **given}


def of_stage(space: str, stage: str, arc: str) -> dict[str, Any]:
    """The flags of the run that dies in `stage`; `arc` is what a training trains."""
    more = dict(child_fixed_arc=arc) if stage == "train" else {}
    return settings(space, f"{space}_{stage}", mode=stage, **more)


def digests(folder: pathlib.Path, stage: str) -> dict[str, str]:
    """A digest of each array of a stage's last checkpoint, by name."""
    import tensorflow as tf

    path = newest(folder / "checkpoints" / stage)
    reader = tf.train.load_checkpoint(str(path))
    return {
        name: _digest(np.asarray(reader.get_tensor(name)))
        for name in sorted(reader.get_variable_to_shape_map())
        # The save counter tells how often was saved, not what was computed.
        if name.endswith("VARIABLE_VALUE") and "save_counter" not in name
    }


def newest(folder: pathlib.Path) -> pathlib.Path:
    """The last checkpoint in `folder`, by its number and without its endings."""
    paths = [path.with_suffix("") for path in folder.glob("ckpt-*.index")]
    return max(paths, key=lambda path: int(path.name.split("-")[1]))


def _digest(array: np.ndarray) -> str:
    return hashlib.sha256(array.tobytes()).hexdigest()[:DIGITS]


def make(checkout: pathlib.Path, name: str) -> None:
    """Runs everything in a new folder, and packs it."""
    with tempfile.TemporaryDirectory(prefix="enas_tf_runs_") as work:
        _make(checkout, name, pathlib.Path(work))


def _make(checkout: pathlib.Path, name: str, work: pathlib.Path) -> None:
    _write_texts(work / "texts")
    record = dict(made_with=_asked(checkout, work, "versions"), ends={})
    for space in SPACES:
        _asked(checkout, work, "run", settings(space, f"{space}_all", mode="all"))
        arc = (work / f"{space}_all/arcs/best.txt").read_text().strip()
        for stage, step in LAST_STEP.items():
            record["ends"][f"{space}_{stage}"] = _end(
                checkout, work, of_stage(space, stage, arc), step
            )
    for folder in sorted(work.glob("*/checkpoints/*")):
        _thin(folder)
    (work / RECORD).write_text(json.dumps(record, indent=1) + "\n")
    _pack(work, FILES / f"runs_{name}.tar.xz")


def _end(
    checkout: pathlib.Path, work: pathlib.Path, values: dict[str, Any], step: int
) -> dict[str, str]:
    """Leaves a run that was killed; gives the digests that it would have ended with."""
    _asked(checkout, work, "run", values, step)
    folder, kept = work / values["output_dir"], work / "kept"
    shutil.copytree(folder, kept)
    _asked(checkout, work, "run", values)
    found = _asked(checkout, work, "digests", values["output_dir"], values["mode"])
    shutil.rmtree(folder)
    kept.rename(folder)
    return found


def _asked(checkout: pathlib.Path, work: pathlib.Path, *what: Any) -> Any:
    """What a process of its own answers, with the sources of `checkout`."""
    command = [sys.executable, __file__, "--inside", json.dumps(what)]
    surroundings = dict(os.environ, PYTHONPATH=str(checkout), TF_ENABLE_ONEDNN_OPTS="0")
    done = subprocess.run(
        command, cwd=work, env=surroundings, stdout=subprocess.PIPE, text=True
    )
    dies = len(what) > 2 and what[0] == "run"
    if done.returncode != (-signal.SIGKILL if dies else 0):
        raise SystemExit(f"{what} ended with status {done.returncode}")
    return None if dies else json.loads(done.stdout.splitlines()[-1])


def _run(values: dict[str, Any], last_step: int | None = None) -> None:
    """The command itself, which every version has."""
    import enas_tf

    if last_step is not None:
        _die_after(last_step)
    # A run keeps its command: no place of this machine is in it.
    sys.executable, here = "python", pathlib.Path("bin")
    if not here.exists():
        here.symlink_to(pathlib.Path(enas_tf.__file__).parents[1] / "bin")
    program = str(here / "main.py")
    sys.argv = [program, *(f"--{name}={value}" for name, value in values.items())]
    try:
        runpy.run_path(program, run_name="__main__")
    except SystemExit as end:
        if end.code:
            raise


def _die_after(last_step: int) -> None:
    from enas_tf.training.driver import Driver

    advance = Driver.advance

    def dying(self, counter, last, call, **more):
        def fatal(first, end):
            if counter == "child_step" and end > last_step:
                os.kill(os.getpid(), signal.SIGKILL)
            call(first, end)

        return advance(self, counter, last, fatal, **more)

    Driver.advance = dying


def _thin(folder: pathlib.Path) -> None:
    """Leaves only the newest of two checkpoints, also in the list of TensorFlow's."""
    last = newest(folder).name
    for path in folder.glob("ckpt-*"):
        if path.stem != last:
            path.unlink()
    record = folder / "checkpoint"
    if not record.exists():
        return
    lines = record.read_text().splitlines(keepends=True)
    # Of paths and of times the older one comes first.
    kinds = [line.split(":")[0] for line in lines]
    kept = [line for i, line in enumerate(lines) if kinds[i] not in kinds[i + 1 :]]
    record.write_text("".join(kept))


def _versions() -> dict[str, Any]:
    import keras
    import tensorflow as tf

    import enas_tf

    return dict(
        enas_tf=enas_tf.__version__,
        python=platform.python_version(),
        tensorflow=tf.__version__,
        keras=keras.__version__,
        numpy=np.__version__,
        onednn=False,
        **machine(),
    )


def machine() -> dict[str, Any]:
    """What the bits of a run hang on, beside the program and TensorFlow."""
    return dict(cores=len(os.sched_getaffinity(0)), processor=_processor())


def _processor() -> str:
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    named = [line.split(":", 1)[1].strip() for line in lines if "model name" in line]
    return named[0] if named else platform.machine()


def _write_texts(folder: pathlib.Path) -> None:
    """Three texts in which some words follow others more often."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    for name, count in dict(train=740, valid=130, test=90).items():
        starts = rng.integers(0, 6, count)
        lines = [" ".join(WORDS[start:][:4]) for start in starts]
        (folder / f"{name}.txt").write_text("\n".join(lines))


def _pack(work: pathlib.Path, target: pathlib.Path) -> None:
    def kept(item: tarfile.TarInfo) -> tarfile.TarInfo | None:
        inside = item.name.split("/", 1)[-1]
        dropped = inside in LEFT_OUT or item.name == LARGEST
        if dropped or inside.endswith(".png"):
            return None
        item.uid = item.gid = 0
        item.uname = item.gname = ""
        return item

    with tarfile.open(target, "w:xz", preset=9) as archive:
        for path in sorted(work.iterdir()):
            archive.add(path, path.name, filter=kept)


def _inside(what: str, *given: Any) -> Any:
    if what == "versions":
        return _versions()
    if what == "digests":
        return digests(pathlib.Path(given[0]), given[1])
    return _run(*given)


if __name__ == "__main__":
    if sys.argv[1] == "--inside":
        print(json.dumps(_inside(*json.loads(sys.argv[2]))))
    else:
        make(pathlib.Path(sys.argv[1]).resolve(), sys.argv[2])
