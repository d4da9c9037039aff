"""Whether a search that was killed ends with the bits of one that was not."""

import hashlib
import pathlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

import tensorflow as tf

from enas_tf.benchmark.gpu import plan
from enas_tf.benchmark.gpu.plan import Order
from enas_tf.run import saves

REPOSITORY = pathlib.Path(__file__).resolve().parents[3]
Flags = dict[str, str | int | float]
OFTEN = 0.02  # seconds between two looks for the first checkpoint
# A demo's network, and as little of a search as has both phases twice.
SHORT: Flags = dict(
    preset="demo",
    mode="search",
    num_epochs=2,
    batch_size=64,
    controller_warmup_epochs=0,
    controller_train_steps=3,
    eval_every_epochs=2,
    derive_num_samples=2,
    derive_batches="1",
    checkpoint_every_steps=5,
    progress="false",
)
# Its demo has small batches, and a long epoch; its learning rate is for many of them.
OF_SPACE: dict[str, Flags] = dict(rnn=dict(batch_size=128, child_lr_max=1.0))


class Failed(RuntimeError):
    """A run that was to end well did not, or one was over before it was killed."""


def parts(order: Order) -> dict[str, Callable[[], dict[str, float]]]:
    """The one comparison."""
    return dict(resume=lambda: compare(order))


def compare(order: Order) -> dict[str, float]:
    """1 where all variables of both last checkpoints are equal, else 0."""
    given = {**SHORT, **OF_SPACE.get(order.space, {}), "search_for": order.space}
    given |= plan.SMALL[order.space] if order.small else {}
    with tempfile.TemporaryDirectory() as place:
        whole, killed = (pathlib.Path(place) / name for name in ("whole", "killed"))
        _finish(_started(given, whole), whole)
        _kill(_started(given, killed), killed)
        stopped = digest(killed)
        _finish(_started(given, killed), killed)
        if stopped == digest(killed):
            raise Failed("the killed run did not go on: its checkpoint is as it was")
        return dict(resumes_to_the_bit=float(digest(whole) == digest(killed)))


def digest(folder: pathlib.Path) -> str:
    """SHA-256 of all variables in the last checkpoint of the search in `folder`."""
    found = hashlib.sha256()
    place = _checkpoints(folder)
    newest = saves.look(place).whole[0]
    reader = tf.train.load_checkpoint(str(place / saves.name(newest)))
    for name in sorted(reader.get_variable_to_shape_map()):
        # How often was saved differs after a kill; it is none of the results.
        if name.endswith("VARIABLE_VALUE") and "save_counter" not in name:
            found.update(name.encode() + reader.get_tensor(name).tobytes())
    return found.hexdigest()


def _checkpoints(folder: pathlib.Path) -> pathlib.Path:
    return folder / "checkpoints" / "search"


def _started(given: Flags, folder: pathlib.Path) -> subprocess.Popen[bytes]:
    """A process of the program; what it says is in a file beside `folder`."""
    command = [sys.executable, str(REPOSITORY / "bin" / "main.py")]
    command += [f"--{name}={value}" for name, value in given.items()]
    command += [f"--output_dir={folder}"]
    with open(_log(folder), "wb") as log:
        return subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)


def _log(folder: pathlib.Path) -> pathlib.Path:
    return folder.with_suffix(".log")


def _finish(process: subprocess.Popen[bytes], folder: pathlib.Path) -> None:
    if process.wait():
        said = _log(folder).read_text(errors="replace").split("\n")
        last = [line for line in said if line.strip()][-1:] or ["it said nothing"]
        raise Failed(f"a run ended with status {process.returncode}: {last[0]}")


def _kill(process: subprocess.Popen[bytes], folder: pathlib.Path) -> None:
    """SIGKILL behind its first checkpoint."""
    while process.poll() is None and not saves.look(_checkpoints(folder)).whole:
        time.sleep(OFTEN)
    if process.poll() is not None:
        _finish(process, folder)
        raise Failed("the run was over before it could be killed")
    process.kill()
    process.wait()
