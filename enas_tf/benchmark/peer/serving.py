"""The end of a pipe: does one thing at a time when it is asked, and times it.

No TensorFlow and no PyTorch here.
"""

import json
import sys
import time
from collections.abc import Callable, Mapping

Calls = Mapping[str, Callable[[], object]]


def ready(about: str) -> None:
    """Say that the first step is done, with the CPU seconds of this process so far."""
    _say(dict(start=time.process_time(), about=about))


def serve(calls: Calls) -> None:
    """Do what each line of standard input names, until it is closed."""
    for line in sys.stdin:
        call = calls[line.strip()]
        wall, cpu = time.perf_counter(), time.process_time()
        call()
        _say(dict(wall=time.perf_counter() - wall, cpu=time.process_time() - cpu))


def _say(what: Mapping[str, float | str]) -> None:
    print(json.dumps(what), flush=True)
