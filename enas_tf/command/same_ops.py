"""Refuses runs whose ops this program does not have, before their settings are used.

A number of ops that a run took from its own program would else be refused as if the
user had given it. No TensorFlow, as in command/request.py.
"""

from collections.abc import Iterator, Mapping

from enas_tf.arcs import forms
from enas_tf.command import warm_source
from enas_tf.config import modes
from enas_tf.config.sections import RunConfig
from enas_tf.run import ops as run_ops
from enas_tf.run.folder import RunFolder


def refuse_other(
    run: RunConfig, given: Mapping[str, object], folder: RunFolder
) -> None:
    """Hold the stages that the command goes by against the space's ops.

    Args:
      run: what to do, and with which folder.
      given: the flags of the user.
      folder: of the run.

    Raises:
      ConfigError: a stage began with another op in the place of one.
    """
    ours = forms.FORMS[run.search_for].ops
    if run.mode == "predict":
        return  # an export needs no op of ours
    for stage in stages(run, given, folder):
        run_ops.refuse_other(folder, stage, ours)
    if run.warm_start and not warm_source.goes_on(run, folder):
        source, stage = RunFolder(run.warm_start), warm_source.stage_of(run, folder)
        run_ops.refuse_other(source, stage, ours, flag="warm_start")


def stages(
    run: RunConfig, given: Mapping[str, object], folder: RunFolder
) -> Iterator[str]:
    """Those that have begun in the folder, and bind the command."""
    if run.reset_output_dir:
        return
    mode = modes.MODES[run.mode]
    for stage in mode.stages:
        if folder.has_checkpoint(stage) or not mode.begins:
            yield stage
    finds_arc = run.mode == "train" and not {"child_fixed_arc", "warm_start"} & set(
        given
    )
    if finds_arc and not _goes_on(run, folder) and folder.has_checkpoint("search"):
        yield "search"


def _goes_on(run: RunConfig, folder: RunFolder) -> bool:
    return folder.has_checkpoint("train") and not run.reset_output_dir
