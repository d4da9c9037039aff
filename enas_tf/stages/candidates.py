"""Final children that are trained for a choice among them, and judged by validation.

Those of `stages/final_tasks.py`, which no validation data are trained into. They do not
have the test data, so that no choice can read them.
"""

from typing import Any, Protocol

from enas_tf.config.sections import Config, ConfigError
from enas_tf.config.spaces import kinds, registry
from enas_tf.data.images.image_data import Split
from enas_tf.stages import assembly, images, texts
from enas_tf.stages.final_images import ImageClassifier
from enas_tf.stages.final_texts import LanguageModelling
from enas_tf.tasks.final import FinalTask, Moves
from enas_tf.training import validation
from enas_tf.training.validation import Validated


class Candidate(FinalTask[Any], Protocol):
    """A `FinalTask` that can be validated, behind `settle`."""

    @staticmethod
    def check_fits(config: Config) -> None:
        """ConfigError where the data do not fit a training by `config`."""

    def validate(self, moves: Moves) -> Validated:
        """Means over the validation data."""


class ImageCandidate(ImageClassifier, Candidate):
    """A classifier that trains on the training images alone."""

    all_training = False

    def _splits(self) -> dict[str, Split]:
        data = self._data
        return dict(train=data.train, valid=data.valid)

    @staticmethod
    def check_fits(config: Config) -> None:
        """ConfigError where the images are too few or too small."""
        part = assembly.SPACES[config.run.search_for]
        reductions = part.reductions(part.space(config))
        images.load(config, reductions, all_training=False)

    def validate(self, moves: Moves) -> Validated:
        """Accuracy and log likelihood of the validation images."""
        return validation.of_images(
            self._model,
            self.task,
            batch_size=self._eval_batch_size,
            progress=moves("these validation batches"),
        )


class TextCandidate(LanguageModelling, Candidate):
    """A language model, which never trains on the validation text."""

    @staticmethod
    def check_fits(config: Config) -> None:
        """ConfigError where the text is too short."""
        texts.training_data(config)

    def validate(self, moves: Moves) -> Validated:
        """Nats a word of the validation text, as behind each epoch."""
        nats = self._loss.mean(
            self._data.valid,
            **self._rows,
            progress=moves("this piece of the validation"),
        )
        return Validated(nats, -nats)


CANDIDATES: dict[str, type[Candidate]] = {
    kinds.IMAGES.name: ImageCandidate,
    kinds.TEXTS.name: TextCandidate,
}


def of(config: Config) -> type[Candidate]:
    """The kind of the space that `config` is of.

    Raises:
      ConfigError: its kind of data has none.
    """
    kind = registry.SPECS[config.run.search_for].data.name
    if kind not in CANDIDATES:
        raise ConfigError(
            f"--derive_retrain_top is not allowed: a final child of {kind} has no "
            "validation (stages/candidates.py). Leave it out."
        )
    return CANDIDATES[kind]
