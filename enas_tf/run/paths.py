"""The paths of a run's folder. No TensorFlow."""

import os
import pathlib


class RunPaths:
    """The files and folders of one run.

    Attributes:
      path: of the folder.
    """

    def __init__(self, path: str | os.PathLike):
        """Creates and checks nothing.

        Args:
          path: of the folder; `~` is the user's home.
        """
        self.path = pathlib.Path(os.path.expanduser(path))

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
