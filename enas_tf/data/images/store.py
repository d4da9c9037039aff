"""Where images are kept once they are read: in memory, or in a file that is mapped.

The arrays of both are alike, and all that is done with them is done alike. The file has
no name, so that nothing of it is left behind, however a run ends.
"""

import dataclasses
import math
import os
import shutil
import tempfile
from collections.abc import Sequence

import numpy as np
from absl import logging

from enas_tf.config.sections import ConfigError, DataConfig
from enas_tf.machine import free_memory

ALIGNMENT = 64  # bytes; TensorFlow takes over memory that begins at a multiple of it
GIB = 2**30
# Of the bytes of the images: they are there once, and what is copied of them is parts.
PEAK = 1.3
RESERVE = 4 * GIB  # of free memory: what a published search takes (docs/results.md)
SMALL = GIB // 4  # bytes that are no question
MARGIN = GIB // 16  # of free disk that is left


@dataclasses.dataclass(frozen=True)
class Store:
    """Makes room for images.

    Attributes:
      in_memory: "yes", "no", or "auto", which asks the machine.
      folder: of the file; "" for that of temporary files.
    """

    in_memory: str = "auto"
    folder: str = ""

    def empty(
        self, counts: Sequence[int], shape: Sequence[int], *, name: str
    ) -> list[np.ndarray]:
        """Room for splits, one behind the other: [count, *shape] uint8 each.

        Args:
          counts: images of each split.
          shape: of an image.
          name: of the data set, for messages.

        Raises:
          ConfigError: there is neither the memory nor the disk.
        """
        total = (sum(counts), *shape)
        if self._takes_memory(total, name):
            whole = empty(total)
        else:
            whole = _mapped(total, self.folder, name)
        return np.split(whole, np.cumsum(counts)[:-1])

    def moved(
        self, given: Sequence[list[np.ndarray]], *, name: str
    ) -> list[np.ndarray]:
        """Images that were read part by part, where they are kept.

        Args:
          given: the parts of each split, [n, H, W, C] uint8; the lists are emptied, so
            that a part goes when it was copied.
          name: of the data set, for messages.

        Raises:
          ConfigError: as `empty`.
        """
        counts = [sum(map(len, parts)) for parts in given]
        rooms = self.empty(counts, given[0][0].shape[1:], name=name)
        for room, parts in zip(rooms, given, strict=True):
            start = 0
            while parts:
                part = parts.pop(0)
                room[start : start + len(part)] = part
                start += len(part)
        return rooms

    def _takes_memory(self, shape: tuple[int, ...], name: str) -> bool:
        size, free = math.prod(shape), free_memory.available()
        fits = size <= SMALL or free is None or size * PEAK + RESERVE <= free
        if self.in_memory == "yes" and free is not None and size > max(free, SMALL):
            raise ConfigError(
                f"--data_in_memory=yes: {name} takes {_amount(size)} "
                f"({_described(shape)}), and {_amount(free)} of memory are free: it "
                "must fit. Make the images smaller, e.g. --image_size=32, or give "
                "--data_in_memory=no."
            )
        if self.in_memory == "auto" and not fits:
            logging.info(
                "%s takes %s; with %s of memory free, it is kept in a file.",
                *(name, _amount(size), _amount(free or 0)),
            )
        return self.in_memory == "yes" or (self.in_memory == "auto" and fits)


AUTO = Store()


def of_config(config: DataConfig) -> Store:
    """The store that the settings ask for."""
    return Store(config.data_in_memory, os.path.expanduser(config.data_cache))


def empty(shape: tuple[int, ...]) -> np.ndarray:
    """Memory of `shape`, uint8, that TensorFlow can take over as it is."""
    size = math.prod(shape)
    memory = np.empty(size + ALIGNMENT, np.uint8)
    start = -memory.ctypes.data % ALIGNMENT
    return memory[start : start + size].reshape(shape)


def on_disk(images: np.ndarray) -> bool:
    """Whether images lie in a file, from which each batch is read."""
    return isinstance(images, np.memmap)


def joined(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Both as one array; without a copy where `second` lies right behind `first`."""
    root = first
    while isinstance(root.base, np.ndarray):
        root = root.base
    begin = _address(first) - _address(root)
    end = begin + first.nbytes + second.nbytes
    behind = _address(first) + first.nbytes == _address(second)
    alike = first.shape[1:] == second.shape[1:] and first.dtype == second.dtype
    plain = first.flags.c_contiguous and second.flags.c_contiguous
    if not (behind and alike and plain and root.flags.c_contiguous):
        return np.concatenate([first, second])
    if end > root.nbytes:  # the neighbour in memory by chance
        return np.concatenate([first, second])
    part = root.reshape(-1).view(np.uint8)[begin:end].view(first.dtype)
    return part.reshape(-1, *first.shape[1:])


def _mapped(shape: tuple[int, ...], folder: str, name: str) -> np.ndarray:
    folder = folder or _default_folder()
    size = math.prod(shape)
    try:
        free = shutil.disk_usage(folder).free
        if size + MARGIN > free:
            raise ConfigError(
                f"{name} takes {_amount(size)} on the disk ({_described(shape)}), and "
                f"{_amount(free)} are free in {folder}: it must fit. Name another "
                "folder with --data_cache, or make the images smaller, e.g. "
                "--image_size=32."
            )
        with tempfile.TemporaryFile(dir=folder) as file:
            if hasattr(os, "posix_fallocate"):  # or a full disk would end the process
                os.posix_fallocate(file.fileno(), 0, size)
            return np.memmap(file, np.uint8, "r+", shape=shape)
    except OSError as error:
        raise ConfigError(
            f"--data_cache: cannot keep {_amount(size)} in {folder} "
            f"({error.strerror or error}): it must be a folder that can be written to. "
            "Name another one."
        ) from None


def _default_folder() -> str:
    """That of temporary files; not /tmp if need not be, which may be in memory."""
    if not os.environ.get("TMPDIR") and os.access("/var/tmp", os.W_OK):
        return "/var/tmp"
    return tempfile.gettempdir()


def _address(array: np.ndarray) -> int:
    return array.__array_interface__["data"][0]


def _described(shape: tuple[int, ...]) -> str:
    return f"{shape[0]} images of {' x '.join(map(str, shape[1:]))}"


def _amount(size: int) -> str:
    return f"{size / GIB:.1f} GiB" if size >= GIB else f"{size / 2**20:.0f} MiB"
