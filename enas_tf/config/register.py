"""A space from outside: what its spec must be, and how it comes into the registry."""

import contextlib
import re
from collections.abc import Iterator

from enas_tf.config import sections as config_lib
from enas_tf.config import spec_arcs, spec_fields, spec_presets
from enas_tf.config.sections import ConfigError
from enas_tf.config.spaces import kinds, registry
from enas_tf.config.spaces.spec import SpaceSpec

_NAME = re.compile("[a-z][a-z0-9_]*")
# Of the help: a space's name is a topic beside them.
_TOPICS = {*config_lib.PREFIXES, "images", "texts", "accepted"}


def register(spec: SpaceSpec) -> None:
    """Make `spec` a space as the built-in ones are.

    To be called before the flags are defined: the space brings its own. What the spec
    names is looked for, and not imported, but for its arcs.

    Raises:
      ConfigError: there is such a space or such a flag already, or a field of the spec
        is not what it must be. Nothing is registered then.
    """
    _refuse_name(spec.name)
    _refuse(spec.name, spec_fields.wrong(spec))
    _refuse_parts(spec)
    _refuse(spec.name, spec_fields.wrong_settings(spec))
    form = spec_arcs.form(spec)
    if isinstance(form, str):
        raise _refusal(spec.name, form)
    with contextlib.ExitStack() as undone:
        undone.callback(registry.SPECS.pop, spec.name)
        registry.SPECS[spec.name] = spec
        _refuse(spec.name, spec_fields.wrong_meanings(spec))
        _refuse(spec.name, spec_arcs.wrong(spec, form))
        _refuse_presets(spec, len(form.ops))
        undone.pop_all()


@contextlib.contextmanager
def registered(spec: SpaceSpec) -> Iterator[None]:
    """`register` for as long as the block lasts."""
    register(spec)
    try:
        yield
    finally:
        del registry.SPECS[spec.name]


def _refuse_name(name: str) -> None:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise _refusal(name, "its name must be of a-z, 0-9 and _, a letter first")
    if name in registry.SPECS or name in _TOPICS:
        raise _refusal(name, "its name is taken. Choose another one")


def _refuse_parts(spec: SpaceSpec) -> None:
    live = (item.field.metadata["spaces"] for item in config_lib.settings())
    known = {names.part for names in live if isinstance(names, registry.Names)}
    for part in spec.parts:
        if part in (kinds.IMAGES.name, kinds.TEXTS.name):
            raise _refusal(spec.name, f"its part {part!r} is for its data to say")
        if part not in known:
            names = ", ".join(sorted(known))
            raise _refusal(spec.name, f"no flag is of its part {part!r}, only {names}")


def _refuse_presets(spec: SpaceSpec, num_ops: int) -> None:
    if "paper" not in spec.presets:
        raise _refusal(spec.name, "it has no preset `paper`, which holds by default")
    spec_presets.refuse(spec, num_ops)


def _refuse(name: str, reason: str) -> None:
    if reason:
        raise _refusal(name, reason)


def _refusal(name: str, reason: str) -> ConfigError:
    return ConfigError(
        f"The space {name!r} cannot be registered: {reason.rstrip('.')}."
    )
