"""A search as an object: what bin/main.py does, called by a Python program."""

import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from enas_tf.command.request import Request
from enas_tf.config.sections import ConfigError, RunConfig
from enas_tf.config.spaces import registry
from enas_tf.library import (
    arguments,
    asking,
    callbacks_given,
    forecasting,
    given,
    process,
    result,
    told,
    voice,
)
from enas_tf.library.asking import Feedback, Session
from enas_tf.library.result import Result
from enas_tf.library.shown import Arcs, FoundArc
from enas_tf.library.voice import Progress
from enas_tf.run import measures
from enas_tf.run.folder import RunFolder
from enas_tf.run.outlook import Outlook

if TYPE_CHECKING:
    import keras

# What is decided by an argument of its own, or by the method that is called.
RESERVED = (
    *("search_for", "mode", "rerun", "input", "child_fixed_arc"),
    *forecasting.RESERVED,
)


class Search:
    """Efficient neural architecture search in one space.

        search = enas_tf.Search("macro", preset="demo", output_dir="runs/a")
        result = search.run((x_train, y_train), validation_data=(x_valid, y_valid))
        model = result.train()

    It is the command line's search: the same settings by the same names, the same
    folder with the same files, and the same exact resume. Calling `run` again, in this
    process or in another one, goes on where it was stopped, to the bit.

    What it sets in the process, and leaves so: TensorFlow's threads and that memory of
    a GPU is taken as it is needed, if TensorFlow has not started yet (if it has, a line
    tells what follows); its memory optimiser is off, and its advice on functions that
    are traced often; it is imported with
    TF_CPP_MIN_LOG_LEVEL=2 if it was not imported. For the time of a call only:
    deterministic kernels, no fused operations, one thread of BLAS, the log of absl, and
    in the main thread the handlers of SIGINT and SIGTERM.
    """

    def __init__(
        self,
        space: str = RunConfig.search_for,
        *,
        preset: str | None = None,
        output_dir: str | os.PathLike | None = None,
        progress: Progress = "auto",
        **settings: object,
    ):
        """Checks the settings; no TensorFlow but a plugin's, and writes no file.

        Args:
          space: "macro", "micro", "rnn" or a registered one.
          preset: a whole set of settings: "paper" (if left out), "demo", "cpu".
          output_dir: of everything that is written; by default outputs/<space>.
          progress: "lines" as a shell shows them; "line", one that renews itself;
            "quiet" or None; a function that takes each line. "auto" is "line" in a
            notebook, and "lines" elsewhere.
          **settings: any flag of `python bin/main.py --help` by its name, such as
            `child_num_layers=4`.

        Raises:
          ConfigError: a wrong name or value, in one line; a `ValueError`.
        """
        with process.worded():
            result.refuse_reserved(settings, RESERVED)
            if output_dir is not None:
                arguments.folder(output_dir)
            self._progress = voice.checked(progress)
            named = dict(preset=preset, output_dir=output_dir)
            self._settings: dict[str, object] = {
                "search_for": space,
                "mode": "search",  # with a warm start it would else be a training
                **{name: value for name, value in named.items() if value is not None},
                **voice.settings(self._progress),
                **settings,
            }
            process.check(self._settings)
        self.space = space
        self._session: Session | None = None

    def run(
        self,
        data: object = None,
        *,
        validation_data: object = None,
        test_data: object = None,
        callbacks: "Sequence[keras.callbacks.Callback] | keras.callbacks.Callback" = (),
    ) -> Result:
        """Search to the end, or go on with a search, and derive the best arc.

        Args:
          data: for training. Images: a pair of arrays (images as bytes, 0 to 255, and
            classes) or a `tf.data.Dataset` of such pairs. Texts: a list of strings, a
            line each, or of numbers of words. Or a folder, or the name of a data set.
            None: the embedded set, unless the settings name another.
          validation_data: the same, for rewards and for the choice of the arc; else it
            is set aside from `data`. A final training learns from it, too.
          test_data: the same, for the test of a final training; else set aside.
          callbacks: of Keras, one or several, that need no network. They hear of each
            epoch, with its figures in `logs`: "loss", "reward",
            "entropy", "val_accuracy" and more. `self.model.stop_training = True` ends
            the search after the epoch, and an arc is derived. Where a search goes on,
            they hear of the epochs before once more.

        Raises:
          ConfigError: a mistake, in one line; a `ValueError`.
          KeyboardInterrupt: Ctrl-C, behind a checkpoint; calling it again goes on.
          NotFinite: the loss is not a number.
        """
        with process.worded():
            listening = callbacks_given.checked(callbacks)
            found = given.of(
                self.space, data, validation_data, test_data, self._settings
            )
        self.close()
        settings = {**self._settings, **found.settings}
        with process.asked(settings, self._progress, found.source) as made:
            self._settings.pop("reset_output_dir", None)  # it is done
            with process.prepared(made):
                process.carry_out(self._listening(made, listening))
            folder = made.folder
        return Result(
            folder, settings=settings, source=found.source, progress=self._progress
        )

    def forecast(
        self,
        data: object = None,
        *,
        validation_data: object = None,
        test_data: object = None,
    ) -> Outlook:
        """What `run`, and `Result.train` behind it, would take; --dry_run of a shell.

        From a few real steps in a temporary folder: a minute or two. The run's folder
        stays as it is.

        Args:
          data: as of `run`.
          validation_data: the same.
          test_data: the same.

        Returns:
          Seconds by stage, memory and disk, which print as a table. Its `shortage` says
          where memory or disk will not do; "" where they will.

        Raises:
          ConfigError: a mistake, in one line; a `ValueError`.
          NotFinite: the loss is not a number in the first steps.
        """
        with process.worded():
            found = given.of(
                self.space, data, validation_data, test_data, self._settings
            )
        settings = {**self._settings, **found.settings}
        return forecasting.of(settings, self._progress, found.source)

    def sample(self, count: int) -> Iterator[tuple[Any, Feedback]]:
        """Arcs for another program to judge: ask and tell.

            for arc, feedback in search.sample(200):
                feedback(accuracy_of(arc))

        No shared weights are involved, and no data. The controller learns after each
        `controller_num_aggregate` rewards; so many arcs at most are out at a time, and
        may be told in any order, from any thread. An arc that was not told is asked
        again. Every reward is in the folder when `feedback` returns: a new process
        with the same call goes on, to the bit, until `count` rewards are there in all.

        Args:
          count: rewards in all, those of earlier calls on this folder among them.

        Returns:
          Pairs of an arc (`MacroArc` and the like) and what takes its reward.

        Raises:
          ConfigError: a mistake, in one line; a `ValueError`.
        """
        count = arguments.count(count)
        if self._session is None or not self._session.is_open:
            self._session = asking.opened(self._settings, self._progress)
            self._settings.pop("reset_output_dir", None)  # it is done
        return self._session.ask(count)

    def close(self) -> None:
        """Let go of the folder, which `sample` holds as long as this object lives."""
        asking.close(process.folder_of(self._settings))

    @property
    def told(self) -> Arcs:
        """The arcs of `sample` that have their rewards, best first."""
        return Arcs(told.best_first(self._folder.arcs))

    @property
    def best(self) -> FoundArc:
        """The arc with the highest reward.

        Raises:
          ConfigError: none has one.
        """
        rows = self.told
        if not rows:
            raise ConfigError("No arc has a reward yet: see Search.sample.")
        with process.worded():
            config = process.config_of(self._settings)
        return result.found_arc(
            rows[0]["arc"],
            config,
            title=f"{self.space}: reward {rows[0]['reward']:.4g}",
        )

    @property
    def _folder(self) -> RunFolder:
        return RunFolder(process.folder_of(self._settings))

    def _listening(
        self, made: Request, callbacks: "Sequence[keras.callbacks.Callback]"
    ) -> Request:
        """The request, whose search tells `callbacks`."""
        if not callbacks or not made.caller:
            return made
        from enas_tf.library.listening import Callbacks

        listener = Callbacks(
            callbacks,
            made.folder.metrics,
            measure=measures.BY_NAME[registry.SPECS[self.space].data.measure],
            num_epochs=made.configs["search"].loop.num_epochs,
        )
        return made._replace(caller=made.caller._replace(listener=listener))
