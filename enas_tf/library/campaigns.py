"""A campaign, called by a Python program: the same plan and the same jobs."""

import os
import signal
import sys
from collections.abc import Sequence

from enas_tf.campaign import asked, collect, plan, working
from enas_tf.campaign import command as campaign_command
from enas_tf.campaign.results import Retrained
from enas_tf.command import keywords
from enas_tf.config import modes
from enas_tf.config.sections import ConfigError
from enas_tf.library import arguments, process, result, voice
from enas_tf.library.voice import Progress

RESERVED = ("search_for", "mode", "job", "input", "dry_run", "dry_run_json")


def run_campaign(
    mode: str,
    space: str,
    *,
    output_dir: str | os.PathLike,
    preset: str | None = None,
    progress: Progress = "auto",
    **settings: object,
) -> Sequence[Retrained]:
    """Make many runs that answer one question, or go on with them.

    Each run is a process of its own, so data are named (`dataset`, `data_path`), not
    given as arrays.

    Args:
      mode: "compare", "ablate", "perturb" or "correlate".
      space: the search space.
      output_dir: of the campaign, with the folder of each run below.
      preset: as of `Search`.
      progress: as of `Search`.
      **settings: as of `Search`, and those of campaigns, such as `jobs=2`.

    Returns:
      A row for each training from scratch, with its score.

    Raises:
      ConfigError: a mistake, in one line; a `ValueError`.
      JobsFailed: some runs failed; the same call tries them again.
      KeyboardInterrupt: Ctrl-C, behind checkpoints; the same call goes on.
    """
    with process.worded(), voice.heard(progress := voice.checked(progress)):
        result.refuse_reserved(settings, RESERVED)
        if mode not in modes.CAMPAIGNS:
            raise ConfigError(
                f"mode={mode!r} is not allowed: it must be one of "
                f"{', '.join(modes.CAMPAIGNS)}."
            )
        named = {} if preset is None else {"preset": preset}
        own = dict(search_for=space, mode=mode, output_dir=arguments.folder(output_dir))
        read = keywords.read({**own, **named, **settings})
        command = [sys.executable, "-m", "enas_tf", *read.command[2:]]
        request = asked.read(read.given, read.preset, command)
        try:
            folder = campaign_command.carry_out(request)
        except working.Stopped as stop:
            if stop.number != signal.SIGINT:
                signal.raise_signal(stop.number)
            raise KeyboardInterrupt from None
        known = plan.read(folder.path)
        return collect.rows(folder, known) if known else []
