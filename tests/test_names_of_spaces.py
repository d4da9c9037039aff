"""Nothing but its spec knows a space by its name: read from the sources' constants."""

import ast
import pathlib
import re

import pytest

from enas_tf.config import sections as config

PACKAGE = pathlib.Path(__file__).resolve().parents[1] / "enas_tf"
PROGRAMS = PACKAGE.parent / "bin"
# A name by itself, also in a sentence; not a module's (`enas_tf.spaces.macro`) and not
# a part of another name (`enas_micro`).
NAME = re.compile(rf"(?<![\w.])({'|'.join(config.SPACES)})(?!\w)")

SPECS = {f"config/spaces/{name}.py" for name in config.SPACES}
MAY_SAY = {
    "config/spaces/kinds.py": "the section of settings of language models is so called",
    "config/sections.py": "the default of --search_for; the prefix of that section",
    "spaces/macro.py": "what the arcs of the space say of themselves, in JSON too",
    "spaces/micro.py": "likewise",
    "spaces/rnn.py": "likewise",
    "spaces/op_rows.py": "each table of ops says whose it is, for refusals",
    "children/op_kinds.py": "likewise",
    "benchmark/learning/run.py": "the table's networks are whole CNNs, searched so",
    "benchmark/gpu/plan.py": "sizes of nothing, to try its code on a CPU",
    "benchmark/gpu/resume.py": "of a demo, what is changed that a kill comes in time",
    "children/function_trial.py": "functions of a recurrent cell are of that space",
}


def said(source: str) -> list[str]:
    """The constants, and the names of arguments, that name a space; no docstrings."""
    tree = ast.parse(source)
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    texts = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    words = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in texts
    ]
    words += [n.arg for n in ast.walk(tree) if isinstance(n, ast.keyword) and n.arg]
    return [word for word in words if NAME.search(word)]


def test_only_specs_name_a_space():
    files = [*PACKAGE.rglob("*.py"), *PROGRAMS.glob("*.py")]
    found = {
        file.relative_to(PACKAGE if PACKAGE in file.parents else PROGRAMS).as_posix()
        for file in files
        if said(file.read_text(encoding="utf-8"))
    }
    assert found == SPECS | set(MAY_SAY)


@pytest.mark.parametrize(
    "source",
    [
        'SIZES = {"rnn": 3}',
        'if space == "micro": pass',
        "sizes = dict(macro=3)",
        'def f():\n    """Fine."""\n    return f"add --search_for=rnn, or {1}"',
        'text = "micro: its cells"',
    ],
)
def test_a_name_is_found(source):
    assert said(source)


@pytest.mark.parametrize(
    "source",
    [
        '"""The macro space."""',
        "from enas_tf.spaces import macro\nmacro.OPS",
        'HOME = "enas_tf.spaces.macro"',
        'NAMED = "enas_micro"',
        'def f():\n    """Of the rnn space."""',
    ],
)
def test_what_is_no_name_is_not(source):
    assert not said(source)
