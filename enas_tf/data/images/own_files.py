"""Own images in a file: which kind it is, by the name that --data_path has.

`x.npz`, `x.npy,y.npy` (images and labels), or `x.csv`.
"""

import os

from enas_tf.config.sections import ConfigError
from enas_tf.data.images import array_sets, csv_pixels
from enas_tf.data.images.image_data import ImageData
from enas_tf.data.images.store import Store

NPY, NPZ, CSV = ".npy", ".npz", ".csv"
COMMA = ","


def is_one(data_path: str) -> bool:
    """Whether `data_path` is called like such a file, or two; none need be there."""
    path = os.path.expanduser(data_path)
    return not os.path.isdir(path) and path.lower().endswith((NPY, NPZ, CSV))


def check(data_path: str) -> None:
    """Refuse what cannot be right by the labels, and by the beginnings of the images.

    Raises:
      ConfigError: a file is not there, damaged, or holds no images and labels.
    """
    if data_path.lower().endswith(CSV):
        csv_pixels.look(os.path.expanduser(data_path))
    else:
        array_sets.classes(_arrays(data_path))


def load(data_path: str, *, image_size: int, seed: int, store: Store) -> ImageData:
    """The images in the file.

    Args:
      data_path: the name of one, see `is_one`.
      image_size: side to resize to; 0: as they are.
      seed: decides on the images that are set aside.
      store: keeps the images.

    Raises:
      ConfigError: as `check`, or what is found when all is read.
    """
    if data_path.lower().endswith(CSV):
        path = os.path.expanduser(data_path)
        return csv_pixels.load(path, image_size=image_size, seed=seed, store=store)
    arrays = _arrays(data_path)
    return array_sets.load(arrays, image_size=image_size, seed=seed, store=store)


def _arrays(data_path: str) -> array_sets.ArraySet:
    whole = os.path.expanduser(data_path)
    if whole.lower().endswith(NPZ):
        return array_sets.of_npz(whole)
    parts = [os.path.expanduser(part.strip()) for part in data_path.split(COMMA)]
    if len(parts) == 2 and all(part.lower().endswith(NPY) for part in parts):
        return array_sets.of_npy(*parts)
    raise ConfigError(
        f"--data_path={data_path} is not allowed: there must be two .npy files, of "
        "images and of labels, with a comma between them. Give "
        "--data_path=images.npy,labels.npy."
    )
