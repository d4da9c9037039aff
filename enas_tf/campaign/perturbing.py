"""--mode=perturb: an arc, and those that differ from it in one decision."""

import pathlib
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from enas_tf.arcs import argument as arc_argument
from enas_tf.campaign import draws
from enas_tf.campaign.asked import Asked
from enas_tf.campaign.building import Building
from enas_tf.campaign.jobs import Job
from enas_tf.config.sections import ConfigError
from enas_tf.run import layout
from enas_tf.spaces.base import SearchSpace
from enas_tf.spaces.tape import Op, Skips

FOUND, NEIGHBOUR = "found", "neighbour"


class Neighbour(NamedTuple):
    """An arc beside another one.

    Attributes:
      arc: as it is printed.
      note: the decision that differs, and how.
    """

    arc: str
    note: str


def plan(asked: Asked) -> list[Job]:
    """The jobs.

    Raises:
      ConfigError: the arc is none, or a network that has no decisions.
    """
    train = asked.configs["train"]
    value = _value(str(asked.given["child_fixed_arc"]))
    fixed = arc_argument.fixed_arc(
        value, asked.space_name, train.child, average=train.rnn.average
    )
    if fixed.arc is None:
        raise ConfigError(
            f"--child_fixed_arc={value} is a network without decisions, so it has no "
            "neighbours. Give an arc."
        )
    form = arc_argument.FORMS[asked.space_name]
    size = form.size_of_length(len(fixed.text.split()))
    space = form.of_size(size, train.child.op_choice)
    beside = sampled(asked, list(neighbours(space, fixed.text)))
    building = Building(asked)
    building.trainings(FOUND, [fixed.text])
    arcs, notes = [one.arc for one in beside], [one.note for one in beside]
    building.trainings(NEIGHBOUR, arcs, notes=notes)
    return building.jobs()


def _value(value: str) -> str:
    """A value of --child_fixed_arc; the folder of a search stands for its best arc."""
    path = pathlib.Path(value).expanduser()
    try:
        is_folder = path.is_dir()
    except OSError:  # an arc of many integers is too long for a name
        return value
    if is_folder and (path / layout.PLAN).is_file():
        raise ConfigError(
            f"--child_fixed_arc={value} is the folder of a campaign, which has many "
            f"arcs. Name that of one of its searches, below {path / layout.JOBS}."
        )
    return str(path / layout.ARCS / layout.BEST_JSON) if is_folder else value


def neighbours(space: SearchSpace[Any], text: str) -> Iterator[Neighbour]:
    """All arcs that differ from the arc `text` in one decision, in order."""
    tokens = space.encode(space.parse(text))
    for place, names in enumerate(_answers(space)):
        for token, name in enumerate(names):
            if token == tokens[place]:
                continue
            other = [*tokens[:place], token, *tokens[place + 1 :]]
            changed = f"{names[tokens[place]]} -> {name}"
            note = f"{space.token_name(place)}: {changed}"
            yield Neighbour(space.text(space.decode(other)), note)


def _answers(space: SearchSpace[Any]) -> Iterator[Sequence[str]]:
    """For each token, what its values are called."""
    for decision in space.decisions():
        for _ in range(decision.num_tokens):
            if isinstance(decision, Op):
                yield space.ops[: decision.choices]
            elif isinstance(decision, Skips):
                yield "no", "yes"
            else:
                yield [str(value) for value in range(decision.choices)]


def sampled(asked: Asked, found: Sequence[Neighbour]) -> list[Neighbour]:
    """So many of them as are asked for, in their order."""
    count = asked.sizes.perturb_sample
    if not 0 < count < len(found):
        return list(found)
    rng = draws.generator(asked.seed, "neighbours")
    chosen = np.sort(rng.choice(len(found), count, replace=False))
    return [found[place] for place in chosen]
