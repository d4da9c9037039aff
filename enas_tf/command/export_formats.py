"""Refuses formats of an export that cannot be written here, or asked, in time.

Packages are looked for, not imported. No TensorFlow.
"""

from enas_tf.config import modes
from enas_tf.config.sections import ConfigError, RunConfig
from enas_tf.config.spaces import registry
from enas_tf.export import folder as exported
from enas_tf.export import formats
from enas_tf.run.folder import RunFolder


def refuse(run: RunConfig, folder: RunFolder) -> None:
    """Hold --export_format against the space, what is installed, and the folder.

    Raises:
      ConfigError: nothing that is asked for can be had, or a package is missing.
    """
    names = formats.parse(run.export_format)
    if run.mode == "predict":
        _refuse_asking(names or (formats.ASKED,), run, folder)
    elif {"train", "export"} & set(modes.MODES[run.mode].steps):
        _refuse_writing(names, run, folder)


def asked_file(run: RunConfig) -> str:
    """The file that a prediction asks, where it is not one of those always there."""
    names = set(formats.parse(run.export_format)) - set(formats.ALWAYS)
    return next((formats.FORMATS[name].file for name in names), "")


def _refuse_writing(names: tuple[str, ...], run: RunConfig, folder: RunFolder) -> None:
    kind = registry.SPECS[run.search_for].data.name
    if names and not any(formats.FORMATS[name].has(kind) for name in names):
        raise _no_texts(names[0])
    there = () if run.reset_output_dir else formats.there(exported.found(folder.final))
    for name in formats.FORMATS:
        if not formats.FORMATS[name].has(kind):
            continue
        if name in names:
            _refuse_lacking(name, to_write=True)
        elif name in there:
            file = folder.final / formats.FORMATS[name].file
            away = f", or move {file} away, which would be written anew as well"
            _refuse_lacking(name, to_write=True, remedy=away)


def _refuse_asking(names: tuple[str, ...], run: RunConfig, folder: RunFolder) -> None:
    if len(names) > 1:
        raise ConfigError(
            f"--export_format={run.export_format} is not allowed with --mode=predict: "
            f"one file answers. Name one of {', '.join(names)}."
        )
    (name,) = names
    row = formats.FORMATS[name]
    if not row.has(registry.SPECS[run.search_for].data.name):
        raise _no_texts(name)
    final = exported.found(folder.final)
    if name != formats.ASKED and not (final / row.file).exists():
        raise ConfigError(
            f"--export_format={name} is not in {folder.final}, which has "
            f"{formats.listed(formats.there(final))}. Write it with --mode=export "
            f"--export_format={name} --output_dir={folder.path}."
        )
    _refuse_lacking(name, to_write=False)


def _refuse_lacking(name: str, *, to_write: bool, remedy: str = "") -> None:
    row = formats.FORMATS[name]
    if missing := row.missing(to_write=to_write):
        raise ConfigError(
            f"--export_format={name} needs {' and '.join(missing)}, not installed "
            f"here. Give {row.to_install()}{remedy}."
        )


def _no_texts(name: str) -> ConfigError:
    rest = [n for n, row in formats.FORMATS.items() if not row.lacking]
    return ConfigError(
        f"--export_format={name} is not allowed: {formats.refused(name)} Choose from "
        f"{', '.join(rest)}."
    )
