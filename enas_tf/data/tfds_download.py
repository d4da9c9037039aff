"""Downloads a TFDS data set, or says within seconds why not.

Offline, TFDS tries again and again for minutes before it gives up. So the host is asked
first, with a short time limit.
"""

import threading
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

from absl import logging

from enas_tf.config.sections import ConfigError

if TYPE_CHECKING:
    import tensorflow_datasets as tfds

ANSWER_SECONDS = 8  # for the host to answer; looking up its name may block for longer
WAYS_OUT = (
    "Use --dataset=digits (embedded, no download), --data_dir=FOLDER where TFDS data "
    "is prepared, or --data_path=FOLDER with cifar-10-batches-py or a folder per class."
)


def prepare(builder: "tfds.core.DatasetBuilder", *, name: str) -> None:
    """Download and prepare the data set of `builder`.

    Args:
      builder: a `tfds.core.DatasetBuilder` that is not prepared.
      name: the user's name for it.

    Raises:
      ConfigError: it cannot be had; one line that names the ways out.
    """
    import tensorflow_datasets as tfds

    if builder.MANUAL_DOWNLOAD_INSTRUCTIONS:
        raise ConfigError(
            f"--dataset={name} is not in {builder.data_path} and must be downloaded by "
            f"hand (`tfds build {name}` says how). {WAYS_OUT}"
        )
    urls = list(builder.url_infos or ()) or [builder.info.homepage]
    if reason := problem(urls[0]):
        raise ConfigError(
            f"--dataset={name} is not in {builder.data_path} and cannot be downloaded "
            f"({reason}). {WAYS_OUT}"
        )
    size = sum(info.size for info in (builder.url_infos or {}).values())
    logging.info(
        "Downloading %s (%.1f GiB) to %s", name, size / 2**30, builder.data_path
    )
    # No look at TFDS's own storage: without access to it, that takes minutes.
    settings = tfds.download.DownloadConfig(try_download_gcs=False)
    try:
        builder.download_and_prepare(download_config=settings)
    except Exception as error:  # of any kind: every set has its own code
        raise ConfigError(
            f"--dataset={name} could not be prepared in {builder.data_path} "
            f"({one_line(error)}). {WAYS_OUT}"
        ) from None


def one_line(error: BaseException, limit: int = 150) -> str:
    """The beginning of the message of `error`, on one line."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= limit else text[: limit - 3] + "..."


def problem(url: str) -> str:
    """The reason why nothing can be had from `url`; "" if it answers in time."""
    found: list[str] = []
    # A daemon thread, since the look-up of a host's name has no time limit of its own.
    thread = threading.Thread(target=lambda: found.append(_ask(url)), daemon=True)
    thread.start()
    thread.join(ANSWER_SECONDS)
    host = url.split("/")[2] if "://" in url else url
    if not found:
        return f"{host} does not answer within {ANSWER_SECONDS} s"
    return f"{host}: {found[0]}" if found[0] else ""


def _ask(url: str) -> str:
    """The failure of asking for `url`, through the proxy that is set, if any."""
    try:
        with urllib.request.urlopen(url, timeout=ANSWER_SECONDS):
            return ""
    except urllib.error.HTTPError as error:
        return f"the answer is {error.code} {error.reason}"
    except urllib.error.URLError as error:
        return " ".join(str(error.reason).split())
    except (OSError, ValueError) as error:
        return one_line(error)
