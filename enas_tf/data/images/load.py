"""Image classification data: the choice of a source.

No TensorFlow here: a source imports it when it is asked, if it needs it.
"""

import contextlib
import os
from collections.abc import Iterator

from enas_tf.config import sections as config_lib
from enas_tf.data.images import store
from enas_tf.data.images.image_data import ImageData


def load(config: config_lib.DataConfig) -> ImageData:
    """Read the data that `config` names, into memory or a file beside it.

    Where there is no official split, `config.split_seed` decides which images are set
    aside.

    Raises:
      ConfigError: it is not there, cannot be read, or is not image classification.
    """
    if config.data_path:
        return _load_path(config)
    if config.dataset == "digits":
        from enas_tf.data.images import digits

        keeps = store.of_config(config)
        return digits.load(config.image_size, seed=config.split_seed, store=keeps)
    if config.dataset == "hard_digits":
        from enas_tf.data.images import hard_digits

        return hard_digits.load(config.image_size, store=store.of_config(config))
    from enas_tf.data.images import tfds_source

    return tfds_source.load(config)


def check_path(data_path: str) -> None:
    """Refuse a `--data_path` that cannot be right, at once and without TensorFlow.

    It must be a folder that holds batches of CIFAR or folders of classes, or a file of
    arrays or pixels. No image is opened. Without a path there is nothing to check.

    Raises:
      ConfigError: it is none of these.
    """
    from enas_tf.data.images import original_files, own_files, split_folders, wrong_path

    if not data_path:
        return
    if own_files.is_one(data_path):
        own_files.check(data_path)
        return
    folder = os.path.expanduser(data_path)
    if not os.path.isdir(folder):
        raise config_lib.ConfigError(wrong_path.refusal(data_path))
    with _listing(data_path):
        if not original_files.find(folder):
            split_folders.layout(folder)


def _load_path(config: config_lib.DataConfig) -> ImageData:
    from enas_tf.data.images import class_folders, original_files, own_files

    check_path(config.data_path)
    folder = os.path.expanduser(config.data_path)
    size, seed, keeps = config.image_size, config.split_seed, store.of_config(config)
    with _listing(config.data_path):
        if own_files.is_one(config.data_path):
            path = config.data_path
            return own_files.load(path, image_size=size, seed=seed, store=keeps)
        if batches := original_files.find(folder):
            return original_files.load(batches, image_size=size, seed=seed, store=keeps)
        return class_folders.load(folder, image_size=size, seed=seed, store=keeps)


@contextlib.contextmanager
def _listing(data_path: str) -> Iterator[None]:
    """Makes refusals of the system's errors about a file or folder."""
    try:
        yield
    except OSError as error:
        raise config_lib.ConfigError(
            f"--data_path={data_path}: cannot read {error.filename or data_path} "
            f"({error.strerror or error}). Check the path and its permissions."
        ) from None
