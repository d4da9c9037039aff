"""report.html, written into a run's folder in one step."""

import pathlib

from enas_tf.page import found as found_lib
from enas_tf.page import whole
from enas_tf.run import disk, layout


def page(folder: pathlib.Path, *, live: bool = False, status: str = "") -> pathlib.Path:
    """Write the page of the run in `folder`, from what is there.

    Args:
      folder: of the run; nothing else in it is touched.
      live: whether the page is to load itself again.
      status: how the command ends that is about to end; "" if none is.

    Raises:
      ConfigError: there is no run, or the page cannot be written.
    """
    path = folder / layout.PAGE
    found = found_lib.read(folder)._replace(ending=status)
    disk.write_text(path, whole.of_run(found, live=live))
    return path
