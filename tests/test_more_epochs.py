"""Trainings that go on: for more epochs, or in another folder from their weights."""

import json
import shutil

import kills
import numpy as np
import pytest
import runs

from enas_tf.config.sections import ConfigError
from enas_tf.training.driver import Driver

# A rate at which validation soon gets worse, so that averaging begins.
GIVEN = {
    "macro": dict(child_fixed_arc="0 1 1 4 0 1"),  # a cosine, in its first cycle
    "rnn": dict(
        child_fixed_arc="0 1 1 2", child_lr_cosine=False, child_lr=30.0, child_nonmono=1
    ),
}
# Epochs at first, and at last.
LENGTHS = {"macro": (1, 2), "rnn": (3, 5)}
WARM = dict(num_epochs=1, child_lr_cosine=False)


def train(space, folder, num_epochs, **own):
    given = dict(mode="train", num_epochs=num_epochs, **GIVEN[space])
    runs.run(space, folder, **own, **given)


def facts(folder):
    found = json.loads((folder / "run.json").read_text())["stages"]["train"]
    del found["seconds"], found["settings"]["output_dir"]
    return found


def content(folder):
    """{file: bytes} below `folder`."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    return {file.relative_to(folder): file.read_bytes() for file in files}


@pytest.fixture(scope="module", params=sorted(GIVEN))
def lengthened(request, tmp_path_factory):
    """(space, folder, what was known before) of a finished training that went on."""
    folder = tmp_path_factory.mktemp(request.param) / "run"
    first, last = LENGTHS[request.param]
    train(request.param, folder, first)
    before = facts(folder)
    train(request.param, folder, last)
    return request.param, folder, before


def test_more_epochs_later_give_the_weights_of_all_at_once(lengthened, tmp_path):
    space, folder, before = lengthened
    train(space, tmp_path / "whole", LENGTHS[space][1], export=False)
    ours, whole = (
        runs.checkpoint(place, "train") for place in (folder, tmp_path / "whole")
    )
    runs.assert_equal_to_the_bit(ours, whole)
    assert facts(folder) == facts(tmp_path / "whole")
    if space == "rnn":
        assert facts(folder)["averaged"]  # or nothing was said about the mean


def test_each_length_is_tested_once_and_recorded(lengthened):
    space, folder, before = lengthened
    first, last = LENGTHS[space]
    name = f"test_{runs.MEASURES[space].name}"
    assert (before["epochs"], facts(folder)["epochs"]) == (first, last)
    assert before[name] != facts(folder)[name]
    settings = json.loads((folder / "train/config.json").read_text())
    assert settings["num_epochs"] == last
    rows = map(json.loads, (folder / "metrics.jsonl").read_text().splitlines())
    assert [row["step"] for row in rows if row["kind"] == "test"] == [first, last]


@pytest.mark.parametrize("mode", ["train", "evaluate"])
def test_fewer_epochs_than_are_trained_are_refused(lengthened, mode):
    space, folder, _ = lengthened
    first, last = LENGTHS[space]
    before = content(folder / "train")
    with pytest.raises(ConfigError, match=f"--num_epochs={last}"):
        runs.run(space, folder, mode=mode, num_epochs=first, **GIVEN[space])
    assert content(folder / "train") == before


def test_a_training_killed_on_its_way_is_refused_fewer_epochs_than_it_has(
    lengthened, tmp_path, monkeypatch
):
    space, folder, _ = lengthened
    here = tmp_path / "here"
    shutil.copytree(folder, here)
    last = LENGTHS[space][1]
    within = {"macro": 50, "rnn": 100}[space]  # the epoch behind the last one
    with monkeypatch.context() as patch, pytest.raises(kills.Killed):
        patch.setattr(Driver, "advance", kills.killed_at(within))
        train(space, here, 50)
    with pytest.raises(ConfigError, match=f"at least --num_epochs={last + 1}"):
        train(space, here, last)
    settings = json.loads((here / "train/config.json").read_text())
    assert settings["num_epochs"] == 50


def warm(space, folder, source, **given):
    kept = ("data_path", "batch_size", "eval_batch_size", "child_bptt_steps")
    own = {name: v for name, v in runs.TINY[space].items() if name in kept}
    values = {**runs.SHARED, **own, **WARM, **given}
    values |= dict(search_for=space, mode="train", output_dir=str(folder))
    runs.run_exactly(values | dict(warm_start=str(source)), export=False)


def test_a_warm_start_begins_with_the_network_that_was_tested(lengthened, tmp_path):
    space, folder, _ = lengthened
    before = content(folder)
    warm(space, tmp_path / "warm", folder, child_lr=0.0, child_l2_reg=0.0)
    assert content(folder) == before
    settings = json.loads((tmp_path / "warm/train/config.json").read_text())
    assert settings["child_fixed_arc"] == GIVEN[space]["child_fixed_arc"]
    assert settings["warm_start"] == str(folder)
    old, new = (
        runs.checkpoint(place, "train") for place in (folder, tmp_path / "warm")
    )
    group = "optimizer" if space == "rnn" else "model"  # rnn: what is tested is a mean
    for number in range(3):
        end = f"_{number}/.ATTRIBUTES/VARIABLE_VALUE"
        np.testing.assert_array_equal(new[f"model{end}"], old[f"{group}{end}"])


def test_a_warm_start_goes_on_to_the_bit_without_the_folder_it_began_with(
    lengthened, tmp_path, monkeypatch
):
    space, folder, _ = lengthened
    source = tmp_path / "source"
    shutil.copytree(folder, source)
    warm(space, tmp_path / "whole", source)
    with monkeypatch.context() as patch, pytest.raises(kills.Killed):
        patch.setattr(Driver, "advance", kills.killed_at(8))
        warm(space, tmp_path / "killed", source)
    source.rename(tmp_path / "elsewhere")
    warm(space, tmp_path / "killed", source)
    ours, whole = (
        runs.checkpoint(tmp_path / name, "train") for name in ("killed", "whole")
    )
    runs.assert_equal_to_the_bit(ours, whole)


def test_a_warm_start_with_other_classes_or_words_is_refused(lengthened, tmp_path):
    space, folder, _ = lengthened
    source = tmp_path / "source"
    shutil.copytree(folder, source)
    file = source / "final" / ("vocabulary.txt" if space == "rnn" else "classes.txt")
    names = file.read_text().splitlines()
    file.write_text("\n".join(["heron", *names[1:]]))
    with pytest.raises(ConfigError, match=f"heron, this data .*{names[0]}"):
        warm(space, tmp_path / "warm", source)


def test_a_warm_start_from_a_damaged_checkpoint_is_refused(lengthened, tmp_path):
    space, folder, _ = lengthened
    source = tmp_path / "source"
    shutil.copytree(folder, source)
    for file in (source / "checkpoints/train").glob("*.index"):
        file.write_bytes(b"")
    with pytest.raises(ConfigError, match="its weights are not those of this network"):
        warm(space, tmp_path / "warm", source)
