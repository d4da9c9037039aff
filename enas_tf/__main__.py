"""The command line: flags, a request, the experiment. Intentionally short.

  python -m enas_tf --preset=demo --mode=all
  enas-tf --help

Both are there once the package is installed; `python bin/main.py` needs no
installation. TensorFlow is imported only after everything that can be refused without
it has been looked at, so that a slip of the pen costs no seconds.
"""

import contextlib
import errno
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from types import FrameType
from typing import NoReturn, TypeVar

_STOPPED = b"enas_tf: stopped.\n"


def _end_at_once(number: int, frame: FrameType | None) -> None:
    """Ends the program while its modules are imported, when nothing is begun yet."""
    del frame
    os.write(sys.stderr.fileno(), _STOPPED)
    os._exit(128 + number)


_HEARD = signal.getsignal(signal.SIGINT) is signal.default_int_handler
if __name__ == "__main__" and _HEARD:  # else Ctrl-C is for somebody else
    signal.signal(signal.SIGINT, _end_at_once)

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")  # read when Keras is imported

from absl import app, logging

from enas_tf.command import (
    checks,
    effects,
    flag_reading,
    flags,
    interrupts,
    keywords,
    plugins,
    quiet,
    request,
    rerun,
    same_run,
    twin,
    typed,
    worker_place,
)
from enas_tf.command.request import Request
from enas_tf.config import modes
from enas_tf.config import sections as config
from enas_tf.machine import meeting, start
from enas_tf.machine import record as machine
from enas_tf.run import disk, lines
from enas_tf.run import space as run_space
from enas_tf.run.folder import RunFolder

if __name__ == "__main__" and _HEARD:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# When the command began: all that Python has worked so far was to import.
BEGAN = time.monotonic() - time.process_time()

ValueT = TypeVar("ValueT")


def main(argv: list[str]) -> None:
    """Runs the command whose flags `parse` has read."""
    in_one_line(run, argv)


def parse(argv: list[str]) -> list[str]:
    """Reads the flags in `argv`; gives `argv` back, for `main`."""
    in_one_line(_define, argv)
    in_one_line(flags.parse, argv)
    return argv


def _define(argv: list[str]) -> None:
    """All flags, those that a plugin brings as well."""
    plugins.load(flag_reading.early(argv, "plugin"))
    flags.define()


def run(argv: list[str]) -> None:
    """Refuses what is wrong, then hands over."""
    quiet.plain_log()
    if run_space.mode(flags.given()) in modes.READING:
        from enas_tf.page import reading  # imports matplotlib

        quiet.show(reading.carry_out(flags.given()))
        return
    if "rerun" in flags.given():
        _run_again(rerun.plan(flags.given()), _started(argv[0]))
        return
    command = flags.command(_started(argv[0]))
    if flags.given().get("mode") in modes.OF_CAMPAIGNS:
        from enas_tf.campaign import command as campaign  # for its modes alone

        checks.check_idle(flags.idle())
        campaign.run(flags.given(), flags.preset(), command)
        return
    held = run_space.with_space(flags.given()).get("search_for")
    space = None if held is None else str(held)
    checks.check_idle(flags.idle(space=space))
    found = keywords.Asked(
        flags.given(space=space), flags.preset(), command, flags.notices(space=space)
    )
    _carry_out(found, BEGAN)


def _run_again(plan: rerun.Plan, program: list[str]) -> None:
    """Repeats a run, and compares; the exit status is 1 if a figure differs."""
    rerun.prepare(plan)
    began = BEGAN
    for settings in plan.commands:
        found = keywords.read(settings)
        python, _, words = typed.parts(found.command)
        _carry_out(found._replace(command=[python, *program, *words]), began).release()
        began = time.monotonic()
    new = RunFolder.read_only(plan.new).run()
    compared = same_run.compare(plan.folder, plan.old, plan.new, new)
    for line in same_run.sentences(compared, plan.old, new):
        logging.info("%s", line)
    if compared.differ:
        raise SystemExit(1)


def _carry_out(found: keywords.Asked, began: float) -> RunFolder:
    """Carries out one command; gives its folder, which is this process's."""
    with _asked(found, began) as asked, asked.folder.noted():
        signal.signal(signal.SIGTERM, _terminate)
        idle = effects.notices(asked.mode, asked.begun, found.given)
        for notice in (*found.notices, *idle):
            logging.warning("%s", notice)
        machine.prepare(asked.machine)
        if asked.cluster:
            meeting.prepare()
        with quiet.standard_error(), interrupts.kept():
            start.tensorflow()
            from enas_tf.machine import tensorflow_state
            from enas_tf.stages import run as experiment  # import TensorFlow
        if asked.cluster:
            meeting.meet(asked.cluster)
        with quiet.standard_error(), interrupts.kept():
            tensorflow_state.start(asked.machine)
        experiment.run(asked)
    return asked.folder


@contextlib.contextmanager
def _asked(found: keywords.Asked, began: float) -> Iterator[Request]:
    """The request; of a dry run, in a folder that is removed behind the block.

    So it is of a worker that keeps nothing.
    """
    asked = found.given, found.preset, found.command
    if worker_place.is_for(found.given):
        worker_place.refuse(found.given)
        with worker_place.built(*asked, began=began) as made:
            yield made
    elif found.given.get("dry_run"):
        with twin.built(*asked, began=began) as made:
            yield made
    else:
        yield request.build(*asked, began=began)


def _started(program: str) -> list[str]:
    """What was started, which may have added to the program before this.

    `runpy` puts a file in the place of it in `sys.argv`.
    """
    if __name__ != "__main__":
        return [program]
    words = sys.orig_argv[1:]
    for word, after in zip(words, [*words[1:], ""], strict=True):
        if word == "-m":
            return [word, after]
        if word == "-c":
            break
        if os.path.isfile(word):
            return [word]
    return [program]


def _terminate(number: int, frame: FrameType | None) -> None:
    """Ends the program as the signal would, but for what is noted on the way out."""
    del frame
    os.write(sys.stderr.fileno(), _STOPPED)
    raise SystemExit(128 + number)


def in_one_line(step: Callable[[list[str]], ValueT], argv: list[str]) -> ValueT:
    """`step(argv)`; a user's mistake or wish ends the program with one line."""
    try:
        return step(argv)
    except config.ConfigError as error:
        end(f"error: {error}", status=2)
    except KeyboardInterrupt:
        end("stopped.", status=130)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        end(f"error: {disk.explain(error.filename or 'a file', error)}", status=2)


def end(message: str, *, status: int) -> NoReturn:
    """Ends the program; `message` becomes one line whatever it quotes."""
    line = lines.visible(" ".join(message.splitlines()))
    print("enas_tf:", line, file=sys.stderr)
    raise SystemExit(status)


if __name__ == "__main__":
    app.run(main, flags_parser=parse)
