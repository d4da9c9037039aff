"""What a stage took over from an earlier run (--warm_start), as run.json keeps it.

A stage that was killed before its first checkpoint takes the weights once more. So what
it took is known by a checksum, and other weights in the same place are refused.
"""

import pathlib
import textwrap
from collections.abc import Mapping, Sequence

from enas_tf.config.sections import ConfigError
from enas_tf.nn.takeover import Taken
from enas_tf.run import counters, warm_origin
from enas_tf.run import lines as lines_lib
from enas_tf.run.folder import RunFolder
from enas_tf.run.saves import Saved

SHOWN = 3  # names for a reason
_WIDTH = lines_lib.WIDTH - 9  # without the time of day


def refuse_other(folder: RunFolder, stage: str, saved: Saved) -> None:
    """Refuse to begin with other weights than those that `stage` began with before.

    Raises:
      ConfigError: the checkpoint, or what lies in its place, has changed since.
    """
    begun = folder.fact(stage, warm_origin.KEY, dict) or {}
    same_place = begun.get("folder") == str(saved.path.parent)
    if same_place and begun.get("sha256") != saved.sha256:
        raise ConfigError(
            f"--warm_start: the weights in {saved.path.parent} are not those that "
            f"--output_dir={folder.path} began with before it was stopped. Restore "
            "them, or choose another --output_dir."
        )


def keep(
    folder: RunFolder, stage: str, source: str, saved: Saved, taken: Sequence[Taken]
) -> None:
    """Record what `stage` takes over.

    Args:
      folder: of the run that begins.
      stage: that begins.
      source: the stage that the weights are of, "search" or "train".
      saved: the checkpoint.
      taken: a row for each weight; none where all are taken without names.
    """
    found = dict(
        stage=source,
        folder=str(saved.path.parent),
        checkpoint=saved.path.name,
        step=int(saved.values[counters.CHILD]),
        epoch=int(saved.values[counters.EPOCH]),
        sha256=saved.sha256,
        taken=[row.name for row in taken if row.numbers],
        not_whole={row.name: _words(row) for row in taken if row.why},
    )
    folder.record(stage, **{warm_origin.KEY: found})


def forget(folder: RunFolder, stage: str) -> None:
    """What an earlier command took that was stopped at once counts no more."""
    if folder.fact(stage, warm_origin.KEY, dict) is not None:
        folder.record(stage, **{warm_origin.KEY: None})


def lines(
    source: pathlib.Path, saved: Saved, parts: Mapping[str, Sequence[Taken]]
) -> list[str]:
    """What is taken over from a search, in lines: each part, then each reason.

    Args:
      source: the folder of the search.
      saved: its checkpoint.
      parts: by what a part of the network is called, a row for each of its weights.
    """
    epoch, step = (int(saved.values[n]) for n in (counters.EPOCH, counters.CHILD))
    width = max(map(len, parts))
    found = [f"Begins with the search in {source}, epoch {epoch}, step {step}:"]
    found += [f"  {name:<{width}}  {_counts(rows)}" for name, rows in parts.items()]
    reasons: dict[str, list[Taken]] = {}
    for row in (row for rows in parts.values() for row in rows if row.why):
        kind = "in part" if row.numbers else "not taken"
        reasons.setdefault(f"{kind}, {row.why}", []).append(row)
    return found + [
        line for why, rows in reasons.items() for line in _reason(why, rows)
    ]


def _reason(why: str, rows: Sequence[Taken]) -> list[str]:
    """One reason, and the first weights that it is of."""
    named = [f"{row.name}{f' ({row.detail})' * bool(row.detail)}" for row in rows]
    more = f" and {len(named) - SHOWN} more" if len(named) > SHOWN else ""
    text = f"{why}: {', '.join(named[:SHOWN])}{more}"
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent="  ",
        subsequent_indent="    ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _counts(rows: Sequence[Taken]) -> str:
    whole = sum(not row.why for row in rows)
    part = sum(bool(row.why and row.numbers) for row in rows)
    numbers, size = sum(row.numbers for row in rows), sum(row.size for row in rows)
    partly = f" and {part} in part" if part else ""
    return f"{whole} of {len(rows)} weights{partly}, {numbers:,} of {size:,} numbers"


def _words(row: Taken) -> str:
    return f"{row.why}: {row.detail}" if row.detail else row.why
