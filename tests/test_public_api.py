"""What `import enas_tf` promises, and what it costs."""

import importlib
import os
import pickle
import subprocess
import sys

import pytest

import enas_tf
from enas_tf.config import presets
from enas_tf.config import sections as config
from enas_tf.spaces import macro, micro, rnn


def python(code: str, **environment: str) -> subprocess.CompletedProcess:
    """`code` in a fresh interpreter, its output as text."""
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("name", enas_tf.__all__)
def test_every_public_name_loads(name):
    assert getattr(enas_tf, name) is not None


def test_public_names_are_the_modules_own():
    assert enas_tf.Config is config.Config
    assert enas_tf.ConfigError is config.ConfigError
    assert enas_tf.resolve is presets.resolve
    assert enas_tf.MacroSpace is macro.MacroSpace
    assert enas_tf.MicroSpace is micro.MicroSpace
    controller = importlib.import_module("enas_tf.search.controller")
    assert enas_tf.Controller is controller.Controller


def test_named_arcs_are_those_of_all_spaces():
    assert enas_tf.NAMED_ARCS == {
        "enas24": macro.ENAS_24,
        "enas_micro": micro.ENAS_MICRO,
        "enas_rnn": rnn.ENAS_RNN,
        "darts_rnn": rnn.DARTS_RNN,
    }


def test_cells_go_out_and_come_in_as_a_genotype():
    arc = enas_tf.MicroSpace(5).parse(enas_tf.NAMED_ARCS["enas_micro"])
    text = str(enas_tf.genotype_of_arc(arc))
    assert enas_tf.arc_of_genotype(enas_tf.parse_genotype(text)) == arc
    assert isinstance(arc.normal, enas_tf.Cell)


def test_dir_lists_the_names_before_they_are_loaded():
    result = python("import enas_tf; print(*dir(enas_tf))")
    assert {"Controller", "MacroArc", "__version__"} <= set(result.stdout.split())


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="'enas_tf' has no attribute 'Enas'"):
        enas_tf.Enas  # noqa: B018


@pytest.mark.parametrize(
    "module",
    [
        "enas_tf",
        "enas_tf.config.sections",
        "enas_tf.config.presets",
        "enas_tf.command.flags",
    ]
    + ["enas_tf.spaces.macro", "enas_tf.spaces.micro", "enas_tf.spaces.genotype"]
    + ["enas_tf.arcs.argument", "enas_tf.command.checks", "enas_tf.run.folder"]
    + ["enas_tf.command.request"],
)
def test_importing_it_imports_no_tensorflow(module):
    code = f"import {module}, sys; print({{'tensorflow', 'keras'}} & set(sys.modules))"
    assert python(code).stdout == "set()\n"


def test_an_arc_is_read_without_tensorflow():
    code = (
        "import enas_tf, sys\n"
        "space = enas_tf.MacroSpace(2)\n"
        "print(space.parse('3 0 1'), 'tensorflow' in sys.modules)"
    )
    assert python(code).stdout == "MacroArc(ops=(3, 0), skips=((), (1,))) False\n"


def test_keras_is_told_to_use_tensorflow(monkeypatch):
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    result = python("import enas_tf, os; print(os.environ['KERAS_BACKEND'])")
    assert result.stdout == "tensorflow\n"


def test_another_backend_is_refused_where_a_name_is_used():
    importing = python("import enas_tf", KERAS_BACKEND="jax")
    assert importing.returncode == 0, importing.stderr
    using = python("import enas_tf; enas_tf.Controller", KERAS_BACKEND="jax")
    assert using.returncode == 1
    assert using.stderr.splitlines()[-1] == (
        "ImportError: KERAS_BACKEND=jax is not allowed: enas_tf runs on TensorFlow "
        "only. Unset KERAS_BACKEND."
    )


@pytest.mark.parametrize("name", ["NAMED_ARCS", "PRESETS"])
def test_a_public_table_is_a_plain_dict(name):
    table = getattr(enas_tf, name)
    assert type(table) is dict and table == getattr(enas_tf, name)
    assert pickle.loads(pickle.dumps(table)) == table
