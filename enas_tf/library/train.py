"""One architecture, trained from scratch: --mode=train, called by a Python program."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from enas_tf.config.sections import ConfigError
from enas_tf.library import (
    arc_given,
    arguments,
    forecasting,
    given,
    process,
    result,
    voice,
)
from enas_tf.library.shown import FoundArc
from enas_tf.library.voice import Progress
from enas_tf.run.folder import RunFolder

if TYPE_CHECKING:
    import keras

RESERVED = (
    *("search_for", "mode", "rerun", "input", "child_fixed_arc"),
    *forecasting.RESERVED,
)


def train(
    space: str,
    arc: FoundArc | str | os.PathLike | tuple[object, ...],
    data: object = None,
    *,
    validation_data: object = None,
    test_data: object = None,
    preset: str | None = None,
    output_dir: str | os.PathLike,
    progress: Progress = "auto",
    **settings: object,
) -> "keras.Model":
    """Train an arc in a folder of its own, or go on with that.

    Args:
      space: of the arc.
      arc: `Search.best`, an arc that `Search.sample` gave, or a value of
        `child_fixed_arc`: integers, a genotype, a file, a published name.
      data: as of `Search.run`.
      validation_data: the same.
      test_data: the same.
      preset: a whole set of settings: "paper" (if left out), "demo", "cpu".
      output_dir: of everything that is written.
      progress: as of `Search`.
      **settings: as of `Search`.

    Returns:
      The model, as `Result.train` gives it.

    Raises:
      ConfigError: a mistake, in one line; a `ValueError`.
      KeyboardInterrupt: Ctrl-C; calling it again goes on.
      NotFinite: the loss is not a number.
    """
    with process.worded():
        result.refuse_reserved(settings, RESERVED)
        arguments.folder(output_dir)
        progress = voice.checked(progress)
        found = given.of(space, data, validation_data, test_data, settings)
        asked: dict[str, object] = {
            "search_for": space,
            "mode": "train",
            "output_dir": output_dir,
            **({} if preset is None else {"preset": preset}),
            **voice.settings(progress),
            **settings,
            **found.settings,
        }
        asked["child_fixed_arc"] = _text(arc, asked)
    with process.asked(asked, progress, found.source) as made:
        process.carry_out(made)
        config = made.configs["train"]
    from enas_tf.library import trained

    return trained.load(RunFolder(output_dir), config)


def _text(
    arc: FoundArc | str | os.PathLike | tuple[object, ...],
    settings: Mapping[str, object],
) -> str:
    if isinstance(arc, FoundArc):
        return arc.text
    if isinstance(arc, str | os.PathLike):
        return os.fspath(arc)
    if hasattr(arc, "_fields"):  # a NamedTuple, as each space's arcs are
        return arc_given.text(arc, process.config_of(settings))
    raise ConfigError(
        f"arc is a {type(arc).__name__}: it must be Search.best, Result.best_arc, an "
        "arc of Search.sample, or text that child_fixed_arc takes. Give "
        "space.text(arc)."
    )
