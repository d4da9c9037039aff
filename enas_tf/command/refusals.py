"""What no command may ask for: flags against each other, or what a folder lacks."""

from collections.abc import Mapping

import enas_tf
from enas_tf.arcs import argument as arc_argument
from enas_tf.config import modes
from enas_tf.config import sections as config
from enas_tf.export import folder as exported
from enas_tf.run import layout
from enas_tf.run.folder import RunFolder


def refuse_backend() -> None:
    """Refuse another Keras backend than TensorFlow: ConfigError."""
    try:
        enas_tf.check_backend()
    except ImportError as error:
        raise config.ConfigError(str(error)) from None


def refuse_campaign(folder: RunFolder) -> None:
    """Refuse the folder of a campaign, which is no run's: ConfigError."""
    if not (folder.path / layout.PLAN).is_file():
        return
    raise config.ConfigError(
        f"--output_dir={folder.path} is the folder of a campaign, which has many runs: "
        f"name one of those in its {layout.JOBS}/, or look with --mode=status."
    )


def refuse_clashes(run: config.RunConfig, given: Mapping[str, object]) -> None:
    """Flags that are fine each for itself."""
    if "child_fixed_arc" in given and not modes.MODES[run.mode].trains_only:
        raise config.ConfigError(
            f"--child_fixed_arc is of no use with --mode={run.mode}, which finds an "
            "arc by itself. Leave one of the two out."
        )
    if {"child_ops", "child_num_branches"} <= set(given):
        raise config.ConfigError(
            "--child_ops and --child_num_branches are not allowed together: both say "
            "which ops there are to choose from. Leave one of the two out."
        )
    if run.warm_start and len(modes.MODES[run.mode].stages) > 1:
        raise config.ConfigError(
            f"--warm_start is not allowed with --mode={run.mode}: it could mean the "
            "search or the training. Give --mode=search, then --mode=train."
        )
    _refuse_dry_run(run)
    if not run.reset_output_dir:
        return
    if not modes.MODES[run.mode].begins:
        raise config.ConfigError(
            f"--reset_output_dir would remove what --mode={run.mode} works on. Leave "
            "it out."
        )
    arc_is_there = "child_fixed_arc" in given or run.warm_start
    if run.mode == "train" and not arc_is_there:
        raise config.ConfigError(
            "--reset_output_dir would remove the arc that --mode=train finds in "
            "--output_dir. Give --child_fixed_arc, or choose another --output_dir."
        )


def _refuse_dry_run(run: config.RunConfig) -> None:
    """A dry run of what takes no time, or its file without it."""
    if run.dry_run and not modes.MODES[run.mode].sums_up:
        told = [name for name, mode in modes.MODES.items() if mode.sums_up]
        raise config.ConfigError(
            f"--dry_run is of no use with --mode={run.mode}, which trains nothing: it "
            f"tells of {', '.join(told)}. Leave it out."
        )
    refuse_numbers_alone(run)


def refuse_numbers_alone(run: config.RunConfig) -> None:
    """Refuse the file of a dry run without one.

    Raises:
      ConfigError: as above.
    """
    if run.dry_run_json and not run.dry_run:
        raise config.ConfigError(
            f"--dry_run_json={run.dry_run_json} is for the numbers of a dry run: add "
            "--dry_run, or leave it out."
        )


def refuse_missing(run: config.RunConfig, folder: RunFolder) -> None:
    """Refuse a mode that lacks the results of an earlier one."""
    if run.mode == "derive" and not folder.has_checkpoint("search"):
        raise config.ConfigError(
            f"--output_dir={folder.path} holds no search that --mode=derive could go "
            "on from. Search first with --mode=search, or name the search's folder."
        )
    trained = folder.has_checkpoint("train")
    final = exported.found(folder.final)
    has_export = (final / layout.KERAS_FILE).exists()
    if run.mode == "predict" and trained and not has_export:
        raise config.ConfigError(
            f"--output_dir={folder.path} holds no exported model for --mode=predict. "
            "Go on with --mode=train if the training is not finished, or write the "
            "model with --mode=export."
        )
    there = dict(evaluate=trained, export=trained, predict=has_export)
    if not there.get(run.mode, True):
        raise config.ConfigError(
            f"--output_dir={folder.path} holds no trained network for "
            f"--mode={run.mode}. Train one first with --mode=train, or name its folder."
        )


def refuse_disagreement(given: Mapping[str, object], arc: str, space: str) -> None:
    """Refuse sizes in `given` that are not those of `arc`, which says them itself."""
    for flag, value in arc_argument.settings_of(arc, space).items():
        if given.get(flag, value) != value:
            raise config.ConfigError(
                config.refusal(
                    flag,
                    given[flag],
                    f"{value}, as the arc has it",
                    f"Leave --{flag} out.",
                )
            )
