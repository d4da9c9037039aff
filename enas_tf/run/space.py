"""The space of a run's folder, so that --search_for need not be written again.

Looks at the folder before anything else does: with the wrong space every later refusal
would blame flags that the user never gave. No TensorFlow, as in command/request.py.
"""

from collections.abc import Mapping

from enas_tf.config import modes
from enas_tf.config import sections as config_lib
from enas_tf.config.sections import ConfigError, RunConfig
from enas_tf.config.spaces import registry
from enas_tf.run import disk, layout
from enas_tf.run import plugins as run_plugins
from enas_tf.run import settings as run_settings
from enas_tf.run.folder import RunFolder


def mode(given: Mapping[str, object]) -> str:
    """The mode of the flags `given`.

    As in the original, an arc without a mode means that it is to be trained; so do the
    weights of one.
    """
    trains = {"child_fixed_arc", "warm_start"} & set(given)
    return str(given.get("mode", "train" if trains else "search"))


def with_space(given: Mapping[str, object]) -> Mapping[str, object]:
    """The flags `given`, with the space of the run in --output_dir where none was.

    Raises:
      ConfigError: the folder cannot be looked at, or is damaged.
    """
    asked = mode(given)
    # A mode that searches begins with no run: the space is what the user says.
    looks = asked in modes.MODES and not modes.MODES[asked].searches
    if not looks or "search_for" in given or not given.get("output_dir"):
        return given
    reset = bool(given.get("reset_output_dir", False))
    held = _held(str(given["output_dir"]), asked, reset=reset)
    return {**given, "search_for": held} if held else given


def refuse_other(run: RunConfig, given: Mapping[str, object]) -> None:
    """Refuse a folder that holds a run of another space than that of `run`.

    Raises:
      ConfigError: it does.
    """
    held = _held(run.output_dir, run.mode, reset=run.reset_output_dir)
    if held in (None, run.search_for):
        return
    article = registry.SPECS[held].article
    where = f"--output_dir={run.output_dir} holds {article} {held} run"
    if "search_for" in given:
        where = f"--search_for={run.search_for}: {where}"
    else:
        where += f", and --search_for is {run.search_for} by default"
    remedy = _remedy(run, held, named="output_dir" in given)
    raise ConfigError(f"{where}. {remedy}, or name another folder.")


def _remedy(run: RunConfig, held: str, *, named: bool) -> str:
    """How to go on with the run that is there; `named`: its folder was given."""
    if modes.MODES[run.mode].searches:
        return f"Give --search_for={held}"
    if named:
        return "Leave --search_for out"
    # Without its name another --search_for would mean another folder.
    return f"Give --output_dir={run.output_dir} without --search_for"


def _held(path: str, asked: str, *, reset: bool) -> str | None:
    """The space of the run in the folder `path`; None where there is no run."""
    folder = RunFolder(path)
    with disk.refusals(folder.path):
        if not folder.made_here():
            return None
        folder.refuse_wrong_kinds()
        if reset:
            return None
        # The first that the folder holds, beginning with what the mode is about.
        first = modes.MODES[asked].stages[0]
        stages = [first, *(stage for stage in modes.STAGES if stage != first)]
        for stage in stages:
            _refuse_unknown(folder, stage)
        found = (_of_stage(folder, stage) for stage in stages)
        return next((space for space in found if space), None)


def _refuse_unknown(folder: RunFolder, stage: str) -> None:
    """Refuse settings of a space that is not registered, whose flags are not known.

    They would otherwise count as damaged.
    """
    file = run_settings.path(folder.path, stage)
    if not file.exists():
        return
    try:
        read = disk.read_sealed(file)
    except disk.Damaged:
        return  # which is told later, if it matters
    space = read.value.get("search_for")
    if read.sealed and isinstance(space, str) and space not in config_lib.SPACES:
        names = ",".join(old.name for old in run_plugins.kept(folder, stage))
        remedy = "Go on with the program that registers this space"
        if names:
            remedy = f"Give --plugin={names} again"
        raise ConfigError(
            f"--output_dir={folder.path} holds a run of the space {space}, which is "
            f"none of {', '.join(config_lib.SPACES)}. {remedy}, or name another folder."
        )


def _of_stage(folder: RunFolder, stage: str) -> str | None:
    """The space of a stage that has left more than its settings, which bind nothing."""
    results = dict(
        search=folder.arcs / layout.BEST_JSON, train=folder.final / layout.KERAS_FILE
    )
    settings = folder.settings(stage)
    if not settings or not (folder.has_checkpoint(stage) or results[stage].exists()):
        return None
    space = settings.get("search_for", RunConfig.search_for)
    return space if space in config_lib.SPACES else None
