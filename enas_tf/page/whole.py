"""A page put together: head, heading, a row of links, the sections."""

import datetime
from collections.abc import Sequence

from enas_tf.page import found as found_lib
from enas_tf.page import markup, row_gaps, sections, style, zoom
from enas_tf.page.found import Found
from enas_tf.page.markup import Html
from enas_tf.run import progress

RELOAD_SECONDS = 10  # of a page that is written anew while a search runs
# The page may show what is in it and run its own script, and load nothing.
_POLICY = "; ".join(
    [
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "img-src data:",
        zoom.policy(),
    ]
)


def of_run(found: Found, *, live: bool = False) -> str:
    """The page of a run; `live`: it loads itself again and again."""
    made = sections.made(found)
    links = [markup.element("a", s.title, href=f"#{s.name}") for s, _ in made]
    shown = [
        markup.element("section", markup.element("h2", s.title), content, id=s.name)
        for s, content in made
    ]
    body = [_header(found, live=live), markup.element("nav", *links), *shown]
    return document(_title(found), body, live=live)


def document(title: str, body: Sequence[Html], *, live: bool = False) -> str:
    """A whole document, which asks for nothing from elsewhere."""
    element = markup.element
    head = [
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="generator", content="enas_tf"),
    ]
    if live:
        again = element("meta", http_equiv="refresh", content=RELOAD_SECONDS)
        head.append(element("noscript", again))  # the script does it otherwise
    head += [element("title", title), element("style", Html(style.CSS))]
    reload = RELOAD_SECONDS if live else None
    main = element("main", *body)
    shown = element("body", main, zoom.script(), data_reload=reload)
    whole = element("html", element("head", *head), shown, lang="en")
    return f"<!DOCTYPE html>\n{whole}\n"


def _header(found: Found, *, live: bool) -> Html:
    now = found_lib.moment(datetime.datetime.now(datetime.UTC).isoformat())
    facts = [
        found.preset and f"preset {found.preset}",
        f"seed {found.run.get('seed', 'unknown')}",
        found.state,
        f"{progress.duration(found.seconds)} of work",
        f"written {now}",
    ]
    lines = [", ".join(filter(None, facts))]
    if live:
        lines.append(
            f"It is running: this page reloads itself every {RELOAD_SECONDS} s, "
            "but not while a chart is zoomed."
        )
    lines += row_gaps.words(found)
    heading = markup.element("h1", _title(found))
    return markup.element("header", heading, markup.paragraphs(lines))


def _title(found: Found) -> str:
    space = found.setting("search_for") or "enas_tf"
    stages = {"search": "search", "train": "training"}
    kind = " and ".join(word for key, word in stages.items() if key in found.begun)
    on = f" on {found.data}" if found.data else ""
    return f"{space} {kind or 'run'}{on}: {found.path.absolute().name}"
