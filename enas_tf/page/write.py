"""report.html, written into the folder of a run or a campaign in one step."""

import dataclasses
import pathlib

from enas_tf.page import campaign, whole
from enas_tf.page import found as found_lib
from enas_tf.run import disk, layout


def page(folder: pathlib.Path, *, live: bool = False, status: str = "") -> pathlib.Path:
    """Write the page of the run, or the campaign, in `folder`, from what is there.

    Args:
      folder: of it; nothing else in it is touched.
      live: whether the page is to load itself again.
      status: how the command ends that is about to end; "" if none is.

    Raises:
      ConfigError: there is neither, or the page cannot be written.
    """
    path = folder / layout.PAGE
    if campaign.is_one(folder):
        text = campaign.of_folder(folder, live=live)
    else:
        found = dataclasses.replace(found_lib.read(folder), ending=status)
        text = whole.of_run(found, live=live)
    disk.write_text(path, text)
    return path
