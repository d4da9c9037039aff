"""The ops that a stage began with, as run.json keeps them, beside this program's.

The problem: the numbers of an arc are places in a table, to which each program may add
rows. With another op in a place a run would go on, and mean something else. No
TensorFlow.
"""

from collections.abc import Sequence

from enas_tf.config.sections import ConfigError
from enas_tf.run import settings as run_settings
from enas_tf.run.folder import RunFolder

KEY = "ops"  # in what run.json says of a stage: names, in id order
REMEDY = (
    "go on with the program that adds the ops it began with, or name another folder."
)


def kept(folder: RunFolder, stage: str) -> list[str]:
    """The names of the ops that `stage` began with; [] of 0.3.0 and before."""
    names = folder.fact(stage, KEY, list) or []
    return names if all(isinstance(name, str) for name in names) else []


def refuse_other(
    folder: RunFolder, stage: str, ours: Sequence[str], *, flag: str = "output_dir"
) -> None:
    """Refuse a stage that began with ops that are not in their places here.

    Args:
      folder: of the run.
      stage: that has begun in it.
      ours: names of all ops that the space has in this program, in id order.
      flag: that names the folder.

    Raises:
      ConfigError: another op, or none, is in the place of one; or there are fewer than
        the stage has, by its settings.
    """
    begun = f"{subject(folder, stage, flag)} began with"
    names = kept(folder, stage)
    if listed := folder.settings(stage, needed=False).get("child_ops"):
        _refuse_missing(str(listed).split(","), ours, begun)
        return
    missing = names[len(ours) :]
    for number, (then, now) in enumerate(zip(names, ours, strict=False)):
        if then != now:
            raise ConfigError(
                f"{begun} op {number} {then!r}, and this program has {now!r} there: "
                f"{REMEDY}"
            )
    if missing:
        raise ConfigError(f"{begun} {_listed(missing, len(ours))}: {REMEDY}")
    most = folder.settings(stage, needed=False).get("child_num_branches", 0)
    if not names and most > len(ours):
        raise ConfigError(f"{begun} {most} ops, this program has {len(ours)}: {REMEDY}")


def _refuse_missing(listed: Sequence[str], ours: Sequence[str], begun: str) -> None:
    """Of ops that were chosen by name, whose places in this program do not matter."""
    if missing := [name for name in map(str.strip, listed) if name not in ours]:
        names = ", ".join(map(repr, missing))
        raise ConfigError(
            f"{begun} --child_ops={','.join(listed)}, and this program does not add "
            f"{names}: {REMEDY}"
        )


def subject(folder: RunFolder, stage: str, flag: str = "output_dir") -> str:
    """`the search in --output_dir=X`."""
    return f"the {run_settings.NOUNS[stage]} in --{flag}={folder.path}"


def _listed(missing: Sequence[str], first: int) -> str:
    numbered = [f"op {number} {name!r}" for number, name in enumerate(missing, first)]
    them = "it" if len(missing) == 1 else "them"
    return f"{', '.join(numbered)}, and this program does not add {them}"
