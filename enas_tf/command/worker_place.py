"""Where a worker other than the chief works: a copy of the run's folder, for a while.

All workers run the same command and come to the same weights; what is kept is written
by the chief alone. So another worker begins in a twin of the folder (command/twin.py),
which is removed when it ends.
"""

import contextlib
import pathlib
from collections.abc import Iterator, Mapping

from enas_tf.command import held_folder, request, twin
from enas_tf.command.request import Request
from enas_tf.config import modes
from enas_tf.config.sections import ConfigError
from enas_tf.machine import cluster as cluster_lib
from enas_tf.run import space as run_space
from enas_tf.run.folder import RunFolder

PREFIX = "enas_tf_worker_"
WORKERS = "multi_worker"


def is_for(given: Mapping[str, object]) -> bool:
    """Whether workers carry out the command together."""
    mode = modes.MODES.get(run_space.mode(given))
    return given.get("distribute") == WORKERS and (mode is None or mode.begins)


def refuse(given: Mapping[str, object]) -> None:
    """Refuse a command that several workers cannot give together: ConfigError."""
    for name in ("dry_run", "rerun"):
        if given.get(name):
            raise ConfigError(
                f"--{name} is not allowed with --distribute={WORKERS}. Leave one of "
                "the two out."
            )
    if given.get("mode") in modes.OF_CAMPAIGNS:
        raise ConfigError(
            f"--distribute={WORKERS} is not allowed with --mode={given['mode']}, whose "
            "jobs run by themselves. Leave it out, or give --distribute=mirrored."
        )


@contextlib.contextmanager
def built(
    given: Mapping[str, object],
    preset: str | None,
    command: list[str],
    *,
    began: float | None = None,
) -> Iterator[Request]:
    """The request of one worker; of the chief it is that of the command itself.

    The arguments are those of `request.build`.

    Raises:
      ConfigError: TF_CONFIG, or the command, is not right.
    """
    cluster = cluster_lib.read()
    asked = preset, command
    if cluster.is_chief:
        yield request.build(given, *asked, began=began)._replace(cluster=cluster)
        return
    run = request.run_settings(run_space.with_space(given))
    with held_folder.temporary(PREFIX) as place:
        folder, own = RunFolder(run.output_dir), pathlib.Path(place) / "run"
        if not run.reset_output_dir and folder.path.is_dir():
            twin.copy(folder, own)
        there = dict(given, output_dir=str(own), progress=False, report="no")
        made = request.build(there, *asked, began=began)
        try:
            yield made._replace(cluster=cluster)
        finally:
            made.folder.release()
