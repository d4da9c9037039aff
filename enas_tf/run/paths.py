"""The paths of a run's folder. No TensorFlow."""

import os
import pathlib

from enas_tf.run import layout


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
        return self.path / layout.METRICS

    @property
    def curves(self) -> pathlib.Path:
        """The picture of them."""
        return self.path / layout.CURVES

    @property
    def tensorboard(self) -> pathlib.Path:
        """TensorBoard's event files."""
        return self.path / layout.TENSORBOARD

    @property
    def arcs(self) -> pathlib.Path:
        """Arcs that a search derived, sampled and scored, and their pictures."""
        return self.path / layout.ARCS

    @property
    def final(self) -> pathlib.Path:
        """The exported model."""
        return self.path / layout.FINAL

    @property
    def evaluation(self) -> pathlib.Path:
        """The results of --mode=evaluate, class by class."""
        return self.path / layout.EVALUATION

    def checkpoints(self, stage: str) -> pathlib.Path:
        """The checkpoints of `stage`."""
        return self.path / layout.CHECKPOINTS / stage
