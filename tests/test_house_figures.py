"""tests/house_figures.py: how it counts."""

import pathlib

import house_figures
import pytest

SOURCES = {
    "enas_tf": "",
    "enas_tf.loose": "from enas_tf.nn import a\n",
    "enas_tf.nn": '"""A room."""\n',
    "enas_tf.nn.a": "def f():\n    from enas_tf.nn import b\n",
    "enas_tf.nn.b": "from enas_tf.nn import a, c\n",
    "enas_tf.nn.c": "from typing import Any\n\n# Why.\ndef f(x: list[Any], y=1): ...\n",
}


def test_it_counts_modules_chains_circles_lines_and_annotations():
    assert house_figures.figures(SOURCES) == house_figures.Figures(
        loose=1,
        packages=1,
        chain=3,  # loose, the circle of a and b, c
        circles=1,
        in_circles=2,
        code=6,
        comments=1,
        parameters=2,
        any=0,
        any_inside=1,
    )


@pytest.mark.parametrize(
    ("text", "code", "comments"),
    [
        ('"""Of a module.\n\nTwo.\n"""\nx = 1  # why\n', {5}, {5}),
        (
            'def f():\n    """Of one."""\n    # How.\n    return """a\nb"""\n',
            {1, 4, 5},
            {3},
        ),
        ("x = [\n\n    1,\n]\n", {1, 3, 4}, set()),
    ],
)
def test_a_docstring_is_no_code_and_a_string_is(text, code, comments):
    assert house_figures.code_lines(text) == code
    assert house_figures.comment_lines(text) == comments


def test_self_and_cls_are_no_parameters():
    text = "class A:\n    def f(self, *a: int, k: 'Any' = 0, **o): ...\n"
    assert house_figures.parameters(text) == ["int", "'Any'", ""]


def test_a_folder_that_is_no_checkout_is_refused(tmp_path):
    with pytest.raises(SystemExit, match="no checkout"):
        house_figures.main([str(tmp_path)])


def test_this_checkout_is_read(capsys):
    house_figures.main([])
    assert "| modules at the top of the package | 0 |" in capsys.readouterr().out
    names = house_figures.read(pathlib.Path(__file__).resolve().parents[1])
    assert {"enas_tf", "enas_tf.nn", "enas_tf.nn.switch"} <= set(names)
