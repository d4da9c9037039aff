"""What each field of a spec from outside must be, seen without importing what it names.

Each function gives what is wrong in words that follow "The space ... cannot be
registered:", or "".
"""

import dataclasses
from collections.abc import Callable, Mapping

from enas_tf.config import sections as config_lib
from enas_tf.config.spaces import references
from enas_tf.config.spaces.spec import DataKind, Preset, SpaceSpec


def wrong(spec: SpaceSpec) -> str:
    """What is wrong with the first field that cannot be right, each for itself."""
    reasons = (look(spec) for look in (_words, _kinds, _references, _presets))
    return next(filter(None, reasons), "")


def wrong_meanings(spec: SpaceSpec) -> str:
    """What is wrong with `meanings` and `brief`; the space's own flags are known."""
    flags = {item.flag for item in config_lib.settings()}
    for field in ("meanings", "brief"):
        value = getattr(spec, field)
        if not _is_table(value):
            return f"its {field} must be a tuple of pairs (flag, words), not {value!r}"
        for flag, _ in value:
            if flag not in flags:
                return f"its {field} speak of --{flag}, which is no flag"
    return ""


def _words(spec: SpaceSpec) -> str:
    for field in ("about", "article"):
        value = getattr(spec, field)
        if not isinstance(value, str) or not value.strip() or "\n" in value:
            return f"its {field} must be a line of text, not {value!r}"
    return ""


def _kinds(spec: SpaceSpec) -> str:
    if not _is(spec.data, DataKind):
        return f"its data must be kinds.IMAGES or kinds.TEXTS, not {spec.data!r}"
    parts = spec.parts
    if not _is(parts, tuple) or not all(_is(one, str) for one in parts):
        return f"its parts must be a tuple of strings, not {parts!r}"
    return ""


# Field to what it may be where it is no name, and that in words.
_THINGS: dict[str, tuple[Callable[[object], bool], str]] = dict(
    arcs=(lambda value: hasattr(value, "sized_by"), "an arcs.forms.Form"),
    shared=(callable, "a function"),
    final=(callable, "a function"),
    picture=(callable, "a function"),
    benchmark=(
        lambda value: value is None or hasattr(value, "batches"),
        "a benchmark.subject.Subject, None",
    ),
    costs=(lambda value: value is None or callable(value), "a function, None"),
    inherit=(lambda value: value is None or callable(value), "a function, None"),
)


def _references(spec: SpaceSpec) -> str:
    """Those that are loaded later must be found, or be what is used then."""
    for field, (fits, words) in _THINGS.items():
        value = getattr(spec, field)
        if reason := references.wrong(value):
            return f"its {field} cannot be loaded: {reason}"
        if not isinstance(value, str) and not fits(value):
            return f"its {field} must be {words} or 'module:name', not {value!r}"
    return ""


def _presets(spec: SpaceSpec) -> str:
    if not _is(spec.presets, Mapping):
        return f"its presets must be a dict of Presets by name, not {spec.presets!r}"
    for name, preset in spec.presets.items():
        if not _is(name, str) or len(name.split()) != 1:
            return f"the name of a preset must be one word, not {name!r}"
        if not _is(preset, Preset):
            return f"its preset {name} must be a Preset, not {preset!r}"
        for field in ("search", "train"):
            value = getattr(preset, field)
            if not isinstance(value, Mapping):
                return f"{field} of its preset {name} must be a dict, not {value!r}"
        if not _is(preset.about, str):
            return f"about of its preset {name} must be text, not {preset.about!r}"
    return ""


def wrong_settings(spec: SpaceSpec) -> str:
    """What is wrong with the dataclass of the space's own flags; they are not there."""
    own = spec.settings
    if own is None:
        return ""
    # A dataclass says of itself how it was made.
    made = getattr(own, "__dataclass_params__", None)
    if not isinstance(own, type) or not dataclasses.is_dataclass(own):
        return "its settings must be a frozen dataclass"
    if made is None or not made.frozen:
        return "its settings must be a frozen dataclass"
    taken = {item.flag for item in config_lib.settings()}
    for field in dataclasses.fields(own):
        flag = config_lib.OWN_PREFIX + field.name
        if not field.metadata:
            return f"its settings must be made by `field`: {flag}"
        if flag in taken:
            return f"--{flag} is there already. Name it otherwise"
    return ""


def _is(value: object, kind: type) -> bool:
    """`isinstance` of what no checker of types has seen."""
    return isinstance(value, kind)


def _is_table(value: object) -> bool:
    return isinstance(value, tuple) and all(
        isinstance(row, tuple) and list(map(type, row)) == [str, str] for row in value
    )
