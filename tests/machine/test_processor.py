"""The cores of this process, and what tells kinds of processors apart."""

import os
import subprocess
import sys

import pytest

from enas_tf.machine import processor

INTEL = """processor\t: 0
vendor_id\t: GenuineIntel
cpu family\t: 6
model\t\t: 143
model name\t: Some Xeon
flags\t\t: fpu sse2 avx512f avx2 smep rdrand amx_tile fma

processor\t: 1
model name\t: another core
"""
ARM = """processor\t: 0
Features\t: fp asimd crc32 sve i8mm sme2
CPU implementer\t: 0x41
CPU architecture: 8
CPU variant\t: 0x1
CPU part\t: 0xd40
"""


@pytest.fixture
def system(tmp_path, monkeypatch):
    """A function that writes a file of a system that has no others."""
    monkeypatch.setattr(processor, "CPUINFO", tmp_path / "cpuinfo")
    monkeypatch.setattr(processor, "CACHES", tmp_path / "cache")
    monkeypatch.setattr(processor, "GROUPS", tmp_path / "cgroup")
    monkeypatch.setattr(processor, "LIMITS", tmp_path / "limits")

    def write(name, text):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    return write


def write_caches(system):
    rows = [
        ("1", "Data", "48K"),
        ("1", "Instruction", "64K"),
        ("2", "Unified", "2048K"),
    ]
    for number, row in enumerate(rows):
        for name, text in zip(("level", "type", "size"), row, strict=True):
            system(f"cache/index{number}/{name}", f"{text}\n")


def test_a_kind_is_name_numbers_vector_instructions_and_caches(system):
    system("cpuinfo", INTEL)
    write_caches(system)
    assert processor.kind() == (
        "Some Xeon; GenuineIntel 6 143; amx_tile avx2 avx512f fma sse2; L1 48K L2 2048K"
    )


def test_a_kind_of_arm_has_its_numbers(system, monkeypatch):
    system("cpuinfo", ARM)
    monkeypatch.setattr(processor.platform, "processor", lambda: "")
    monkeypatch.setattr(processor.platform, "machine", lambda: "aarch64")
    assert processor.kind() == "aarch64; 0x41 8 0x1 0xd40; asimd i8mm sme2 sve"


def test_where_the_system_says_nothing_python_does(system, monkeypatch):
    monkeypatch.setattr(processor.platform, "processor", lambda: "arm")
    monkeypatch.setattr(processor.platform, "machine", lambda: "arm64")
    assert processor.kind() == "arm; arm64"


@pytest.mark.parametrize(
    ("cpuinfo", "has"),
    [(INTEL, True), (INTEL.replace("avx512f ", "avx512_vnni "), False), (ARM, False)],
)
def test_avx512_is_told_by_its_first_part(system, cpuinfo, has):
    system("cpuinfo", cpuinfo)
    assert processor.has_avx512() == has


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        ("Xeon; 6 1; avx", "Zen; 7 2; avx", ("Xeon", "Zen")),
        ("Xeon; 6 1; avx", "Xeon; 6 2; avx", ("Xeon with 1", "Xeon with 2")),
        (
            "Xeon; 6 1; avx avx2; L2 1M",
            "Xeon; 6 1; avx; L2 2M",
            ("Xeon with avx2 1M", "Xeon with 2M"),
        ),
        ("Xeon; 6; avx", "Xeon; 6; avx fma", ("Xeon with less", "Xeon with fma")),
    ],
)
def test_two_kinds_are_told_apart(one, other, told):
    assert processor.difference(one, other) == told


@pytest.mark.parametrize(
    ("files", "cores"),
    [
        ({}, 8),
        ({"cgroup": "0::/\n", "limits/cpu.max": "200000 100000\n"}, 2),
        ({"cgroup": "0::/\n", "limits/cpu.max": "max 100000\n"}, 8),
        ({"cgroup": "0::/\n", "limits/cpu.max": "150000 100000\n"}, 2),
        ({"cgroup": "0::/\n", "limits/cpu.max": "1600000 100000\n"}, 8),
        # A group below one that has less.
        (
            {
                "cgroup": "0::/above/own\n",
                "limits/above/own/cpu.max": "400000 100000",
                "limits/above/cpu.max": "300000 100000",
            },
            3,
        ),
        # The first version of groups, in which each controller has its own tree.
        (
            {
                "cgroup": "4:memory:/own\n1:cpu,cpuacct:/own\n0::/\n",
                "limits/cpu/own/cpu.cfs_quota_us": "100000",
                "limits/cpu/own/cpu.cfs_period_us": "100000",
            },
            1,
        ),
        (
            {
                "cgroup": "1:cpu:/\n",
                "limits/cpu/cpu.cfs_quota_us": "-1",
                "limits/cpu/cpu.cfs_period_us": "100000",
            },
            8,
        ),
    ],
)
def test_the_cores_are_those_seen_or_a_groups_limit(system, monkeypatch, files, cores):
    monkeypatch.setattr(processor, "seen", lambda: 8)
    for name, text in files.items():
        system(name, text)
    assert processor.cores() == cores


# TensorFlow starts as many threads for the graph's operations as for their parts.
THREADS = """
import os

os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:1])
import tensorflow as tf
from enas_tf.machine import processor

tf.function(lambda: tf.zeros([1]))()
tasks = os.listdir("/proc/self/task")
names = [open(f"/proc/self/task/{task}/comm").read().strip() for task in tasks]
print(processor.seen(), names.count("tf_Compute"))
"""


@pytest.mark.skipif(not os.path.exists("/proc/self/task"), reason="threads, on Linux")
def test_tensorflow_itself_starts_as_many_threads_as_cores_are_seen():
    answer = subprocess.run(
        [sys.executable, "-c", THREADS],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
    )
    assert answer.stdout.split() == ["1", "1"], answer.stderr
