"""Result files of a campaign as its page reads them: whole, or told as damaged.

Most of them are sealed by a checksum, so one that was altered is damaged as one is that
was cut off.
"""

import pathlib
from collections.abc import Sequence

from enas_tf.config.sections import ConfigError
from enas_tf.page.found import Missing
from enas_tf.run import disk, layout
from enas_tf.run.rows import Row

PERTURBATION, SCORES, TAUS = "perturbation.json", "scores.json", "correlations.json"
VERDICT, ABLATION = "verdict.json", "ablation.json"
_SEALED = (VERDICT, ABLATION, PERTURBATION, SCORES, TAUS)
_MENDS = "The campaign's command, given again, writes it anew; no job is done twice."


class Spoilt(Missing):
    """A file is there, and is not what this program wrote; says so, and what to do."""


def read(path: pathlib.Path) -> Row:
    """The object of a result file.

    Raises:
      Spoilt: it is damaged, or its checksum is another's.
    """
    try:
        return disk.read_json(path)
    except disk.Damaged:
        raise Spoilt(spoilt([path.name])) from None


def plan(folder: pathlib.Path) -> Row:
    """The plan of the campaign in `folder`, or its copy where the plan is damaged.

    Raises:
      Spoilt: both are.
    """
    for path in (folder / layout.PLAN, folder / layout.PLAN_COPY):
        try:
            return disk.read_json(path)
        except ConfigError:
            continue
    raise Spoilt(
        f"{layout.PLAN} is damaged, and so is its copy. Remove both and give the "
        "campaign's whole command again; jobs that are done are kept."
    )


def spoilt(names: Sequence[str]) -> str:
    """That one of these files is not what was written, and what to do."""
    return f"{' or '.join(names)} is damaged. {_MENDS}"


def damaged(folder: pathlib.Path) -> list[str]:
    """A sentence for each result file in `folder` that is; none of a single run."""
    found = []
    for path in (folder / name for name in _SEALED):
        try:
            if path.is_file():
                read(path)
        except Spoilt as error:
            found.append(str(error))
    return found
