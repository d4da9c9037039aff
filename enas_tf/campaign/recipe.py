"""The recipe of a training from scratch: one digest for all that may be compared."""

import hashlib
import json
from collections.abc import Mapping

from enas_tf.arcs import argument as arc_argument
from enas_tf.config import sections as config
from enas_tf.config.sections import Config, ConfigError
from enas_tf.run import settings as run_settings
from enas_tf.run.folder import RunFolder

# They differ between the trainings of one recipe.
_FREE = ("seed", "child_fixed_arc")
_DATA = "data"  # in what run.json says of a stage: what the data were


def values(settings: Mapping[str, object]) -> dict[str, object]:
    """The part of a training's settings that its recipe is: length, batches, schedule,
    augmentation, precision, data; {flag name: value}, but for defaults.

    So a setting that a later version has besides is none of an earlier recipe.
    """
    free = {*_FREE, arc_argument.sized_by(str(settings["search_for"]))}
    return {
        item.flag: settings[item.flag]
        for item in config.settings()
        if item.field.metadata["shapes_result"]
        and item.section not in run_settings.OTHER_SECTIONS["train"]
        and item.flag not in free
        and settings.get(item.flag, item.field.default) != item.field.default
    }


def digest(settings: Mapping[str, object]) -> str:
    """Equal for equal recipes."""
    text = json.dumps(values(settings), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def of(train: Config) -> str:
    """The digest of the settings of a stage."""
    return digest(config.flat(train))


def is_of(folder: RunFolder, recipe: str) -> bool:
    """Whether a training was by the recipe of this digest."""
    found = folder.settings("train", needed=False)
    return bool(found) and digest(found) == recipe


def data(folder: RunFolder) -> object:
    """The facts of the data of a training; None where they are not known."""
    return folder.fact("train", _DATA, dict)


def refuse_mixed(folders: Mapping[str, RunFolder]) -> None:
    """Refuse trainings that were on different data.

    Args:
      folders: of the trainings, by their names.

    Raises:
      ConfigError: as above; two of them are named.
    """
    known = {name: facts for name, f in folders.items() if (facts := data(f))}
    first = next(iter(known), "")
    for name, facts in known.items():
        if facts != known[first]:
            raise ConfigError(
                f"{first} and {name} were trained on different data, so they cannot be "
                "compared. Restore the data, move the folder of the one away, and give "
                "the same command again."
            )
