"""Every file of a finished run x a damage x the next command: what happens.

No cell is a traceback, a silent restart or a silent change.
"""

import contextlib
import fnmatch
import json
import os
import re
import shutil
import sys
import types

import latencies
import plugin_files
import pytest
import runs
from PIL import Image

from enas_tf.command import request
from enas_tf.config import sections as config
from enas_tf.run import layout as run_layout

# What a command does about a damaged file:
#   same     as if nothing had happened: nobody reads it, or only its name counts
#   anew     the same, and it writes the file as it should be
#   mends F  one line: it was damaged, and is written again from F
#   reads F  one line: it was damaged, and F is read in its place; nothing is written
#   whole    the same figures, or one line that says why there are none
#   refuses  one line that names it, and status 2, before TensorFlow is imported
# `again` is the command that made the run, --mode=all; `train` goes on with it.
TABLE = """
file                      damage   again                train                evaluate             predict

run.json                  any      mends run.copy.json  mends run.copy.json  mends run.copy.json  reads run.copy.json
run.copy.json             any      mends run.json       mends run.json       mends run.json       same
search/config.json        any      mends run.json       mends run.json       reads run.json       reads run.json
train/config.json         any      mends run.json       mends run.json       reads run.json       reads run.json
config.json               any      anew                 anew                 same                 same
.lock                     any      same                 same                 same                 same

arcs/best.json            any      anew                 mends run.json       same                 same
arcs/best.txt             any      anew                 mends run.json       same                 same
arcs/best.png             any      anew                 same                 same                 same
arcs/derived.jsonl        any      anew                 same                 same                 same
arcs/sampled.png          any      same                 same                 same                 same
arcs/ops.png              any      same                 same                 same                 same
arcs/latency.jsonl        any      same                 same                 same                 same
arcs/pareto.*             any      anew                 same                 same                 same
curves.png                any      anew                 anew                 same                 same
report.html               any      anew                 anew                 same                 same
evaluation/classes.json   any      same                 same                 whole                same
evaluation/confusion.png  any      same                 same                 anew                 same
plugins/*                 any      anew                 anew                 same                 same

final/model.keras         any      anew                 anew                 same                 refuses
final/classes.txt         any      anew                 anew                 same                 refuses
final/saved_model/*       any      anew                 anew                 same                 refuses
final/SHA256SUMS          deleted  anew                 anew                 same                 same
final/SHA256SUMS          any      anew                 anew                 same                 refuses

final/saved_model/*       folder   anew                 anew                 same                 refuses
*                         folder   refuses              refuses              refuses              refuses
"""  # noqa: E501
# The same, of what run/checkpoint.py, run/report.py and search/sampled_arcs.py do.
OF_SAVES = """
file                      damage   again                train                evaluate             predict

checkpoints/*             any      same                 same                 whole                same
metrics.jsonl             any      same                 same                 same                 same
tensorboard/*             any      same                 same                 same                 same
arcs/sampled.jsonl        any      same                 same                 same                 same
arcs/rewarded.jsonl       any      same                 same                 same                 same
"""  # noqa: E501
COMMANDS = ("again", "train", "evaluate", "predict")
DAMAGES = ("deleted", "empty", "half", "bit", "garbage", "folder")
# The stages that a command brings to their end; it leaves the others' files alone.
TRAINED = dict(again=("search", "train"), train=("train",))
MANY = ("checkpoints", "tensorboard")
REWARD = dict(reward="latency", reward_target=9.0, latency_arcs=10)
TINY = dict(num_epochs=1, controller_train_steps=1, **REWARD)


def rows(table):
    """[(file, damage, {command: what it does})], the first that matches counts."""
    found = []
    for line in table.strip().splitlines()[1:]:
        if line:
            words = re.split(r" +(?!run)", line)
            found.append((*words[:2], dict(zip(COMMANDS, words[2:], strict=True))))
    return found


def row_of(name, damage):
    """What each command does about that damage to the file `name`."""
    for pattern, kind, does in rows(TABLE) + rows(OF_SAVES):
        fits = kind == damage or kind == "any" and damage != "folder"
        if fits and fnmatch.fnmatch(name, pattern):
            return does
    raise AssertionError(f"{name} has no row for {damage}")


def do(damage, path):
    content = path.read_bytes()
    path.unlink()
    if damage == "folder":
        path.mkdir()
        (path / "mine.txt").write_text("years of work")
    if damage == "empty":
        path.touch()
    if damage == "half":
        path.write_bytes(content[: len(content) // 2])
    if damage == "garbage":
        path.write_bytes(b"\xff\x00{[\xfe" * 50)
    if damage == "bit":
        middle = len(content) // 2
        changed = content[middle : middle + 1]
        changed = bytes(byte ^ 1 for byte in changed) or b"\1"
        path.write_bytes(content[:middle] + changed + content[middle + 1 :])


def flags_of(command, folder, picture):
    own = dict(plugin=str(picture.parent / "mine.py"))
    if command == "again":
        return runs.settings("macro", folder, **TINY, **own, mode="all")
    more = dict(input=str(picture)) if command == "predict" else own
    return dict(mode=command, output_dir=str(folder), progress=False, **more)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """The folder of a run of everything, beside a picture."""
    folder = tmp_path_factory.mktemp("finished") / "run"
    own = dict(plugin=plugin_files.written(folder.parent, plugin_files.REWARD))
    with plugin_files.forgotten():
        with pytest.MonkeyPatch.context() as patch:
            latencies.Faked(patch)
            runs.run("macro", folder, seen=True, **TINY, **own, mode="all")
        evaluated = dict(mode="evaluate", output_dir=str(folder), **own)
        runs.run_exactly(evaluated, seen=True)
        Image.new("L", (8, 8)).save(folder.parent / "digit.png")
        yield folder


def files_of(folder):
    found = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path.relative_to(folder).as_posix() for path in found)


def damaged(finished, path, name, damage, copy=os.link):
    """`path`, with a copy of the run that has that damage.

    Links will do before TensorFlow: until then a file is replaced, never written into.
    """
    shutil.rmtree(path, ignore_errors=True)
    shutil.copytree(finished, path, copy_function=copy)
    do(damage, path / name)
    return path


@contextlib.contextmanager
def told(caplog):
    """The warnings inside."""
    caplog.clear()
    with caplog.at_level("WARNING", "absl"):
        found = types.SimpleNamespace(lines=[])
        yield found
        found.lines += caplog.messages


def begin(values, caplog):
    """(what the command is refused by, what it tells) before TensorFlow is needed."""
    with told(caplog) as notices:
        try:
            asked = request.build(values, None, [sys.executable, "bin/main.py"])
        except config.ConfigError as error:
            return str(error), notices.lines
        asked.folder.release()
    return "", notices.lines


def check(does, name, damage, refusal, notices):
    """Of one cell: what was told is what the table says."""
    kind = "missing" if damage == "deleted" else "damaged"
    what, _, source = does.partition(" ")
    if what == "whole" and refusal:
        assert "\n" not in refusal
        return
    if what == "refuses":
        assert "\n" not in refusal
        of_export = name.startswith("final/")
        known = [name, "holds no exported model", "SHA256SUMS"][: 3 if of_export else 1]
        assert any(word in refusal for word in known)
        return
    assert refusal == ""
    if what in ("same", "anew", "whole"):
        assert notices == []
    else:
        done = "mended from" if what == "mends" else "read instead:"
        (notice,) = notices
        kinds = [kind, "of another arc"] if "best" in name else [kind]
        assert notice in [f"{name} was {one}; {done} {source}." for one in kinds]


def test_every_file_of_a_run_has_a_row_and_every_row_a_file(finished):
    names = files_of(finished)
    for name in names:
        for damage in DAMAGES:
            assert set(row_of(name, damage)) == set(COMMANDS)
    for pattern, *_ in rows(TABLE) + rows(OF_SAVES):
        assert any(fnmatch.fnmatch(name, pattern) for name in names), pattern


def test_every_file_of_a_run_is_in_the_table_of_its_layout(finished):
    patterns = (*run_layout.FILES, "final/saved_model/*")
    for name in files_of(finished):
        assert any(fnmatch.fnmatch(name, pattern) for pattern in patterns), name


def one_of_each(names):
    """`names`, but one checkpoint and one file of events for all."""
    kept = [name for name in names if name.split("/")[0] not in MANY]
    return kept + [next(n for n in names if n.startswith(f"{many}/")) for many in MANY]


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("command", COMMANDS)
def test_what_is_told_before_tensorflow(finished, tmp_path, damage, command, caplog):
    picture = finished.parent / "digit.png"
    for name in one_of_each(files_of(finished)):
        folder = damaged(finished, tmp_path / "run", name, damage)
        found = begin(flags_of(command, folder, picture), caplog)
        try:
            check(row_of(name, damage)[command], name, damage, *found)
        except AssertionError as error:
            raise AssertionError(f"{name}, {damage}, {command}: {found}") from error
        if damage == "folder" and "saved_model" not in name:
            assert (folder / name / "mine.txt").read_text() == "years of work"


def results(folder, trained):
    """What a run has found: its arc, its figures, those stages' weights to the bit."""
    stages = json.loads((folder / "run.json").read_text())["stages"]
    weights = [runs.checkpoint(folder, stage) for stage in trained]
    return dict(
        arc=stages["derive"]["arc"],
        derived=stages["derive"]["best_accuracy_on_others"],
        tested=stages["train"]["test_accuracy"],
        evaluated=stages["evaluate"]["test_accuracy"],
        weights=[{n: w.tobytes() for n, w in one.items()} for one in weights],
    )


def not_refused(names, damage, command, table):
    """The files, of the rows in `table`, with which the command goes to its end."""
    of_table = [n for n in names if any(fnmatch.fnmatch(n, row[0]) for row in table)]
    return [n for n in of_table if row_of(n, damage)[command] != "refuses"]


@pytest.mark.slow
@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("command", COMMANDS)
def test_what_the_whole_program_does(finished, tmp_path, damage, command):
    table = [row for row in rows(TABLE) + rows(OF_SAVES) if row[0] != "*"]
    for name in not_refused(files_of(finished), damage, command, table):
        folder = damaged(finished, tmp_path / "run", name, damage, copy=shutil.copy2)
        path = folder / name
        before = path.read_bytes() if path.is_file() else None
        what = row_of(name, damage)[command].split()[0]
        try:
            values = flags_of(command, folder, finished.parent / "digit.png")
            runs.run_exactly(values, seen=True)
            if what in ("anew", "mends"):
                assert path.is_file() and path.read_bytes() != before
            if command != "predict":  # which writes nothing, tests/test_looking.py
                trained = TRAINED.get(command, ())
                assert results(folder, trained) == results(finished, trained)
        except Exception as error:
            if what != "whole" or not isinstance(error, config.ConfigError):
                raise AssertionError(f"{name}, {damage}, {command}") from error
