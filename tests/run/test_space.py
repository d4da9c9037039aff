"""Whose space a folder is of: taken over where none was given, refused where another.

The folders are made as a run would leave them; nothing is trained.
"""

import shlex

import pytest
import run_files
from PIL import Image

from enas_tf.command import flags, request
from enas_tf.config.sections import ConfigError
from enas_tf.run import saves
from enas_tf.run.folder import RunFolder
from enas_tf.spaces import macro, micro, rnn

ARCS = {
    "macro": "0 1 0",
    "micro": "1 1 0 4 2 3 0 0 0 2 0 2 1 4 1 1",
    "rnn": "0 1 1 3",
}
SPACES = {
    "macro": macro.MacroSpace(2),
    "micro": micro.MicroSpace(2),
    "rnn": rnn.RnnSpace(2),
}
LOOKING = ("evaluate", "export", "predict")


@pytest.fixture
def build(tmp_path, monkeypatch):
    """A function: the flags given -> the request; its folder is released at once."""
    monkeypatch.chdir(tmp_path)
    Image.new("L", (8, 8)).save("sheet.png")
    (tmp_path / "t.txt").write_text("a text")

    def run(preset=None, **given):
        asked = request.build(given, preset, ["python", "main.py"])
        asked.folder.release()
        return asked

    return run


def leave(stage, space, path="run"):
    """A folder as `stage` of a demo leaves it, without weights."""
    given = dict(search_for=space, output_dir=path)
    if stage == "train":
        given |= dict(child_fixed_arc=ARCS[space])
    asked = request.build(given, "demo", ["python", "main.py"])
    folder = asked.folder
    folder.bind_settings(stage, asked.configs[stage])
    folder.checkpoints(stage).mkdir(parents=True)
    (folder.checkpoints(stage) / "ckpt-1.index").write_bytes(saves.INDEX_END)
    kept = SPACES[space]
    if stage == "search":
        folder.arcs.mkdir()
        (folder.arcs / "best.json").write_text(kept.to_json(kept.parse(ARCS[space])))
    else:
        run_files.no_model(folder.final)
    folder.release()


def given_for(mode, space):
    given = dict(mode=mode, output_dir="run")
    if mode == "predict":
        given |= dict(input="t.txt" if space == "rnn" else "sheet.png")
    return given


@pytest.mark.parametrize("space", ARCS)
@pytest.mark.parametrize("mode", [*LOOKING, "train"])
def test_the_space_of_a_training_is_taken_over(mode, space, build):
    leave("train", space)
    preset = "demo" if mode == "train" else None
    asked = build(preset, **given_for(mode, space))
    assert asked.configs["train"].run.search_for == space
    assert asked.configs["search"].run.search_for == space
    assert asked.arc == ARCS[space]
    assert asked.configs["train"].run.output_dir == "run"


@pytest.mark.parametrize("space", ARCS)
def test_the_space_of_a_search_is_taken_over(space, build):
    leave("search", space)
    assert build(mode="derive", output_dir="run").configs["search"].run == (
        build(mode="derive", output_dir="run", search_for=space).configs["search"].run
    )
    assert build("demo", mode="train", output_dir="run").arc == ARCS[space]


@pytest.mark.parametrize(("held", "other"), [("macro", "rnn"), ("rnn", "macro")])
@pytest.mark.parametrize("mode", [*LOOKING, "train"])
def test_another_space_than_the_trainings_is_refused(mode, held, other, build):
    leave("train", held)
    with pytest.raises(ConfigError) as caught:
        build(search_for=other, **given_for(mode, other))
    named = dict(macro="a macro run", rnn="an rnn run")[held]
    assert str(caught.value) == (
        f"--search_for={other}: --output_dir=run holds {named}. "
        "Leave --search_for out, or name another folder."
    )


@pytest.mark.parametrize("mode", ["search", "all", "derive"])
def test_another_space_than_the_searchs_is_refused(mode, build):
    leave("search", "macro")
    # A setting that the rnn space would refuse is not what is told of.
    with pytest.raises(ConfigError, match="^--search_for=rnn: --output_dir=run holds"):
        build(mode=mode, search_for="rnn", output_dir="run", child_num_branches=6)


def test_a_search_takes_no_space_over_and_says_which_to_give(build):
    leave("search", "rnn")
    with pytest.raises(ConfigError) as caught:
        build(output_dir="run")
    assert str(caught.value) == (
        "--output_dir=run holds an rnn run, and --search_for is macro by default. "
        "Give --search_for=rnn, or name another folder."
    )


def test_a_default_folder_of_another_space_is_refused_with_a_way_that_works(build):
    leave("train", "micro", "outputs/rnn")
    with pytest.raises(ConfigError, match="Give --output_dir=outputs/rnn without"):
        build(mode="evaluate", search_for="rnn")
    asked = build(mode="evaluate", output_dir="outputs/rnn")
    assert asked.configs["train"].run.search_for == "micro"


def test_a_new_beginning_is_bound_to_no_space(build):
    leave("train", "rnn")
    given = dict(child_fixed_arc=ARCS["macro"], output_dir="run", reset_output_dir=True)
    assert build(**given).configs["train"].run.search_for == "macro"


def test_a_command_that_failed_before_its_first_steps_binds_no_space(build):
    asked = build(search_for="rnn", output_dir="run", dataset="python_docs")
    asked.folder.bind_settings("search", asked.configs["search"])
    build(search_for="micro", output_dir="run")


def test_without_weights_an_export_still_says_its_space(build, tmp_path):
    leave("train", "rnn")
    (RunFolder("run").checkpoints("train") / "ckpt-1.index").unlink()
    asked = build(**given_for("predict", "rnn"))
    assert asked.configs["train"].run.search_for == "rnn"


def test_each_stage_of_a_folder_of_two_spaces_goes_by_its_own(build):
    leave("train", "micro")
    leave("search", "macro", "other")
    run, other = RunFolder("run"), RunFolder("other")
    (other.path / "search").rename(run.path / "search")
    other.checkpoints("search").rename(run.checkpoints("search"))
    evaluated = build(mode="evaluate", output_dir="run")
    assert evaluated.configs["train"].run.search_for == "micro"
    derived = build(mode="derive", output_dir="run")
    assert derived.configs["search"].run.search_for == "macro"


def test_an_arc_that_is_refused_is_told_the_space_of_the_folder(build):
    leave("search", "rnn")
    with pytest.raises(
        ConfigError, match="^--child_fixed_arc is not an arc of the rnn"
    ):
        build(child_fixed_arc=ARCS["macro"], output_dir="run")


def test_a_folder_without_a_run_is_refused_as_before(build):
    with pytest.raises(ConfigError, match="run holds no trained network"):
        build(mode="evaluate", output_dir="run")


def test_a_search_that_saved_nothing_is_none_to_derive_from_whatever_its_ops(build):
    leave("search", "rnn")
    folder = RunFolder("run")
    folder.record("search", ops=["tanh", "relu"])
    (folder.checkpoints("search") / "ckpt-1.index").unlink()
    (folder.arcs / "best.json").unlink()
    with pytest.raises(ConfigError, match="run holds no search that --mode=derive"):
        build(mode="derive", output_dir="run")


@pytest.mark.parametrize("written", [[], ["--search_for="]])
@pytest.mark.parametrize("space", ARCS)
def test_the_command_to_retrain_is_a_valid_one(space, written, build):
    leave("search", space)
    words = [f"{word}{space}" for word in written]
    words += ["--mode=derive", "--output_dir=run", "--derive_num_samples=7"]
    command = request.build(*parsed(words)).retrain_command()
    python, program, *again = shlex.split(command)
    assert ("--search_for=" + space in again) == (space != "macro" or bool(written))
    assert sum(word.startswith("--search_for") for word in again) <= 1
    RunFolder("run").release()
    asked = request.build(*parsed(again))
    assert (asked.mode, asked.arc) == ("train", ARCS[space])
    searched = RunFolder("run").settings("search")
    assert asked.configs["train"].data.dataset == searched["dataset"] != "cifar10"


def parsed(words):
    """The arguments of `request.build` from the words of a command line."""
    values = flags.flags.FlagValues()
    flags.define(values)
    flags.parse(["main.py", *words], values)
    command = ["python", "main.py", *words]
    return flags.given(values), flags.preset(values), command


@pytest.mark.parametrize("space", ARCS)
def test_the_command_to_predict_is_a_valid_one(space, build, tmp_path):
    leave("train", space)
    command = build("demo", mode="train", output_dir="run").predict_command()
    (tmp_path / "TEXT.txt").write_text("a text")
    Image.new("L", (8, 8)).save("PICTURE.png")
    asked = request.build(*parsed(shlex.split(command)[2:]))
    assert asked.configs["train"].run.search_for == space


def test_flags_of_the_folders_space_alone_are_kept(build):
    leave("train", "rnn")
    values = flags.flags.FlagValues()
    flags.define(values)
    words = ["--mode=evaluate", "--output_dir=run", "--child_hidden_size=9"]
    flags.parse(["main.py", *words, "--image_size=8"], values)
    assert "child_hidden_size" in flags.given(values, space="rnn")
    assert "image_size" not in flags.given(values, space="rnn")
    assert flags.notices(values, space="rnn") == [
        "--image_size has no effect here: the rnn space has no such part."
    ]
