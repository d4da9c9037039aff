"""What the README shows works."""

import pathlib
import re
import shlex

import pytest
from absl import flags as absl_flags

from enas_tf.command import flags
from enas_tf.config import presets

REPOSITORY = pathlib.Path(__file__).resolve().parents[1]
README = (REPOSITORY / "README.md").read_text()
PYTHON = (REPOSITORY / "docs" / "python.md").read_text()


def blocks(language: str, text: str = README) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.S)


def test_the_example_in_python_is_that_of_the_document_whose_blocks_are_run():
    # tests/library/test_search.py runs it.
    first, second, *_ = blocks("python", PYTHON)
    assert first + second in blocks("python")


def test_the_parts_of_the_python_interface_can_be_used(capsys):
    (example,) = [one for one in blocks("python", PYTHON) if "size_in_words" in one]
    exec(compile(example, "python.md", "exec"), {})
    first, second = capsys.readouterr().out.splitlines()
    assert first == "1.606e+29 architectures 78"
    assert re.fullmatch(r"12 layers: .*; \d+ of 66 skips\.", second)


def commands() -> list[str]:
    lines = "\n".join(blocks("bash")).splitlines()
    return [
        line[line.index("bin/main.py") :] for line in lines if "bin/main.py" in line
    ]


@pytest.mark.parametrize("command", commands())
def test_every_command_has_flags_that_exist(command):
    values = absl_flags.FlagValues()
    flags.define(values)
    flags.parse(shlex.split(command), values)
    preset = flags.preset(values)
    assert preset is None or preset in presets.PRESETS[values["search_for"].value]


def test_there_is_a_demo_and_a_test_command():
    for marker in ("<!-- demo -->", "<!-- tests -->"):
        assert README.count(f"\n{marker}\n```bash\n") == 1


def test_every_local_link_and_picture_is_there():
    prose = re.sub(r"^```.*?^```", "", README, flags=re.DOTALL | re.MULTILINE)
    targets = re.findall(r"\]\(([^)#:]+)\)", prose)
    assert targets
    for target in targets:
        assert (REPOSITORY / target).exists(), target
