"""The value of --child_fixed_arc: an arc in one of its forms, a file, or a name.

All forms end as an arc that the space they belong to has checked: integers as any
program prints them, JSON of this program or of nni, genotypes.
"""

import dataclasses
import json
import textwrap
from collections.abc import Mapping
from typing import Any

from absl import logging

from enas_tf.arcs import forms as arc_forms
from enas_tf.arcs import genotypes as arc_genotype
from enas_tf.arcs import sources as arc_source
from enas_tf.arcs.fixed import Arc, FixedArc
from enas_tf.arcs.forms import Form
from enas_tf.arcs.sources import Source
from enas_tf.config import sections as config
from enas_tf.spaces import (
    base,
    genotype_source,
    json_fields,
    nni,
    op_words,
    printed,
)
from enas_tf.spaces.rnn import RnnArc

FORMS = arc_forms.FORMS
_MISSING = "; missing: "  # in refusals of an op
_LONGEST = 600  # characters of a reason: it may quote what came
NAMED_ARCS = arc_forms.NAMED_ARCS


def arc_text(
    value: str, space_name: str, child: config.ChildConfig, *, average: str = "loose"
) -> str:
    """The integers of what `fixed_arc` gives, one space between them."""
    return fixed_arc(value, space_name, child, average=average).text


def fixed_arc(
    value: str, space_name: str, child: config.ChildConfig, *, average: str = "loose"
) -> FixedArc:
    """The arc that `value` gives.

    Args:
      value: of --child_fixed_arc: integers, a genotype, a file with either or with
        JSON, `genotypes.py:NAME`, or a published name.
      space_name: a key of `FORMS`.
      child: how many ops there are to choose from; what to do with a genotype.
      average: the nodes that an rnn cell averages, of `config.rnn.AVERAGES`.

    Raises:
      ConfigError: the file cannot be read, or there is no such arc.
    """
    form = FORMS[space_name]
    if value in form.baselines:
        return FixedArc(value, None)
    origin = f" ({value})" if value in form.named else ""
    try:
        source = _named(value, form, child) if origin else _source(value, form)
        origin = origin or source.origin
        return _arc_of(source, space_name, child, average)
    except (ValueError, RecursionError) as error:
        if beyond := _op_beyond(value, space_name, child, average):
            raise config.ConfigError(beyond) from None
        reason = textwrap.shorten(str(error), _LONGEST, placeholder=" ...")
        if _MISSING in reason:
            reason += " (one of a plugin needs --plugin, and a place in --child_ops)"
        raise _refusal(f"{reason}{origin}", space_name) from None


def sized_by(space_name: str) -> str:
    """The flag whose value follows from the arc."""
    return FORMS[space_name].sized_by


def settings_of(text: str, space_name: str) -> dict[str, Any]:
    """The settings, by flag name, that follow from the arc of the integers `text`."""
    form = FORMS[space_name]
    if text in form.baselines:
        return {}
    return {form.sized_by: form.size_of_length(len(text.split()))}


def _named(value: str, form: Form, child: config.ChildConfig) -> Source:
    """A published arc, whose numbers are places in the table; by names if need be."""
    text = form.named[value]
    if not child.op_names:
        return Source(text)
    size = form.size_of_length(len(op_words.words_of(text)))
    space = form.of_size(size, len(form.ops))
    return Source(space.text_by_names(space.parse(text)))


def _source(value: str, form: Form) -> Source:
    if value in form.ops:  # an arc of one word
        return Source(value)
    for name, form in FORMS.items():
        if value in (*form.named, *form.baselines):
            raise ValueError(f"{value} is one with --search_for={name}")
    return arc_source.read(value)


def _arc_of(
    source: Source, space_name: str, child: config.ChildConfig, average: str
) -> FixedArc:
    """The arc of `source`, whichever form it has."""
    form, text = FORMS[space_name], source.text
    if genotype_source.is_genotype(text):
        return arc_genotype.from_source(source, space_name, child, average=average)
    if source.suffix == ".py":
        raise ValueError("it has no genotype: none is written Genotype(...)")
    if source.name:
        raise ValueError(f"only a file of genotypes has names such as {source.name}")
    if text.lstrip().startswith("{") or source.suffix == ".json" and not _is_list(text):
        return _from_json(source, form, child)
    if source.suffix == ".json":
        _check_leaves(text)
    return _from_integers(source, form, child)


def _is_list(text: str) -> bool:
    return text.lstrip().startswith("[")


def _check_leaves(text: str) -> None:
    """Refuse what is no integer in lists of JSON, as far as they are JSON."""
    try:
        values = json_fields.read(text)
    except ValueError:
        return  # lists as Python or NumPy prints them
    while values:
        value = values.pop()
        if isinstance(value, list):
            values += value
        else:
            json_fields.whole(value, "an element of its lists")


def _from_integers(source: Source, form: Form, child: config.ChildConfig) -> FixedArc:
    """Integers, or names of ops among them."""
    found = printed.read(source.text)
    words = op_words.words_of(found.text)
    of_integers = words and all(word.isdecimal() for word in words)
    if of_integers:
        _check_lists(found.lists, form)
        _refuse_doubt(source, form, child)
    if form.older and of_integers and len(words) % 2:
        arc = form.older(" ".join(words))
        return _from_older(arc, form, child)
    space = form.of_size(_size_of(words, form), child.op_choice)
    return _in(space, space.parse(" ".join(words)))


def _size_of(words: list[str], form: Form) -> int:
    """The size of an arc of these words; of what can be none the smallest.

    That one will do to be told which word is no integer.
    """
    if not op_words.may_be_arc(words):
        return form.sizes[0]
    try:
        return form.size_of_length(len(words))
    except ValueError:
        if all(word.isdecimal() for word in words):
            raise
        return form.sizes[0]


def _refuse_doubt(source: Source, form: Form, child: config.ChildConfig) -> None:
    """Refuse the integers of a file that may be places in another list of ops."""
    published = form.space.table.published
    of_list = child.op_names != published[: len(child.op_names)]
    if source.origin and of_list:
        raise ValueError(
            "its integers may be places in another list than --child_ops: give a file "
            "that names the ops, as arcs/best.json does"
        )


def _check_lists(lists: tuple[int, ...], form: Form) -> None:
    """A list a layer says where a layer has too few integers, which no sum does."""
    if form.list_length is None or len(lists) < 2:
        return
    for layer, count in enumerate(lists):
        needed = form.list_length(layer)
        if count != needed:
            raise ValueError(
                f"the list of layer {layer} has {count} integers, {needed} are needed: "
                "its op and a bit for each skip"
            )


def _in(space: base.SearchSpace, arc: Arc) -> FixedArc:
    """An `arc` of `space`; ValueError if it is none."""
    return FixedArc(space.text(arc), arc)


def _from_older(arc: RnnArc, form: Form, child: config.ChildConfig) -> FixedArc:
    older, size = form.of_size(len(arc.ops), len(form.ops)), len(arc.ops)
    space = form.of_size(size, child.op_choice)
    if child.op_names:
        arc = space.parse(older.text_by_names(arc))
    converted = _in(space, arc)
    logging.warning(
        "--child_fixed_arc is in the older form; converted: %s", converted.text
    )
    return converted


def _from_json(source: Source, form: Form, child: config.ChildConfig) -> FixedArc:
    text = source.text
    _refuse_rows(text)
    fields = json_fields.read(text)
    if isinstance(fields, dict) and nni.is_nni(fields):
        return _from_nni(fields, form, child)
    if isinstance(fields, dict) and _is_row(fields):
        return _from_integers(source._replace(text=fields["arc"]), form, child)
    smallest = form.sizes[0]
    try:
        size = max(smallest, form.size_of_fields(fields))
    except (LookupError, TypeError):
        size = smallest  # will do to be told what is wrong
    space = form.of_size(size, child.op_choice)
    return _in(space, space.from_json(text))


def _is_row(fields: Mapping[str, object]) -> bool:
    """Whether it is a row of arcs/*.jsonl or its like, all of whose arc is in `arc`."""
    names = {name for form in FORMS.values() for name in form.space.json_names}
    whole = fields.keys() & {"version", "space", *names}
    return type(fields.get("arc")) is str and not whole


def _refuse_rows(text: str) -> None:
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data" and len(rows := text.split("\n{")) > 1:
            raise ValueError(f"it holds {len(rows)} arcs; give one of them") from None
    except (ValueError, RecursionError):
        pass  # which json_fields tells


def _from_nni(
    fields: Mapping[str, object], form: Form, child: config.ChildConfig
) -> FixedArc:
    if form.genotypes != genotype_source.CELLS:
        raise ValueError("it is nni's JSON, which says nothing that this space knows")
    arc = nni.arc_of(fields, concat=child.genotype_concat, num_ops=child.op_choice)
    return arc_genotype.of_cells(arc, form, child.op_choice)


def _op_beyond(
    value: str, space_name: str, child: config.ChildConfig, average: str
) -> str:
    """The refusal of an arc that would be one if there were more ops to choose from.

    "" where it would be none either, so that something else is wrong.
    """
    form, few = FORMS[space_name], child.num_ops
    if child.op_names or few >= len(form.ops):
        return ""
    more = dataclasses.replace(child, num_branches=len(form.ops))
    try:
        found = fixed_arc(value, space_name, more, average=average)
    except config.ConfigError:
        return ""
    size = form.size_of_length(len(found.text.split()))
    last = max(_ops_of(form.of_size(size, more.num_ops), found.text), default=0)
    if last < few:
        return ""
    return (
        f"--child_fixed_arc has an op beyond --child_num_branches={few}: "
        f"{form.ops[last]} is op {last} of the {space_name} space: give "
        f"--child_num_branches={last + 1}."
    )


def _ops_of(space: base.SearchSpace, text: str) -> list[int]:
    """The numbers of the ops that the arc of the integers `text` chooses."""
    tokens, place, found = space.encode(space.parse(text)), 0, []
    for decision in space.decisions():
        if isinstance(decision, base.Op):
            found.append(tokens[place])
        place += decision.num_tokens
    return found


def _refusal(reason: str, space_name: str) -> config.ConfigError:
    form = FORMS[space_name]
    forms = "integers, a genotype" if form.genotypes else "integers"
    files = "a file (arcs/best.json, arcs/best.txt)"
    names = ", ".join((*form.named, *form.baselines))
    others = f", {files} or a name ({names})" if names else f" or {files}"
    return config.ConfigError(
        f"--child_fixed_arc is not an arc of the {space_name} space: {reason}. Give "
        f"{forms}{others}."
    )
