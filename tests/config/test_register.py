"""A spec is registered for as long as it is wanted, and only if it can be right."""

import dataclasses
import sys

import chain_space
import pytest

from enas_tf import plots
from enas_tf.arcs import forms as arc_forms
from enas_tf.config import presets, register, spec_presets
from enas_tf.config import sections as config
from enas_tf.config.sections import ConfigError
from enas_tf.config.spaces import references, registry
from enas_tf.config.spaces.spec import Preset
from enas_tf.spaces.op_table import OpRow, OpTable
from enas_tf.stages import assembly

SPEC = chain_space.SPEC
OTHER_ARCS = chain_space.other().arcs

TABLES = dict(
    spaces=config.SPACES,
    images=config.IMAGES,
    presets=presets.PRESETS,
    forms=arc_forms.FORMS,
    pictures=plots.PICTURES,
    parts=assembly.SPACES,
)


def test_a_space_is_gone_when_it_is_no_longer_registered():
    spec = chain_space.other()
    before = [item.flag for item in config.settings()]
    with register.registered(spec):
        assert all("other" in table for table in TABLES.values())
    assert not any("other" in table for table in TABLES.values())
    assert [item.flag for item in config.settings()] == before


def test_the_registration_does_not_outlive_an_error():
    spec = chain_space.other()
    with pytest.raises(KeyError), register.registered(spec):
        raise KeyError
    assert "other" not in registry.SPECS


@dataclasses.dataclass(frozen=True)
class Taken:
    """A flag that is there already."""

    keep_prob: float = config.field(0.5, "Taken.")


@dataclasses.dataclass
class Thawed:
    """Not frozen."""

    side: int = config.field(3, "Side.")


@dataclasses.dataclass(frozen=True)
class Plain:
    """A field that is no setting."""

    side: int = 3


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        (dict(name="macro"), "its name is taken. Choose another one"),
        (dict(name="images"), "its name is taken. Choose another one"),
        (dict(name="My-Space"), "its name must be of a-z, 0-9 and _, a letter first"),
        (
            dict(parts=("wings",)),
            "no flag is of its part 'wings', only auxiliary head, averaged nodes, "
            "biased ops, blocks, chosen ops, drop path, filter scale, genotypes, "
            "images, large vocabularies, plain separable, reduced ops, skips, texts",
        ),
        (dict(settings=Taken), "--child_keep_prob is there already. Name it otherwise"),
        (dict(settings=Plain), "its settings must be made by `field`: child_side"),
        (dict(settings=int), "its settings must be a frozen dataclass"),
        (
            dict(
                arcs=SPEC.arcs._replace(space=chain_space.Other, sized_by="child_links")
            ),
            "its arcs are sized by 'child_links', which is no flag with a range",
        ),
        (dict(arcs=SPEC.arcs), "its SearchSpace has the name 'chain'"),
        (dict(presets={}), "it has no preset `paper`, which holds by default"),
        (dict(name=5), "its name must be of a-z, 0-9 and _, a letter first"),
        (dict(settings=Thawed), "its settings must be a frozen dataclass"),
        (dict(settings=Taken()), "its settings must be a frozen dataclass"),
        (dict(parts="skips"), "its parts must be a tuple of strings, not 'skips'"),
        (
            dict(data="images"),
            "its data must be kinds.IMAGES or kinds.TEXTS, not 'images'",
        ),
        (dict(parts=("texts",)), "its part 'texts' is for its data to say"),
        (dict(about=None), "its about must be a line of text, not None"),
        (
            dict(shared="nowhere.at_all:Shared"),
            "its shared cannot be loaded: there is no module nowhere.at_all, which "
            "'nowhere.at_all:Shared' names",
        ),
        (
            dict(final="enas_tf.nn.stock"),
            "its final cannot be loaded: 'enas_tf.nn.stock' is not of the form "
            "'module:name'",
        ),
        (
            dict(picture="enas_tf.nn.stock:nothing"),
            "its picture cannot be loaded: the module enas_tf.nn.stock has no nothing, "
            "which 'enas_tf.nn.stock:nothing' names",
        ),
        (
            dict(picture=3),
            "its picture must be a function or 'module:name', not 3",
        ),
        (
            dict(benchmark=3),
            "its benchmark must be a benchmark.subject.Subject, None or "
            "'module:name', not 3",
        ),
        (
            dict(costs=3),
            "its costs must be a function, None or 'module:name', not 3",
        ),
        (
            dict(arcs=3),
            "its arcs must be an arcs.forms.Form or 'module:name', not 3",
        ),
        (
            dict(arcs=SPEC.arcs._replace(space=None)),
            "the space of its arcs must be a SearchSpace, not None",
        ),
        (
            dict(meanings="abc"),
            "its meanings must be a tuple of pairs (flag, words), not 'abc'",
        ),
        (
            dict(brief=(("wings", "feathers"),)),
            "its brief speak of --wings, which is no flag",
        ),
        (
            dict(arcs=OTHER_ARCS._replace(named={"fat": "9 9"})),
            "its arc named fat is none: integer 1 of the arc is 9, allowed are 0 to 1",
        ),
        (
            dict(arcs=OTHER_ARCS._replace(named={"fat": "wide"})),
            "its arc named fat is none: 'wide' is not a whole number of 0 or more and "
            "none of the ops to choose from, width4, width8; missing: wide",
        ),
        (
            dict(arcs=OTHER_ARCS._replace(named={"fat": 11})),
            "its arc named fat is none: it is 11, not text",
        ),
        (dict(presets=None), "its presets must be a dict of Presets by name, not None"),
        (
            dict(presets={"paper": {"batch_size": 3}}),
            "its preset paper must be a Preset, not {'batch_size': 3}",
        ),
        (
            dict(presets={"paper": Preset("", 3, {})}),
            "search of its preset paper must be a dict, not 3",
        ),
        (
            dict(presets={"on paper": Preset("", {}, {})}),
            "the name of a preset must be one word, not 'on paper'",
        ),
    ],
)
def test_a_spec_that_cannot_be_right_is_refused(changes, reason):
    spec = chain_space.other(**changes)
    with pytest.raises(ConfigError) as caught:
        register.register(spec)
    reason = reason.removesuffix(".")
    message = f"The space {spec.name!r} cannot be registered: {reason}."
    assert str(caught.value) == message
    assert "other" not in registry.SPECS


@pytest.mark.parametrize(
    ("flag", "value", "reason"),
    [
        ("child_wings", 2, "--child_wings is not a setting; see --help."),
        (
            "batch_size",
            -3,
            "--batch_size=-3 is not allowed: it must be from 1 to 1000000. Change "
            "--batch_size, or leave it out for its default.",
        ),
        (
            "batch_size",
            "many",
            "--batch_size=many is not allowed: it must be a whole number. Change "
            "--batch_size, or leave it out for its default.",
        ),
        (
            "batch_size",
            True,
            "--batch_size=True is not allowed: it must be a whole number. Change "
            "--batch_size, or leave it out for its default.",
        ),
        (
            "child_use_aux_heads",
            True,
            "--child_use_aux_heads has no effect here: the other space has no such "
            "part. Leave it out, or name the part in the spec's parts.",
        ),
        (
            "child_num_branches",
            3,
            "--child_num_branches=3 is not allowed: it must be at most 2, the number "
            "of ops of the space. Set --child_num_branches in the preset.",
        ),
        ("mode", "train", "--mode is for a command to say. Leave it out."),
    ],
)
@pytest.mark.parametrize("stage", ["search", "train"])
def test_a_preset_that_cannot_hold_is_refused(stage, flag, value, reason):
    paper = chain_space.SPEC.presets["paper"]
    wrong = paper._replace(**{stage: {**getattr(paper, stage), flag: value}})
    with pytest.raises(ConfigError) as caught:
        register.register(chain_space.other(presets={"paper": paper, "demo": wrong}))
    assert str(caught.value) == f"The preset demo of the space other: {reason}"
    assert "other" not in registry.SPECS


def test_the_presets_of_the_built_in_spaces_hold():
    for spec in registry.SPECS.values():
        spec_presets.refuse(spec, len(arc_forms.FORMS[spec.name].ops))


def test_what_a_spec_names_is_found_and_not_imported(tmp_path, monkeypatch):
    package = tmp_path / "far_away"
    package.mkdir()
    (package / "__init__.py").write_text("raise RuntimeError")
    (package / "parts.py").write_text("raise RuntimeError\ndef shared(): ...\n")
    monkeypatch.syspath_prepend(tmp_path)
    with register.registered(chain_space.other(shared="far_away.parts:shared")):
        assert "far_away" not in sys.modules
    with pytest.raises(ConfigError, match="the module far_away.parts has no share,"):
        register.register(chain_space.other(shared="far_away.parts:share"))


def test_what_cannot_be_imported_is_refused_in_one_line(tmp_path, monkeypatch):
    (tmp_path / "limping.py").write_text("import nowhere_at_all\nshared = 3\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ConfigError) as caught:
        references.load("limping:shared")
    assert str(caught.value) == (
        "limping:shared cannot be loaded: No module named 'nowhere_at_all'."
    )


def test_arcs_that_cannot_be_imported_are_refused_by_name(tmp_path, monkeypatch):
    (tmp_path / "lame.py").write_text("import nowhere_at_all\nFORM = 3\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ConfigError) as caught:
        register.register(chain_space.other(arcs="lame:FORM"))
    assert str(caught.value) == (
        "The space 'other' cannot be registered: its arcs: lame:FORM cannot be loaded: "
        "No module named 'nowhere_at_all'."
    )


def test_a_space_of_more_ops_than_any_other_raises_the_highest_number_of_them():
    class Many(chain_space.Other):
        table = OpTable("other", [OpRow(f"op{n}", "#000000") for n in range(9)])

    spec = chain_space.other(arcs=chain_space.other().arcs._replace(space=Many))
    (item,) = [i for i in config.settings() if i.flag == "child_num_branches"]
    assert item.field.metadata["high"] == 6
    with register.registered(spec):
        assert item.field.metadata["high"] == 9
    assert item.field.metadata["high"] == 6
