"""Keeps on which machine a stage begins; says where one goes on otherwise."""

from enas_tf.command.request import Request
from enas_tf.machine import notes as machine_notes
from enas_tf.machine import record as machine
from enas_tf.machine import tensorflow_state
from enas_tf.run.report import Report


def bind(request: Request, stage: str, report: Report) -> None:
    """Keep the conditions, if `stage` begins; `stages/run.py` sees to those of one.

    A command of two stages can go by one of them only.
    """
    folder, held = request.folder, tensorflow_state.held()
    machine.record_conditions(folder, stage, request.machine, held)
    begun = machine.recorded(folder, stage)
    if begun and stage != request.machine.stage:
        for line in machine_notes.beside(stage, begun, held):
            report.message(line)
