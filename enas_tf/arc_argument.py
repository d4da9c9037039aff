"""What --child_fixed_arc may be: integers, an arc's file, or a published arc's name.

All forms end as the integers of the original, checked by the space they belong to.
"""

import json
import pathlib
from collections.abc import Callable
from typing import Any, NamedTuple

from absl import logging

from enas_tf import config
from enas_tf.spaces import base, genotype, macro, micro, rnn

# Beyond the size of any arc's file; keeps a wrong file from being read whole.
_MOST_CHARACTERS = 1_000_000
# A value of nothing else is meant as integers, however wrong.
_OF_INTEGERS = "0123456789|,-. \t\n"


class Form(NamedTuple):
    """How the arcs of one space are written.

    Attributes:
      named: published arcs, name to integers.
      ops: the names of all ops that the space can have.
      sized_by: the flag whose value follows from an arc.
      unit: what that flag counts.
      space: (size, num_ops=) -> the space of that size.
      size_of_length: from the number of integers to the size; ValueError where no size
        has so many.
      size_of_fields: the same from the JSON object of an arc.
      genotypes: whether an arc may be written as a genotype.
      baselines: names of networks to train for comparison, which are no arcs.
      older: from integers in an older form, told by their odd number, to the arc.
    """

    named: dict[str, str]
    ops: tuple[str, ...]
    sized_by: str
    unit: str
    space: Callable[..., base.SearchSpace]
    size_of_length: Callable[[int], int]
    size_of_fields: Callable[[dict[str, Any]], int]
    genotypes: bool = False
    baselines: tuple[str, ...] = ()
    older: Callable[[str], Any] | None = None

    @property
    def sizes(self) -> tuple[int, int]:
        """The smallest and the largest size."""
        items = {item.flag: item for item in config.settings()}
        allowed = items[self.sized_by].field.metadata
        return allowed["low"], allowed["high"]


FORMS: dict[str, Form] = {
    "macro": Form(
        named=macro.NAMED_ARCS,
        ops=macro.OPS,
        sized_by="child_num_layers",
        unit="layers",
        space=macro.MacroSpace,
        size_of_length=macro.layers_of_length,
        size_of_fields=lambda fields: len(fields["layers"]),
    ),
    "micro": Form(
        named=micro.NAMED_ARCS,
        ops=micro.OPS,
        sized_by="child_num_cells",
        unit="blocks",
        space=micro.MicroSpace,
        size_of_length=micro.blocks_of_length,
        size_of_fields=lambda fields: len(fields["normal"]),
        genotypes=True,
    ),
    "rnn": Form(
        named=rnn.NAMED_ARCS,
        ops=rnn.OPS,
        sized_by="child_num_layers",
        unit="nodes",
        space=rnn.RnnSpace,
        size_of_length=rnn.nodes_of_length,
        size_of_fields=lambda fields: len(fields["nodes"]),
        baselines=(rnn.LSTM,),
        older=rnn.from_older,
    ),
}

# The published arcs of all spaces, name to integers.
NAMED_ARCS = {name: arc for form in FORMS.values() for name, arc in form.named.items()}


def arc_text(value: str, space_name: str, child: config.ChildConfig) -> str:
    """The integers of the arc that `value` gives, one space between them.

    Args:
      value: of --child_fixed_arc: integers, a path to best.json or best.txt, a name, or
        a genotype (or a file with one) where the space has them.
      space_name: a key of `FORMS`.
      child: how many ops there are to choose from; what to do with a genotype.

    Raises:
      ConfigError: the file cannot be read, or there is no such arc.
    """
    form = FORMS[space_name]
    if value in form.baselines:
        return value
    text, source = _written(value, form)
    read = _reader(text, form, is_json=value.endswith(".json"))
    try:
        return read(text, form, child)
    except (ValueError, RecursionError) as error:
        raise _refusal(f"{error}{source}", form) from None


def sized_by(space_name: str) -> str:
    """The flag whose value follows from the arc."""
    return FORMS[space_name].sized_by


def follows(text: str, space_name: str) -> dict[str, Any]:
    """The settings, by flag name, that follow from the arc of the integers `text`."""
    form = FORMS[space_name]
    if text in form.baselines:
        return {}
    return {form.sized_by: form.size_of_length(len(text.split()))}


def _written(value: str, form: Form) -> tuple[str, str]:
    """The text of the arc that `value` gives, and where it is from, for refusals."""
    if value in form.named:
        return form.named[value], f" ({value})"
    if value in NAMED_ARCS:
        owner = next(name for name, other in FORMS.items() if value in other.named)
        raise _refusal(f"{value} is one with --search_for={owner}", form)
    if form.genotypes and genotype.is_genotype(value) or not _is_path(value):
        return value, ""
    return _read(value, form), f" (in {value})"


def _is_path(value: str) -> bool:
    """Whether `value` means a file (or a name that is none) rather than integers."""
    if not value.strip(_OF_INTEGERS):
        return False
    return "/" in value or value.endswith((".json", ".txt")) or len(value.split()) == 1


def _read(value: str, form: Form) -> str:
    path = pathlib.Path(value).expanduser()
    try:
        if not path.exists():
            raise _refusal(f"there is no file {value!r}", form)
        if not path.is_file():
            raise _refusal(f"{value!r} is not a file", form)
        with path.open(encoding="utf-8") as file:
            return file.read(_MOST_CHARACTERS)
    except OSError as error:
        reason = error.strerror or error
        raise _refusal(f"{value!r} cannot be read ({reason})", form) from None
    except UnicodeDecodeError:
        raise _refusal(f"{value!r} is not text", form) from None


def _reader(text: str, form: Form, *, is_json: bool) -> Callable[..., str]:
    """The function that makes integers of `text`."""
    if form.genotypes and genotype.is_genotype(text):
        return _from_genotype
    return _from_json if is_json or text.lstrip().startswith("{") else _from_integers


def _from_integers(text: str, form: Form, child: config.ChildConfig) -> str:
    words = text.replace("|", " ").replace(",", " ").split()
    # The smallest space will do to be told which word is no integer.
    of_integers = words and all(word.isdecimal() for word in words)
    if form.older and of_integers and len(words) % 2:
        return _from_older(" ".join(words), form, child)
    size = form.size_of_length(len(words)) if of_integers else form.sizes[0]
    space = _space(size, form, child)
    return space.text(space.parse(text))


def _from_older(text: str, form: Form, child: config.ChildConfig) -> str:
    arc = form.older(text)
    converted = _space(len(arc.ops), form, child).text(arc)
    logging.warning("--child_fixed_arc is in the older form; converted: %s", converted)
    return converted


def _from_json(text: str, form: Form, child: config.ChildConfig) -> str:
    smallest = form.sizes[0]
    try:
        size = max(smallest, form.size_of_fields(json.loads(text)))
    except (ValueError, LookupError, TypeError, RecursionError):
        size = smallest  # will do to be told what is wrong
    space = _space(size, form, child)
    return space.text(space.from_json(text))


def _from_genotype(text: str, form: Form, child: config.ChildConfig) -> str:
    arc = genotype.arc_of(
        genotype.parse(text), concat=child.genotype_concat, num_ops=child.num_branches
    )
    size = len(arc.normal.ops) // genotype.EDGES_PER_BLOCK
    return _space(size, form, child).text(arc)


def _space(size: int, form: Form, child: config.ChildConfig) -> base.SearchSpace:
    low, high = form.sizes
    if not low <= size <= high:
        raise ValueError(
            f"its number of {form.unit} is {size}, allowed are {low} to {high}"
        )
    return form.space(size, num_ops=child.num_branches)


def _refusal(reason: str, form: Form) -> config.ConfigError:
    forms = "integers, a genotype" if form.genotypes else "integers"
    names = ", ".join((*form.named, *form.baselines))
    return config.ConfigError(
        f"--child_fixed_arc is not an arc: {reason}. Give {forms}, a file "
        f"(arcs/best.json, arcs/best.txt) or a name ({names})."
    )
