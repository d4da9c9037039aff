"""What a run was: its settings, the commands that repeat it, its machine."""

from collections.abc import Mapping, Sequence

from enas_tf.command import typed
from enas_tf.config import presets
from enas_tf.config import sections as config_lib
from enas_tf.config.sections import ConfigError
from enas_tf.machine import record as machine
from enas_tf.page import found as found_lib
from enas_tf.page import markup
from enas_tf.page.found import Found
from enas_tf.page.markup import Html
from enas_tf.run import commands as run_commands
from enas_tf.run import progress
from enas_tf.run import settings as run_settings

_NEVER = object()  # in the place of a setting that a preset does not have


def settings(found: Found) -> Html | None:
    """The settings of each stage, those first that are not the published ones."""
    if not found.begun:
        return None
    written = _written(found)
    parts = []
    for stage, values in found.begun.items():
        title = markup.element("h3", f"The {run_settings.NOUNS[stage]}")
        parts += [title, _of_stage(stage, values, written)]
    note = markup.element(
        "p",
        "Published: the value of the preset paper, which holds where nothing else is "
        "said. ",
        _mark(),
        " stands beside what was written in a command.",
    )
    return markup.join([note, *parts])


def commands(found: Found) -> Html | None:
    """The commands of the run; each, given again, does the same."""
    if not found.commands:
        return None
    rows = []
    for one in found.commands:
        line = found_lib.command_line(one["command"])
        rows.append(
            [
                found_lib.moment(one.get("begin", "")),
                one.get("mode", ""),
                progress.duration(run_commands.seconds(one)),
                one.get("status") or _end(one, found),
                markup.element("code", line),
            ]
        )
    head = ["begun", "mode", "time", "end", "command"]
    total = f"In all {progress.duration(found.seconds)}."
    table = markup.element("div", markup.table(head, rows), class_="as_typed")
    return markup.join([table, markup.element("p", total)])


def conditions(found: Found) -> Html | None:
    """The machine of each stage, on which last digits hang, and the data."""
    stages: dict[tuple[str, str], list[str]] = {}  # by fact: one of both is told once
    for stage in found.begun:
        for key in (machine.KEY, "data"):
            for name, value in (found.fact(stage, key, dict) or {}).items():
                stages.setdefault((name, _shown(value)), []).append(stage)
    rows = [
        [name, value, "" if len(of) == len(found.begun) else of[0]]
        for (name, value), of in stages.items()
    ]
    versions = {**found.run.get("versions", {}), "enas_tf": found.run.get("version")}
    rows += [[name, _shown(value), ""] for name, value in versions.items()]
    if not any(of for _, _, of in rows):
        return markup.table(["what", "is"], [row[:2] for row in rows])
    return markup.table(["what", "is", "of one stage"], rows)


def _end(command: Mapping[str, object], found: Found) -> str:
    """Of a command that has not noted its end."""
    return found.state if command is found.commands[-1] else "killed"


def _of_stage(stage: str, values: Mapping[str, object], written: Sequence[str]) -> Html:
    published = _published(stage, values)
    changed: list[list[object]] = []
    same: list[list[object]] = []
    for name, value in values.items():
        theirs = published.get(name, _NEVER)
        mark = _mark() if name in written else ""
        first = markup.join([markup.element("code", name), " ", mark])
        row: list[object] = [
            first,
            _shown(value),
            "" if theirs is _NEVER else _shown(theirs),
        ]
        differs = theirs is not _NEVER and theirs != value
        (changed if differs or mark else same).append(row)
    head = ["setting", "value", "published"]
    shown = markup.table(head, changed) if changed else "All as published."
    return markup.join(
        [shown, markup.folded(f"{len(same)} as published", markup.table(head, same))]
    )


def _published(stage: str, values: Mapping[str, object]) -> dict[str, object]:
    """The settings of the preset paper; {} of a space that is not known here."""
    try:
        space = str(values.get("search_for", ""))
        return config_lib.flat(presets.resolve(space, stage, "paper", {}))
    except (ConfigError, LookupError):
        return {}


def _written(found: Found) -> list[str]:
    """The flags of all commands."""
    words = [w for one in found.commands for w in typed.parts(one["command"]).flags]
    names = [word.lstrip("-").partition("=")[0] for word in words]
    return [*names, *(name.removeprefix("no") for name in names)]


def _mark() -> Html:
    return markup.element("mark", "given")


def _shown(value: object) -> Html:
    if isinstance(value, bool):
        return markup.text("yes" if value else "no")
    if isinstance(value, list | tuple):
        return markup.text(", ".join(map(str, value)))
    return (
        markup.element("code", value) if value != "" else markup.element("i", "empty")
    )
