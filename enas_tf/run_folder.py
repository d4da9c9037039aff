"""The folder of a run: whose it is, who may write, and where what lies.

Knows names of files and the settings that a stage began with, not what is in the
files of others. No TensorFlow, so that a wrong folder is refused at once.
"""

import os
import pathlib
import platform
import shutil
from importlib import metadata
from typing import Any

import filelock

import enas_tf
from enas_tf import config as config_lib
from enas_tf import disk, longer, saves

PROGRAM = "enas_tf"

_MARKER = "run.json"
_LOCK = ".lock"
# What --reset_output_dir removes; the marker last, so that a reset that was interrupted
# can be repeated.
WRITTEN = (
    "config.json",
    "metrics.jsonl",
    "metrics.jsonl.damaged",
    "curves.png",
    "search",
    "train",
    "arcs",
    "checkpoints",
    "tensorboard",
    "final",
    "evaluation",
    _MARKER,
)
# What a process that died at its very start may have left.
_UNFINISHED = {_LOCK, f"{_MARKER}{disk.DRAFT}"}
_LIBRARIES = ("tensorflow", "keras", "numpy")
# The sections a stage's result depends on. `derive` is in none: deriving anew from a
# finished search, with other settings, is what --mode=derive is for.
_SECTIONS = {
    "search": ("run", "loop", "data", "child", "rnn", "controller"),
    "train": ("run", "loop", "data", "child", "rnn"),
}

# The changed setting that is named, of several: from a warm start follow the arc and
# sizes, from the arc the number of layers; the number of epochs may be free to change.
_LENGTH = "num_epochs"
_IN_TURN = {"warm_start": -1, "child_fixed_arc": 0, _LENGTH: 2}


class RunFolder:
    """The output directory of one run, locked while this object lives."""

    def __init__(self, path: str | os.PathLike):
        """Args: the folder; nothing is created or checked, see `claim`."""
        self.path = pathlib.Path(os.path.expanduser(path))
        self._lock = filelock.FileLock(self.path / _LOCK)

    @classmethod
    def claim(cls, path: str | os.PathLike, *, reset: bool) -> "RunFolder":
        """Creates the folder or takes up an earlier run's, for this process alone.

        Raises:
          ConfigError: the folder belongs to something else, is in use by another
            process, is damaged, or cannot be written.
        """
        folder = cls(path)
        with disk.refusals(folder.path):
            folder._refuse_foreign()
            folder.path.mkdir(parents=True, exist_ok=True)
            folder._take_lock()
        try:
            if reset:
                folder._remove_written()
            folder._mark()
        except BaseException:
            folder.release()
            raise
        return folder

    def release(self) -> None:
        """Lets another process use the folder; the end of this one does so too."""
        self._lock.release()

    @property
    def metrics(self) -> pathlib.Path:
        """One line of JSON per measurement."""
        return self.path / "metrics.jsonl"

    @property
    def tensorboard(self) -> pathlib.Path:
        """TensorBoard's event files."""
        return self.path / "tensorboard"

    @property
    def arcs(self) -> pathlib.Path:
        """best.json, best.txt, best.png, sampled.jsonl."""
        return self.path / "arcs"

    @property
    def final(self) -> pathlib.Path:
        """The exported model: model.keras and saved_model/."""
        return self.path / "final"

    @property
    def evaluation(self) -> pathlib.Path:
        """What --mode=evaluate found, class by class."""
        return self.path / "evaluation"

    def checkpoints(self, stage: str) -> pathlib.Path:
        """Where `stage` saves its state."""
        return self.path / "checkpoints" / stage

    def stage_folder(self, stage: str) -> pathlib.Path:
        """The folder of what concerns `stage` alone; it exists after this call."""
        folder = self.path / stage
        with disk.refusals(folder):
            folder.mkdir(parents=True, exist_ok=True)
        return folder

    def has_checkpoint(self, stage: str) -> bool:
        """Whether `stage` has ever saved something to go on from.

        It may be gone: then it is known from run.json, lest a run begin anew over it.
        """
        folder = self.checkpoints(stage)
        with disk.refusals(folder):
            return saves.begun(folder) or self._saved(stage)

    def note_saved(self, stage: str) -> None:
        """Record that `stage` has saved something."""
        if not self._saved(stage):
            self.record(stage, saved=True)

    def settings(self, stage: str) -> dict[str, Any]:
        """The settings `stage` began with, {flag name: value}; {} before it began."""
        begun = self._recorded(stage)
        if begun and begun.get("search_for", "macro") in config_lib.IMAGES:
            # Up to 0.1.0 --seed decided how images are split.
            begun = {"split_seed": begun.get("seed", 0), **begun}
        return begun

    def began_before(self, stage: str, setting: str) -> bool:
        """Whether `stage` has saved something, begun when there was no such setting."""
        begun = self._recorded(stage)
        return bool(begun) and setting not in begun and self.has_checkpoint(stage)

    def agree(self, stage: str, config: config_lib.Config) -> None:
        """Keeps the settings `stage` begins with; later refuses to go on with others.

        Until there is a checkpoint nothing is bound: a command that failed before its
        first steps may be mended and given again.
        """
        self.refuse_changes(stage, config)
        if not self.has_checkpoint(stage):
            path = self.stage_folder(stage) / "config.json"
            disk.write_json(path, config_lib.flat(config))

    def refuse_changes(
        self, stage: str, config: config_lib.Config, *, trains: bool = True
    ) -> None:
        """Does nothing for a stage that has saved nothing yet.

        A training may be asked to go on for more epochs where that does not change
        those it has done, by a command that `trains`.

        Raises:
          ConfigError: a setting that changes the result is not what it was.
        """
        begun = self.settings(stage)
        if not begun or not self.has_checkpoint(stage):
            return
        changes = [
            (item.flag, old, item.of(config))
            for item in config_lib.settings()
            if item.section in _SECTIONS[stage]
            and item.field.metadata["shapes_result"]
            and (old := begun.get(item.flag, item.field.default)) != item.of(config)
        ]
        changes.sort(key=lambda change: _IN_TURN.get(change[0], 1))
        if changes and changes[0][0] == _LENGTH and stage == "train" and trains:
            self._refuse_length(config, changes[0][1])
        elif changes:
            raise config_lib.ConfigError(self._changed(stage, *changes[0]))

    def lengthen(self, stage: str, num_epochs: int) -> None:
        """Keeps how many epochs `stage` is to have from now on."""
        known = {**self._recorded(stage), _LENGTH: num_epochs}
        disk.write_json(self.stage_folder(stage) / "config.json", known)

    def tested_epochs(self) -> int:
        """How many epochs had been trained when the network was last tested, or 0."""
        return self.run()["stages"].get("train", {}).get("epochs", 0)

    def made_here(self) -> bool:
        """Whether it is a folder of this program."""
        marker = self.path / _MARKER
        return marker.exists() and disk.read_json(marker).get("program") == PROGRAM

    def record(self, stage: str, **facts: Any) -> None:
        """Adds `facts` (JSON values) to what run.json says about `stage`."""
        run = self.run()
        run["stages"].setdefault(stage, {}).update(facts)
        disk.write_json(self.path / _MARKER, run)

    def run(self) -> dict[str, Any]:
        """What run.json says: program, versions, command, seed, stages."""
        run = disk.read_json(self.path / _MARKER)
        if not isinstance(run.get("stages"), dict):
            run["stages"] = {}
        return run

    def describe(
        self, configs: dict[str, config_lib.Config], command: list[str]
    ) -> None:
        """Writes config.json and the head of run.json as of this command."""
        flat = {stage: config_lib.flat(config) for stage, config in configs.items()}
        disk.write_json(self.path / "config.json", flat)
        seed = next(iter(configs.values())).run.seed
        facts = dict(
            version=enas_tf.__version__,
            versions=_versions(),
            command=command,
            seed=seed,
        )
        disk.write_json(self.path / _MARKER, {**self.run(), **facts})

    def _saved(self, stage: str) -> bool:
        """Whether run.json says that `stage` has saved something."""
        try:
            known = (self.path / _MARKER).exists() and self.run()["stages"].get(stage)
        except config_lib.ConfigError:  # it is told where the folder is claimed
            return False
        return isinstance(known, dict) and known.get("saved") is True

    def _recorded(self, stage: str) -> dict[str, Any]:
        path = self.path / stage / "config.json"
        return disk.read_json(path) if path.exists() else {}

    def _refuse_foreign(self) -> None:
        """Reads only: a folder that is refused stays as it was."""
        if self.path.exists() and not self.path.is_dir():
            raise config_lib.ConfigError(
                f"--output_dir={self.path} is a file. Choose a folder."
            )
        names = sorted(os.listdir(self.path)) if self.path.is_dir() else []
        unfinished = _MARKER not in names and set(names) <= _UNFINISHED
        if not unfinished and not self.made_here():
            raise config_lib.ConfigError(
                f"--output_dir={self.path} holds files that this program did not make "
                f"({names[0]}, ...). Choose a new or an empty folder."
            )

    def _take_lock(self) -> None:
        try:
            self._lock.acquire(blocking=False)
        except filelock.Timeout:
            raise config_lib.ConfigError(
                f"--output_dir={self.path} is in use by another process"
                f"{self._owner()}. Wait for its end, or choose another folder."
            ) from None

    def _owner(self) -> str:
        """` (pid 12)` where known: the owner may not yet have written its mark."""
        try:
            return f" (pid {self.run()['pid']})"
        except (config_lib.ConfigError, KeyError):
            return ""

    def _mark(self) -> None:
        known = self.run() if (self.path / _MARKER).exists() else {}
        run = dict(program=PROGRAM, version=enas_tf.__version__, stages={})
        disk.write_json(self.path / _MARKER, {**run, **known, "pid": os.getpid()})

    def _remove_written(self) -> None:
        for name in WRITTEN:
            path = self.path / name
            with disk.refusals(path):
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                else:
                    path.unlink(missing_ok=True)

    def _refuse_length(self, config: config_lib.Config, begun: int) -> None:
        longer.refuse(
            config,
            begun=begun,
            trained=self.tested_epochs(),
            output_dir=str(self.path),
            changed=self._changed("train", _LENGTH, begun, config.loop.num_epochs),
        )

    def _changed(self, stage: str, flag: str, old: Any, new: Any) -> str:
        long = 60 if flag == "child_fixed_arc" else 300
        left_out = old == ""  # which must not be given
        old, new = _short(old, long), _short(new, long)
        remedy = f"Leave --{flag} out" if left_out else f"Give --{flag}={old} again"
        return (
            f"--{flag} was {old} when this {stage} began, and is now "
            f"{new}. {remedy}, begin anew with "
            f"--reset_output_dir, or choose another folder than --output_dir="
            f"{self.path}."
        )


def _short(value: Any, limit: int) -> str:
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= limit else f"{text[: limit - 3]}..."


def _versions() -> dict[str, str]:
    """From the packages' metadata: importing TensorFlow for this takes seconds."""
    versions = {"python": platform.python_version()}
    for name in _LIBRARIES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = "unknown"
    return versions
