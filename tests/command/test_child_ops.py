"""--child_ops before TensorFlow is needed: what is refused, what goes on."""

import pytest
import run_files

from enas_tf.command import request
from enas_tf.config.sections import ConfigError
from enas_tf.run import ops as run_ops
from enas_tf.run.folder import RunFolder

COMMAND = ["python", "bin/main.py"]


@pytest.fixture
def build(tmp_path):
    def build(**given):
        asked = {"output_dir": str(tmp_path / "run"), "dataset": "digits", **given}
        found = request.build(asked, None, COMMAND)
        found.folder.release()
        return found

    return build


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            dict(child_ops="conv3x3,conv9x9"),
            "--child_ops=conv3x3,conv9x9 is not allowed: it must be some of conv3x3, "
            "sepconv3x3, conv5x5, sepconv5x5, avgpool3x3, maxpool3x3, each once, with "
            "commas between them. 'conv9x9' is none of them. An op of another program "
            "needs its --plugin.",
        ),
        (dict(child_ops="conv3x3,conv3x3"), "conv3x3 is twice"),
        (dict(child_ops="conv3x3,"), "'' is none of them"),
        (dict(child_ops=""), "--child_ops is empty"),
        (dict(child_ops="tanh", search_for="macro"), "'tanh' is none of them"),
        (dict(child_ops="conv3x3", child_num_branches=4), "not allowed together"),
    ],
)
def test_a_wrong_list_is_one_line(build, given, message):
    with pytest.raises(ConfigError) as caught:
        build(**given)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_list_is_the_number_of_ops():
    def choice(**given):
        found = request.config.replace(request.config.Config(), given).child
        return found.num_ops, found.op_choice

    assert choice(child_ops="conv3x3, maxpool3x3") == (2, ("conv3x3", "maxpool3x3"))
    assert choice() == (6, 6)


def searched(folder, ops, arc):
    config = request.presets.resolve("macro", "search", "demo", {})
    folder.bind_settings("search", config)
    folder.record("search", saved=True, **{run_ops.KEY: list(ops)})
    folder.record("derive", arc=arc)
    return folder


def test_a_training_with_another_list_than_the_search_has_the_same_ops(build, tmp_path):
    searched(RunFolder(tmp_path / "run"), ["conv3x3", "sepconv3x3"], "0 1 1")
    asked = build(mode="train", child_ops="maxpool3x3,sepconv3x3,conv3x3")
    assert asked.arc == "conv3x3 sepconv3x3 1"
    best = (tmp_path / "run" / "arcs" / "best.txt").read_text()
    assert best == "0 1 1\n"  # the search's own


def test_a_training_without_an_op_of_the_arc_is_refused(build, tmp_path):
    searched(RunFolder(tmp_path / "run"), ["conv3x3", "sepconv3x3"], "0 1 1")
    with pytest.raises(ConfigError, match="missing: sepconv3x3"):
        build(mode="train", child_ops="conv3x3,maxpool3x3")


NAMED = "conv3x3 maxpool3x3 1"


@pytest.fixture
def chosen(tmp_path):
    """A search and a training of two ops by name, with a preset."""
    folder = RunFolder(tmp_path / "run")
    folder.record("derive", arc=NAMED)
    for stage in ("search", "train"):
        own = {"child_ops": "conv3x3, maxpool3x3"}
        if stage == "train":
            own |= {"child_fixed_arc": NAMED, "child_num_layers": 2}
        config = request.presets.resolve("macro", stage, "demo", own)
        folder.bind_settings(stage, config)
        folder.record(stage, **{run_ops.KEY: ["conv3x3", "maxpool3x3"]})
    return folder


def looked_at(folder, mode, **given):
    given = dict(output_dir=str(folder.path), mode=mode, **given)
    found = request.build(given, "demo", COMMAND)
    found.folder.release()
    stage = "search" if mode == "derive" else "train"
    return found.arc, found.configs[stage].child.op_names


@pytest.mark.parametrize("mode", ["evaluate", "export", "derive", "train"])
def test_a_command_that_names_no_ops_has_those_of_the_folder(chosen, mode):
    for stage in ("search", "train"):
        chosen.note_saved(stage)
    arc, ops = looked_at(chosen, mode)
    assert ops == ("conv3x3", "maxpool3x3")
    assert arc == ("" if mode == "derive" else NAMED)


def test_a_training_has_the_ops_of_the_search_whose_arc_it_takes(chosen):
    chosen.note_saved("search")
    assert looked_at(chosen, "train") == (NAMED, ("conv3x3", "maxpool3x3"))
    integers, ops = looked_at(chosen, "train", child_fixed_arc="0 1 1")
    assert (integers, ops) == ("0 1 1", ())  # of the whole table


def test_a_prediction_by_a_preset_needs_no_op_of_the_arc(chosen, tmp_path):
    arc = "squeeze conv3x3 1"
    own = dict(child_ops="conv3x3,squeeze", child_fixed_arc=arc, child_num_layers=2)
    chosen.bind_settings(
        "train", request.presets.resolve("macro", "train", "demo", own)
    )
    chosen.note_saved("train")
    run_files.no_model(chosen.final)
    (tmp_path / "x.png").touch()
    assert looked_at(chosen, "predict", input=str(tmp_path / "x.png")) == (
        "",
        ("conv3x3", "squeeze"),
    )


def test_spaces_between_names_mean_nothing(chosen):
    for stage in ("search", "train"):
        chosen.note_saved(stage)
    for mode in ("search", "train"):
        looked_at(chosen, mode, child_ops="conv3x3,maxpool3x3")
    with pytest.raises(ConfigError, match="--child_ops was 'conv3x3, maxpool3x3'"):
        looked_at(chosen, "search", child_ops="maxpool3x3,conv3x3")


def test_a_search_says_itself_which_ops_it_has(chosen):
    chosen.note_saved("search")
    with pytest.raises(ConfigError, match="--child_ops was 'conv3x3, maxpool3x3'"):
        looked_at(chosen, "search")


def test_ops_that_were_chosen_by_name_need_no_place(tmp_path):
    folder = RunFolder(tmp_path)
    given = {"child_ops": "maxpool3x3,own"}
    config = request.presets.resolve("macro", "search", "demo", given)
    folder.bind_settings("search", config)
    run_ops.refuse_other(folder, "search", ("own", "maxpool3x3"))
    with pytest.raises(ConfigError, match="this program does not add 'own': go on wi"):
        run_ops.refuse_other(folder, "search", ("conv3x3", "maxpool3x3"))
