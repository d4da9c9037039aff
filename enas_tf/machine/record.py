"""The conditions under which two runs have equal bits, and the choice among them.

How a sum is rounded hangs on the number of threads that share it, on oneDNN, on what
is fused, and on the processor, for which kernels are chosen. So a stage keeps its
conditions in run.json when it begins, and goes on under them. No TensorFlow, as in
command/request.py.
"""

import os
from collections.abc import Sequence
from importlib import metadata
from typing import NamedTuple

from enas_tf.config.sections import ConfigError
from enas_tf.machine import processor
from enas_tf.run import settings as run_settings
from enas_tf.run.folder import RunFolder

KEY = "machine"  # in what run.json says of a stage
ONEDNN = "TF_ENABLE_ONEDNN_OPTS"  # TensorFlow reads it once, when it is imported
# By these TensorFlow would take another number; --threads is stronger.
THREADS = ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
_WORDS = {"0": False, "false": False, "1": True, "true": True}


class Machine(NamedTuple):
    """The conditions of a stage, as run.json keeps them.

    Attributes:
      threads: that share an operation.
      onednn: whether TensorFlow takes oneDNN's kernels.
      remapping: whether TensorFlow fuses neighbouring operations, as it does by itself.
      processor: its kind, see `processor.kind`.
      tensorflow, keras: their versions.
      gpu: the name of the GPU that computes; "" where there is none.
      filters_in_parts: whether gradients of 5 x 5 depthwise filters are taken in parts,
        see nn/depthwise.py. Up to 0.3.0 they were not.
      norms_in_pairs: whether maps are normalised in pairs of pixels, see
        nn/batch_norm.py. Up to 0.4.0 they were not.
      losses_by_softmax: whether losses of words are taken from a softmax, see
        nn/cross_entropy.py. Up to 0.7.0 they were not.
      nodes_together: whether the nodes of a cell that is searched are one function, see
        nn/chosen_nodes.py. Up to 0.8.5 they were not; nobody can choose.
    """

    threads: int
    onednn: bool
    remapping: bool
    processor: str
    tensorflow: str
    keras: str
    gpu: str = ""
    filters_in_parts: bool = False
    norms_in_pairs: bool = False
    losses_by_softmax: bool = False
    nodes_together: bool = False


class Wanted(NamedTuple):
    """The conditions that a command asks of TensorFlow.

    Attributes:
      threads: that share an operation.
      onednn: None: what TensorFlow takes by itself.
      remapping: see `Machine`.
      stage: the one that goes on or is looked at; "" if none does.
      begun: its conditions when it began, None where they are not known.
      asked: the user's number of threads, 0 for none.
      onednn_asked: the user's wish in the environment, None for none.
      filters_in_parts: see `Machine`; with oneDNN only.
      norms_in_pairs: see `Machine`; with oneDNN and AVX512 only.
      losses_by_softmax: see `Machine`; without a GPU only.
      distribute, devices: --distribute and --distribute_devices, of a command that
        trains; they are no condition.
    """

    threads: int
    onednn: bool | None = None
    remapping: bool = False
    stage: str = ""
    begun: Machine | None = None
    asked: int = 0
    onednn_asked: bool | None = None
    filters_in_parts: bool = True
    norms_in_pairs: bool = True
    losses_by_softmax: bool = True
    distribute: str = "none"
    devices: int = 0


def wanted(asked: int, stages: Sequence[str], folder: RunFolder) -> Wanted:
    """The conditions for a command: those of the last of its stages that has begun.

    Args:
      asked: --threads.
      stages: those that it goes on with or looks at.
      folder: where they may have begun.

    Raises:
      ConfigError: that is another number than the stage began with.
    """
    stage = next((s for s in stages[::-1] if folder.has_checkpoint(s)), "")
    mine = Wanted(0, stage=stage, asked=asked, onednn_asked=_onednn_asked())
    if not stage:
        return mine._replace(threads=asked or processor.cores())
    begun = recorded(folder, stage)
    known = begun.threads if begun else _in_settings(folder, stage)
    if known and asked not in (0, known):
        raise _other_threads(asked, known, stage, folder)
    if begun:
        return mine._replace(
            threads=begun.threads,
            onednn=begun.onednn,
            remapping=begun.remapping,
            filters_in_parts=begun.filters_in_parts,
            norms_in_pairs=begun.norms_in_pairs,
            losses_by_softmax=begun.losses_by_softmax,
            begun=begun,
        )
    if known:
        return mine._replace(threads=known)
    # Begun by a version that left all this to TensorFlow, which sees no group's limit.
    seen = asked or processor.seen()
    return mine._replace(
        threads=seen,
        remapping=True,
        filters_in_parts=False,
        norms_in_pairs=False,
        losses_by_softmax=False,
    )


def recorded(folder: RunFolder, stage: str) -> Machine | None:
    """The conditions of `stage`; None where they were not kept, or are damaged."""
    fields = folder.run()["stages"].get(stage, {}).get(KEY)
    if not isinstance(fields, dict):
        return None
    # Versions up to 0.3.0 kept neither the GPU nor the form of filters' gradients, and
    # up to 0.7.0 not that of normalising and of words' losses.
    fields = Machine._field_defaults | fields
    if set(fields) != set(Machine._fields):
        return None
    types = Machine.__annotations__
    if any(type(fields[name]) is not types[name] for name in types):
        return None
    return Machine(**fields) if fields["threads"] > 0 else None


def record_conditions(
    folder: RunFolder, stage: str, asked: Wanted, held: Machine
) -> None:
    """Keep in run.json that `stage` begins, as long as it has saved nothing.

    Of a stage that was begun by a version without it, a number of threads that the user
    gives is taken at his word, and binds from then on.
    """
    begins = not folder.has_checkpoint(stage)
    if begins or (asked.asked and asked.stage == stage and not asked.begun):
        folder.record(stage, **{KEY: held._asdict()})


def prepare(asked: Wanted) -> None:
    """Tell TensorFlow, before it is imported, whether to take oneDNN's kernels."""
    if asked.onednn is not None:
        os.environ[ONEDNN] = str(int(asked.onednn))


def versions() -> dict[str, str]:
    """Of TensorFlow and Keras, from their metadata: to import them takes seconds."""
    return {name: metadata.version(name) for name in ("tensorflow", "keras")}


def _in_settings(folder: RunFolder, stage: str) -> int:
    """The threads in the stage's settings, which say them twice; 0 of old ones."""
    threads = folder.settings(stage, needed=False).get("threads")
    return threads if type(threads) is int and threads > 0 else 0


def _onednn_asked() -> bool | None:
    """As TensorFlow reads it."""
    return _WORDS.get(os.environ.get(ONEDNN, "").lower())


def _other_threads(
    asked: int, known: int, stage: str, folder: RunFolder
) -> ConfigError:
    noun = run_settings.NOUNS[stage]
    return ConfigError(
        f"--threads was {known} when the {noun} in --output_dir={folder.path} began, "
        f"and is now {asked}. Leave --threads out: it goes on with {known}. "
        "Only a new run can have another number."
    )
