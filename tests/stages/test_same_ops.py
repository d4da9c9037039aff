"""A run goes on with the ops that it began with, or is refused in one line."""

import dataclasses
import json

import added_ops
import pytest
import runs
import tensorflow as tf

from enas_tf.children import op_forms
from enas_tf.children.op_kinds import MacroOp
from enas_tf.config.sections import ConfigError
from enas_tf.nn.parameters import Weight
from enas_tf.spaces.op_table import OpRow

SMALL = dict(num_epochs=1, child_num_layers=2, child_num_branches=7)


def op(name, piece="scale"):
    return MacroOp(
        row=OpRow(name, "#806040"),
        weights=lambda path, c: [Weight(f"{path}/{piece}", (c,), constant=2.0)],
        apply=lambda x, weights: x * weights[piece],
        final=added_ops.in_macro,
    )


@pytest.fixture(scope="module")
def searched(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ops") / "run"
    with op_forms.MACRO.added(op("pa")):
        runs.run("macro", folder, mode="search", **SMALL)
    return folder


def derive(folder):
    runs.run_exactly(dict(mode="derive", output_dir=str(folder), progress=False))


def refusal(folder, *ops):
    with op_forms.MACRO.added(*ops), pytest.raises(ConfigError) as caught:
        derive(folder)
    return str(caught.value)


def test_the_ops_are_kept_by_name_and_the_added_ones_with_their_weights(searched):
    kept = json.loads((searched / "run.json").read_text())["stages"]["search"]
    assert kept["ops"][:2] == ["conv3x3", "sepconv3x3"]
    assert kept["ops"][6:] == ["pa"]
    assert kept["op_weights"] == {"pa": {"scale": [4]}}


def test_another_op_in_the_place_is_refused(searched):
    assert refusal(searched, op("pb"), op("pa")) == (
        f"the search in --output_dir={searched} began with op 6 'pa', and this program "
        "has 'pb' there: go on with the program that adds the ops it began with, or "
        "name another folder."
    )


def test_a_program_without_the_op_is_told_its_name_and_not_a_flag(searched):
    assert f"{searched} began with op 6 'pa', and this program does not add it" in (
        refusal(searched)
    )


def test_other_weights_are_no_damage(searched):
    assert (
        "began with the op 'pa' of the weights scale [4], and this program's has the "
        "weights other [4]: go on with" in refusal(searched, op("pa", "other"))
    )


def test_more_ops_behind_those_of_the_run_are_welcome(searched):
    with op_forms.MACRO.added(op("pa"), op("pb")):
        derive(searched)


def test_a_training_of_the_derived_arc_is_refused_too(searched):
    given = dict(mode="train", output_dir=str(searched), progress=False)
    with op_forms.MACRO.added(op("pb")), pytest.raises(ConfigError, match="'pb' there"):
        runs.run_exactly(given)


def test_a_wrong_op_is_refused_before_anything_is_begun(tmp_path):
    wrong = dataclasses.replace(op("pa"), apply=lambda x, _: x[..., :-1])
    with op_forms.MACRO.added(wrong):
        with pytest.raises(ConfigError, match="^the macro op pa: its value is float32"):
            runs.run("macro", tmp_path / "run", mode="search", **SMALL)
    assert not (tmp_path / "run" / "search").exists()


def test_an_op_that_is_not_searched_is_not_tried(tmp_path):
    wrong = dataclasses.replace(op("pa"), apply=lambda x, _: tf.cast(x, tf.float16))
    with op_forms.MACRO.added(wrong):
        runs.run("macro", tmp_path, mode="search", **SMALL | dict(child_num_branches=6))
