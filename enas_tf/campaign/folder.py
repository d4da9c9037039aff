"""The folder of a campaign: its plan, its lock, and the folders of its jobs."""

import os
import pathlib

import filelock

from enas_tf.campaign.plan import Plan
from enas_tf.config.sections import ConfigError
from enas_tf.run import disk, layout, lines
from enas_tf.run import record as run_record
from enas_tf.run.folder import RunFolder

RESULTS, TOLD = "results.jsonl", "results.txt"
VERDICT, VERDICT_JSON = "verdict.txt", "verdict.json"
CORRELATIONS, PROXIES = "correlations.json", "proxies.json"
SCORES = "scores.json"  # of each arc, that are held against its trainings
SCATTER = "scatter"  # the folder of pictures, of --mode=correlate
ABLATION = "ablation.json"
PERTURBATION, PERTURBED = "perturbation.json", "perturbation.png"
_OWN = {layout.LOCK, layout.JOBS, layout.PLAN, layout.PLAN_COPY, layout.PAGE}
_OWN |= {RESULTS, TOLD, VERDICT, VERDICT_JSON, CORRELATIONS, PROXIES, SCATTER}
_OWN |= {SCORES, ABLATION, PERTURBATION, PERTURBED}
_OWN |= {f"{name}{disk.DRAFT}" for name in _OWN}


class CampaignFolder:
    """The paths of a campaign, and its lock.

    Attributes:
      path: of the folder.
    """

    def __init__(self, path: str | os.PathLike):
        """Creates and checks nothing.

        Args:
          path: of the folder; `~` is the user's home.
        """
        self.path = pathlib.Path(os.path.expanduser(path))
        self._lock = filelock.FileLock(self.path / layout.LOCK)

    def run(self, plan: Plan, number: int) -> RunFolder:
        """The folder of a job's run."""
        return RunFolder(self._beside(plan, number, ""))

    def log(self, plan: Plan, number: int) -> pathlib.Path:
        """What the job's processes have said."""
        return self._beside(plan, number, ".log")

    def failure(self, plan: Plan, number: int) -> pathlib.Path:
        """The last line of a job that failed; there is none of one that did not."""
        return self._beside(plan, number, ".failed")

    def node(self, plan: Plan, number: int) -> pathlib.Path:
        """A line for each node that Ray has had the job begin on, while it runs."""
        return self._beside(plan, number, ".node")

    def job_lock(self, plan: Plan, number: int) -> filelock.BaseFileLock:
        """Held by whoever works on the job."""
        return filelock.FileLock(self._beside(plan, number, ".lock"))

    def _beside(self, plan: Plan, number: int, ending: str) -> pathlib.Path:
        name = f"{number:03d}_{plan.jobs[number].name}{ending}"
        return self.path / layout.JOBS / name

    def refuse_foreign(self) -> None:
        """Refuse a folder of something else; reads only.

        Raises:
          ConfigError: it is a run's, or holds what this program did not make.
        """
        where = f"--output_dir={lines.shown(self.path)}"
        with disk.refusals(self.path):
            if self.path.exists() and not self.path.is_dir():
                raise ConfigError(f"{where} is a file. Choose a folder.")
            names = set(os.listdir(self.path)) if self.path.is_dir() else set()
        if run_record.read(self.path) is not None:
            raise ConfigError(
                f"{where} is the folder of one run, and a campaign has many. Choose "
                "another folder."
            )
        strange = sorted(names - _OWN)
        if strange and layout.PLAN not in names:
            raise ConfigError(
                f"{where} holds files that this program did not make ({strange[0]}, "
                "...). Choose a new or an empty folder."
            )

    def refuse_jobs(self) -> None:
        """Refuse a folder in which jobs are left, and no plan says of what.

        Raises:
          ConfigError: as above.
        """
        there = self.path / layout.JOBS
        with disk.refusals(there):
            names = os.listdir(there) if there.is_dir() else []
        if names:
            raise ConfigError(
                f"--output_dir={lines.shown(self.path)}: {layout.JOBS}/ is there but "
                f"no {layout.PLAN}. Give the whole command of the campaign: jobs that "
                "are done are kept."
            )

    def claim(self) -> None:
        """Make it, and keep other processes from working it off.

        Raises:
          ConfigError: one does already, or nobody can write there.
        """
        with disk.refusals(self.path):
            (self.path / layout.JOBS).mkdir(parents=True, exist_ok=True)
            try:
                self._lock.acquire(blocking=False)
            except filelock.Timeout:
                raise ConfigError(
                    f"--output_dir={lines.shown(self.path)} is in use by another "
                    "process. Look with --mode=status, or wait for its end."
                ) from None

    def release(self) -> None:
        """Let another process work it off."""
        self._lock.release()
