"""What --help, --helpfull and --version print, in lines of at most 80 columns.

Every setting is in exactly one topic: that of its space if only one space has it, of
its section otherwise.
"""

import textwrap
from collections.abc import Iterable, Sequence
from importlib import metadata
from typing import Any, NamedTuple

import enas_tf
from enas_tf.config import sections as config

WIDTH = 80
HEAD = """Efficient Neural Architecture Search in TensorFlow 2.

  python bin/main.py --preset=demo --mode=all   everything, in about two minutes
  python bin/main.py --search_for=macro         a search as published: for a GPU
  python bin/main.py --search_for=micro         the same for cells
  python bin/main.py --search_for=rnn           the same for a recurrent cell
  python bin/main.py --child_fixed_arc=ARC      train one architecture

A flag is written --name=value; a boolean one --name or --noname. Defaults are
those of the published macro search; the space, a preset and the stage may set
others.
"""
# The dozen that nearly every command is made of, each in one line.
MOST_USED = {
    "preset": "a whole set of settings: paper, demo, cpu",
    "search_for": "the search space: macro, micro, rnn",
    "mode": "search, derive, train, evaluate, export, predict, all",
    "output_dir": "where everything is written; outputs/<space>",
    "reset_output_dir": "begin anew: remove what is there of an earlier run",
    "dataset": "digits, a TFDS name; rnn: ptb, python_docs",
    "data_path": "a folder with data of your own",
    "child_fixed_arc": "the architecture to train: integers, a file, a name",
    "child_num_layers": "layers of the network; rnn: nodes of the cell",
    "num_epochs": "how long to train",
    "seed": "all randomness follows from this number",
    "input": "what to predict: a file or a folder",
}
TOPICS = {
    "run": "What to do, where, and from which seed.",
    "loop": "How long a stage trains and how often it looks up.",
    "data": "Which data, from where, and how images are varied.",
    "child": "The network and its training, in every space.",
    "images": "The network and its training: the macro and the micro space.",
    "macro": "What only the macro space has.",
    "micro": "What only the micro space has.",
    "rnn": "What only the rnn space has.",
    "controller": "The controller and its training.",
    "derive": "How the best arc is picked after a search.",
    "accepted": "Other names, and flags of the original that have no effect here.",
}
# Sections whose settings are told apart by space.
_BY_SPACE = ("child", "rnn")


class Entry(NamedTuple):
    """One flag: its name without dashes, its topic, its help text, its default."""

    name: str
    topic: str
    text: str
    default: Any = ""


def topic_of(item: config.Setting) -> str:
    """The topic, a key of `TOPICS`, or a section that has no words there yet."""
    spaces = item.field.metadata["spaces"]
    if item.section in _BY_SPACE and len(spaces) == 1:
        return spaces[0]
    if item.section in _BY_SPACE and spaces == config.IMAGES:
        return "images"
    return item.section


def short(entries: Sequence[Entry]) -> str:
    """How to begin, the flags that are used most, and the names of all by topic."""
    lines = [HEAD, "Most used:"]
    lines += [f"  --{name:18} {about}" for name, about in MOST_USED.items()]
    lines += ["", "All flags by topic; --help=TOPIC or --help=FLAG explains some,"]
    lines += ["--helpfull all, --version says what is installed:"]
    for topic in topics(entries):
        names = " ".join(e.name for e in entries if e.topic == topic)
        lines += _wrapped(names, first=f"  {topic:12}", later=" " * 14)
    return "\n".join(lines)


def full(entries: Sequence[Entry]) -> str:
    """How to begin, then every flag with its help text."""
    parts = [explain(entries, topic) for topic in topics(entries)]
    return "\n\n".join([HEAD.rstrip("\n"), *parts])


def explain(entries: Sequence[Entry], word: str) -> str:
    """The flags of the topic `word`, or the flag of that name.

    Raises:
      ConfigError: there is neither.
    """
    if found := [entry for entry in entries if entry.topic == word]:
        about = TOPICS.get(word, "More settings.")
        return of_flags(f"{word}: {about}", found)
    if found := [entry for entry in entries if entry.name == word.lstrip("-")]:
        return "\n".join(_explained(found[0]))
    allowed = f"a flag or one of {', '.join(topics(entries))}"
    raise config.ConfigError(
        config.refusal("help", word, allowed, "Give --help alone to begin with.")
    )


def of_flags(head: str, entries: Iterable[Entry]) -> str:
    """`head`, then each flag with its help text."""
    parts = ["\n".join(_explained(entry)) for entry in entries]
    return "\n\n".join([head.rstrip("\n"), *parts])


def topics(entries: Iterable[Entry]) -> list[str]:
    """The topics that have a flag, in order."""
    used = dict.fromkeys(entry.topic for entry in entries)
    return sorted(used, key=[*TOPICS, *used].index)


def version() -> str:
    """`enas_tf VERSION (TensorFlow VERSION, Keras VERSION)`, importing neither."""
    found = f"TensorFlow {_version('tensorflow')}, Keras {_version('keras')}"
    return f"enas_tf {enas_tf.__version__} ({found})"


def _version(package: str) -> str:
    for name in (package, f"{package}-cpu"):
        try:
            return metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return "not installed"


def _explained(entry: Entry) -> list[str]:
    default = entry.default
    if isinstance(default, list):
        default = ", ".join(default)
    shown = "" if default in ("", None) else f" (default: {default})"
    head = _wrapped(f"--{entry.name}{shown}", first="  ", later=" " * 6)
    return [*head, *_wrapped(entry.text, first=" " * 6, later=" " * 6)]


def _wrapped(text: str, *, first: str, later: str) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=later,
        break_on_hyphens=False,
    )
