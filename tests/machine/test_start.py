"""What the program's start imports, and what it leaves to those who need it."""

import json
import subprocess
import sys

import pytest

from enas_tf.machine import start

LATE = ["sklearn", "scipy.stats", "scipy.optimize", "matplotlib"]
START = f"""
import json, sys, threadpoolctl
from enas_tf.machine import start
start.tensorflow()
from enas_tf.stages import run
loaded = [name for name in {LATE} if name in sys.modules]
def blas():
    found = threadpoolctl.ThreadpoolController().select(user_api="blas").info()
    return sorted(library["filepath"] for library in found)
before = blas()
from sklearn import covariance
print(json.dumps([loaded, before, blas()]))
"""


@pytest.fixture(scope="module")
def started():
    """(late modules that are loaded, BLAS libraries then, and behind one of them)."""
    command = [sys.executable, "-c", START]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_stages_are_imported_without_scikit_learn_and_matplotlib(started):
    assert started[0] == []


def test_no_blas_is_loaded_behind_the_limit_of_its_threads(started):
    assert started[1] == started[2] != []


def test_a_hidden_module_is_not_installed_inside_and_is_behind_it():
    sys.modules.pop("this", None)
    with start.hidden(("this",)), pytest.raises(ImportError):
        import this  # noqa: F401
    assert "this" not in sys.modules


def test_a_module_that_is_imported_already_is_not_hidden():
    with start.hidden(("json",)):
        import json as again
    assert again is json is sys.modules["json"]
