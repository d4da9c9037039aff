"""The stages of a run whose ops are held against this program's."""

import pytest

from enas_tf.command import same_ops
from enas_tf.config.sections import ConfigError, RunConfig
from enas_tf.run.folder import RunFolder
from enas_tf.spaces import op_rows

OURS = list(op_rows.MACRO.names)
OTHER = [*OURS, "own"]


@pytest.fixture
def check(tmp_path):
    """Checks a command with a folder of stages, each with its ops."""

    def refuse_other(mode, stages, *, given=(), saved=True, **run):
        folder = RunFolder(tmp_path / "run")
        for stage, names in stages.items():
            folder.path.mkdir(exist_ok=True)
            folder.record(stage, ops=names, **{"saved": True} if saved else {})
        asked = RunConfig(mode=mode, output_dir=str(folder.path), **run)
        same_ops.refuse_other(asked, dict.fromkeys(given, "x"), folder)

    return refuse_other


@pytest.mark.parametrize(
    ("mode", "stage"),
    [
        ("search", "search"),
        ("derive", "search"),
        ("train", "search"),
        ("train", "train"),
        ("evaluate", "train"),
        ("export", "train"),
        ("all", "search"),
        ("all", "train"),
    ],
)
def test_each_mode_looks_at_what_it_goes_by(check, mode, stage):
    with pytest.raises(ConfigError, match="op 6 'own', and this program does not add"):
        check(mode, {stage: OTHER})
    check(mode, {stage: OURS})


def test_a_prediction_needs_no_op(check):
    check("predict", dict(train=OTHER))


def test_a_training_that_has_begun_goes_by_itself(check):
    check("train", dict(search=OTHER, train=OURS))


def test_a_training_of_an_arc_that_is_given_goes_by_no_search(check):
    check("train", dict(search=OTHER), given=["child_fixed_arc"])


def test_what_is_begun_anew_goes_by_nothing(check):
    check("search", dict(search=OTHER), reset_output_dir=True)


def test_a_stage_that_has_saved_nothing_binds_nothing(check):
    check("search", dict(search=OTHER), saved=False)


def test_another_training_s_weights_come_with_its_ops(check, tmp_path):
    (tmp_path / "other").mkdir()
    RunFolder(tmp_path / "other").record("train", ops=OTHER)
    warm = dict(warm_start=str(tmp_path / "other"))
    with pytest.raises(ConfigError, match="the training in --warm_start=.* op 6 'own'"):
        check("train", {}, **warm)
    check("train", dict(train=OURS), **warm)  # which it has no more need of
