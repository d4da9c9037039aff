"""A spec is registered for as long as it is wanted, and only if it can be right."""

import dataclasses

import chain_space
import pytest

from enas_tf import plots
from enas_tf.arcs import forms as arc_forms
from enas_tf.config import presets, register
from enas_tf.config import sections as config
from enas_tf.config.sections import ConfigError
from enas_tf.config.spaces import registry
from enas_tf.config.spaces.spec import Preset
from enas_tf.spaces.op_table import OpRow, OpTable
from enas_tf.stages import assembly

SPEC = chain_space.SPEC

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
            "biased ops, blocks, drop path, filter scale, genotypes, images, plain "
            "separable, reduced ops, skips, texts",
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
        (
            dict(presets={"paper": Preset("", {"child_wings": 2}, {})}),
            "its preset paper: --child_wings is not a setting; see --help.",
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


def test_a_space_of_more_ops_than_any_other_raises_the_highest_number_of_them():
    class Many(chain_space.Other):
        table = OpTable("other", [OpRow(f"op{n}", "#000000") for n in range(9)])

    spec = chain_space.other(arcs=chain_space.other().arcs._replace(space=Many))
    (item,) = [i for i in config.settings() if i.flag == "child_num_branches"]
    assert item.field.metadata["high"] == 6
    with register.registered(spec):
        assert item.field.metadata["high"] == 9
    assert item.field.metadata["high"] == 6
