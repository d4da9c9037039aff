"""How many bytes a run has written into its folder."""

import pathlib

from enas_tf.run import layout, saves

SAVES = 3  # two checkpoints are kept while a third is written


def checkpoint(folder: pathlib.Path) -> int:
    """Of the last checkpoint in `folder`; 0 if there is none."""
    whole = saves.look(folder).whole
    names = f"{saves.name(whole[0])}.*" if whole else ""
    return sum(file.stat().st_size for file in folder.glob(names)) if names else 0


def logs(folder: pathlib.Path) -> int:
    """Of the rows and events of a run."""
    rows = folder / layout.METRICS
    of_rows = rows.stat().st_size if rows.exists() else 0
    return of_rows + below(folder / layout.TENSORBOARD)


def below(folder: pathlib.Path) -> int:
    """Of all files below `folder`, which may be missing."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
