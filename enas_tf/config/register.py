"""A space from outside: what its spec must be, and how it comes into the registry."""

import contextlib
import re
from collections.abc import Iterator
from typing import Any

from enas_tf.config import sections as config_lib
from enas_tf.config import spec_fields, spec_presets
from enas_tf.config.sections import ConfigError
from enas_tf.config.spaces import references, registry
from enas_tf.config.spaces.spec import SpaceSpec

_NAME = re.compile("[a-z][a-z0-9_]*")
# Of rooms above this one.
_FORM, _SEARCH_SPACE = "enas_tf.arcs.forms:Form", "enas_tf.spaces.base:SearchSpace"
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
    form = _form(spec)
    with contextlib.ExitStack() as undone:
        undone.callback(registry.SPECS.pop, spec.name)
        registry.SPECS[spec.name] = spec
        _refuse(spec.name, spec_fields.wrong_meanings(spec))
        _refuse_arcs(spec, form)
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
        if part not in known:
            names = ", ".join(sorted(known))
            raise _refusal(spec.name, f"no flag is of its part {part!r}, only {names}")


def _form(spec: SpaceSpec) -> Any:
    """The `arcs.forms.Form` of the spec, of a room above this one."""
    form, kind = (references.load(one) for one in (spec.arcs, _FORM))
    if not isinstance(form, kind):
        raise _refusal(spec.name, f"its arcs must be an arcs.forms.Form, not {form!r}")
    if not isinstance(form.space, type) or not issubclass(
        form.space, references.load(_SEARCH_SPACE)
    ):
        reason = f"the space of its arcs must be a SearchSpace, not {form.space!r}"
        raise _refusal(spec.name, reason)
    return form


def _refuse_arcs(spec: SpaceSpec, form: Any) -> None:
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
    for name, text in form.named.items():
        if reason := _wrong_arc(form, text):
            raise _refusal(spec.name, f"its arc named {name} is none: {reason}")


def _wrong_arc(form: Any, text: object) -> str:
    """Why `text` is no arc of the space of that form, in words; "" if it is one."""
    if not isinstance(text, str):
        return f"it is {text!r}, not text"
    try:
        size = form.size_of_length(len(text.replace("|", " ").split()))
        form.of_size(size, len(form.ops)).parse(text)
    except ValueError as error:
        return str(error)
    return ""


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
