"""All runs below a folder, a row each; what cannot be read is told at the end."""

import os
import pathlib
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from enas_tf.config.sections import ConfigError
from enas_tf.page import contrasts
from enas_tf.page import found as found_lib
from enas_tf.page.contrasts import Contrast
from enas_tf.page.found import Found
from enas_tf.run import layout
from enas_tf.run import record as run_record
from enas_tf.run.measures import Measure

# 004_random_matched_s0_arc1_r0: number, method, seed of the search, arc, seed.
_NAME_OF_JOB = re.compile(r"\d+_(?P<method>.+?)(_s\d+)?(_arc\d+_r\d+)?")


class Row(NamedTuple):
    """A run.

    Attributes:
      folder: below the one that was asked for.
      space: that it is of, "" if that is not known; so are preset and data.
      preset: that its first command named.
      seed: None if it is not known.
      data: their name.
      arc: the best one, or the one that was trained, as integers; "" if there is none.
      policy: the mean over arcs of the policy, None if there is none.
      contrast: the policy against random arcs, None if they were not compared.
      measure: of its figures, None if it has none.
      test: the test figure, None if it was not tested.
      seconds: of all its commands.
      state: how its last command ended.
      stage: the first that has begun, "" if none has.
      settings: of that stage.
      method: of the campaign whose job it is; "" of any other run.
    """

    folder: str
    space: str
    preset: str
    seed: int | None
    data: str
    arc: str
    policy: float | None
    contrast: Contrast | None
    measure: Measure | None
    test: float | None
    seconds: float
    state: str
    stage: str
    settings: Mapping[str, Any]
    method: str = ""


class Runs(NamedTuple):
    """What is below a folder.

    Attributes:
      top: the folder.
      rows: the runs, by space, data, preset, seed and folder; jobs of a campaign by
        their numbers.
      unread: (folder, why) of each that cannot be read.
    """

    top: pathlib.Path
    rows: list[Row]
    unread: list[tuple[str, str]]


def below(top: pathlib.Path) -> Runs:
    """The runs in `top` and its folders, links not followed. Only reads."""
    rows, unread = [], []

    def note(error: OSError) -> None:
        path = pathlib.Path(str(error.filename))
        unread.append((_named(path, top), error.strerror or "unknown"))

    walk = os.walk(top, onerror=note)
    for name, folders, files in walk:
        folders.sort()
        if not {layout.RUN, layout.COPY} & set(files):
            continue
        folders.clear()  # a run has no run in it
        path = pathlib.Path(name)
        try:
            if (row := _row(path, top)) is not None:
                rows.append(row)
        except (ConfigError, *found_lib.DAMAGE) as error:
            unread.append((_named(path, top), str(error)))
    return Runs(top, _sorted(rows, top), unread)


def _sorted(rows: Sequence[Row], top: pathlib.Path) -> list[Row]:
    """As `Runs` says; a job that has yet no settings stands among its campaign's."""
    kinds: dict[str, tuple[str, ...]] = {}
    for row in rows:
        campaign = _job(row, top)[0]
        kinds[campaign] = max(kinds.get(campaign, ()), _kind(row))

    def place(row: Row) -> tuple[object, ...]:
        campaign, number = _job(row, top)
        if not campaign:
            return (*_kind(row), campaign, row.seed or 0, row.folder)
        return (*kinds[campaign], campaign, number, row.folder)

    return sorted(rows, key=place)


def _kind(row: Row) -> tuple[str, ...]:
    return row.space, row.data, row.preset


def _job(row: Row, top: pathlib.Path) -> tuple[str, int]:
    """The campaign's folder and the number of the job; ("", 0) of another run."""
    path = (top / row.folder).absolute()
    if not _is_job(path):
        return "", 0
    return str(path.parent), int(path.name.partition("_")[0])


def _is_job(path: pathlib.Path) -> bool:
    jobs, number = path.parent, path.name.partition("_")[0]
    if jobs.name != layout.JOBS or not number.isdecimal():
        return False
    return (jobs.parent / layout.PLAN).is_file()


def _method(path: pathlib.Path) -> str:
    """Of a job, by the name that its plan gave the folder; see `Row`."""
    named = _NAME_OF_JOB.fullmatch(path.name)
    return named["method"] if named and _is_job(path.absolute()) else ""


def _row(path: pathlib.Path, top: pathlib.Path) -> Row | None:
    """None where a file has the name of ours, and is another program's."""
    if run_record.read(path) is None:
        if not run_record.is_damaged(path):
            return None
        raise ConfigError(
            f"{path / layout.RUN} is damaged, and nothing beside it tells of a run. "
            "Restore it, or remove it."
        )
    found = found_lib.read(path, with_rows=False)
    told, measure = contrasts.of_run(found), found.measure
    name = measure.name if measure else ""
    stage, settings = next(iter(found.begun.items()), ("", {}))
    seed = found.run.get("seed", found.setting("seed"))
    return Row(
        folder=_named(path, top),
        space=str(found.setting("search_for") or ""),
        preset=found.preset,
        seed=seed if isinstance(seed, int) else None,
        data=found.data,
        arc=_arc(found),
        policy=found.fact("derive", f"policy_{name}", float),
        contrast=told[0] if told else None,
        measure=measure,
        test=found.fact("train", f"test_{name}", float),
        seconds=found.seconds,
        state=found.state,
        stage=stage,
        settings=settings,
        method=_method(path),
    )


def _arc(found: Found) -> str:
    derived = found.fact("derive", "arc", str)
    return derived or found.fact("train", "arc", str) or ""


def _named(path: pathlib.Path, top: pathlib.Path) -> str:
    return str(path.relative_to(top))
