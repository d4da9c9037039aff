"""The result of a search, read from its folder, which a shell may have made as well."""

import functools
import json
import os
import pathlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from enas_tf.arcs import argument as arc_argument
from enas_tf.arcs import forms as arc_forms
from enas_tf.command import keywords
from enas_tf.config import sections as config_lib
from enas_tf.config.sections import Config, ConfigError, RunConfig
from enas_tf.config.spaces import registry
from enas_tf.data import memory
from enas_tf.export import formats
from enas_tf.library import (
    arguments,
    forecasting,
    own_plugins,
    process,
    shown,
    voice,
    wording,
)
from enas_tf.library.shown import Arcs, Compared, FoundArc
from enas_tf.library.voice import Progress
from enas_tf.run import disk, layout, measures
from enas_tf.run.folder import RunFolder

if TYPE_CHECKING:
    import keras

# Of a search's command, what is not for the training that follows it.
_NOT_OF_TRAINING = ("mode", "reset_output_dir", "warm_start", "progress")
# And what an export needs of it; all else is as the training began with it.
_OF_EXPORT = ("search_for", "plugin")
RESERVED = (
    *("mode", "search_for", "output_dir", "child_fixed_arc"),
    *forecasting.RESERVED,
)


class Result:
    """What a search found. It reads the run's folder, and nothing else.

    Attributes:
      output_dir: the folder, with arcs/, curves.png, metrics.jsonl and all else.
    """

    def __init__(
        self,
        folder: RunFolder,
        *,
        settings: Mapping[str, object],
        source: memory.Source | None = None,
        progress: Progress = "auto",
    ):
        """`load_result` and `Search.run` make it.

        Args:
          folder: of a search that derived an arc.
          settings: of its command, by names of flags.
          source: the data, where they are in memory.
          progress: of `train`, see `voice.Progress`.
        """
        self._folder = folder
        self._settings = dict(settings)
        self._source = source
        self._progress = progress
        self.output_dir = str(folder.path)

    @property
    def best_arc(self) -> FoundArc:
        """The arc that was derived; a picture in a notebook."""
        title = f"{self._config.run.search_for}: the derived arc"
        return found_arc(self._facts["arc"], self._config, title=title)

    @property
    def comparison(self) -> Compared:
        """Whether the search is worth anything: its policy beside random arcs."""
        facts, measure = self._facts, self._measure
        said = (*facts["in_words"], *facts.get("more_in_words", ()))
        words = tuple(map(wording.of_python, said))
        return Compared(
            measure.name,
            policy=facts[f"policy_{measure.name}"],
            random=facts[f"random_{measure.name}"],
            contrast=facts[measure.over_random],
            low=facts[f"{measure.over_random}_low"],
            high=facts[f"{measure.over_random}_high"],
            sentences=words,
        )

    @property
    def arcs(self) -> Arcs:
        """All arcs that were scored, those of the policy first, best first."""
        path = self._folder.arcs / layout.DERIVED
        with disk.refusals(path):
            lines = path.read_text(encoding="utf-8").splitlines()
        try:
            return Arcs([json.loads(line) for line in lines])
        except ValueError:
            raise ConfigError(
                f"{path} is damaged. Derive again: call Search.run with the same "
                "settings and data."
            ) from None

    @property
    def figures(self) -> dict[str, Any]:
        """What run.json has of deriving, and the test figures of a training.

        "test_readings" is how often the test split was read for its network.
        """
        trained = self._folder.facts("train")
        tested = {name: trained[name] for name in trained if name.startswith("test_")}
        if tested:
            tested["test_readings"] = len(self._folder.readings())
        return {**self._facts, **tested}

    def train(self, **settings: object) -> "keras.Model":
        """Train the derived arc from scratch in the run's folder; or go on with that.

        Args:
          **settings: by names of flags, such as `num_epochs=50`; else those of the
            search's command and of its preset hold, as with --mode=train; and once the
            training has begun, those that it has.

        Returns:
          The trained and tested model, as final/model.keras has it, compiled: raw
          images in, probabilities out; of texts words and a state in, logits and the
          next state out. `fit` goes on with the rate that the training ended with.

        Raises:
          ConfigError: a mistake, in one line; a `ValueError`.
          KeyboardInterrupt: Ctrl-C; calling it again goes on.
          NotFinite: the loss is not a number.
        """
        with process.asked(
            self._of_training(settings),
            voice.checked(self._progress),
            self._source,
            named=settings,
        ) as made:
            process.carry_out(made)
            config = made.configs["train"]
        from enas_tf.library import trained

        return trained.load(self._folder, config)

    def export(
        self, format: str | Sequence[str] | None = None, **settings: object
    ) -> dict[str, pathlib.Path]:
        """Write the trained network in more formats, as --mode=export does.

        Args:
          format: of `--export_format`, one or several: "onnx", "litert", ...; if left
            out, the two that are always written.
          **settings: by names of flags.

        Returns:
          The file, or folder, of each format that is there, in final/; export.json
          beside them says how each was checked. What could not be written is warned of.

        Raises:
          ConfigError: a mistake, in one line; a `ValueError`.
        """
        refuse_reserved(settings, ("mode", "output_dir", "export_format"))
        own: dict[str, object] = {"mode": "export", "output_dir": self.output_dir}
        if format is not None:
            if not format:
                raise ConfigError(
                    f"format={format!r} names no format. Name some, such as 'onnx', or "
                    "leave it out."
                )
            own["export_format"] = format if isinstance(format, str) else list(format)
        base = {n: self._settings[n] for n in _OF_EXPORT if n in self._settings}
        with process.asked(
            {**base, **voice.settings(self._progress), **settings, **own},
            voice.checked(self._progress),
            self._source,
            named=settings,
        ) as made:
            process.carry_out(made)
        final = self._folder.final
        return {n: final / formats.FORMATS[n].file for n in formats.there(final)}

    def __repr__(self) -> str:
        """The arc, and how the policy did."""
        lines = [f"{self.output_dir}: {self.best_arc}", str(self.comparison)]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        about = shown.table({"arc": ""}, [{"arc": str(self.best_arc)}])
        return about + self.comparison._repr_html_() + self.arcs._repr_html_()

    def _of_training(self, more: Mapping[str, object]) -> dict[str, object]:
        sized_by = arc_argument.sized_by(self._config.run.search_for)
        dropped = {*_NOT_OF_TRAINING, sized_by}
        goes_on = self._folder.has_checkpoint("train")
        if goes_on and not {"preset", "reset_output_dir"} & more.keys():
            dropped |= _kept_by_training()
        kept = {n: v for n, v in self._settings.items() if n not in dropped}
        refuse_reserved(more, RESERVED)
        quiet = voice.settings(self._progress)
        own = {"mode": "train", "output_dir": self.output_dir}
        return {**kept, **quiet, **more, **own}

    @property
    def _facts(self) -> dict[str, Any]:
        return self._folder.facts("derive")

    @functools.cached_property
    def _config(self) -> Config:
        """Of the search, as it was recorded."""
        recorded = self._folder.settings("search")
        known = {item.flag for item in config_lib.settings()}
        values = {name: value for name, value in recorded.items() if name in known}
        return config_lib.replace(Config(), values)

    @property
    def _measure(self) -> measures.Measure:
        space = self._config.run.search_for
        return measures.BY_NAME[registry.SPECS[space].data.measure]


def load_result(
    output_dir: str | os.PathLike,
    data: object = None,
    *,
    validation_data: object = None,
    test_data: object = None,
    plugin: own_plugins.Named | None = None,
) -> Result:
    """The result of the search in a folder, also of one that the shell made.

    Args:
      output_dir: of the run.
      data: as of `Search.run`, only for `Result.train` of a search of arrays.
      validation_data: the same.
      test_data: the same.
      plugin: what the search was given as `plugin`, also for `Result.train`; it need
        not be named again in the process that loaded it.

    Raises:
      ConfigError: the folder holds no search that derived an arc, or one that began
        with a plugin that is not here.
    """
    folder = RunFolder(arguments.folder(output_dir))
    if not folder.made_here() or not folder.facts("derive").get("arc"):
        raise ConfigError(
            f"output_dir={folder.path} holds no search that derived an arc. Name the "
            "folder of one, or run the search to its end."
        )
    with process.worded():
        own = own_plugins.settings_of(folder, plugin)
        settings = {**_settings_of_search(folder), **own}
    if data is None:
        return Result(folder, settings=settings)
    from enas_tf.library import given

    space = str(settings["search_for"])
    named = {k: v for k, v in settings.items() if k not in ("dataset", "data_path")}
    found = given.of(space, data, validation_data, test_data, named)
    settings = {**named, **found.settings}
    return Result(folder, settings=settings, source=found.source)


def _kept_by_training() -> set[str]:
    """The settings of a search that do not count for a training that goes on.

    It has its own, which hold where nobody names others. Data are named again: they
    are compared with those that it began with.
    """
    bound = {
        item.flag
        for item in config_lib.settings()
        if item.section != "run" or item.field.metadata["shapes_result"]
    }
    return {"preset", *bound} - {"dataset", "data_path", "search_for"}


def refuse_reserved(settings: Mapping[str, object], names: Sequence[str]) -> None:
    """ConfigError where a setting is given that the call itself decides."""
    for name in names:
        if name in settings:
            raise ConfigError(
                f"{name} is not allowed here: the call decides it. Leave it out."
            )


def _settings_of_search(folder: RunFolder) -> dict[str, object]:
    """Those that the run's first command gave; a later one may have been of another
    mode."""
    settings = keywords.of_command(folder.run().get("command", ["", ""]))
    return {"search_for": RunConfig.search_for, **settings}


def found_arc(text: str, config: Config, *, title: str) -> FoundArc:
    """The arc that `text` writes, of the space and the ops of `config`."""
    form = arc_forms.FORMS[config.run.search_for]
    size = form.size_of_length(len(text.split()))
    space = form.of_size(size, config.child.op_choice)
    return FoundArc(space, space.parse(text), title=title)
