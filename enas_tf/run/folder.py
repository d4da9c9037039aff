"""The folder of a run: its owner, its lock, and the settings of its stages.

Knows names of files and the settings that a stage began with, not the contents of
other files. No TensorFlow, so that a wrong folder is refused at once.
"""

import os
import platform
import time
from collections.abc import Mapping, Sequence
from importlib import metadata
from typing import Any

import filelock
from absl import logging

from enas_tf.config import sections as config_lib
from enas_tf.run import commands as run_commands
from enas_tf.run import disk, more_epochs
from enas_tf.run import layout as run_layout
from enas_tf.run import record as run_record
from enas_tf.run import settings as run_settings
from enas_tf.run.journal import RunJournal
from enas_tf.run.mending import Trouble

# Files of a process that died at its very start.
_UNFINISHED = {run_layout.LOCK, f"{run_layout.RUN}{disk.DRAFT}"}
_LIBRARIES = ("tensorflow", "keras", "numpy")
_LOST = (
    "run.json was {trouble} and has no copy; made anew. Test figures, times and facts "
    "of the data in it are lost, and are found again when they are needed."
)


class RunFolder(RunJournal):
    """The output directory of one run, locked while this object lives."""

    def __init__(self, path: str | os.PathLike, *, writable: bool = True):
        """Creates and checks nothing, see `claim` and `read_only`.

        Args:
          path: of the folder; `~` is the user's home.
          writable: whether what is found or recorded is written.
        """
        super().__init__(path, writable=writable)
        # Of the process: a search may be told its rewards by any thread.
        self._lock = filelock.FileLock(self.path / run_layout.LOCK, thread_local=False)

    @classmethod
    def open_for_mode(
        cls,
        path: str | os.PathLike,
        mode: str,
        *,
        reset: bool,
        command: Sequence[str],
        began: float | None,
    ) -> "RunFolder":
        """The folder, as `mode` needs it: see `claim` and `read_only`.

        A prediction only reads. So does an evaluation where it may not write.
        """
        if mode == "predict":
            return cls.read_only(path)
        try:
            return cls.claim(path, reset=reset, command=command, mode=mode, began=began)
        except disk.Unwritable:
            if mode != "evaluate":
                raise
            logging.warning("%s cannot be written: results are not kept.", path)
            return cls.read_only(path)

    @classmethod
    def claim(
        cls,
        path: str | os.PathLike,
        *,
        reset: bool,
        command: Sequence[str] = (),
        mode: str = "",
        began: float | None = None,
    ) -> "RunFolder":
        """Creates the folder or takes up an earlier run's, for this process alone.

        Damage that can be mended from the rest is mended, and logged.

        Args:
          path: of the folder.
          reset: begin anew.
          command: which is listed in run.json from now on.
          mode: of the command; "evaluate" mends nothing but run.json.
          began: when it began by `time.monotonic`; now, if left out.

        Raises:
          ConfigError: the folder belongs to something else, is in use by another
            process, or cannot be written (then it is a `disk.Unwritable`).
        """
        folder = cls(path)
        began = time.monotonic() if began is None else began
        with disk.refusals(folder.path):
            folder.refuse_foreign()
            folder.path.mkdir(parents=True, exist_ok=True)
            folder._take_lock()
        try:
            if reset:
                run_layout.remove(folder.path)
            folder._begin_command(command, mode, began)
        except BaseException:
            folder.release()
            raise
        return folder

    @classmethod
    def read_only(cls, path: str | os.PathLike) -> "RunFolder":
        """Takes up a run to read in it, whoever uses it: nothing is ever written.

        A damaged file is logged, and its twin is read.
        """
        folder = cls(path, writable=False)
        found = run_record.read(folder.path)
        if found and found.trouble and found.trouble.name == run_layout.RUN:
            found.trouble.log(mended=False)
        folder._log_damaged_settings()
        return folder

    def release(self) -> None:
        """Lets another process use the folder; the end of this one does so too."""
        self._lock.release()

    def holds_lock(self) -> bool:
        """Whether this object has the folder for itself."""
        return self._lock.is_locked

    def settings(self, stage: str, *, needed: bool = True) -> dict[str, Any]:
        """The settings `stage` began with, {flag name: value}; {} before it began.

        Raises:
          Damaged: they are `needed`, and lost or of two runs, though the stage has a
            checkpoint.
        """
        found = self._found(stage)
        if needed and found.disputed and self.has_checkpoint(stage):
            raise run_settings.mixed(self.path, stage, found.disputed)
        if needed and not found.values and self.has_checkpoint(stage):
            raise run_settings.lost(self.path, stage, found.fault)
        return run_settings.with_split_seed(found.values)

    def began_before(self, stage: str, setting: str) -> bool:
        """Whether `stage` has saved something, begun when there was no such setting."""
        begun = self._found(stage).values
        return bool(begun) and setting not in begun and self.has_checkpoint(stage)

    def bind_settings(self, stage: str, config: config_lib.Config) -> None:
        """Keeps the settings `stage` begins with; later refuses to go on with others.

        Until there is a checkpoint nothing is bound: a command that failed before its
        first steps may be mended and given again.
        """
        self.refuse_changes(stage, config)
        if not self.has_checkpoint(stage):
            self._keep_settings(stage, config_lib.flat(config))

    def refuse_changes(
        self, stage: str, config: config_lib.Config, *, trains: bool = True
    ) -> None:
        """Does nothing for a stage that has saved nothing yet.

        A training may be asked to go on for more epochs where that does not change
        those it has done, by a command that `trains`.

        Raises:
          ConfigError: a setting that changes the result is not what it was.
        """
        if not self.has_checkpoint(stage):
            return
        changes = run_settings.changes(stage, self.settings(stage), config)
        if not changes:
            return
        refusal = run_settings.refusal(self.path, stage, changes[0])
        if changes[0].flag == "split_seed" and self.began_before(stage, "split_seed"):
            raise config_lib.ConfigError(
                f"{refusal} Up to version 0.1.0 --seed decided what --split_seed does."
            )
        if changes[0].flag != run_settings.LENGTH or stage != "train" or not trains:
            raise refusal
        more_epochs.refuse(
            config,
            begun=changes[0].old,
            trained=self.tested_epochs(),
            output_dir=str(self.path),
            changed=str(refusal),
        )

    def lengthen(self, stage: str, num_epochs: int) -> None:
        """Keeps a new number of epochs for `stage`."""
        known = {**self._found(stage).values, run_settings.LENGTH: num_epochs}
        self._keep_settings(stage, known)

    def tested_epochs(self) -> int:
        """The number of epochs after which the network was last tested, or 0."""
        return self.fact("train", "epochs", int) or 0

    def made_here(self) -> bool:
        """Whether it is a folder of this program."""
        return run_record.read(self.path) is not None

    def refuse_wrong_kinds(self) -> None:
        """Refuse a folder in the place of a file, and the other way round."""
        run_layout.refuse_wrong_kinds(self.path)

    def describe(
        self, configs: dict[str, config_lib.Config], command: list[str]
    ) -> None:
        """Writes config.json as of this command, which begins a stage or goes on.

        The head of run.json is of the command that began the run, and stays.
        """
        flat = {stage: config_lib.flat(config) for stage, config in configs.items()}
        disk.write_json(self.path / run_layout.SETTINGS, flat)
        seed = next(iter(configs.values())).run.seed
        head = dict(versions=_versions(), command=command, seed=seed)
        self._write({**head, **self.run()})

    def _found(self, stage: str) -> run_settings.Found:
        copy = self.facts(stage).get(run_settings.KEY)
        with disk.refusals(self.path):
            return run_settings.find(self.path, stage, copy)

    def _keep_settings(self, stage: str, values: Mapping[str, object]) -> None:
        """In the file first: while it is whole, the copy may be of before."""
        if self.writable:
            disk.write_json(run_settings.path(self.path, stage), values)
            self.record(stage, **{run_settings.KEY: values})

    def refuse_foreign(self) -> None:
        """Refuse a folder of something else; it is only read.

        Raises:
          ConfigError: it is a file, or holds files that this program did not make.
        """
        if self.path.exists() and not self.path.is_dir():
            raise config_lib.ConfigError(
                f"--output_dir={self.path} is a file. Choose a folder."
            )
        names = sorted(os.listdir(self.path)) if self.path.is_dir() else []
        if set(names) <= _UNFINISHED:
            return
        if self.made_here():
            self.refuse_wrong_kinds()
            return
        if run_record.is_damaged(self.path):
            raise disk.Damaged(
                f"{self.path / run_layout.RUN} is damaged, and nothing beside it shows "
                "that this program made the folder. Choose another --output_dir, or "
                "delete the folder by hand if it is not needed."
            )
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
        listed = run_commands.of(self.run())
        return f" (pid {listed[-1].get('pid')})" if listed else ""

    def _begin_command(self, command: Sequence[str], mode: str, began: float) -> None:
        """Mends what can be, and lists the command; in one move of run.json."""
        found = run_record.read(self.path)
        self._list_command(found, command, mode, began)
        if found and found.trouble:
            found.trouble.log(mended=True)
        if found and found.lost:
            logging.warning("%s", _LOST.format(trouble=found.lost))
        if mode == "evaluate":
            self._log_damaged_settings()
            return
        for stage in run_settings.NOUNS:
            self._mend(stage)

    def _log_damaged_settings(self) -> None:
        """Tells of settings that are read from run.json, not from their files."""
        for stage in run_settings.NOUNS:
            if trouble := self._trouble(stage):
                trouble.log(mended=False)

    def _mend(self, stage: str) -> None:
        """Writes a stage's settings to either place where the other is whole."""
        trouble, found = self._trouble(stage), self._found(stage)
        lacks_copy = found.values and not found.fault
        lacks_copy = lacks_copy and run_settings.KEY not in self.facts(stage)
        if trouble or lacks_copy:
            self._keep_settings(stage, found.values)
        if trouble:
            trouble.log(mended=True)

    def _trouble(self, stage: str) -> Trouble | None:
        """The fault of the file of a stage's settings, if run.json has them."""
        found = self._found(stage)
        if not found.values or not found.fault or not self.has_checkpoint(stage):
            return None
        name = f"{stage}/{run_layout.SETTINGS}"
        return Trouble(name, found.fault, run_layout.RUN)


def _versions() -> dict[str, str]:
    """From the packages' metadata: importing TensorFlow for this takes seconds."""
    versions = {"python": platform.python_version()}
    for name in _LIBRARIES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = "unknown"
    return versions
