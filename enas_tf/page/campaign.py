"""The page of a campaign: what it says, its trainings by size, its runs.

Made of the files of its folder alone: results.txt in words, results.jsonl with a row a
training, the runs below jobs/, and plan.json with the settings.
"""

import datetime
import json
import pathlib
import shlex
from collections.abc import Callable

from enas_tf.page import (
    campaign_verdict,
    markup,
    perturbed,
    ranks,
    runs,
    runs_forms,
    scatter,
    whole,
)
from enas_tf.page import found as found_lib
from enas_tf.page.found import Missing
from enas_tf.page.markup import Html
from enas_tf.page.scatter import Point

PLAN, RESULTS, JOBS = "plan.json", "results.jsonl", "jobs"


def is_one(folder: pathlib.Path) -> bool:
    """Whether the folder is a campaign's."""
    return (folder / PLAN).is_file()


def of_folder(folder: pathlib.Path, *, live: bool = False) -> str:
    """The page; `live`: it loads itself again and again."""
    parts: dict[str, Callable[[pathlib.Path], Html | None]] = {
        "Verdict": campaign_verdict.section,
        "Which decisions matter": perturbed.section,
        "How scores rank arcs": ranks.section,
        "Score and size": _sizes,
        "Runs": _jobs,
        "Settings": _settings,
    }
    now = found_lib.moment(datetime.datetime.now(datetime.UTC).isoformat())
    made = {name: _content(part, folder) for name, part in parts.items()}
    shown = {name: content for name, content in made.items() if content}
    links = [markup.element("a", name, href=f"#{_place(name)}") for name in shown]
    sections = [
        markup.element("section", markup.element("h2", name), content, id=_place(name))
        for name, content in shown.items()
    ]
    title = _title(folder)
    head = [markup.element("h1", title), markup.element("p", f"Written {now}.")]
    body = [markup.element("header", *head), markup.element("nav", *links), *sections]
    return whole.document(title, body, live=live)


def _place(name: str) -> str:
    """The name of a section's place in the page."""
    return name.lower().replace(" ", "_")


def _title(folder: pathlib.Path) -> str:
    """What was asked, and where it is."""
    name = folder.absolute().name
    try:
        plan = json.loads((folder / PLAN).read_text("utf-8"))
        return f"{plan['space']} {plan['mode']}: {name}"
    except found_lib.DAMAGE:
        return f"Campaign {name}"


def _content(
    part: Callable[[pathlib.Path], Html | None], folder: pathlib.Path
) -> Html | None:
    try:
        return part(folder)
    except Missing as error:
        return markup.element("p", f"Not there yet: {error}", class_="left_out")
    except found_lib.DAMAGE as error:
        words = f"Left out: what this is made of is damaged ({type(error).__name__})."
        return markup.element("p", words, class_="left_out")


def _sizes(folder: pathlib.Path) -> Html | None:
    path = folder / RESULTS
    if path.is_file() and not path.stat().st_size:  # of an earlier version
        raise Missing(f"{RESULTS} has no row.")
    groups: dict[str, list[Point]] = {}
    for row in found_lib.lines(path):
        words = f"{row['score']:.4f}, {row['parameters']:,}: {row['arc']}"
        point = Point(row["parameters"], row["score"], words)
        groups.setdefault(row["method"], []).append(point)
    note = (
        "Each point is a training from scratch. The line joins those that no other one "
        "beats in both."
    )
    axes = ("parameters", "score (higher is better)")
    return scatter.figure(groups, sign=1, words=axes, note=note)


def _jobs(folder: pathlib.Path) -> Html:
    found = runs.below(folder / JOBS)
    unread = [f"{name} cannot be read: {why}" for name, why in found.unread]
    return markup.join(
        [runs_forms.table(found, at=f"{JOBS}/"), markup.paragraphs(unread)]
    )


def _settings(folder: pathlib.Path) -> Html | None:
    """What the campaign's command wrote, and a command that does the same."""
    plan = json.loads((folder / PLAN).read_text("utf-8"))
    if "mode" not in plan:
        return None
    given = {"mode": plan["mode"], **plan["given"]}
    words = [f"--{name}={value}" for name, value in given.items()]
    words += [w for w in plan["jobs"][0]["flags"] if w.startswith("--plugin=")]
    command = shlex.join(["enas-tf", *words, f"--output_dir={folder}"])
    rows = [
        [markup.element("code", k), markup.element("code", v)] for k, v in given.items()
    ]
    return markup.join(
        [
            markup.table(["setting", "value"], rows),
            markup.element("p", "Everything else is as its preset says. The command: "),
            markup.element("div", markup.element("pre", command), class_="wide"),
        ]
    )
