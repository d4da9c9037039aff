"""What a command would take: its stages tried out in a folder that is thrown away."""

import contextlib
import errno
import json
import os
import pathlib
import shutil
import time
from collections.abc import Callable, Iterator

import tensorflow as tf
import threadpoolctl
from absl import logging

from enas_tf.command import dry_places
from enas_tf.command.request import DryRun, Request
from enas_tf.machine import free_memory, memory_watch, own_memory
from enas_tf.nn import precision
from enas_tf.run import disk, lines, outlook
from enas_tf.run.outlook import Need, Outlook, Span
from enas_tf.stages import shortage, timed, tried_ops
from enas_tf.stages import trials as trials_lib
from enas_tf.stages.trials import Trials

_DISK_FULL = os.strerror(errno.ENOSPC)  # by TensorFlow a resource like memory
SPARED = 0.05  # of the free memory, the part that trying out must leave


def run(request: Request, asked: DryRun) -> None:
    """Tell a shell what the command would take.

    Raises:
      ConfigError: a mistake that only the data could show.
      SystemExit: memory or disk will not do (`outlook.SHORT`).
    """
    found = of(request, asked, exhausted=lambda: _end(request))
    logging.info("%s", found)
    path = request.configs["search"].run.dry_run_json
    if path:
        text = json.dumps(found.as_json(), indent=1)
        disk.write_text(pathlib.Path(path).expanduser(), text + "\n")
    if found.shortage:
        logging.error("%s", found.shortage)
        raise SystemExit(outlook.SHORT)


def _end(request: Request) -> None:
    """End the process at once, before the system ends one: memory is short."""
    nothing = Need(0, None)
    space = trials_lib.space(request).name
    logging.error("%s", shortage.sentence(space, nothing, nothing, exhausted=True))
    logging.flush()
    shutil.rmtree(request.folder.path.parent, ignore_errors=True)  # see `twin.built`
    os._exit(outlook.SHORT)


def of(
    request: Request,
    asked: DryRun,
    *,
    exhausted: Callable[[], None] = lambda: None,
) -> Outlook:
    """What a request of `twin.built` would take.

    Args:
      request: of the twin.
      asked: its `dry_run`.
      exhausted: called by another thread where nearly all memory is taken.

    Raises:
      ConfigError: a mistake that only the data could show.
    """
    started = timed.once(time.monotonic() - asked.began)
    own_memory.forget_peak()
    free = free_memory.available()
    there = None if free is None else free + own_memory.resident()
    where = lines.shown(asked.output_dir)
    logging.info("Trying out a few steps of each kind; %s stays as it is.", where)
    try:
        with (
            _silent(),
            threadpoolctl.threadpool_limits(1, user_api="blas"),
            precision.scope(trials_lib.precision_of(request)),
            memory_watch.watched(int(SPARED * (free or 0)), exhausted),
        ):
            tried_ops.refuse_wrong(request)
            found, ended = trials_lib.made(request), False
    except (tf.errors.ResourceExhaustedError, MemoryError) as error:
        if _DISK_FULL in str(error):
            raise OSError(errno.ENOSPC, _DISK_FULL) from None
        found, ended = Trials(None, {}), True
    memory = Need(own_memory.peak(), there)
    free_disk = shutil.disk_usage(dry_places.existing(asked.output_dir)).free
    return _outlook(request, found, started, memory, free_disk, ended)


def _outlook(
    request: Request,
    found: Trials,
    started: Span,
    memory: Need,
    free_disk: int,
    exhausted: bool,
) -> Outlook:
    space, searched = trials_lib.space(request), found.searched
    space_on_disk = Need(trials_lib.bytes_written(found), free_disk)
    stages = {} if exhausted else trials_lib.seconds(request, found, started)
    return Outlook(
        mode=request.mode,
        architectures=space.size,
        shared_parameters=searched.shared_parameters if searched else None,
        final_parameters=trials_lib.final_parameters(found),
        stages=stages,
        memory=memory,
        disk=space_on_disk,
        rests_on=trials_lib.rests_on(found),
        shortage=shortage.sentence(
            space.name, memory, space_on_disk, exhausted=exhausted
        ),
    )


@contextlib.contextmanager
def _silent() -> Iterator[None]:
    """Inside, the log has warnings alone: what is tried out is no run to read of."""
    before = logging.get_verbosity()
    logging.set_verbosity(logging.WARNING)
    try:
        yield
    finally:
        logging.set_verbosity(before)
