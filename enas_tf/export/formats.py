"""The formats of an export, each with all that follows from its name.

The one table of them. No TensorFlow: what cannot be had is refused before that is
imported.
"""

import importlib.util
import pathlib
from collections.abc import Sequence
from typing import NamedTuple

from enas_tf.config import errors
from enas_tf.config.errors import ConfigError
from enas_tf.config.spaces import kinds
from enas_tf.run import layout


class Format(NamedTuple):
    """One format.

    Attributes:
      name: in --export_format.
      file: in the folder of an export; of a SavedModel a folder.
      reads: what reads such a file, in words.
      reader: the module that reads it, beside TensorFlow's; "" if it needs none.
      writer: the module that writes it, the same.
      extra: of this package, which installs them.
      lacking: why there is none of a language model; "" where there is one.
    """

    name: str
    file: str
    reads: str
    reader: str = ""
    writer: str = ""
    extra: str = ""
    lacking: str = ""

    def has(self, kind: str) -> bool:
        """Whether there is one of networks that read data of that kind."""
        return not self.lacking or kind != kinds.TEXTS.name

    def missing(self, *, to_write: bool) -> list[str]:
        """The modules that are not installed; a file is read once it is written."""
        needed = (self.writer, self.reader) if to_write else (self.reader,)
        return [n for n in needed if n and not importlib.util.find_spec(n)]

    def to_install(self) -> str:
        """The command that installs what is missing."""
        return f"pip install 'enas_tf[{self.extra}]'"


_ROWS = (
    Format("keras", layout.KERAS_FILE, "Keras"),
    Format("saved_model", layout.SAVED_MODEL, "TensorFlow"),
    Format(
        *("onnx", layout.ONNX_FILE, "ONNX Runtime"),
        reader="onnxruntime",
        writer="tf2onnx",
        extra="onnx",
    ),
    Format(
        *("litert", layout.LITERT_FILE, "LiteRT"),
        reader="ai_edge_litert",
        extra="litert",
    ),
    Format(
        *("litert_int8", layout.LITERT_INT8_FILE, "LiteRT, in whole numbers"),
        reader="ai_edge_litert",
        extra="litert",
        lacking="whole numbers would round its state anew with every word",
    ),
)
FORMATS = {row.name: row for row in _ROWS}
ALWAYS = ("keras", "saved_model")  # this program reads them itself
ASKED = "saved_model"  # answers where no other one is named


def parse(text: str) -> tuple[str, ...]:
    """The names in a value of --export_format, in the order of the table.

    Raises:
      ConfigError: one is none of them, or is there twice.
    """
    names = [name.strip() for name in text.split(",")] if text else []
    unknown = [name for name in names if name not in FORMATS]
    twice = [name for name in names if names.count(name) > 1]
    if unknown or twice:
        allowed = f"some of {', '.join(FORMATS)}, each once, with commas between them"
        raise ConfigError(errors.refusal("export_format", text, allowed))
    return tuple(name for name in FORMATS if name in names)


def there(final: pathlib.Path) -> tuple[str, ...]:
    """Those whose file is in the folder of an export."""
    return tuple(row.name for row in _ROWS if (final / row.file).exists())


def beside(text: str, final: pathlib.Path, kind: str) -> tuple[str, ...]:
    """What is to be written beside `ALWAYS`: what is asked for, and what is there.

    An older file of a format would be of older weights.

    Args:
      text: the value of --export_format.
      final: the folder of the export that is replaced, if there is one.
      kind: of the data, a name in `kinds`; what cannot be of it is left out.
    """
    wanted = {*parse(text), *there(final)} - set(ALWAYS)
    return tuple(n for n in FORMATS if n in wanted and FORMATS[n].has(kind))


def left_out(text: str, kind: str) -> list[str]:
    """A sentence for each format that is asked for and cannot be of that data."""
    return [refused(n) for n in parse(text) if not FORMATS[n].has(kind)]


def refused(name: str) -> str:
    """A sentence on a format in which no language model can be."""
    return f"There is no {name} of a language model: {FORMATS[name].lacking}."


def listed(names: Sequence[str]) -> str:
    """`names` in words."""
    return ", ".join(names) or "none"
