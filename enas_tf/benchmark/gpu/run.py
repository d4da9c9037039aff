"""All sections, one behind the other; each figure is told as it comes.

No TensorFlow at the top. A section that fails or takes too long is told in a line,
and the others go on.
"""

import json
import sys
import time
from collections.abc import Callable, Sequence

from absl import logging

from enas_tf.benchmark.gpu import plan, processes
from enas_tf.benchmark.gpu.plan import Section
from enas_tf.config import sections as config

JOB = (sys.executable, "-m", "enas_tf.benchmark.gpu.job")
LEAST = 10.0  # seconds: in fewer no process comes to a figure
Figures = dict[str, float]


def device() -> str:
    """The name of the GPU, which is not taken yet; "" where TensorFlow sees none."""
    import tensorflow as tf

    for found in tf.config.list_physical_devices("GPU"):
        details = tf.config.experimental.get_device_details(found)
        return str(details.get("device_name", found.name))
    return ""


def refuse_missing(name: str) -> None:
    """Raises ConfigError where `device` found nothing."""
    if not name:
        raise config.ConfigError(
            "--what=gpu measures on a GPU, and TensorFlow sees none here. BUILD.md "
            'says under "On a GPU" what to install; leave gpu out of --what otherwise.'
        )


def measure(
    spaces: Sequence[str],
    parts: Sequence[str],
    *,
    minutes: float = plan.MINUTES,
    keep: Callable[[Figures], None] = lambda found: None,
    small: bool = False,
    job: Sequence[str] = JOB,
) -> Figures:
    """All figures, keys beginning with "gpu."; each is logged when it is known.

    Args:
      spaces: their names.
      parts: keys of `plan.PARTS`.
      minutes: of all; what would begin later is left out.
      keep: called with all figures so far after each line of a section.
      small: sizes of nothing, on whatever device there is: to try the code.
      job: what measures an order, which is its last argument.
    """
    found: Figures = {}
    ends = time.monotonic() + 60 * minutes
    sections = plan.sections(spaces, parts)
    for number, section in enumerate(sections, start=1):
        title = _title(section)
        left = ends - time.monotonic()
        if left < LEAST:
            logging.warning("%s: left out, the %g minutes are over.", title, minutes)
            continue
        logging.info("Measuring %s (%d of %d) ...", title, number, len(sections))
        order = section.order._replace(small=small)
        limited = Section(order, min(section.seconds, left))
        _one(limited, title, job, found, keep)
    return found


def _one(
    section: Section,
    title: str,
    job: Sequence[str],
    found: Figures,
    keep: Callable[[Figures], None],
) -> None:
    """Add the figures of a section to `found`."""
    command = [*job, json.dumps(section.order._asdict())]
    began = time.monotonic()
    try:
        for line in processes.lines(command, seconds=section.seconds):
            if not line.startswith("{"):
                continue  # of a library
            said = json.loads(line)
            if "failed" in said:
                logging.warning("%s: no figures: %s", title, said["failed"])
            _tell(said.get("figures", {}))
            found |= said.get("figures", {})
            keep(found)
    except (processes.Ended, OSError, ValueError) as error:
        logging.warning("%s: ended early: %s", title, error)
    logging.info("%s took %.0f s.", title, time.monotonic() - began)


def _tell(figures: Figures) -> None:
    for key, value in figures.items():
        logging.info("%-48s %10.4g", key, value)


def _title(section: Section) -> str:
    """The section in words."""
    order = section.order
    kind = "" if order.kind in order.label else order.kind
    words = [order.space, order.label.strip(".").replace(".", " "), kind]
    return " ".join(filter(None, words))
