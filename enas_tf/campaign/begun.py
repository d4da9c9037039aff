"""The settings with which a run of a campaign began, as a `Config`."""

from enas_tf.config import presets
from enas_tf.config import sections as config_lib
from enas_tf.config.sections import Config
from enas_tf.run.folder import RunFolder


def config(run: RunFolder, stage: str, space: str) -> Config:
    """Of a stage that has begun.

    Args:
      run: its folder.
      stage: "search" or "train".
      space: its search space.
    """
    flags = {item.flag for item in config_lib.settings()}
    values = run.settings(stage, needed=False)
    known = {name: value for name, value in values.items() if name in flags}
    return presets.resolve(space, stage, "paper", known)
