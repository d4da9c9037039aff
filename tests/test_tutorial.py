"""docs/tutorial.md, run from top to bottom with tiny settings."""

import json
import os
import pathlib
import re
import shlex
import subprocess
import sys

import plugin_files
import pytest

from enas_tf.command import keywords, request
from enas_tf.stages import run as experiment

REPOSITORY = pathlib.Path(__file__).resolve().parents[1]
DOCUMENT = (REPOSITORY / "docs" / "tutorial.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", DOCUMENT, flags=re.DOTALL | re.M)
TINY = dict(
    num_epochs=1,
    batch_size=64,
    child_out_filters=2,
    child_num_layers=2,
    controller_warmup_epochs=0,
    controller_train_steps=1,
    controller_num_aggregate=2,
    derive_num_samples=2,
)
OF_TRAINING = ("num_epochs", "batch_size", "child_out_filters")
ALONE = "import sys; sys.modules['enas_tf'] = None\n"  # as if it were not installed


def tiny(mode):
    """The settings that make a command of that mode quick."""
    if mode == "evaluate":
        return {}
    return TINY if mode == "search" else {name: TINY[name] for name in OF_TRAINING}


def settings(block):
    """The flags of a command, as keywords."""
    program, *words = shlex.split(block)
    assert program == "enas-tf"
    given = dict(word.removeprefix("--").split("=", 1) for word in words)
    return {**given, **tiny(given.get("mode", "search")), "progress": False}


def in_a_shell(block):
    """The command in a process of its own."""
    words = [f"--{name}={value}" for name, value in settings(block).items()]
    return subprocess.run(
        [sys.executable, "-m", "enas_tf", *words],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
    )


def in_this_process(block):
    """What that would do, without the seconds of a new start."""
    read = keywords.read(settings(block))
    asked = request.build(read.given, read.preset, read.command)
    try:
        experiment.run(asked)
    finally:
        asked.folder.release()


def without_this_package(block):
    return subprocess.run(
        [sys.executable, "-c", ALONE + block], capture_output=True, text=True
    )


def run(block, names):
    """One block of Python."""
    if found := re.match(r"# (\w+\.py)\n", block):
        pathlib.Path(found[1]).write_text(block)
        return
    block = block.replace('preset="demo"', 'preset="demo", **TINY')
    exec(compile(block, "tutorial.md", "exec"), names)


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """The folder in which all blocks were run, and what they left behind."""
    folder = tmp_path_factory.mktemp("tutorial")
    names, seen = dict(TINY={**TINY, "progress": None}), {}
    with pytest.MonkeyPatch.context() as patch, plugin_files.forgotten():
        patch.chdir(folder)
        for number, (kind, block) in enumerate(BLOCKS):
            if kind == "sh" and number == 0:
                seen["first"] = in_a_shell(block)
            elif kind == "sh":
                in_this_process(block)
            elif "saved_model.load" in block:
                seen["served"] = without_this_package(block)
            else:
                run(block, names)
    return folder, names, seen


def test_every_block_is_of_a_kind_that_is_run():
    assert {kind for kind, _ in BLOCKS} == {"python", "sh"}
    assert DOCUMENT.count("```") == 2 * len(BLOCKS)
    assert sum("saved_model.load" in block for _, block in BLOCKS) == 1


def test_the_commands_leave_what_is_said(here):
    folder, _, seen = here
    assert seen["first"].returncode == 0, seen["first"].stderr
    rows = re.findall(r"^\| (`.*?) \|", DOCUMENT, flags=re.M)
    for name in re.findall(r"`([^`]+)`", " ".join(rows)):
        assert (folder / "runs" / "digits" / name).exists(), name
    for run in ("mine", "photos", "more"):
        assert (folder / "runs" / run / "arcs" / "best.json").exists(), run
    assert (folder / "runs" / "digits" / "evaluation" / "confusion.png").exists()


def test_the_export_answers_where_this_package_is_not_installed(here):
    _, _, seen = here
    assert seen["served"].returncode == 0, seen["served"].stderr
    answers = seen["served"].stdout.strip()
    assert re.fullmatch(r"\[('\d'(, )?){5}\]", answers), answers


def test_the_warm_start_took_what_the_two_searches_have_in_common(here):
    folder, names, _ = here
    more = taken_of(folder / "runs" / "more")
    assert {"stem/kernel", "layer_1/conv3x3/kernel", "lstm"} <= set(more["taken"])
    lacking = more["not_whole"]
    assert lacking["layer_0/in/kernel"] == "without dilated3x3"
    assert lacking["layer_0/dilated3x3/0/kernel"] == "not there"
    assert names["model"].name and names["result"].output_dir == "runs/more"
    train = taken_of(folder / "runs" / "more", "train")
    assert "stem_conv/kernel" in train["taken"]


def taken_of(folder, stage="search"):
    return json.loads((folder / "run.json").read_text())["stages"][stage]["warm_start"]
