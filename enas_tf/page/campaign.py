"""The page of a campaign: what it says, its trainings by size, its runs.

Made of the files of its folder alone: results.txt in words, results.jsonl with a row a
training, the runs below jobs/, and plan.json with the settings.
"""

import datetime
import pathlib
import shlex
from collections.abc import Callable, Sequence
from typing import NamedTuple

from enas_tf.page import (
    campaign_verdict,
    kept,
    markup,
    perturbed,
    ranks,
    runs,
    runs_forms,
    sizes,
    whole,
)
from enas_tf.page import found as found_lib
from enas_tf.page.found import Missing
from enas_tf.page.markup import Html
from enas_tf.run import layout


class Part(NamedTuple):
    """A section of the page.

    Attributes:
      title: above it.
      made: of the campaign's folder; None where there is nothing to show.
      files: that it is made of.
    """

    title: str
    made: Callable[[pathlib.Path], Html | None]
    files: Sequence[str]

    @property
    def place(self) -> str:
        """Its name in the page."""
        return self.title.lower().replace(" ", "_")


def is_one(folder: pathlib.Path) -> bool:
    """Whether the folder is a campaign's."""
    return (folder / layout.PLAN).is_file()


def of_folder(folder: pathlib.Path, *, live: bool = False) -> str:
    """The page; `live`: it loads itself again and again."""
    now = found_lib.moment(datetime.datetime.now(datetime.UTC).isoformat())
    made = [(part, _content(part, folder)) for part in _parts()]
    shown = [(part, content) for part, content in made if content]
    links = [markup.element("a", p.title, href=f"#{p.place}") for p, _ in shown]
    sections = [
        markup.element("section", markup.element("h2", p.title), content, id=p.place)
        for p, content in shown
    ]
    title = _title(folder)
    head = [markup.element("h1", title), markup.element("p", f"Written {now}.")]
    body = [markup.element("header", *head), markup.element("nav", *links), *sections]
    return whole.document(title, body, live=live)


def _parts() -> list[Part]:
    return [
        Part("Verdict", campaign_verdict.section, campaign_verdict.FILES),
        Part("Which decisions matter", perturbed.section, perturbed.FILES),
        Part("How scores rank arcs", ranks.section, ranks.FILES),
        Part("Score and size", sizes.section, (sizes.RESULTS,)),
        Part("Runs", _jobs, (f"{layout.JOBS}/",)),
        Part("Settings", _settings, (layout.PLAN,)),
    ]


def _title(folder: pathlib.Path) -> str:
    """What was asked, and where it is."""
    name = folder.absolute().name
    try:
        plan = kept.plan(folder)
        return f"{plan['space']} {plan['mode']}: {name}"
    except found_lib.DAMAGE:
        return f"Campaign {name}"


def _content(part: Part, folder: pathlib.Path) -> Html | None:
    try:
        return part.made(folder)
    except kept.Spoilt as error:
        said = f"Left out: {error}"
    except Missing as error:
        said = f"Not there yet: {error}"
    except found_lib.DAMAGE:
        there = [name for name in part.files if (folder / name).exists()]
        said = f"Left out: {kept.spoilt(there or part.files)}"
    return markup.element("p", said, class_="left_out")


def _jobs(folder: pathlib.Path) -> Html:
    found = runs.below(folder / layout.JOBS)
    unread = [f"{name} cannot be read: {why}" for name, why in found.unread]
    return markup.join(
        [runs_forms.table(found, at=f"{layout.JOBS}/"), markup.paragraphs(unread)]
    )


def _settings(folder: pathlib.Path) -> Html | None:
    """What the campaign's command wrote, and a command that does the same."""
    plan = kept.plan(folder)
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
