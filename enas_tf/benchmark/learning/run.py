"""Does the controller learn: both parts, in order."""

from collections.abc import Sequence

from absl import logging

from enas_tf.benchmark.learning import frozen as frozen_lib
from enas_tf.benchmark.learning import on_table, settings
from enas_tf.benchmark.learning import table as table_lib
from enas_tf.config import errors
from enas_tf.config.sections import Config, ConfigError
from enas_tf.nn import precision

PARTS = ("table", "frozen")
SPACE = "macro"  # of the table
LAST_SEED = 2**31 - 1


def measure(
    config: Config,
    parts: Sequence[str],
    *,
    table_seeds: int,
    size: frozen_lib.Size,
) -> dict[str, float]:
    """All figures of `parts`; each is logged when it is known.

    Args:
      config: of a search. Its controller is tried in both parts; all of it counts in
        "frozen".
      parts: of `PARTS`.
      table_seeds: searches of the table with each setting.
      size: of "frozen".

    Raises:
      ConfigError: the data cannot be had, or settings do not fit them.
    """
    _refuse_seeds_beyond(config.run.seed, max(table_seeds, size.children, size.seeds))
    found: dict[str, float] = {}
    if "table" in parts:
        found |= _on_table(config, table_seeds)
    if "frozen" in parts:
        found |= _frozen(config, size)
    return found


def _refuse_seeds_beyond(first: int, count: int) -> None:
    most = LAST_SEED - count + 1
    if first > most:
        allowed = f"at most {most}, so that {count} seeds begin there"
        raise ConfigError(errors.refusal("seed", first, allowed))


def _on_table(config: Config, count: int) -> dict[str, float]:
    if reason := table_lib.missing():
        logging.info("Left out: %s", reason)
        return {}
    if config.run.search_for != SPACE:
        logging.info(
            "The table is of whole CNNs: --search_for=%s does not count for it; only "
            "the controller's settings of that space do, in the row given.",
            config.run.search_for,
        )
    configs = settings.compared(SPACE, config.controller)
    first = config.run.seed
    worth = on_table.compare(
        table_lib.read(), configs, range(first, first + count), counts=on_table.COUNTS
    )
    return on_table.figures(worth)


def _frozen(config: Config, size: frozen_lib.Size) -> dict[str, float]:
    space, aggregate = config.run.search_for, config.controller.num_aggregate
    configs = dict(
        given=config.controller,
        published=settings.published(space, aggregate=aggregate),
    )
    with precision.scope(config.child.precision):
        return frozen_lib.figures(frozen_lib.compare(config, configs, size))
