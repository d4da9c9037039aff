"""The texts of --help, --helpfull and --version, in lines of at most 80 columns.

Every setting is in exactly one topic: that of its space if only one space has it, of
its section otherwise.
"""

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from importlib import metadata
from typing import Any, NamedTuple

import enas_tf
from enas_tf.config import sections as config
from enas_tf.config.live import Live
from enas_tf.config.spaces import registry

WIDTH = 80
_HEAD = """Efficient Neural Architecture Search in TensorFlow 2.

  python bin/main.py --preset=demo --mode=all   everything, in about two minutes
{spaces}
  python bin/main.py --child_fixed_arc=ARC      train one architecture

A flag is written --name=value; a boolean one --name or --noname. Defaults are
those of the published {default} search; the space, a preset and the stage may set
others.
"""
# The dozen that nearly every command is made of, each in one line; {spaces} and what a
# flag means to some of them are filled in.
_MOST_USED = {
    "preset": "a whole set of settings: paper, demo, cpu",
    "search_for": "the search space: {spaces}",
    "mode": "search, derive, train, evaluate, export, predict, all",
    "output_dir": "where everything is written; outputs/<space>",
    "reset_output_dir": "begin anew: remove what is there of an earlier run",
    "dataset": "digits, a TFDS name",
    "data_path": "a folder with data of your own",
    "child_fixed_arc": "the architecture to train: integers, a file, a name",
    "child_num_layers": "layers of the network",
    "num_epochs": "how long to train",
    "seed": "all randomness follows from this number",
    "input": "what to predict: a file or a folder",
}
MOST_USED: Mapping[str, str] = Live(
    lambda: _MOST_USED,
    lambda flag: (
        _MOST_USED[flag].format(spaces=", ".join(config.SPACES))
        + registry.meanings(flag, brief=True)
    ),
)


def _topics() -> dict[str, str]:
    """{topic: what its flags are about}, in the order of the help."""
    return {
        "run": "What to do, where, and from which seed.",
        "loop": "How long a stage trains and how often it looks up.",
        "data": "Which data, from where, and how images are varied.",
        "child": "The network and its training, in every space.",
        **_topics_of_data(),
        **{name: f"What only the {name} space has." for name in config.SPACES},
        "controller": "The controller and its training.",
        "objective": "A reward of one's own, and what arcs are to cost.",
        "derive": "How the best arc is picked after a search.",
        "campaign": "Many runs that answer one question: how many, how large.",
        "accepted": "Other names, and flags of the original that have no effect here.",
    }


def _topics_of_data() -> dict[str, str]:
    """A topic for what all spaces of images have, or of texts, if there are several."""
    names: dict[str, list[str]] = {}
    for spec in registry.SPECS.values():
        names.setdefault(spec.data.name, []).append(f"the {spec.name}")
    return {
        kind: "The network and its training: "
        f"{', '.join(spaces[:-1])} and {spaces[-1]} space."
        for kind, spaces in names.items()
        if len(spaces) > 1
    }


TOPICS: Mapping[str, str] = Live(_topics, lambda topic: _topics()[topic])


class Entry(NamedTuple):
    """One flag: its name without dashes, its topic, its help text, its default."""

    name: str
    topic: str
    text: str
    default: Any = ""


def topic_of(item: config.Setting) -> str:
    """The topic, a key of `TOPICS`, or a section that has no words there yet."""
    if config.PREFIXES.get(item.section) != config.OWN_PREFIX:
        return item.section
    if len(item.spaces) == 1:
        return item.spaces[0]
    for kind in _topics_of_data():
        if item.spaces == tuple(registry.Names(kind)):
            return kind
    return item.section


def _head() -> str:
    commands = {
        f"  python bin/main.py --search_for={spec.name}": spec.about
        for spec in registry.SPECS.values()
    }
    spaces = "\n".join(f"{command:47} {about}" for command, about in commands.items())
    return _HEAD.format(spaces=spaces, default=config.RunConfig.search_for)


def short(entries: Sequence[Entry]) -> str:
    """How to begin, the flags that are used most, and the names of all by topic."""
    lines = [_head(), "Most used:"]
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
    return "\n\n".join([_head().rstrip("\n"), *parts])


def explain(entries: Sequence[Entry], word: str) -> str:
    """The flags of the topic `word`, or the flag of that name.

    Raises:
      ConfigError: there is neither.
    """
    if found := [entry for entry in entries if entry.topic == word]:
        about = TOPICS.get(word, "More settings.")
        head = _wrapped(f"{word}: {about}", first="", later="  ")
        return of_flags("\n".join(head), found)
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
