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
    title = f"Campaign {folder.absolute().name}"
    body = [markup.element("h1", title), markup.element("p", f"Written {now}.")]
    for name, part in parts.items():
        if content := _content(part, folder):
            body.append(markup.element("section", markup.element("h2", name), content))
    return whole.document(title, body, live=live)


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
