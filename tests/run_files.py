"""Files of a run's folder as versions before 0.3 left them, and an empty export."""

import json
import pathlib
import zipfile

from enas_tf.run import layout


def plain(path: pathlib.Path, **changes) -> None:
    """The JSON object in `path` without its checksum; a change to None leaves out."""
    value = {**json.loads(path.read_text()), "checksum": None, **changes}
    path.write_text(json.dumps({k: v for k, v in value.items() if v is not None}))


def as_before(folder: pathlib.Path) -> None:
    """Take from the run in `folder` what versions before 0.3 did not write."""
    (folder / "run.copy.json").unlink(missing_ok=True)
    (folder / "final" / "SHA256SUMS").unlink(missing_ok=True)
    stages = json.loads((folder / "run.json").read_text())["stages"]
    for facts in stages.values():
        facts.pop("settings", None)
    new = dict.fromkeys(("commands", "begin", "end", "seconds"))
    plain(folder / "run.json", stages=stages, pid=12, **new)
    for path in folder.glob("*/config.json"):
        plain(path)


def no_model(final: pathlib.Path) -> None:
    """An export without a model in it."""
    final.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(final / layout.KERAS_FILE, "w"):
        pass
