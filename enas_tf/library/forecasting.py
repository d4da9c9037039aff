"""A dry run, called by a Python program: what a search and a training would take."""

import dataclasses
from collections.abc import Mapping

from enas_tf.command import keywords, twin
from enas_tf.data import memory
from enas_tf.library import process, voice, wording
from enas_tf.library.voice import Progress
from enas_tf.run.outlook import Outlook

RESERVED = ("dry_run", "dry_run_json")  # of a shell, in whose place `of` is called


def of(
    settings: Mapping[str, object], progress: Progress, source: memory.Source | None
) -> Outlook:
    """What --mode=all with these settings would take.

    Args:
      settings: by names of flags.
      progress: as `voice.checked`.
      source: the data that `memory.NAME` stands for.

    Raises:
      ConfigError: as of a command line, in the words of a Python program.
    """
    # Nothing that is forecast hangs on the weights with which a search begins.
    kept = {name: value for name, value in settings.items() if name != "warm_start"}
    asked = {**kept, "mode": "all", "dry_run": True}
    with process.worded(), voice.heard(progress), memory.given(source):
        read = keywords.read(asked)
        with twin.built(read.given, read.preset, read.command) as made:
            with process.conditions(made):
                from enas_tf.stages import dry_run

                assert made.dry_run is not None  # of `twin.built`
                found = dry_run.of(made, made.dry_run)
    return dataclasses.replace(found, shortage=wording.of_python(found.shortage))
