"""Which kind of final child a space has: a row for each kind of data."""

from typing import Any

from enas_tf.config.sections import Config
from enas_tf.config.spaces import kinds, registry
from enas_tf.stages.final_images import ImageClassifier
from enas_tf.stages.final_texts import LanguageModelling
from enas_tf.tasks.final import FinalTask

FINAL_TASKS: dict[str, type[FinalTask[Any]]] = {  # each with batches of its own
    kinds.IMAGES.name: ImageClassifier,
    kinds.TEXTS.name: LanguageModelling,
}


def of(config: Config) -> type[FinalTask[Any]]:
    """The kind of the space that `config` is of."""
    return FINAL_TASKS[registry.SPECS[config.run.search_for].data.name]
