"""From the genotypes of a text to the one arc that is meant."""

from absl import logging

from enas_tf.arcs import forms as arc_forms
from enas_tf.arcs.fixed import FixedArc
from enas_tf.arcs.forms import Form
from enas_tf.arcs.sources import Source
from enas_tf.config import sections as config
from enas_tf.spaces import genotype, genotype_source, recurrent_genotype
from enas_tf.spaces.genotype_source import Written
from enas_tf.spaces.micro import MicroArc
from enas_tf.spaces.op_table import Choice


def from_source(
    source: Source, space_name: str, child: config.ChildConfig, *, average: str
) -> FixedArc:
    """The arc of the genotype in `source`: of its name, or the only usable one.

    Args:
      source: its text has genotypes.
      space_name: of the arc.
      child: how many ops there are; what to do with another concatenation.
      average: the nodes that an rnn cell averages.

    Raises:
      ValueError: there is none for this space, or there are several; malformed.
    """
    written = genotype_source.read(source.text)
    if source.name:
        written = [_of_name(source.name, written)]
    kind = arc_forms.FORMS[space_name].genotypes
    fitting = [one for one in written if one.kind == kind]
    if not fitting:
        raise ValueError(_of_another_space(written))
    if len(fitting) > 1:
        fitting = [_only_usable(fitting, space_name, child, average)]
    concat = child.genotype_concat
    return _arc(fitting[0], space_name, child, average=average, concat=concat)


def of_cells(arc: MicroArc, form: Form, ops: Choice) -> FixedArc:
    """A micro `arc`; ValueError if it has too few or many blocks."""
    blocks = len(arc.normal.ops) // genotype.EDGES_PER_BLOCK
    return FixedArc(form.of_size(blocks, ops).text(arc), arc)


def _of_name(name: str, written: list[Written]) -> Written:
    for one in written:
        if one.name == name:
            return one
    raise ValueError(f"it has no genotype {name}, but {_names(written)}")


def _of_another_space(written: list[Written]) -> str:
    kinds = {one.kind for one in written}
    others = sorted(n for n, f in arc_forms.FORMS.items() if f.genotypes in kinds)
    spaces = " or ".join(f"--search_for={name}" for name in others)
    if len(written) == 1 and not written[0].name:
        return f"it is a genotype, which goes with {spaces}"
    return f"it has genotypes ({_names(written)}), which go with {spaces}"


def _only_usable(
    written: list[Written], space_name: str, child: config.ChildConfig, average: str
) -> Written:
    # Without a word: the one that is taken is told about later.
    concat = "any" if child.genotype_concat == "convert" else "refuse"
    arcs: dict[str, Written] = {}
    reasons = []
    for one in written:
        try:
            found = _arc(one, space_name, child, average=average, concat=concat)
            arcs.setdefault(found.text, one)
        except ValueError as error:
            reasons.append(f"{one.name or 'one without a name'}: {error}")
    if len(arcs) == 1:
        (only,) = arcs.values()
        logging.warning(
            "Genotype %s is taken, the only arc of this space in the file.", only.name
        )
        return only
    if arcs:
        usable = list(arcs.values())
        raise ValueError(
            f"it has several genotypes, {_names(usable)}; name one, as in "
            f"FILE:{usable[0].name}"
        )
    raise ValueError(
        f"none of its genotypes ({_names(written)}) is an arc here; {reasons[0]}"
    )


def _names(written: list[Written]) -> str:
    return ", ".join(one.name or "one without a name" for one in written)


def _arc(
    one: Written,
    space_name: str,
    child: config.ChildConfig,
    *,
    average: str,
    concat: str,
) -> FixedArc:
    if one.fault:
        raise ValueError(one.fault)
    form, ops = arc_forms.FORMS[space_name], child.op_choice
    if one.kind == genotype_source.RECURRENT:
        arc = recurrent_genotype.arc_of(
            one.fields, concat=concat, average=average, num_ops=ops
        )
        return FixedArc(form.of_size(len(arc.ops), ops).text(arc), arc)
    cells = genotype.of_fields(one.fields)
    return of_cells(genotype.arc_of(cells, concat=concat, num_ops=ops), form, ops)
