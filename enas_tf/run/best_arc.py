"""The arc that a search derived: run.json says which, arcs/best.* are for reading.

No TensorFlow.
"""

import pathlib

from enas_tf.arcs import argument as arc_argument
from enas_tf.arcs import forms as arc_forms
from enas_tf.config import sections
from enas_tf.config.sections import Config, ConfigError
from enas_tf.run import disk, layout, mending
from enas_tf.run import ops as run_ops
from enas_tf.run.folder import RunFolder
from enas_tf.run.mending import Trouble
from enas_tf.spaces import op_words


def value(folder: RunFolder) -> str | None:
    """The arc as a value of --child_fixed_arc; None if none has been derived.

    A run of an earlier version may not know it: then arcs/best.json does.
    """
    if known := folder.fact("derive", "arc", str):
        return known
    best = folder.arcs / layout.BEST_JSON
    return str(best) if best.exists() else None


def value_by_names(folder: RunFolder, space_name: str) -> str | None:
    """The same with the names of ops, which no other list of them can change.

    A run of 0.3.0 or before kept no names: it has those of the table.
    """
    found = value(folder)
    names = run_ops.kept(folder, "search")
    if not found or not names or found in arc_forms.FORMS[space_name].baselines:
        return found
    form, words = arc_forms.FORMS[space_name], op_words.words_of(found)
    if not all(word.isdecimal() for word in words):
        return found
    space = form.made(form.size_of_length(len(words)), names)
    return space.text_by_names(space.parse(found))


def missing(folder: RunFolder) -> ConfigError:
    """The refusal of a training that has no arc."""
    return ConfigError(
        f"--mode=train has no arc: {folder.arcs / layout.BEST_JSON} does not exist. "
        "Give --child_fixed_arc, or search first with --mode=search."
    )


def mend(folder: RunFolder, config: Config) -> None:
    """Write arcs/best.json and best.txt anew where they are not of run.json's arc.

    Args:
      folder: of the run, claimed.
      config: says of which space the arc is.
    """
    known = folder.fact("derive", "arc", str)
    if not known:
        return
    if names := run_ops.kept(folder, "search"):
        # The arc's numbers are of the search's ops, which may not be the training's.
        config = sections.replace(config, {"child_ops": ",".join(names)})
    text = _integers(known, config)
    for name in (layout.BEST_JSON, layout.BEST_TEXT):
        if kind := _kind_of_trouble(folder.arcs / name, text, config):
            write(folder.arcs / name, text, config)
            Trouble(f"{layout.ARCS}/{name}", kind, layout.RUN).log(mended=True)


def write(path: pathlib.Path, text: str, config: Config) -> None:
    """One of the two files, of the arc of the integers `text`."""
    form = arc_forms.FORMS[config.run.search_for]
    size = form.size_of_length(len(text.split()))
    space = form.of_size(size, config.child.op_choice)
    content = space.to_json(space.parse(text)) if path.suffix == ".json" else text
    disk.write_text(path, content + "\n")


def _kind_of_trouble(path: pathlib.Path, text: str, config: Config) -> str:
    if not path.exists():
        return mending.MISSING
    try:
        found = _integers(str(path), config)
    except ConfigError:
        return mending.DAMAGED
    return "" if found == text else "of another arc"


def _integers(value: str, config: Config) -> str:
    return arc_argument.arc_text(
        value, config.run.search_for, config.child, average=config.rnn.average
    )
