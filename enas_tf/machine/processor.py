"""The processor that this process has: how many cores of it, and of which kind.

Linux is asked by its files; of other systems Python knows what it knows.
"""

import math
import os
import pathlib
import platform
import re

CPUINFO = pathlib.Path("/proc/cpuinfo")
CACHES = pathlib.Path("/sys/devices/system/cpu/cpu0/cache")
GROUPS = pathlib.Path("/proc/self/cgroup")
LIMITS = pathlib.Path("/sys/fs/cgroup")

SEPARATOR = "; "
# The instructions by which kernels are chosen.
_VECTORS = re.compile(r"(s?sse|avx|fma|f16c|amx|asimd|fphp|sve|bf16|i8mm).*|sme\d*")
# The fields that identify a model: on x86, on Arm.
_MODEL = ("vendor_id", "cpu family", "model")
_ARM = ("CPU implementer", "CPU architecture", "CPU variant", "CPU part")


def seen() -> int:
    """The cores that this process may run on; as many threads TensorFlow starts."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def cores() -> int:
    """The cores whose time this process may use: those it sees, or a group's limit.

    A container is often given the time of a few cores of many (`docker --cpus=2`).
    TensorFlow does not look at that, and threads beyond it only wait for each other.
    """
    return min([seen(), *_limits()])


def kind() -> str:
    """The kind of processor, by which TensorFlow and oneDNN choose kernels.

    Its name; the numbers of its model; its vector instructions; the caches, by whose
    sizes products of matrices are cut.
    """
    facts = _cpuinfo()
    name = facts.get("model name") or platform.processor() or platform.machine()
    numbers = " ".join(facts[key] for key in (*_MODEL, *_ARM) if key in facts)
    can = (facts.get("flags") or facts.get("Features") or "").split()
    vectors = " ".join(sorted(filter(_VECTORS.fullmatch, can)))
    parts = (name, numbers or platform.machine(), vectors, _caches())
    return SEPARATOR.join(part for part in parts if part)


def has_avx512() -> bool:
    """Whether its vector instructions take sixteen float32 at once."""
    return "avx512f" in kind().replace(SEPARATOR, " ").split()


def difference(one: str, other: str) -> tuple[str, str]:
    """Short names of two kinds that tell them apart."""
    names = [kind.split(SEPARATOR)[0] for kind in (one, other)]
    if names[0] != names[1]:
        return names[0], names[1]
    return f"{names[0]} {_only(one, other)}", f"{names[1]} {_only(other, one)}"


def _only(kind: str, other: str) -> str:
    """The numbers, instructions and caches of `kind` that `other` lacks."""
    has, lacks = (text.replace(SEPARATOR, " ").split() for text in (kind, other))
    more = [word for word in has if word not in lacks]
    return f"with {' '.join(more)}" if more else "with less"


def _cpuinfo() -> dict[str, str]:
    """The first core's entry in Linux' /proc/cpuinfo, {} elsewhere."""
    first = _text(CPUINFO).partition("\n\n")[0]
    pairs = (line.partition(":") for line in first.splitlines())
    return {key.strip(): value.strip() for key, _, value in pairs}


def _caches() -> str:
    """Of the first core those that hold data, `L1 48K L2 2048K`."""
    found = []
    for index in sorted(CACHES.glob("index*")):
        level, kind, size = (_text(index / name) for name in ("level", "type", "size"))
        if kind != "Instruction" and size:
            found.append(f"L{level} {size}")
    return " ".join(found)


def _limits() -> list[int]:
    """The cores that this process' groups, and those above them, may use."""
    found = []
    for line in _text(GROUPS).splitlines():
        _, controllers, own = line.split(":", 2)
        if controllers and "cpu" not in controllers.split(","):
            continue
        top = LIMITS / "cpu" if controllers else LIMITS
        group = top / own.lstrip("/")
        found += [_limit(top), *(_limit(g) for g in _up_to(top, group))]
    return [count for count in found if count]


def _up_to(top: pathlib.Path, group: pathlib.Path) -> list[pathlib.Path]:
    """`group` and those above it, below `top`."""
    return [place for place in (group, *group.parents) if top in place.parents]


def _limit(group: pathlib.Path) -> int:
    """Cores, rounded up; 0 where the group has no limit. Version 2 of groups, or 1."""
    quota, _, period = _text(group / "cpu.max").partition(" ")
    if not quota:
        quota = _text(group / "cpu.cfs_quota_us")
        period = _text(group / "cpu.cfs_period_us")
    if not (quota.isdecimal() and period.isdecimal() and int(period)):
        return 0  # `max`, or -1, or no such file
    return math.ceil(int(quota) / int(period))


def _text(path: pathlib.Path) -> str:
    """The text of one of the system's files; "" where it is not there."""
    try:
        return path.read_text(errors="replace").strip()
    except OSError:
        return ""
