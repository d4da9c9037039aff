"""Which kind of final child a space has: a row for each space."""

from typing import Any

from enas_tf.config import sections as config_lib
from enas_tf.config.sections import Config
from enas_tf.stages.final_images import ImageClassifier
from enas_tf.stages.final_texts import LanguageModelling
from enas_tf.tasks.final import FinalTask

FINAL_TASKS: dict[str, type[FinalTask[Any]]] = {  # each with batches of its own
    **dict.fromkeys(config_lib.IMAGES, ImageClassifier),
    **dict.fromkeys(config_lib.TEXTS, LanguageModelling),
}


def of(config: Config) -> type[FinalTask[Any]]:
    """The kind of the space that `config` is of."""
    return FINAL_TASKS[config.run.search_for]
