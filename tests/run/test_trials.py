"""Trials: the columns and values of TensorBoard's HPARAMS tab."""

import pathlib

import pytest
from tensorboard.plugins.hparams import api_pb2, summary_v2

from enas_tf.config import modes, presets
from enas_tf.config import sections as config_lib
from enas_tf.run import trials

spaces = pytest.mark.parametrize("space", config_lib.SPACES)


def columns():
    found = {}
    for column in trials.columns()[0]:
        info = api_pb2.HParamInfo(name=column.name)
        column.domain.update_hparam_info(info)
        found[column.name] = info
    return found


@spaces
@pytest.mark.parametrize("stage", modes.STAGES)
@pytest.mark.parametrize("preset", ["paper", "cpu", "demo"])
def test_every_value_is_in_its_column_s_domain(space, stage, preset):
    config = presets.resolve(space, stage, preset, {})
    values = trials.values(config, stage)
    summary_v2.hparams_pb(values)  # takes plain values only
    for name, info in columns().items():
        if name not in values:
            continue
        value, kind = values[name], info.WhichOneof("domain")
        if kind == "domain_interval":
            ends = info.domain_interval
            assert ends.min_value <= value <= ends.max_value, name
        elif kind == "domain_discrete":
            assert value in list(info.domain_discrete), name
        else:
            assert info.type == api_pb2.DATA_TYPE_STRING, name


@spaces
def test_a_space_fills_about_ten_columns_of_the_table(space):
    config = presets.resolve(space, "search", "demo", {})
    assert 10 <= len(set(columns()) & set(trials.values(config, "search"))) <= 15


def test_a_space_leaves_empty_what_it_lacks():
    def has(space, name):
        config = presets.resolve(space, "search", "demo", {})
        return name in trials.values(config, "search")

    names = ("child_out_filters", "child_num_cells", "child_hidden_size")
    assert [has("macro", name) for name in names] == [True, False, False]
    assert [has("micro", name) for name in names] == [True, True, False]
    assert [has("rnn", name) for name in names] == [False, False, True]


def test_a_training_has_no_controller():
    config = presets.resolve("macro", "train", "demo", {})
    assert "controller_lr" not in trials.values(config, "train")
    assert "controller_lr" in trials.values(config, "search")


def test_the_columns_that_tell_runs_apart_stand_in_front():
    first = {name for name, info in columns().items() if info.differs}
    assert first == {"stage", *trials.FIRST}


def test_trials_of_folders_of_one_name_are_told_apart(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = [
        trials.name(pathlib.Path(folder), stage)
        for folder in ("a/macro", "b/macro")
        for stage in ("search", "train")
    ]
    assert names == [
        "macro search (a/macro)",
        "macro train (a/macro)",
        "macro search (b/macro)",
        "macro train (b/macro)",
    ]
