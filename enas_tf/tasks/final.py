"""The contract of a final child: one architecture with weights of its own.

`stages/train.py` trains, tests, exports and asks final children by this contract alone,
whatever they are of. The kinds are the rows of `stages/final_tasks.FINAL_TASKS`.
"""

import pathlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import ClassVar, Protocol

import tensorflow as tf

from enas_tf.arcs.fixed import FixedArc
from enas_tf.children.network import PartNetwork
from enas_tf.config.sections import Config
from enas_tf.data.dataset import Dataset
from enas_tf.run.folder import RunFolder
from enas_tf.run.layout import NamesFile
from enas_tf.run.measures import Measure
from enas_tf.run.readings import Identity
from enas_tf.run.report import Report
from enas_tf.tasks.base import BatchT, Lessons, Task

# (what is being worked on, in words) -> to be called with the units that were done
# since its last call; it raises where the command is to stop, so what is not finished
# then must not matter.
Moves = Callable[[str], Callable[[int], None]]


class FinalTask(Protocol[BatchT]):
    """One final child, from its data to its answers.

    The order of calls, one object a command:

    1. The constructor; then all attributes are there and stay the same objects.
    2. Where a training begins with another one's weights: these are written into the
       variables of `warm`, then `warm_started`. Where it begins with a search's: into
       some of `named_weights`. Where it goes on, `variables` are written.
    3. `describe`. In a training `after_epoch`, behind the steps of each epoch.
    4. `settle`, once, when the training has ended: from now on the child is what is
       tested and exported, and is not trained.
    5. `test`, `facts`, `evaluate` and `export`, any of them, in any order; `keep`
       behind `test` or `evaluate`, and `retell` in place of the latter.

    `predict` needs no object, no data and no settings.

    Attributes:
      measure: of the test figure, which run.json has as "test_<its name>".
      task: batches and loss of what is trained.
      lessons: what each training step sees; `steps_before(num_epochs)` is the end.
      network: what is trained.
      variables: what a checkpoint holds of the child; the optimizer is beside it.
      warm: by the name of the group in another training's checkpoint, the variables
        that a warm start reads from there.
      weights: those that are tested, of which the test figure is.
      names_file: in which file an export says what its answers are called.
      names: these, in the order of the answers; a warm start needs the same.
      fits: how to get data and settings that fit another child's weights, a sentence.
      test_of: what a test figure is of, in words, where that must be said.
    """

    task: Task[BatchT]
    lessons: Lessons[BatchT]
    network: PartNetwork
    variables: Sequence[tf.Variable]
    warm: Mapping[str, Sequence[tf.Variable]]
    weights: Sequence[tf.Variable]
    names_file: NamesFile
    names: Sequence[str]
    fits: str
    test_of: str = ""
    measure: ClassVar[Measure]

    def __init__(
        self, config: Config, fixed: FixedArc, *, bind: Callable[[Dataset], None]
    ):
        """Reads the data, then builds the child with its first weights.

        Args:
          config: of the training.
          fixed: the architecture.
          bind: called with the data before anything is built; raises ConfigError if
            they are not those that the training began with.

        Raises:
          ConfigError: the data cannot be had, or do not fit.
        """

    def named_weights(self) -> Mapping[str, tf.Variable]:
        """Its trained weights by path, in Keras' order; a search's may come there.

        By default there are none, and then a search's weights are refused.
        """
        return {}

    def warm_started(self) -> None:
        """The variables of `warm` have just been read: begin with what they mean."""

    def describe(self) -> list[str]:
        """Lines on the architecture and on how large the child is."""

    def after_epoch(self, epoch: int, report: Report, moves: Moves) -> None:
        """Do the work behind the training steps of `epoch`, counted from 0.

        It may change `variables` and the optimizer's, as a pure function of these and
        of the data: a run that is killed before the next checkpoint does it again.

        Args:
          epoch: the number of the epoch that was just trained.
          report: takes a row "valid" of step epoch + 1, and lines.
          moves: see `Moves`; no progress line is drawn.
        """

    def settle(self) -> None:
        """Make `weights` those that are tested and exported."""

    def test(self, report: Report, moves: Moves) -> dict[str, float]:
        """Measure and tell the figures of the test data, by their names in run.json.

        One of them is "test_<name of the measure>".

        Args:
          report: gets the figures; `begin` and `finish` frame its progress line.
          moves: see `Moves`; moves the progress line that was begun.
        """

    def evaluate(
        self, report: Report, moves: Moves, folder: RunFolder
    ) -> dict[str, float]:
        """The same, in full; pictures of it go to `folder` if that is `writable`."""

    def keep(self, folder: RunFolder, of: Identity) -> None:
        """Keep more of what was just found than its figures, if there is more.

        Args:
          folder: of the run, which is `writable`.
          of: the weights and the data.
        """

    def retell(self, report: Report, folder: RunFolder, of: Identity) -> None:
        """Tell that again, from what was kept; the test data are not read."""

    def facts(self) -> dict[str, bool | int | str]:
        """The facts of the child in run.json, beside its test figures."""

    def export(
        self, folder: pathlib.Path, formats: Sequence[str] | None = None
    ) -> float:
        """Write the child to `folder` whole, or leave that as it was.

        Args:
          folder: of the export.
          formats: names of `export/formats.py`, to be written beside the two that
            always are, and checked; None: no others, and no table of them.

        Returns:
          The largest difference between its answers and those read from the files.

        Raises:
          RuntimeError: that is more than rounding; nothing was exported.
        """

    @staticmethod
    def predict(final: pathlib.Path, source: pathlib.Path, name: str) -> Iterable[str]:
        """Lines that say what an export answers.

        Args:
          final: the folder that `export` wrote.
          source: what is asked about, a file or a folder of such.
          name: the format whose file is asked.

        Raises:
          ConfigError: either is missing, damaged, or of another kind.
        """
