"""Log lines on the conditions under which a stage goes on; see record.py."""

import os

from enas_tf.machine import processor
from enas_tf.machine import record as machine
from enas_tf.machine.record import Machine, Wanted
from enas_tf.run import settings as run_settings

_FORMS = (
    "threads",
    "onednn",
    "remapping",
    "filters_in_parts",
    "norms_in_pairs",
    "losses_by_softmax",
)
_LAST_DIGITS = "may differ from those of an uninterrupted run"


def notes(wanted: Wanted, held: Machine) -> list[str]:
    """The lines, one for each condition that is not as it was or as was asked.

    Args:
      wanted: the command's conditions.
      held: those of this process, once TensorFlow has started.
    """
    lines = [*_overruled(wanted, held), *_not_to_be_had(wanted, held)]
    if wanted.begun:
        lines += [*_threads(wanted, held), *_elsewhere(wanted, wanted.begun, held)]
    elif wanted.stage:
        lines.append(_unknown(wanted, held))
    return [*lines, *_by_chance(wanted, held)]


def beside(stage: str, begun: Machine, held: Machine) -> list[str]:
    """Notices on a `stage` that goes on under the conditions of another one."""
    differ = [name for name in _FORMS if getattr(begun, name) != getattr(held, name)]
    if not differ:
        return []
    listed = ", ".join(
        f"{name} {getattr(begun, name)} (here {getattr(held, name)})" for name in differ
    )
    return [
        f"Careful: this {run_settings.NOUNS[stage]} began with {listed}: a command has "
        f"what its last stage began with. Give --mode={stage} for what this one did, "
        f"or its last digits {_LAST_DIGITS}."
    ]


def _overruled(wanted: Wanted, held: Machine) -> list[str]:
    """A wish in the environment that the stage overrules."""
    lines = [
        f"{name}={os.environ[name]} has no effect here: --threads counts."
        for name in machine.THREADS
        if os.environ.get(name, "") not in ("", "0", str(held.threads))
    ]
    asked = wanted.onednn_asked
    if wanted.begun and asked is not None and asked != held.onednn:
        lines.append(
            f"{machine.ONEDNN}={int(asked)} has no effect here: this {_stage(wanted)} "
            f"began with oneDNN {_switch(held.onednn)}, and goes on so."
        )
    return lines


def _not_to_be_had(wanted: Wanted, held: Machine) -> list[str]:
    """Conditions that cannot be had: TensorFlow runs already, or cannot meet them."""
    begun = f"this {_stage(wanted)} began with" if wanted.begun else "asked for:"
    lines = []
    if held.threads != wanted.threads:
        lines.append(
            f"TensorFlow has {_count(held.threads, 'thread')} in this process already; "
            f"{begun} {wanted.threads}. Last digits {_LAST_DIGITS}."
        )
    if wanted.onednn not in (None, held.onednn):
        lines.append(
            f"oneDNN is {_switch(held.onednn)} in this process; {begun} it "
            f"{_switch(not held.onednn)}. Last digits {_LAST_DIGITS}."
        )
    return lines


def _threads(wanted: Wanted, held: Machine) -> list[str]:
    """Threads unlike the cores that are here: slower than one would think."""
    cores = processor.cores()
    if wanted.threads == cores or held.threads != wanted.threads:
        return []
    return [
        f"This {_stage(wanted)} began with {_count(wanted.threads, 'thread')} and goes "
        f"on with as many, for the same bits; {_count(cores, 'core')} can be used here."
    ]


def _elsewhere(wanted: Wanted, begun: Machine, held: Machine) -> list[str]:
    """Another processor, GPU, TensorFlow or Keras than it began with."""
    was, now = [], []
    if begun.gpu != held.gpu:
        was.append(begun.gpu or "no GPU")
        now.append(held.gpu or "no GPU")
    if begun.processor != held.processor:
        then, here = processor.difference(begun.processor, held.processor)
        was.append(then)
        now.append(here)
    if begun.tensorflow != held.tensorflow:
        was.append(f"TensorFlow {begun.tensorflow}")
        now.append(f"TensorFlow {held.tensorflow}")
    if begun.keras != held.keras:
        was.append(f"Keras {begun.keras}")
        now.append(f"Keras {held.keras}")
    if not was:
        return []
    return [
        f"Careful: this {_stage(wanted)} began on {', '.join(was)}; here it is "
        f"{', '.join(now)}. It goes on, but its last digits {_LAST_DIGITS}."
    ]


def _unknown(wanted: Wanted, held: Machine) -> str:
    """A stage that goes on without a record of its conditions."""
    stage, threads = _stage(wanted), _count(held.threads, "thread")
    onednn = f"oneDNN {_switch(held.onednn)}"
    if not wanted.remapping:
        return (
            f"Careful: run.json no longer says on which machine this {stage} began. It "
            f"goes on with the {threads} in {wanted.stage}/config.json and {onednn}; "
            f"if that was not so, its last digits {_LAST_DIGITS}."
        )
    advice = "Give --threads if that was another number"
    if wanted.asked:
        advice = f"If oneDNN was not, set {machine.ONEDNN}={int(not held.onednn)}"
    return (
        f"This {stage} was begun by a version that did not keep its number of threads. "
        f"It goes on with {threads} and {onednn}. {advice}, or last digits "
        f"{_LAST_DIGITS}."
    )


def _by_chance(wanted: Wanted, held: Machine) -> list[str]:
    """Remapping with oneDNN, whose kernels do not give equal bits in every process."""
    if not (wanted.stage and held.remapping and held.onednn):
        return []
    return [
        f"Careful: this {_stage(wanted)} goes on with TensorFlow's remapping, as it "
        "began, and with oneDNN. With both, equal steps had unequal last digits in "
        "some processes; a run that begins now has no remapping."
    ]


def _stage(wanted: Wanted) -> str:
    return run_settings.NOUNS[wanted.stage]


def _switch(on: bool) -> str:
    return "on" if on else "off"


def _count(number: int, name: str) -> str:
    return f"{number} {name}{'' if number == 1 else 's'}"
