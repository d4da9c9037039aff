"""A space from outside: what its spec must be, and how it comes into the registry."""

import contextlib
import dataclasses
import re
from collections.abc import Iterator

from enas_tf.config import modes, presets
from enas_tf.config import sections as config_lib
from enas_tf.config.sections import ConfigError
from enas_tf.config.spaces import registry
from enas_tf.config.spaces import spec as spec_lib
from enas_tf.config.spaces.spec import SpaceSpec

_NAME = re.compile("[a-z][a-z0-9_]*")
# Of the help: a space's name is a topic beside them.
_TOPICS = {*config_lib.PREFIXES, "images", "texts", "accepted"}


def register(spec: SpaceSpec) -> None:
    """Make `spec` a space as the built-in ones are.

    To be called before the flags are defined: the space brings its own.

    Raises:
      ConfigError: there is such a space or such a flag already, or the spec names
        something that is not there. Nothing is registered then.
    """
    _refuse_name(spec.name)
    _refuse_parts(spec)
    _refuse_settings(spec)
    registry.SPECS[spec.name] = spec
    try:
        _refuse_arcs(spec)
        _refuse_presets(spec)
    except ConfigError:
        del registry.SPECS[spec.name]
        raise


@contextlib.contextmanager
def registered(spec: SpaceSpec) -> Iterator[None]:
    """`register` for as long as the block lasts."""
    register(spec)
    try:
        yield
    finally:
        del registry.SPECS[spec.name]


def _refuse_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise _refusal(name, "its name must be of a-z, 0-9 and _, a letter first")
    if name in registry.SPECS or name in _TOPICS:
        raise _refusal(name, "its name is taken. Choose another one")


def _refuse_parts(spec: SpaceSpec) -> None:
    live = (item.field.metadata["spaces"] for item in config_lib.settings())
    known = {names.part for names in live if isinstance(names, registry.Names)}
    for part in spec.parts:
        if part not in known:
            names = ", ".join(sorted(known))
            raise _refusal(spec.name, f"no flag is of its part {part!r}, only {names}")


def _refuse_settings(spec: SpaceSpec) -> None:
    if spec.settings is None:
        return
    if not dataclasses.is_dataclass(spec.settings):
        raise _refusal(spec.name, "its settings must be a frozen dataclass")
    taken = {item.flag for item in config_lib.settings()}
    for field in dataclasses.fields(spec.settings):
        flag = config_lib.OWN_PREFIX + field.name
        if not field.metadata:
            raise _refusal(spec.name, f"its settings must be made by `field`: {flag}")
        if flag in taken:
            raise _refusal(spec.name, f"--{flag} is there already. Name it otherwise")


def _refuse_arcs(spec: SpaceSpec) -> None:
    form = spec_lib.load(spec.arcs)
    numbers = {
        item.flag
        for item in config_lib.settings()
        if None not in (item.field.metadata["low"], item.field.metadata["high"])
    }
    if form.sized_by not in numbers:
        reason = (
            f"its arcs are sized by {form.sized_by!r}, which is no flag with a range"
        )
        raise _refusal(spec.name, reason)
    if form.space.name != spec.name:
        raise _refusal(spec.name, f"its SearchSpace has the name {form.space.name!r}")


def _refuse_presets(spec: SpaceSpec) -> None:
    if "paper" not in spec.presets:
        raise _refusal(spec.name, "it has no preset `paper`, which holds by default")
    for preset in spec.presets:
        for stage in modes.STAGES:
            try:
                presets.resolve(spec.name, stage, preset, {})
            except ConfigError as error:
                raise _refusal(spec.name, f"its preset {preset}: {error}") from None


def _refusal(name: str, reason: str) -> ConfigError:
    return ConfigError(
        f"The space {name!r} cannot be registered: {reason.rstrip('.')}."
    )
