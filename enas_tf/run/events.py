"""TensorBoard's event files of a run, without the events that are written again.

A run that goes on repeats the steps after its checkpoint. Their first events would
stand beside the second ones; TensorFlow's writers only append, so they are taken out of
the files before.
"""

import os
import pathlib
import shutil
import struct
from collections.abc import Callable
from typing import NamedTuple

from absl import logging
from tensorboard.backend.event_processing import event_file_loader
from tensorboard.compat.proto import event_pb2
from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import masked_crc32c

from enas_tf.run import disk

# TensorBoard reads the files with this in their names, and no others.
_MARK = "tfevents"
_HEAD, _TAIL = 12, 4  # bytes around a record: its length, and checksums of both
# The kind of a tag is its first part, but for pictures and texts beside its rows.
_KINDS = {"arc/sampled": "sampled", "arc/derived": "derive"}
FIGURES, TRIAL = "hparams", "_hparams_"  # a trial's figures; its settings and its end


class Record(NamedTuple):
    """One record: its bytes with length and checksums, and the event in it."""

    framed: bytes
    event: event_pb2.Event


def kind(tag: str) -> str:
    """The kind of a tag: one of the rows of metrics.jsonl, FIGURES or TRIAL."""
    for start, known in _KINDS.items():
        if tag.startswith(f"{start}/"):
            return known
    return tag.partition("/")[0]


def drop(folder: pathlib.Path, unwanted: Callable[[str, int], bool]) -> None:
    """Take the events for which `unwanted(kind, step)` out of the files in `folder`.

    A file that has none is not touched. No process may have one open to write. Of a
    damaged file all that can be read stays in it; it is kept beside as it was.

    Raises:
      ConfigError: a file cannot be read or written.
    """
    with disk.refusals(folder):
        files = sorted(folder.glob(f"*{_MARK}*")) if folder.is_dir() else []
        for file in filter(pathlib.Path.is_file, files):
            _thin(file, unwanted)


def _thin(file: pathlib.Path, unwanted: Callable[[str, int], bool]) -> None:
    records, damaged = read(file)
    remaining = [
        record
        for record in records
        if not any(
            unwanted(kind(value.tag), record.event.step)
            for value in record.event.summary.value
        )
    ]
    if damaged:
        beside = _free(file.with_name(file.name.replace(_MARK, "damaged")))
        shutil.copyfile(file, beside)
        logging.warning("A file of TensorBoard's is damaged: %s", file)
        logging.warning("What can be read stays; it is kept as %s.", beside.name)
    elif len(remaining) == len(records):
        return
    draft = file.with_name(f"events{disk.DRAFT}")
    draft.write_bytes(b"".join(record.framed for record in remaining))
    os.replace(draft, file)


def read(file: pathlib.Path) -> tuple[list[Record], bool]:
    """The records that can be read, also behind one that cannot; whether one cannot.

    A last record that is not at its end, as a kill leaves it, is no damage.
    """
    content, start, damaged = file.read_bytes(), 0, False
    records: list[Record] = []
    while start < len(content):
        for data in _loaded(file, content, start):
            end = start + _HEAD + len(data) + _TAIL
            event = event_pb2.Event.FromString(data)
            records.append(Record(content[start:end], event))
            start = end
        following = _behind(content, start)
        if following is None:
            return records, damaged or start + _HEAD <= len(content)
        if following > len(content):
            return records, damaged
        damaged |= start < len(content)
        start = following
    return records, damaged


def _loaded(file: pathlib.Path, content: bytes, start: int) -> list[bytes]:
    """The records from `start` on, up to one that cannot be read."""
    if not start:
        return list(event_file_loader.RawEventFileLoader(str(file)).Load())
    rest = file.with_name(f"rest{disk.DRAFT}")
    rest.write_bytes(content[start:])
    try:
        return list(event_file_loader.RawEventFileLoader(str(rest)).Load())
    finally:
        rest.unlink()


def _behind(content: bytes, start: int) -> int | None:
    """Where the record at `start` ends; None if its length cannot be read."""
    if start == len(content):
        return start
    head = content[start : start + _HEAD]
    if len(head) < _HEAD or head[8:] != struct.pack("<I", masked_crc32c(head[:8])):
        return None
    return start + _HEAD + struct.unpack("<Q", head[:8])[0] + _TAIL


def _free(path: pathlib.Path) -> pathlib.Path:
    """`path`, or a name like it that nothing has."""
    found, number = path, 1
    while os.path.lexists(found):
        number += 1
        found = path.with_name(f"{path.name}.{number}")
    return found
