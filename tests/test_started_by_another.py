"""A script that adds an op and goes on as bin/main.py, started as users start it."""

import pathlib
import re
import subprocess
import sys

import pytest

REPOSITORY = pathlib.Path(__file__).resolve().parents[1]
SMALL = """--preset=demo --num_epochs=1 --child_num_layers=2 --child_out_filters=4
--controller_warmup_epochs=0 --controller_train_steps=2 --derive_num_samples=4
--noprogress""".split()


@pytest.fixture
def start(tmp_path):
    """Starts a script with the op of docs/design.md; `edit` may change it before."""
    document = (REPOSITORY / "docs" / "design.md").read_text(encoding="utf-8")
    recipe = document[document.index("**An op.**") :]
    example = re.search(r"```python\n(.*?)```", recipe, flags=re.DOTALL)[1]

    def run(*words, edit=lambda text: text):
        script = tmp_path / "scaled.py"
        script.write_text(
            f"import runpy, sys\nsys.path.insert(0, {str(REPOSITORY)!r})\n"
            + edit(example)
            + f"runpy.run_path({str(REPOSITORY / 'bin' / 'main.py')!r}, "
            + "run_name='__main__')\n"
        )
        return subprocess.run(
            [sys.executable, script.name, *SMALL, *words],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_what_comes_next_names_the_script_that_was_started(start, tmp_path):
    done = start("--output_dir=out", "--child_num_branches=7", "--mode=search")
    assert done.returncode == 0, done.stderr
    (command,) = re.findall("^.*--mode=train.*$", done.stdout + done.stderr, re.M)
    assert " scaled.py --preset=demo" in command
    assert "bin/main.py" not in command


def test_a_wrong_op_is_one_line_and_no_traceback(start, tmp_path):
    done = start(
        "--output_dir=out",
        "--child_num_branches=7",
        edit=lambda text: text.replace('x * weights["scale"]', "x[..., 1:]"),
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert done.stderr.splitlines()[-1] == (
        "enas_tf: error: the macro op scaled: its value is float32 (None, 8, 8, 3), "
        "and must have its input's shape and type"
    )
