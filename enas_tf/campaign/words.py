"""The words of a job's command: those of the campaign's own, but for a few."""

from collections.abc import Iterable, Mapping, Sequence

from enas_tf.config import sections as config

# Said anew for each job, or of no meaning to it.
_OF_CAMPAIGN = (
    *("mode", "output_dir", "reset_output_dir", "seed", "threads", "child_fixed_arc"),
    *("progress", "verbose", "input"),
)


def passed(words: Sequence[str], *, without: Iterable[str] = ()) -> tuple[str, ...]:
    """Those of the flags `words` that every job is given.

    Args:
      words: of the campaign's command, a flag a word.
      without: more flags to leave out.
    """
    own = (item.flag for item in config.settings() if item.section == "campaign")
    dropped = {*_OF_CAMPAIGN, *own, *without}
    return tuple(word for word in words if flag(word) not in dropped)


def flag(word: str) -> str:
    """The flag that `word` writes, also as --noNAME."""
    name = word.lstrip("-").partition("=")[0]
    known = {item.flag for item in config.settings()}
    return name if name in known else name.removeprefix("no")


def written(values: Mapping[str, object]) -> tuple[str, ...]:
    """A word for each flag of `values`."""
    return tuple(f"--{name}={value}" for name, value in values.items())
