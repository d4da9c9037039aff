"""The file of one format of an export, opened to be asked.

No TensorFlow, unless the format needs it.
"""

import pathlib

from enas_tf.config.sections import ConfigError
from enas_tf.export import formats, litert_file, one_by_one, onnx_file
from enas_tf.export.asked import Asked
from enas_tf.machine import standard_error


def of_file(name: str, folder: pathlib.Path, *, threads: int = 0) -> Asked:
    """The file of the format `name`.

    Args:
      name: a key of `formats.FORMATS`.
      folder: of the export.
      threads: that share an operation, of an engine beside TensorFlow; 0: as it likes.
    """
    path = folder / formats.FORMATS[name].file
    if name == "onnx":
        return onnx_file.OnnxModel(path, threads=threads)
    if name in ("litert", "litert_int8"):
        model = litert_file.LitertModel(path, threads=threads)
        return one_by_one.OneByOne(model) if "words" in model.inputs else model
    from enas_tf.export import stock_files

    if name == "keras":
        return stock_files.KerasFile(path)
    return stock_files.SavedModelFile(path)


def of_user(name: str, folder: pathlib.Path) -> Asked:
    """The same for a user, whose file may be anything.

    Raises:
      ConfigError: it cannot be read.
    """
    fault = ""
    with standard_error.held_back():
        try:
            return of_file(name, folder)
        # Each engine has errors of its own, of no common class.
        except Exception as error:
            fault = first_line(error)
    file = formats.FORMATS[name].file
    raise ConfigError(
        f"{folder / file} cannot be read as {name} ({fault}): it is damaged, or of "
        f"another program. Write it anew with --mode=export --export_format={name} "
        f"--output_dir={folder.parent}."
    )


def first_line(error: Exception) -> str:
    """What went wrong, in one line of some length."""
    lines = [line for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[0][:150]}" if lines else repr(error)
