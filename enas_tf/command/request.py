"""The user's request, complete and checked, before TensorFlow is imported.

Turns the flags that were given into the settings of each stage, the arc and the folder.
The order is that of cost: first what needs no file, then the arc, then the folder;
nothing is created or removed before all else is known to be right.
"""

import os
import pathlib
import shlex
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from enas_tf.arcs import argument as arc_argument
from enas_tf.arcs.fixed import FixedArc
from enas_tf.command import (
    arc_to_train,
    as_begun,
    checks,
    export_formats,
    ops_of_run,
    places,
    plugins,
    refusals,
    same_ops,
    same_plugins,
    typed,
    warm_start,
)
from enas_tf.config import modes, presets
from enas_tf.config import sections as config
from enas_tf.config.spaces import registry
from enas_tf.export import sums as export_sums
from enas_tf.machine import record as machine
from enas_tf.machine.cluster import Cluster
from enas_tf.run import best_arc
from enas_tf.run import space as run_space
from enas_tf.run.caller import Caller
from enas_tf.run.folder import RunFolder
from enas_tf.run.plugins import Plugin


class DryRun(NamedTuple):
    """What a dry run is told about, beside the command's twin that it tries out.

    Attributes:
      output_dir: the folder that the command would write into.
      began: when the dry run did, by `time.monotonic`.
    """

    output_dir: pathlib.Path
    began: float


class Request(NamedTuple):
    """One command.

    Attributes:
      mode: a key of `modes.MODES`.
      configs: the settings by stage, "search" and "train".
      fixed: the architecture to train; None until a search has derived it.
      folder: the run's folder, claimed for this process, or only looked at.
      command: the command line, ready to be typed again.
      machine: the conditions that are asked of TensorFlow.
      caller: the Python program that it works for; None for a shell.
      plugins: those of --plugin.
      dry_run: of a command that is only tried out; else None.
      cluster: the workers that carry it out together; None: this process does alone.
    """

    mode: str
    configs: dict[str, config.Config]
    fixed: FixedArc | None
    folder: RunFolder
    command: list[str]
    machine: machine.Wanted
    caller: Caller | None = None
    plugins: tuple[Plugin, ...] = ()
    dry_run: DryRun | None = None
    cluster: Cluster | None = None

    @property
    def begun(self) -> dict[str, config.Config]:
        """The settings of the stages that the mode has."""
        return {stage: self.configs[stage] for stage in modes.MODES[self.mode].stages}

    @property
    def writes(self) -> bool:
        """Whether what it finds is kept: not by a worker beside the chief."""
        return self.cluster is None or self.cluster.is_chief

    @property
    def arc(self) -> str:
        """The arc to train, as settings have it; "" until it is known."""
        return self.fixed.text if self.fixed else ""

    def with_arc(self, fixed: FixedArc) -> "Request":
        """This request with an architecture to train, and what follows from it."""
        train = _with_arc(self.configs["train"], fixed.text)
        return self._replace(fixed=fixed, configs={**self.configs, "train": train})

    def command_line(self, *, without: Sequence[str] = (), more: str = "") -> str:
        """The command to paste into a shell.

        Args:
          without: names of flags to leave out.
          more: a word to put at the end.
        """
        python, program, words = typed.parts(self.command)
        words = [_from_here(python), *program, *_without(words, without)]
        return shlex.join([*words, more] if more else words)

    def derive_command(self) -> str:
        """This command with `derive` as its mode."""
        without = ["mode", "reset_output_dir", "warm_start"]
        return self.command_line(without=without, more="--mode=derive")

    def retrain_command(self) -> str:
        """This command with `train` as its mode; it finds arcs/best.json by itself."""
        space = self.configs["search"].run.search_for
        python, program, words = typed.parts(self.command)
        if space != config.RunConfig.search_for:
            words = [f"--search_for={space}", *_without(words, ["search_for"])]
        if self.mode == "derive":
            words += self._data_of_search()
        dropped = (
            "mode",
            "reset_output_dir",
            "warm_start",
            arc_argument.sized_by(space),
        )
        asked = self._replace(command=[python, *program, *words])
        return asked.command_line(without=dropped, more="--mode=train")

    def _data_of_search(self) -> list[str]:
        """The flags without which a training would be on other data than the search."""
        search, train = (config.flat(self.configs[stage]) for stage in modes.STAGES)
        names = [item.flag for item in config.settings() if item.section == "data"]
        other = [name for name in names if search[name] not in ("", train[name])]
        return [f"--{name}={search[name]}" for name in other]

    def predict_command(self) -> str:
        """The command that asks the exported model; its input is yet to be named."""
        run = self.configs["train"].run
        example = registry.SPECS[run.search_for].data.placeholder
        python, program, _ = typed.parts(self.command)
        words = [f"--search_for={run.search_for}", "--mode=predict"]
        words += [f"--output_dir={run.output_dir}", f"--input={example}"]
        if any(f"space {run.search_for}" in plugin.adds for plugin in self.plugins):
            words += [f"--plugin={run.plugin}"]  # an op's is not needed
        return shlex.join([_from_here(python), *program, *words])


def _from_here(program: str) -> str:
    """`program`, as one would call it from the current folder."""
    path, here = pathlib.Path(program), pathlib.Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def _without(words: Sequence[str], names: Sequence[str]) -> list[str]:
    """`words` (--a=1, --a or --noa) without the flags `names`."""
    flags = ((word, word.lstrip("-").partition("=")[0]) for word in words)
    return [w for w, n in flags if n not in names and n.removeprefix("no") not in names]


def build(
    given: Mapping[str, object],
    preset: str | None,
    command: list[str],
    *,
    began: float | None = None,
) -> Request:
    """The request of the flags `given`, with its folder claimed.

    Args:
      given: flag name to value, as the user wrote them.
      preset: its name, None where the user named none.
      command: the command line, ready to be typed again.
      began: when the command began, by `time.monotonic`; now, if left out.

    Raises:
      ConfigError: anything that can be refused without TensorFlow and without data.
    """
    refusals.refuse_backend()
    checks.check_not_empty(given)
    loaded = plugins.load(str(given.get("plugin", "")))
    given = run_space.with_space(given)
    run = run_settings(given)
    refusals.refuse_clashes(run, given)
    folder = RunFolder(run.output_dir)
    places.check_output(folder.path)
    refusals.refuse_campaign(folder)
    same_plugins.refuse_other(run, given, folder, loaded, command)
    run_space.refuse_other(run, given)
    refusals.refuse_missing(run, folder)
    source = warm_start.source(run, given, folder)
    same_ops.refuse_other(run, given, folder)
    given = warm_start.fill(given, run, source, folder)
    configs = stage_configs(run, given, preset, folder)
    for stage in modes.MODES[run.mode].stages:
        asked = same_plugins.without_theirs(configs[stage])
        checks.check(asked)
        checks.check_reward(asked)
    checks.check_retraining(run.mode, configs)
    export_formats.refuse(run, folder)
    _check_places(run, configs)
    if run.mode == "predict":
        asked_file = export_formats.asked_file(run)
        export_sums.refuse_damaged(folder.final, asked_file)
    fixed = arc_to_train.of(given, configs["train"], folder)
    if fixed:
        warm_start.refuse_other_arc(fixed.text, run, source)
        refusals.refuse_disagreement(given, fixed.text, configs["train"].run.search_for)
        configs["train"] = _with_arc(configs["train"], fixed.text)
    elif trained := arc_to_train.of_export(run, folder):
        configs["train"] = _with_arc(configs["train"], trained)
    folder = RunFolder.open_for_mode(
        run.output_dir,
        run.mode,
        reset=run.reset_output_dir,
        command=command,
        began=began,
    )
    try:
        with folder.failing():
            _refuse_changes(run.mode, configs, folder)
            looked_at = () if run.mode == "predict" else modes.MODES[run.mode].stages
            wanted = machine.wanted(run.threads, looked_at, folder)
            if modes.MODES[run.mode].begins:
                shared = run.distribute, run.distribute_devices
                wanted = wanted._replace(distribute=shared[0], devices=shared[1])
            configs = _with_threads(configs, wanted.threads)
            if modes.MODES[run.mode].begins:
                folder.describe(configs, command)
            if run.mode == "train" and "child_fixed_arc" not in given:
                best_arc.mend(folder, configs["train"])
    except config.ConfigError:
        folder.release()
        raise
    return Request(run.mode, configs, fixed, folder, command, wanted, plugins=loaded)


def run_settings(given: Mapping[str, object]) -> config.RunConfig:
    """Mode, space and folder: the settings that all others depend on, checked."""
    names = [item.flag for item in config.settings() if item.section == "run"]
    written = {name: given[name] for name in names if name in given}
    settings = config.replace(
        config.Config(), {**written, "mode": run_space.mode(given)}
    )
    checks.check_run(settings.run)
    output_dir = settings.run.output_dir or f"outputs/{settings.run.search_for}"
    found = {"output_dir": output_dir}
    if settings.run.warm_start:
        # Recorded so that it means the same folder wherever the command is repeated.
        source = os.path.expanduser(settings.run.warm_start)
        found["warm_start"] = os.path.realpath(source)
    return config.replace(settings, found).run


def stage_configs(
    run: config.RunConfig,
    given: Mapping[str, object],
    preset: str | None,
    folder: RunFolder,
) -> dict[str, config.Config]:
    """The settings of both stages: defaults, preset, the user's; {stage: Config}.

    A mode that looks at a run takes the run's own settings in place of a preset, so
    that they need not be written again; and so does a training that goes on.
    """
    goes_on = run.mode == "train" and folder.has_checkpoint("train")
    begins = modes.MODES[run.mode].begins and (run.reset_output_dir or not goes_on)
    configs = {}
    for stage in modes.STAGES:
        values = dict(given, mode=run.mode, output_dir=run.output_dir)
        if stage == "train" and run.mode == "all":
            # It follows from the derived arc.
            values.pop(arc_argument.sized_by(run.search_for), None)
        if preset is None and not begins:
            needed = stage in modes.MODES[run.mode].stages
            values = {
                **_own_settings(folder.settings(stage, needed=needed)),
                **values,
            }
        values = ops_of_run.with_ops(values, run, stage, folder)
        name = "paper" if preset is None else preset
        configs[stage] = presets.resolve(run.search_for, stage, name, values)
        begun = folder.has_checkpoint(stage) and not run.reset_output_dir
        if begun and stage in modes.MODES[run.mode].stages:
            kept = as_begun.kept(configs[stage], stage, name, values, folder)
            configs[stage] = presets.resolve(run.search_for, stage, name, kept)
    return configs


def _own_settings(recorded: Mapping[str, object]) -> dict[str, Any]:
    """The part of a run's settings that holds for a later look at it."""
    return {
        item.flag: recorded[item.flag]
        for item in config.settings()
        if item.flag in recorded
        and (item.section != "run" or item.field.metadata["shapes_result"])
    }


def _with_arc(train: config.Config, arc: str) -> config.Config:
    sizes = arc_argument.settings_of(arc, train.run.search_for)
    return config.replace(train, {"child_fixed_arc": arc, **sizes})


def _with_threads(
    configs: dict[str, config.Config], threads: int
) -> dict[str, config.Config]:
    values = {"threads": threads}
    return {stage: config.replace(one, values) for stage, one in configs.items()}


def _check_places(run: config.RunConfig, configs: dict[str, config.Config]) -> None:
    """Refuse the user's places: --input, or the data of the mode's first stage."""
    if run.mode == "predict":
        places.check_input(run.input, run.search_for)
    else:
        places.check_data(configs[modes.MODES[run.mode].stages[0]])


def _refuse_changes(
    mode: str, configs: dict[str, config.Config], folder: RunFolder
) -> None:
    """Settings that differ from those with which a stage began in this folder."""
    for stage in modes.MODES[mode].stages:
        settings = configs[stage]
        trained = folder.settings("train").get("child_fixed_arc")
        if mode == "all" and stage == "train" and trained:
            settings = _with_arc(settings, trained)
        folder.refuse_changes(stage, settings, trains=modes.MODES[mode].begins)
