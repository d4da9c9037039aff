"""Runs that begin with an earlier search: what they take, what they record, resume.

One tiny search is the source of all. Most runs die when the weights are taken, before
anything is traced.
"""

import json
import shutil

import kills
import numpy as np
import pytest
import runs
from sklearn import datasets

from enas_tf.children import shared_weights
from enas_tf.children.macro import SharedMacroChild
from enas_tf.config.sections import ChildConfig, ConfigError
from enas_tf.run import saves
from enas_tf.spaces.macro import MacroSpace
from enas_tf.stages import assembly, final_stage
from enas_tf.stages import search as search_stage
from enas_tf.training.driver import Driver

TINY = dict(
    search_for="macro",
    dataset="digits",
    child_num_layers=2,
    child_out_filters=2,
    child_ops="conv3x3,maxpool3x3",
    batch_size=64,
    num_epochs=1,
    controller_train_steps=2,
    controller_num_aggregate=2,
    controller_decision_bias=1.0,
    derive_num_samples=2,
    checkpoint_every_steps=3,
    progress=False,
)
VALUE = "/.ATTRIBUTES/VARIABLE_VALUE"


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """A finished search, of which each test has a copy."""
    folder = tmp_path_factory.mktemp("source") / "run"
    runs.run_exactly({**TINY, "output_dir": str(folder)})
    return folder


@pytest.fixture
def old(source, tmp_path):
    return shutil.copytree(source, tmp_path / "old")


def begin(folder, old, **given):
    warm = dict(warm_start=str(old)) if old else {}
    values = dict(output_dir=str(folder), mode="search")
    runs.run_exactly({**TINY, **values, **warm, **given})


@pytest.fixture
def begun(monkeypatch, old, tmp_path):
    """Begins a run in `new`; what its weights are then, and what run.json says."""

    def run(stage="search", old=old, **given):
        module = dict(search=search_stage.warm_search, train=final_stage.warm_start)
        take, seen = module[stage].begin, []

        def watched(*args):
            take(*args)
            seen.extend(args)
            raise kills.Killed

        with monkeypatch.context() as patch, pytest.raises(kills.Killed):
            patch.setattr(module[stage], "begin", watched)
            begin(tmp_path / "new", old, mode=stage, **given)
        return seen, record(tmp_path / "new", stage)

    return run


def record(folder, stage):
    return json.loads((folder / "run.json").read_text())["stages"][stage].get(
        "warm_start"
    )


def vector(folder):
    return runs.checkpoint(folder, "search")[f"child_0{VALUE}"]


def content(folder):
    files = [file for file in folder.rglob("*") if file.is_file()]
    return {file: (file.read_bytes(), file.stat().st_mtime_ns) for file in files}


def named(child):
    return {
        name: value.numpy()
        for name, value in child.parameters.unpack(child.parameters.vector).items()
    }


def test_an_equal_search_begins_with_all_that_the_other_ended_with(begun, old):
    before = content(old)
    (_, _, _, child, controller), told = begun()
    np.testing.assert_array_equal(child.parameters.vector, vector(old))
    held = runs.checkpoint(old, "search")
    for number, variable in enumerate(controller.trainable_variables):
        np.testing.assert_array_equal(variable, held[f"controller_{number}{VALUE}"])
    assert told["not_whole"] == {}
    assert {"stem/kernel", "layer_1/in/kernel", "lstm"} <= set(told["taken"])
    assert (told["stage"], told["epoch"]) == ("search", 1)
    assert told["folder"] == str(old / "checkpoints" / "search")
    assert (old / "checkpoints/search" / f"{told['checkpoint']}.index").exists()
    assert len(told["sha256"]) == 64 and told["step"] > 0
    assert content(old) == before


def test_ops_are_found_by_name_and_new_ones_and_layers_begin_anew(begun, old, caplog):
    caplog.set_level("INFO")
    (*_, child, controller), told = begun(
        child_ops="sepconv3x3,maxpool3x3,conv3x3", child_num_layers=3
    )
    theirs, ours = named_of(old), named(child)
    for mine, their in ((1, 1), (2, 0)):  # a pool, and the convolution
        np.testing.assert_array_equal(
            ours["layer_1/in/kernel"][mine], theirs["layer_1/in/kernel"][their]
        )
    np.testing.assert_array_equal(
        ours["layer_0/conv3x3/kernel"], theirs["layer_0/conv3x3/kernel"]
    )
    np.testing.assert_array_equal(
        ours["layer_0/out/scale"][1], theirs["layer_0/out/scale"][0]
    )
    assert told["not_whole"]["layer_0/in/kernel"] == "without sepconv3x3"
    assert told["not_whole"]["layer_2/in/kernel"] == "not there"
    assert told["not_whole"]["op_embedding"] == "without sepconv3x3"
    text = "\n".join(message for message in caplog.messages)
    assert "in part, without sepconv3x3: layer_0/in/kernel, " in text
    (line,) = {m for m in caplog.messages if m.startswith("  shared child  ")}
    assert " in part, " in line
    shown = [m for m in caplog.messages if "not taken" in m or "in part" in m]
    assert max(map(len, shown)) <= 71  # 80 with the time of day


def test_what_is_new_begins_as_without_a_warm_start(begun, old):
    (*_, child, _), _ = begun(child_num_layers=3)
    shutil.rmtree(old.parent / "new")
    (*_, cold, _), _ = begun(child_num_layers=3, old=None)
    np.testing.assert_array_equal(
        named(child)["layer_2/in/kernel"], named(cold)["layer_2/in/kernel"]
    )


def test_a_search_of_other_classes_takes_all_but_the_classifier(
    begun, tmp_path, caplog
):
    caplog.set_level("INFO")
    found = datasets.load_digits(n_class=3)
    images = (found.images * (255 / 16)).astype(np.uint8)
    np.savez(tmp_path / "three.npz", x=images, y=found.target)
    _, told = begun(data_path=str(tmp_path / "three.npz"), batch_size=32)
    assert told["not_whole"] == {
        "classifier/kernel": "of another shape: 2x10 there, 2x3 here"
    }
    assert "Note: that search had other data. An answer is taken for the" in (
        caplog.messages
    )


def test_nothing_in_common_is_one_line(old, tmp_path):
    given = dict(child_out_filters=4, child_ops="sepconv5x5", controller_lstm_size=3)
    given["controller_decision_bias"] = 0.0
    with pytest.raises(ConfigError, match="have no weight of one name and shape") as no:
        begin(tmp_path / "new", old, **given)
    assert "\n" not in str(no.value)


def test_a_damaged_source_is_one_line(old, tmp_path):
    for file in (old / "checkpoints/search").glob("*.data*"):
        file.write_bytes(file.read_bytes()[:100])
    with pytest.raises(ConfigError, match="shared weights cannot be used") as no:
        begin(tmp_path / "new", old)
    assert "\n" not in str(no.value)


def test_a_space_that_pairs_no_weights_says_so(old, tmp_path, monkeypatch):
    part = assembly.SPACES["macro"]._replace(inherit=None)
    monkeypatch.setattr(assembly, "SPACES", {"macro": part})
    with pytest.raises(ConfigError, match="the space macro does not say which") as no:
        begin(tmp_path / "new", old, mode="train")
    assert "\n" not in str(no.value)


def killed(monkeypatch, step, folder, old, **given):
    """A run that is killed behind its last checkpoint before `step`."""
    with monkeypatch.context() as patch, pytest.raises(kills.Killed):
        patch.setattr(Driver, "advance", kills.killed_at(step))
        begin(folder, old, **given)


def test_killed_searches_go_on_to_the_same_bits_the_source_being_gone(
    old, tmp_path, monkeypatch
):
    killed(monkeypatch, 8, tmp_path / "whole", old)
    for step in (0, 5):  # before the first checkpoint, and behind it
        killed(monkeypatch, step, tmp_path / "killed", old)
    old.rename(tmp_path / "elsewhere")
    killed(monkeypatch, 8, tmp_path / "killed", old)
    ours, whole = (
        runs.checkpoint(tmp_path / name, "search") for name in ("killed", "whole")
    )
    assert whole[f"child_step{VALUE}"] == 6
    runs.assert_equal_to_the_bit(ours, whole)


def test_a_source_that_changed_before_the_first_checkpoint_is_refused(
    begun, old, tmp_path
):
    begun()
    begun()  # the same again
    place = old / "checkpoints" / "search"
    last, before = map(saves.name, saves.look(place).whole)
    for file in place.glob(f"{last}.*"):  # as of a search that was begun anew
        shutil.copy(file.with_name(file.name.replace(last, before)), file)
    with pytest.raises(ConfigError, match="are not those that .*new began with") as no:
        begin(tmp_path / "new", old)
    assert "\n" not in str(no.value)
    old.rename(tmp_path / "elsewhere")
    with pytest.raises(ConfigError, match="old is no folder"):
        begin(tmp_path / "new", old)


def test_without_the_flag_the_next_command_forgets_what_was_taken(begun, tmp_path):
    begun()
    begun(old=None)
    assert record(tmp_path / "new", "search") is None


def test_a_final_child_begins_with_the_weights_of_its_arc(begun, old, caplog):
    caplog.set_level("INFO")
    (_, _, final, _), told = begun("train", child_fixed_arc="maxpool3x3 conv3x3 1")
    weights, theirs = final.named_weights(), named_of(old)
    np.testing.assert_array_equal(
        np.squeeze(weights["layer_1_conv_1x1/kernel"]), theirs["layer_1/in/kernel"][0]
    )
    np.testing.assert_array_equal(weights["fc/kernel"], theirs["classifier/kernel"])
    assert told["not_whole"]["layer_1_skip/kernel"] == (
        "without a counterpart in the shared child"
    )
    assert len(told["taken"]) + len(told["not_whole"]) == len(weights)
    moving = [v for v in final.network.model.weights if "moving_mean" in v.path]
    assert moving and not any(np.any(v) for v in moving)
    assert any(m.startswith("  final child  13 of 16 weights") for m in caplog.messages)


def named_of(folder):
    """The weights of the search in `folder`, by name."""
    space = MacroSpace(2).with_ops(("conv3x3", "maxpool3x3"))
    sizes = dict(image_shape=(8, 8, 1), num_classes=10, seed=0)
    child = SharedMacroChild(space, ChildConfig(out_filters=2), **sizes)
    found = shared_weights.labelled(child, [vector(folder)])
    return {name: one.value for name, one in found.items()}


def test_a_final_child_of_other_filters_has_nothing_of_its_search(old, tmp_path):
    given = dict(mode="train", child_out_filters=6)
    with pytest.raises(
        ConfigError, match="Give --child_out_filters=2, as the sea"
    ) as no:
        begin(tmp_path / "new", old, **given)
    assert "\n" not in str(no.value)


def test_a_final_child_goes_on_to_the_bit_in_the_folder_of_its_search(
    old, tmp_path, monkeypatch
):
    shutil.copytree(old, tmp_path / "twin")
    for name, steps in (("old", (0, 5, 8)), ("twin", (8,))):
        here = tmp_path / name
        for step in steps:
            killed(monkeypatch, step, here, here, mode="train")
    ours, twin = (runs.checkpoint(tmp_path / n, "train") for n in ("old", "twin"))
    runs.assert_equal_to_the_bit(ours, twin)
    assert vector(tmp_path / "old").tobytes() == vector(tmp_path / "twin").tobytes()
