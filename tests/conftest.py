"""What tests of several files are given by name."""

import gc
import importlib
import os
import pathlib
import sys

import pytest
import slow_cases

from enas_tf.command import flags

# Before TensorFlow is imported: oneDNN chooses its kernels by the processor, and on one
# of the kinds that were tried its rounding decides the sign of a ReLU's input in one of
# the recorded arcs. TensorFlow's own kernels round alike everywhere.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

REPOSITORY = pathlib.Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")  # it defines the flags, which can be done once
def main():
    return importlib.import_module("enas_tf.__main__")


@pytest.fixture
def refused(main, tmp_path, monkeypatch, capsys):
    """A function: arguments -> the one line; nothing gets as far as the experiment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "enas_tf.stages.run", None)  # importing it fails

    def run(*args):
        flags.FLAGS.unparse_flags()
        with pytest.raises(SystemExit) as stop:
            main.main(main.parse(["bin/main.py", *args]))
        captured = capsys.readouterr()
        assert stop.value.code == 2
        assert captured.out == ""
        line, end = captured.err[:-1], captured.err[-1:]
        assert end == "\n" and "\n" not in line
        assert line.startswith("enas_tf: error: ")
        return line

    yield run
    flags.FLAGS.unparse_flags()


@pytest.fixture(scope="module", autouse=True)
def kernels_as_before():
    """A run in this process makes kernels deterministic; other files' tests are not.

    Nor have they the form of words' losses that a new run has.
    """
    yield
    if "tensorflow" in sys.modules:
        state = importlib.import_module("enas_tf.machine.tensorflow_state")
        state.set_deterministic(False)
        importlib.import_module("enas_tf.nn.cross_entropy").take_by_softmax(False)


@pytest.fixture(scope="module", autouse=True)
def garbage_of_one_file():
    """Graphs of other files are not looked through again, whenever there is garbage."""
    yield
    gc.collect()
    gc.freeze()


# Whole runs of the program: minutes each. What test_resume begins with others read,
# too (tests/whole_runs.py), so they come later.
LONG_FILES = ("test_resume", "test_devices", "test_tutorial", "test_more_epochs")


def pytest_collection_modifyitems(config, items):
    """Begin with the long files, lest one process end with one of them alone."""
    items.sort(key=lambda item: item.path.stem not in LONG_FILES)
    nothing_chosen = config.args_source is config.ArgsSource.TESTPATHS
    slow_cases.mark(items, whole=nothing_chosen and not config.getoption("lf", False))
