"""Names of answers inside of a file, for whoever is given that alone.

An ONNX file has them among its metadata. A .tflite has a zip behind it, which is where
LiteRT's own tools put files that belong to a model; engines read what is before it.
"""

import pathlib
import zipfile

from enas_tf.run import layout


def put(path: pathlib.Path) -> None:
    """Copy the names out of the `model.keras` beside `path` into that file."""
    with zipfile.ZipFile(path.with_name(layout.KERAS_FILE)) as archive:
        inside = set(archive.namelist())
        names = [n.enclosed for n in layout.NAMES_FILES if n.enclosed in inside]
        found = {name: archive.read(name).decode() for name in names}
    if path.name == layout.ONNX_FILE:
        _into_onnx(path, found)
        return
    with zipfile.ZipFile(path, "a") as archive:
        for name, text in found.items():
            archive.writestr(name, text)


def _into_onnx(path: pathlib.Path, found: dict[str, str]) -> None:
    import onnx

    model = onnx.load(str(path))
    for name, text in found.items():
        model.metadata_props.add(key=name, value=text)
    onnx.save(model, str(path))
