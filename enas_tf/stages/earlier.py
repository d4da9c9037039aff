"""Runs that an earlier version began, and that may end otherwise with this one."""

from absl import logging

from enas_tf.command.request import Request
from enas_tf.config import sections as config_lib
from enas_tf.config.sections import Config
from enas_tf.machine import record as machine
from enas_tf.run import settings as run_settings

# Came with 0.2.0: a stage that began without it was begun by a version before.
NEWER_SETTING = "split_seed"
EMBEDDED = ("digits", "python_docs")


def log_changes(request: Request, stage: str, epochs: int) -> None:
    """One line on the changes since the version that began `stage`.

    Without it all that the stage does is what its own version would have done, to the
    bit (`tests/test_old_runs.py`).

    Args:
      request: whose folder may hold the stage.
      stage: a key of `run_settings.NOUNS`.
      epochs: how many of it are finished.
    """
    config = request.configs[stage]
    if epochs >= config.loop.num_epochs or not request.folder.has_checkpoint(stage):
        return
    if request.folder.began_before(stage, NEWER_SETTING):
        version, reasons = "version 0.1.0", _since_0_1(config, stage)
    else:
        version, reasons = "version 0.8.5 or an earlier one", _since_0_8(request, stage)
    if reasons:
        logging.warning(
            "Note: %s began this %s, and since then %s. So it may end with other "
            "figures than it would have then.",
            version,
            run_settings.NOUNS[stage],
            ", ".join(reasons),
        )


def _since_0_8(request: Request, stage: str) -> list[str]:
    """The change since 0.2.0 to 0.8.5 that bears on a search of recurrent cells."""
    run = request.configs[stage].run
    if stage != "search" or run.search_for not in config_lib.TEXTS:
        return []
    begun = machine.recorded(request.folder, stage)
    return [] if begun and begun.nodes_together else [_rounds(run.search_for)]


def _rounds(space: str) -> str:
    return f"the {space} cell rounds in another order"


def _since_0_1(config: Config, stage: str) -> list[str]:
    """The changes since 0.1.0 that bear on a stage of `config`."""
    run, data = config.run, config.data
    of_texts = run.search_for in config_lib.TEXTS
    reasons = []
    if stage == "search" and of_texts:
        reasons.append(_rounds(run.search_for))
    if stage == "search" and config.controller.normalize_advantage:
        reasons.append("advantages of nearly equal rewards are not blown up")
    if data.dataset in EMBEDDED and not data.data_path and not data.image_size:
        return reasons
    if of_texts:
        reasons.append("an <eos> at the end of a line is not doubled")
    else:
        reasons.append(
            "JPEG files, resized images and sets of characters are read or mirrored a "
            "little differently"
        )
    return reasons
