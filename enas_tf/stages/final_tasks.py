"""What the final child of a space is: a row for each kind."""

from typing import Any

from enas_tf.config import sections as config_lib
from enas_tf.config.sections import Config
from enas_tf.stages.final_images import ImageClassifier
from enas_tf.stages.final_texts import LanguageModelling
from enas_tf.tasks.final import FinalTask

# By their spaces; each kind has batches of its own.
FINAL_TASKS: dict[tuple[str, ...], type[FinalTask[Any]]] = {
    config_lib.IMAGES: ImageClassifier,
    config_lib.TEXTS: LanguageModelling,
}


def of(config: Config) -> type[FinalTask[Any]]:
    """The kind of the space that `config` is of."""
    space = config.run.search_for
    return next(kind for spaces, kind in FINAL_TASKS.items() if space in spaces)
