"""The sections of a page, in their order; each is a function of what was found.

A section that a run cannot have, as the policy of a training, is None and left out. One
that it should have and that cannot be made is a sentence that says why.
"""

from collections.abc import Callable
from typing import NamedTuple

from enas_tf.page import arcs, charts, contrasts, markup, policy, record, verdict
from enas_tf.page import found as found_lib
from enas_tf.page.found import Found, Missing
from enas_tf.page.markup import Html
from enas_tf.run import layout


class Section(NamedTuple):
    """A part of the page.

    Attributes:
      name: of its place in the page.
      title: its heading.
      made: from what was found to its content.
      file: that it is made of.
    """

    name: str
    title: str
    made: Callable[[Found], Html | None]
    file: str = layout.RUN


_PICTURE = f"{layout.ARCS}/{layout.BEST_PICTURE}"
_DERIVED = f"{layout.ARCS}/{layout.DERIVED}"
_MENDS = (
    "Restore it from a copy, or make it anew with the command of its stage, in another "
    "--output_dir."
)

SECTIONS = (
    Section("verdict", "Verdict", verdict.section),
    Section("curves", "Curves", charts.section, layout.METRICS),
    Section("policy", "What the policy chooses", policy.section, layout.METRICS),
    Section("arc", "The arc", arcs.picture, _PICTURE),
    Section("scored", "Arcs that were scored", arcs.table, _DERIVED),
    Section("comparison", "The policy and others", contrasts.section),
    Section("sizes", "Score and size", arcs.sizes, _DERIVED),
    Section("settings", "Settings", record.settings),
    Section("commands", "Commands that repeat it", record.commands),
    Section("machine", "Machine and data", record.conditions),
)


def made(found: Found) -> list[tuple[Section, Html]]:
    """Each section that the run has, with its content."""
    contents = [(section, _content(section, found)) for section in SECTIONS]
    return [(section, content) for section, content in contents if content]


def _content(section: Section, found: Found) -> Html | None:
    try:
        return section.made(found)
    except Missing as error:
        return markup.element("p", f"Left out: {error}", class_="left_out")
    except found_lib.DAMAGE:
        words = f"Left out: {section.file} is damaged. {_MENDS}"
        return markup.element("p", words, class_="left_out")
