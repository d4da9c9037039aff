"""When the curves of a run are drawn: once a command, behind its last stage.

They take more than a second. A command of two stages draws those of the first one with
the second's, and at once if it stops in the second.
"""

from absl import logging

from enas_tf.command.request import Request
from enas_tf.config import modes
from enas_tf.config.errors import ConfigError
from enas_tf.stages import assembly


def due(request: Request, step: str) -> bool:
    """Whether no later stage of the command draws them."""
    return step == modes.MODES[request.mode].steps[-1]


def after_stage(request: Request, step: str) -> None:
    """Draw them, if they are due."""
    if due(request, step):
        assembly.draw_curves(request.folder)


def after_stop(request: Request, step: str) -> None:
    """Draw them if an earlier stage of the command left them to `step`, now stopped.

    That they cannot be written is told, and hides nothing of why it stopped.
    """
    if step == modes.MODES[request.mode].steps[0]:
        return
    try:
        assembly.draw_curves(request.folder)
    except ConfigError as error:
        logging.warning("The curves are not drawn: %s", error)
