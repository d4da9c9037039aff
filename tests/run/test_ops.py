"""The ops that a stage began with, held against those of a program."""

import pytest

from enas_tf.config import presets
from enas_tf.config.sections import ConfigError
from enas_tf.run import ops
from enas_tf.run.folder import RunFolder

REMEDY = "go on with the program that adds the ops it began with, or name another"


@pytest.fixture
def folder(tmp_path):
    return RunFolder(tmp_path)


def test_the_same_ops_and_more_behind_them_pass(folder):
    folder.record("search", ops=["a", "b"])
    ops.refuse_other(folder, "search", ("a", "b", "c"))


@pytest.mark.parametrize(
    ("ours", "message"),
    [
        (("b", "a"), "op 0 'a', and this program has 'b' there"),
        (("a", "c"), "op 1 'b', and this program has 'c' there"),
        (("a",), "op 1 'b', and this program does not add it"),
        ((), "op 0 'a', op 1 'b', and this program does not add them"),
    ],
)
def test_other_ops_are_refused(folder, ours, message):
    folder.record("train", ops=["a", "b"])
    with pytest.raises(ConfigError) as caught:
        ops.refuse_other(folder, "train", ours, flag="warm_start")
    begun = f"the training in --warm_start={folder.path} began with {message}: "
    assert str(caught.value) == f"{begun}{REMEDY} folder."


@pytest.mark.parametrize("kept", [None, "ab", [1, 2], {}])
def test_without_a_record_nothing_is_compared(folder, kept):
    folder.record("search", ops=kept)
    ops.refuse_other(folder, "search", ("c",))


def test_without_a_record_the_number_of_ops_is_known_from_the_settings(folder):
    given = dict(child_num_branches=7)
    config = presets.resolve("macro", "search", "demo", given)
    folder.bind_settings("search", config)
    with pytest.raises(ConfigError, match="began with 7 ops, this program has 6: go"):
        ops.refuse_other(folder, "search", "abcdef")
