"""Arrays in .npy and .npz files: looked at by their headers, read piece by piece.

Nothing is unpickled. NumPy only.
"""

import contextlib
import math
import os
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO, NamedTuple

import numpy as np

from enas_tf.config.sections import ConfigError

ENDING = ".npy"  # of the members of a .npz
PIECE = 2**24  # bytes that are read at a time
_HEADERS = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}


class ArrayFile(NamedTuple):
    """An array that lies in a file.

    Attributes:
      place: the words for it in messages: flag, file and name.
      shape: of the array.
      dtype: of the array; it holds no objects.
      open: opens what begins with the array's header.
    """

    place: str
    shape: tuple[int, ...]
    dtype: np.dtype
    open: Callable[[], contextlib.AbstractContextManager[BinaryIO]]

    def pieces(self) -> Iterator[np.ndarray]:
        """The array [N, ...] in pieces along its first axis, which may not be changed.

        Raises:
          ConfigError: the file is damaged or cannot be read.
        """
        row = math.prod(self.shape[1:]) * self.dtype.itemsize
        rows = max(1, PIECE // max(1, row))
        with _refusals(self.place), self.open() as file:
            _header(file, self.place)
            for start in range(0, self.shape[0], rows):
                count = min(rows, self.shape[0] - start)
                content = file.read(count * row)
                if len(content) < count * row:
                    raise _damaged(self.place, "it is cut off")
                yield np.frombuffer(content, self.dtype).reshape(count, *self.shape[1:])
            file.read(1)  # the end, at which the checksum of a .npz is compared

    def whole(self) -> np.ndarray:
        """All of it at once; raises as `pieces`."""
        pieces = list(self.pieces())
        return np.concatenate(pieces) if pieces else np.empty(self.shape, self.dtype)


def npy(path: str, *, flag: str = "data_path") -> ArrayFile:
    """The array in a .npy file.

    Raises:
      ConfigError: the file is not there, damaged, or holds Python objects.
    """
    place = f"--{flag}: {path}"
    with _refusals(place):
        size = os.path.getsize(path)
        return _looked_at(place, size, lambda: open(path, "rb"))


def names(path: str, *, flag: str = "data_path") -> list[str]:
    """The names of the arrays in a .npz file; raises as `npy`."""
    with _refusals(f"--{flag}: {path}"), zipfile.ZipFile(path) as archive:
        files = [name for name in archive.namelist() if name.endswith(ENDING)]
    return [name.removesuffix(ENDING) for name in files]


def npz(path: str, name: str, *, flag: str = "data_path") -> ArrayFile:
    """The array `name` in a .npz file; raises as `npy`."""
    place, member = f"--{flag}: {path}: {name}", name + ENDING
    with _refusals(place), zipfile.ZipFile(path) as archive:
        size = archive.getinfo(member).file_size
    return _looked_at(place, size, _opener(path, member))


def _opener(
    path: str, member: str
) -> Callable[[], contextlib.AbstractContextManager[BinaryIO]]:
    @contextlib.contextmanager
    def opened() -> Iterator[BinaryIO]:
        with zipfile.ZipFile(path) as archive, archive.open(member) as file:
            # It reads as a BinaryIO does.
            yield file  # type: ignore[misc]

    return opened


def _looked_at(
    place: str,
    size: int,
    opener: Callable[[], contextlib.AbstractContextManager[BinaryIO]],
) -> ArrayFile:
    """An array by its header; `size` is that of header and array, in bytes."""
    with _refusals(place), opener() as file:
        shape, dtype, begin = _header(file, place)
    if size - begin < math.prod(shape) * dtype.itemsize:
        raise _damaged(place, "it is cut off")
    return ArrayFile(place, shape, dtype, opener)


def _header(file: BinaryIO, place: str) -> tuple[tuple[int, ...], np.dtype, int]:
    """Shape, type, and the place in bytes at which the array begins."""
    version = np.lib.format.read_magic(file)
    if version not in _HEADERS:
        raise _damaged(place, f"format {version[0]}.{version[1]} is not known")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of odd headers, which are read all the same
        try:
            shape, is_fortran, dtype = _HEADERS[version](file)
        except (OSError, zipfile.BadZipFile):
            raise
        except Exception:  # a damaged header can fail in nearly any way
            raise _damaged(place, "its header is damaged") from None
    if any(side < 0 for side in shape):
        raise _damaged(place, f"its header says the shape {list(shape)}")
    if dtype.hasobject or dtype.names:
        kind = "Python objects" if dtype.hasobject else "records"
        raise ConfigError(
            f"{place} holds {kind}, which are not read: it must be an array of numbers "
            "or text. Save np.asarray(..., dtype) of it."
        )
    if is_fortran and sum(side > 1 for side in shape) > 1:
        raise ConfigError(
            f"{place} is in Fortran order: it must be in C order. Save "
            "np.ascontiguousarray of it."
        )
    if not shape:
        raise ConfigError(
            f"{place} is a single value: it must be an array with a row for each "
            "image. Save it as such."
        )
    return shape, dtype, file.tell()


@contextlib.contextmanager
def _refusals(place: str) -> Iterator[None]:
    """Makes of what a damaged file raises the line that refuses it."""
    try:
        yield
    except ConfigError:
        raise
    except zipfile.BadZipFile:
        raise _damaged(place, "the zip is damaged or none") from None
    except OSError as error:
        raise ConfigError(
            f"{place} cannot be read ({error.strerror or error}): it must be as "
            "np.save or np.savez writes it. Check the path and its permissions."
        ) from None
    except NotImplementedError:
        raise _damaged(place, "its packing is not known") from None
    except RuntimeError:
        raise _damaged(place, "it needs a password") from None
    except (ValueError, EOFError, zlib.error) as error:
        said = " ".join(str(error).split())[:80]
        raise _damaged(place, said or "it is cut off") from None


def _damaged(place: str, reason: str) -> ConfigError:
    return ConfigError(
        f"{place} cannot be read as an array ({reason}): it must be as np.save or "
        "np.savez writes it. Save it again."
    )
