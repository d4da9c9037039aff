"""A new field of a section is a setting in every respect, as docs/design.md says."""

import dataclasses

import pytest
from absl import flags as absl_flags

from enas_tf.command import checks, effects, flags, help_text
from enas_tf.config import sections as config
from enas_tf.config.spaces import registry
from enas_tf.run import settings as run_settings


@dataclasses.dataclass(frozen=True)
class Loop(config.LoopConfig):
    """With three fields more."""

    patience: int = config.field(3, "Epochs to wait.", low=1, high=9)
    colour: bool = config.field(True, "Draw in colour.", shapes_result=False)
    hops: int = config.field(2, "Hops.", low=0, spaces=registry.Names("skips"))


@dataclasses.dataclass(frozen=True)
class Config(config.Config):
    """With that section."""

    loop: Loop = Loop()


@pytest.fixture(autouse=True)
def added(monkeypatch):
    monkeypatch.setattr(config, "Config", Config)
    row = effects.Row(("patience",), lambda c: c.mode == "derive", "nothing waits")
    monkeypatch.setattr(effects, "ROWS", (*effects.ROWS, row))


def read(*words):
    values = absl_flags.FlagValues()
    flags.define(values)
    flags.parse(["main.py", *words], values)
    return values


def test_it_is_a_flag_with_help_under_its_topic():
    assert flags.given(read("--patience=5")) == {"patience": 5}
    entries = flags.entries(read())
    assert help_text.explain(entries, "patience") == (
        "  --patience (default: 3)\n      Epochs to wait. From 1 to 9."
    )
    assert "--patience" in help_text.explain(entries, "loop")


def test_its_range_is_checked():
    settings = config.replace(config.Config(), dict(patience=10))
    with pytest.raises(config.ConfigError) as caught:
        checks.check(settings)
    assert str(caught.value) == (
        "--patience=10 is not allowed: it must be from 1 to 9. Change --patience, or "
        "leave it out for its default."
    )


def test_it_is_compared_on_resume_unless_it_shapes_no_result():
    begun = config.flat(config.Config())
    now = config.replace(config.Config(), dict(patience=4, colour=False))
    assert run_settings.changes("search", begun, now) == [("patience", 3, 4)]
    # A run that was begun before the setting came had its default.
    del begun["patience"]
    assert run_settings.changes("search", begun, config.Config()) == []


def test_a_row_says_where_it_is_idle():
    configs = dict(search=config.Config())
    assert effects.notices("derive", configs, ["patience"]) == [
        "--patience has no effect here: nothing waits."
    ]
    assert effects.notices("search", configs, ["patience"]) == []


def test_a_part_says_whose_it_is():
    values = read("--search_for=micro", "--hops=1")
    assert flags.given(values) == {"search_for": "micro"}
    assert flags.notices(values) == [
        "--hops has no effect here: the micro space has no such part."
    ]
    assert flags.given(read("--hops=1")) == {"hops": 1}
