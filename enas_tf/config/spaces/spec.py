"""A search space as the program knows it: one `SpaceSpec`, from which all follows.

Plain data. What needs other rooms or TensorFlow is named, "module:name", and loaded
when it is asked for; a spec from outside may also hold the thing itself.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any, NamedTuple

# (flag, words): what a flag means to some spaces and not to all.
Meanings = tuple[tuple[str, str], ...]


class Preset(NamedTuple):
    """A named set of settings.

    Attributes:
      about: what it is for, what it costs and what to expect of it.
      search: flag name to value, where it differs from `config.Config()`.
      train: the same for training one arc from scratch.
    """

    about: str
    search: dict[str, Any]
    train: dict[str, Any]


@dataclasses.dataclass(frozen=True)
class DataKind:
    """The kind of data that the networks of a space read.

    Attributes:
      name: the part, in the sense of `SpaceSpec.parts`, that all such spaces have.
      measure: name of what is measured of them, of `run/measures.py`.
      section: of `config.Config`; its settings go to the children of such spaces.
      wanted: what --mode=predict reads, in words.
      example: a file of that kind, as --input takes it.
      placeholder: the same, where it is yet to be named.
      meanings: of flags, in the long help.
      brief: the same in the short help.
    """

    name: str
    measure: str
    section: str
    wanted: str
    example: str
    placeholder: str
    meanings: Meanings = ()
    brief: Meanings = ()


@dataclasses.dataclass(frozen=True, eq=False)
class SpaceSpec:
    """One search space; a row of every table that goes by spaces.

    Attributes:
      name: the value of --search_for; small letters, digits and underscores.
      about: what a search in it is, a line in --help.
      data: what its networks read, `kinds.IMAGES` or `kinds.TEXTS`.
      presets: sets of settings by name. `paper` is what holds where none is named.
      arcs: an `arcs.forms.Form`: the `SearchSpace` and how its arcs are written.
      shared: a `stages.space_builders.NewShared`, which builds the shared child.
      final: a `stages.space_builders.NewFinal`, which builds the final child of an arc.
      picture: a `plots.Picture`, which draws an arc.
      parts: what not every space has; a flag that says `spaces=registry.Names(PART)`
        applies where the spec names that part.
      settings: a frozen dataclass of `fields.field`s, the space's own flags, each with
        the prefix `child_`. Children find them as `config.own_section(CLASS)`.
      meanings: what flags of all spaces mean to this one, in the long help.
      brief: the same in the short help.
      benchmark: a `benchmark.subject.Subject`; left out: it cannot be measured.
      article: of the name, in a sentence.
      costs: a `stages.space_builders.ArcCosts`, which counts final children without
        building them; left out: nothing is said of the size of arcs.
      inherit: a `children.inherit.Inherit`, which pairs weights of a final child with
        those of the shared one; left out: no final child begins with these.
    """

    name: str
    about: str
    data: DataKind
    presets: Mapping[str, Preset]
    arcs: object
    shared: object
    final: object
    picture: object
    parts: tuple[str, ...] = ()
    settings: type | None = None
    meanings: Meanings = ()
    brief: Meanings = ()
    benchmark: object = None
    article: str = "a"
    costs: object = None
    inherit: object = None

    def has(self, part: str) -> bool:
        """Whether it has `part`; the kind of its data is one."""
        return part == self.data.name or part in self.parts
