"""How much memory a process may still take: the machine's, within its cgroup."""

import os
import pathlib
from collections.abc import Iterator

MEMINFO = pathlib.Path("/proc/meminfo")
OWN_GROUPS = pathlib.Path("/proc/self/cgroup")
GROUPS = pathlib.Path("/sys/fs/cgroup")

# The names of limit, use, and what can be dropped, in versions 2 and 1 of cgroups.
_VERSIONS = (
    ("memory.max", "memory.current", ("active_file", "inactive_file")),
    (
        "memory.limit_in_bytes",
        "memory.usage_in_bytes",
        ("total_active_file", "total_inactive_file"),
    ),
)


def available() -> int | None:
    """Bytes that can be taken without swapping; None where the system does not tell.

    Copies of files in memory count as free, since the system drops them.
    """
    found = [free for free in (_of_machine(), *_of_groups()) if free is not None]
    return max(0, min(found)) if found else None


def _of_machine() -> int | None:
    try:
        lines = MEMINFO.read_text().splitlines()
    except OSError:  # not Linux
        return _of_sysconf()
    kilobytes = {line.split(":")[0]: line.split()[1] for line in lines}
    told = kilobytes.get("MemAvailable", "")
    return int(told) * 1024 if told.isdigit() else _of_sysconf()


def _of_sysconf() -> int | None:
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return None


def _of_groups() -> Iterator[int | None]:
    """What each cgroup around this process leaves it."""
    for folder in _group_folders():
        for names in _VERSIONS:
            yield _left(folder, *names)


def _group_folders() -> set[pathlib.Path]:
    """The folders of the process's own groups, and of those around them."""
    try:
        lines = OWN_GROUPS.read_text().splitlines()
    except OSError:
        lines = []
    folders = {GROUPS, GROUPS / "memory"}
    for line in lines:
        _, kinds, path = line.split(":", 2)
        if kinds in ("", "memory"):
            root = GROUPS / kinds
            parts = pathlib.PurePosixPath(path).parts[1:]
            folders |= {root.joinpath(*parts[:n]) for n in range(len(parts) + 1)}
    return folders


def _left(
    folder: pathlib.Path, limit: str, used: str, dropped: tuple[str, ...]
) -> int | None:
    try:
        most = (folder / limit).read_text().strip()
        now = int((folder / used).read_text())
        lines = (folder / "memory.stat").read_text().splitlines()
        rows = [line.split() for line in lines]
        files = sum(int(row[1]) for row in rows if row[0] in dropped)
    except (OSError, ValueError):
        return None
    return int(most) - now + files if most.isdigit() else None
