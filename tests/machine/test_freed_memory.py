"""What is freed is not given back to the system and asked for again."""

import os
import platform
import subprocess
import sys

import pytest

from enas_tf.machine import freed_memory

# Takes and frees 40 MB, as a tensor of a batch, again and again; how often the system
# had to hand out a page.
SCRIPT = """
import ctypes
import resource
import sys

from enas_tf.machine import freed_memory

print(freed_memory.keep())
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
libc.free.argtypes = [ctypes.c_void_p]


def use():
    piece = libc.malloc(40_000_000)
    ctypes.memset(piece, 1, 40_000_000)
    libc.free(piece)


use()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(5):
    use()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""

pytestmark = pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc", reason="other libraries do it their own way"
)


def kept_and_pages(**environment):
    clean = {n: v for n, v in os.environ.items() if n not in freed_memory.VARIABLES}
    answer = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env=clean | {"PYTHONPATH": os.pathsep.join(sys.path)} | environment,
        capture_output=True,
        text=True,
    )
    kept, pages = answer.stdout.split()
    return kept, int(pages)


def test_pages_of_a_freed_piece_are_used_again():
    kept, pages = kept_and_pages()
    assert kept == "True"
    assert pages < 100


def test_what_the_user_says_of_malloc_holds():
    kept, pages = kept_and_pages(MALLOC_MMAP_THRESHOLD_="1000000")
    assert kept == "False"
    assert pages > 10_000  # so the first test can fail
