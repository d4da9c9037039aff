"""Whether a stage that goes on, or is looked at, has the data that it began with."""

import zlib
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from enas_tf.command.request import Request
from enas_tf.config import modes
from enas_tf.config.sections import ConfigError
from enas_tf.data.dataset import Dataset
from enas_tf.run import settings as run_settings
from enas_tf.run.report import Report

KEY = "data"  # in what run.json says of a stage


class Facts(NamedTuple):
    """The facts of data that run.json keeps.

    Attributes:
      unit: what is counted, such as "images".
      train, valid, test: the number of them.
      classes: how many an answer is one of; of texts, the words of the vocabulary.
      checksum: equal for equal data in equal order.
    """

    unit: str
    train: int
    valid: int
    test: int
    classes: int
    checksum: str

    @property
    def sizes(self) -> str:
        """Of the three splits."""
        return f"{self.train:,} / {self.valid:,} / {self.test:,}"


def bind(request: Request, stage: str, data: Dataset, report: Report) -> Facts:
    """Keep the facts when `stage` begins; compare them once it has saved something.

    A stage that was begun by a version that kept nothing is let pass, and so is one
    whose facts were lost; the facts that it goes on with are recorded then. So is one
    of a version that kept other facts.

    Returns:
      Those of `data`.

    Raises:
      ConfigError: the data are others, and would be trained on or exported.
    """
    folder, now = request.folder, facts(data)
    # Weights are not changed then, and other data may be meant; an export, whose means
    # and vocabulary are those of the data, would be another model.
    lets_pass = modes.MODES[request.mode].lets_pass
    if not folder.has_checkpoint(stage):
        folder.record(stage, **{KEY: now._asdict()})
        return now
    known = folder.fact(stage, KEY, dict)
    if known is None and not lets_pass:
        folder.record(stage, **{KEY: now._asdict()})
    begun = _facts_of(known or {})
    if begun in (None, now):
        return now
    words = f"the data are not those that this {run_settings.NOUNS[stage]} began with"
    words += f": {_difference(begun, now, data.answers)}"
    if not lets_pass or begun.classes != now.classes:
        raise ConfigError(
            f"--output_dir={folder.path}: {words}. Restore them, begin anew with "
            "--reset_output_dir, or choose another folder."
        )
    report.message(f"Careful: {words}.")
    if stage == "train":
        report.message("Some of the test data may have been trained on.")
    return now


def facts(data: Dataset) -> Facts:
    """Of `data`; CIFAR-10 takes a tenth of a second."""
    checksum = 0
    for array in data.arrays:
        checksum = zlib.crc32(np.ascontiguousarray(array).data, checksum)
    return Facts(
        data.unit, *data.sizes, classes=data.num_answers, checksum=f"{checksum:08x}"
    )


def _facts_of(known: Mapping[str, object]) -> Facts | None:
    """The facts in run.json, if they are whole."""
    if set(known) != set(Facts._fields):
        return None
    kinds = Facts.__annotations__.items()
    whole = all(type(known[name]) is kind for name, kind in kinds)
    return Facts._make(known[n] for n in Facts._fields) if whole else None


def _difference(begun: Facts, now: Facts, answers: str) -> str:
    if begun.classes != now.classes:
        return f"{begun.classes:,} {answers} then, {now.classes:,} now"
    if begun.sizes != now.sizes:
        return f"{begun.sizes} {now.unit} then, {now.sizes} now (train / valid / test)"
    return f"as many {now.unit} ({now.sizes}), but not the same"
