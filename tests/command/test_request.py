"""From flags to a request: the mode, each stage's settings, the arc, the folder."""

import json

import pytest
import run_files
from absl import logging

from enas_tf.arcs.fixed import FixedArc
from enas_tf.command import effects, request
from enas_tf.config import modes
from enas_tf.config.sections import MODES, ConfigError
from enas_tf.run import saves
from enas_tf.run.folder import RunFolder
from enas_tf.spaces import genotype, macro, micro

SPACE = macro.MacroSpace(2)
ARC = "0 1 0"
MICRO = micro.MicroSpace(2)
MICRO_ARC = "1 1 0 4 2 3 0 0 0 2 0 2 1 4 1 1"
FIXED = FixedArc(ARC, SPACE.parse(ARC))
MICRO_FIXED = FixedArc(MICRO_ARC, MICRO.parse(MICRO_ARC))
GENOTYPE = genotype.text(genotype.of_arc(MICRO.parse(MICRO_ARC)))


@pytest.fixture
def build(tmp_path, monkeypatch):
    """A function: the flags given -> the request; its folder is released at once."""
    monkeypatch.chdir(tmp_path)

    def run(preset=None, **given):
        asked = request.build(given, preset, ["main.py"])
        asked.folder.release()
        return asked

    return run


def checkpoint(folder, stage):
    folder.checkpoints(stage).mkdir(parents=True, exist_ok=True)
    (folder.checkpoints(stage) / "ckpt-1.index").write_bytes(saves.INDEX_END)


def derived(folder, arc=ARC, space=SPACE):
    folder.arcs.mkdir(exist_ok=True)
    (folder.arcs / "best.json").write_text(space.to_json(space.parse(arc)))


def trained(asked):
    """What a training leaves behind."""
    asked.folder.bind_settings("train", asked.configs["train"])
    checkpoint(asked.folder, "train")


def test_a_training_that_goes_on_needs_none_of_its_settings_again(build):
    begun = build("demo", mode="train", child_fixed_arc=ARC, child_lr_cosine=False)
    trained(begun)
    asked = build(mode="train", num_epochs=99)
    assert asked.arc == ARC
    longer = begun.configs["train"].loop.num_epochs, asked.configs["train"].loop
    assert longer[0] < longer[1].num_epochs == 99
    assert longer[1].batch_size == begun.configs["train"].loop.batch_size
    assert not asked.configs["train"].child.lr_cosine
    with pytest.raises(ConfigError, match="--batch_size was 32 when this train"):
        build(mode="train", batch_size=64)
    anew = build(mode="train", child_fixed_arc=ARC, reset_output_dir=True)
    assert anew.configs["train"].loop.batch_size == 100  # the published one


def test_an_arc_is_one_value_whatever_it_was_written_as(build, tmp_path):
    (tmp_path / "arc.json").write_text(SPACE.to_json(FIXED.arc))
    for written in ("arc.json", ARC, "0 | 1 0"):
        assert build(child_fixed_arc=written).fixed == FIXED
    assert build(search_for="rnn", child_fixed_arc="lstm").fixed == ("lstm", None)
    assert build(search_for="macro").fixed is None


def test_every_mode_goes_by_the_settings_of_some_stage():
    every = {*modes.MODES, *modes.READING, *modes.OF_CAMPAIGNS}
    assert every == set(MODES)
    for mode in modes.MODES.values():
        assert mode.stages and set(mode.stages) <= set(modes.STAGES)


def test_a_command_without_flags_is_the_published_search(build, tmp_path):
    asked = build()
    assert asked.mode == "search"
    assert asked.arc == ""
    assert asked.folder.path.resolve() == tmp_path / "outputs" / "macro"
    assert asked.configs["search"].child.num_layers == 12
    assert asked.configs["train"].child.out_filters == 96
    assert asked.configs["search"].run.output_dir == "outputs/macro"


def test_an_arc_without_a_mode_is_trained_and_sets_the_layers(build):
    asked = build(child_fixed_arc="0 | 1 0")
    assert asked.mode == "train"
    assert asked.arc == ARC
    assert asked.configs["train"].child.num_layers == 2
    assert asked.configs["train"].child.fixed_arc == ARC
    assert asked.configs["train"].run.mode == "train"


def test_a_number_of_layers_that_agrees_with_the_arc_is_fine(build):
    asked = build(child_fixed_arc="enas24", child_num_layers=24)
    assert len(asked.arc.split()) == 300


@pytest.mark.parametrize("name", ["best.json", "best.txt", "my best.json"])
def test_an_arc_may_be_a_file(name, build, tmp_path):
    text = SPACE.to_json(SPACE.parse(ARC)) if name.endswith("json") else f"{ARC}\n"
    (tmp_path / name).write_text(text)
    assert build(child_fixed_arc=str(tmp_path / name)).arc == ARC
    assert build(child_fixed_arc=name).arc == ARC


def test_a_file_says_by_its_content_that_it_is_json(build, tmp_path):
    (tmp_path / "arc.dat").write_text(SPACE.to_json(SPACE.parse(ARC)))
    assert build(child_fixed_arc="arc.dat").arc == ARC


def test_training_takes_the_derived_arc(build):
    folder = build().folder
    derived(folder)
    asked = build(mode="train")
    assert asked.arc == ARC
    assert asked.configs["train"].child.num_layers == 2


def test_a_given_flag_holds_for_both_stages_but_the_layers_do_not(build):
    asked = build("demo", mode="all", child_out_filters=8, child_num_layers=3)
    search, train = asked.configs["search"], asked.configs["train"]
    assert (search.child.out_filters, train.child.out_filters) == (8, 8)
    assert search.child.num_layers == 3
    assert train.child.num_layers == 6
    assert asked.with_arc(FIXED).configs["train"].child.num_layers == 2
    assert asked.with_arc(FIXED).configs["search"].child.num_layers == 3
    assert asked.with_arc(FIXED).arc == ARC


def test_a_command_with_the_micro_space_is_its_published_search(build, tmp_path):
    asked = build(search_for="micro")
    assert asked.folder.path.resolve() == tmp_path / "outputs" / "micro"
    search, train = asked.configs["search"], asked.configs["train"]
    assert (search.run.search_for, train.run.search_for) == ("micro", "micro")
    assert (search.child.num_layers, train.child.num_layers) == (6, 15)
    assert (search.child.num_cells, search.child.num_branches) == (5, 5)


def test_a_micro_arc_sets_the_blocks_and_leaves_the_layers(build):
    asked = build(search_for="micro", child_fixed_arc=MICRO_ARC)
    assert asked.arc == MICRO_ARC
    child = asked.configs["train"].child
    assert (child.num_cells, child.num_layers) == (2, 15)
    asked = build(
        search_for="micro",
        child_fixed_arc="enas_micro",
        child_num_cells=5,
        child_num_layers=3,
        output_dir="other",
    )
    assert len(asked.arc.split()) == 40
    assert asked.configs["train"].child.num_layers == 3


def test_a_given_number_of_layers_holds_for_both_micro_stages_but_blocks_do_not(build):
    given = dict(search_for="micro", child_num_layers=2, child_num_cells=4)
    asked = build("demo", mode="all", **given)
    search, train = asked.configs["search"], asked.configs["train"]
    assert (search.child.num_layers, train.child.num_layers) == (2, 2)
    assert (search.child.num_cells, train.child.num_cells) == (4, 3)
    later = asked.with_arc(MICRO_FIXED).configs["train"].child
    assert (later.num_cells, later.num_layers) == (2, 2)


def test_training_takes_the_derived_micro_arc(build):
    folder = build(search_for="micro").folder
    derived(folder, MICRO_ARC, MICRO)
    asked = build(search_for="micro", mode="train")
    assert asked.arc == MICRO_ARC
    assert asked.configs["train"].child.num_cells == 2


@pytest.mark.parametrize("name", ["cells.txt", "cells.json", "genotypes.py"])
def test_a_genotype_may_be_given_or_be_in_a_file(name, build, tmp_path):
    text = f"MINE = {GENOTYPE}\n"
    if name.endswith("json"):
        text = json.dumps(genotype.parse(GENOTYPE)._asdict())
    (tmp_path / name).write_text(text)
    for value in (GENOTYPE, GENOTYPE.replace(" ", ""), text, name):
        asked = build(search_for="micro", child_fixed_arc=value)
        assert asked.arc == MICRO_ARC
        assert asked.configs["train"].child.fixed_arc == MICRO_ARC
        assert asked.configs["train"].child.num_cells == 2


def test_a_genotype_is_converted_where_that_is_asked_for(build, monkeypatch):
    warnings = []
    monkeypatch.setattr(logging, "warning", lambda *words: warnings.append(words))
    other = GENOTYPE.replace("normal_concat=[3]", "normal_concat=[2, 3]")
    given = dict(search_for="micro", child_fixed_arc=other)
    assert build(**given, child_genotype_concat="convert").arc == MICRO_ARC
    assert len(warnings) == 1
    with pytest.raises(ConfigError, match="--child_genotype_concat=convert"):
        build(**given)


@pytest.mark.parametrize(
    ("space", "kept"),
    [("macro", ["--child_num_cells=2"]), ("micro", ["--child_num_layers=3"])],
)
def test_the_command_to_retrain_leaves_out_what_follows_from_the_arc(
    space, kept, build
):
    words = [f"--search_for={space}", "--child_num_layers=3", "--child_num_cells=2"]
    asked = build(search_for=space)._replace(command=["python", "main.py", *words])
    assert asked.retrain_command().split() == (
        ["python", "main.py", f"--search_for={space}", *kept, "--mode=train"]
    )


def test_only_the_stages_of_the_mode_are_checked(build):
    # Below the lowest rate of training (0.001), not below that of a search (0.0005).
    build(mode="search", child_lr_max=0.0008)
    with pytest.raises(ConfigError, match="--child_lr_min=0.001"):
        build(mode="all", child_lr_max=0.0008)


def test_a_look_at_a_run_needs_none_of_its_flags_again(build):
    trained(build("demo", child_fixed_arc=ARC, child_out_filters=8, seed=3))
    asked = build(mode="evaluate")
    train = asked.configs["train"]
    assert asked.arc == ARC
    assert (train.data.dataset, train.child.out_filters) == ("digits", 8)
    assert (train.run.seed, train.run.mode) == (3, "evaluate")


def test_a_look_at_a_run_with_another_setting_is_refused(build):
    trained(build("demo", child_fixed_arc=ARC))
    with pytest.raises(ConfigError, match="--child_out_filters was 16"):
        build(mode="export", child_out_filters=8)


@pytest.mark.parametrize("mode", ["evaluate", "export"])
def test_a_look_at_a_run_has_no_use_for_a_warm_start(build, mode):
    trained(build("demo", child_fixed_arc=ARC))
    asked = build(mode=mode, warm_start="nowhere")
    assert asked.configs["train"].run.warm_start == ""
    notices = effects.notices(mode, asked.begun, {"warm_start"})
    assert notices == [
        f"--warm_start has no effect here: --mode={mode} begins nothing."
    ]


def test_a_reward_is_no_part_of_a_training(build):
    trained(build("demo", mode="train", child_fixed_arc=ARC, reward="accuracy - 1"))
    asked = build(mode="train", reward="accuracy**2")
    notices = effects.notices("train", asked.begun, {"reward"})
    assert [line.split(":")[0] for line in notices] == ["--reward has no effect here"]
    assert build(mode="train").arc == ARC


def test_deriving_anew_may_use_other_derive_settings(build):
    asked = build("demo")
    asked.folder.bind_settings("search", asked.configs["search"])
    checkpoint(asked.folder, "search")
    again = build(mode="derive", derive_num_samples=7)
    assert again.configs["search"].derive.num_samples == 7
    assert again.configs["search"].data.dataset == "digits"


def test_what_was_trained_is_evaluated_whatever_was_derived_since(build):
    trained(build(child_fixed_arc=ARC))
    derived(RunFolder("outputs/macro"), "2 2 1")
    assert build(mode="evaluate").arc == ARC


def test_training_another_arc_in_the_same_folder_is_refused(build):
    trained(build(child_fixed_arc=ARC))
    with pytest.raises(ConfigError, match=f"--child_fixed_arc was '{ARC}'"):
        build(child_fixed_arc="0 2 0")
    build(child_fixed_arc="0 2 0", reset_output_dir=True)


def test_training_goes_on_without_naming_the_arc_again(build):
    trained(build(child_fixed_arc=ARC))
    assert build(mode="train").arc == ARC


def test_all_may_be_repeated_after_its_arc_was_trained(build):
    asked = build("demo", mode="all")
    trained(asked.with_arc(FIXED))
    build("demo", mode="all")
    with pytest.raises(ConfigError, match="--child_keep_prob was 0.9"):
        build("demo", mode="all", child_keep_prob=0.5)


def test_a_refused_request_leaves_the_folder_unlocked_and_undescribed(build):
    asked = build(child_fixed_arc=ARC)
    trained(asked)
    before = (asked.folder.path / "config.json").read_text()
    with pytest.raises(ConfigError):
        build(child_fixed_arc=ARC, child_out_filters=8)
    assert (asked.folder.path / "config.json").read_text() == before
    build(child_fixed_arc=ARC)


def test_predict_needs_an_exported_model_and_an_input_that_exists(build, tmp_path):
    with pytest.raises(ConfigError, match="no trained network"):
        build(mode="predict", input="four.png")
    trained(build(child_fixed_arc=ARC))
    with pytest.raises(ConfigError, match="no exported model .* with --mode=export"):
        build(mode="predict", input="four.png")
    final = tmp_path / "outputs" / "macro" / "final"
    run_files.no_model(final)
    with pytest.raises(ConfigError, match="--input=four.png does not exist"):
        build(mode="predict", input="four.png")
    (tmp_path / "four.png").touch()
    assert build(mode="predict", input="four.png").arc == ARC


@pytest.mark.parametrize(
    ("flag", "named"),
    [
        ("data_path", "the data"),
        ("data_dir", "the folder of TFDS"),
        ("dataset", "a data set"),
        ("output_dir", "a folder"),
        ("warm_start", "the folder of a training or a search"),
        ("input", "what to predict from"),
    ],
)
@pytest.mark.parametrize("value", ["", " "])
def test_a_path_or_name_that_was_given_empty_is_refused(
    flag, named, value, build, tmp_path
):
    with pytest.raises(ConfigError) as caught:
        build(**{flag: value})
    assert str(caught.value) == (
        f"--{flag} is empty: leave it out or name {named}. A variable of the shell may "
        "not be set."
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("mode", ["search", "all"])
def test_settings_of_trainings_that_deriving_makes_are_checked_beforehand(build, mode):
    # The preset's training goes from 0.05 down; the search would refuse nothing.
    wrong = dict(mode=mode, child_keep_prob=0.0, derive_retrain_top=2)
    with pytest.raises(ConfigError, match="--child_keep_prob=0.0 is not allowed"):
        build(**wrong)
