"""The settings of a search's final child, as far as a command knows them."""

import pytest

from enas_tf.command import request
from enas_tf.run import layout
from enas_tf.run.folder import RunFolder
from enas_tf.stages import recipe


@pytest.fixture
def build(tmp_path, monkeypatch):
    """A function: the flags given -> the request; its folder is released at once."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        RunFolder,
        "has_checkpoint",
        lambda self, stage: begun[0] and stage == "search",
    )
    begun = [False]

    def run(preset=None, **given):
        begun[0] = given.get("mode") == "derive"
        words = ["python", "main.py", *([f"--preset={preset}"] if preset else [])]
        asked = request.build(given, preset, words)
        if not begun[0]:
            asked.folder.bind_settings("search", asked.configs["search"])
        asked.folder.release()
        return asked

    return run


def test_behind_a_search_it_is_the_training_of_the_same_preset(build):
    ours = recipe.of(build("cpu", mode="search", num_epochs=7))
    train = build("cpu", mode="train", child_fixed_arc="0 1 0", num_epochs=7)
    assert ours.of_child == "" and ours.config.loop == train.configs["train"].loop
    assert ours.config.child.out_filters == 16 and ours.config.child.l2_reg == 2e-4


def test_it_has_the_layers_and_ops_of_the_search(build):
    ours = recipe.of(build("paper", mode="search", child_num_branches=4)).config
    # The published training is of 24 layers, and the search of 12.
    assert (ours.child.num_layers, ours.child.out_filters) == (12, 96)
    assert ours.child.num_ops == 4


def test_deriving_anew_knows_the_training_that_the_search_would_have_made(build):
    build("cpu", mode="search", child_keep_prob=0.7)
    ours = recipe.of(build(mode="derive"))
    assert ours.of_child == ""
    assert (ours.config.child.out_filters, ours.config.child.keep_prob) == (16, 0.7)
    assert ours.config.loop.num_epochs == 2


def test_a_preset_that_is_named_counts(build):
    asked = build("cpu", mode="search")
    (asked.folder.path / layout.SETTINGS).unlink()
    ours = recipe.of(build("cpu", mode="derive"))
    assert ours.of_child == "" and ours.config.loop.num_epochs == 2


@pytest.mark.parametrize("content", ["", "{", "{}", '{"train": 3}'])
def test_where_nothing_is_known_the_sizes_of_the_search_are_taken_and_said(
    build, content
):
    asked = build("cpu", mode="search", child_out_filters=20)
    path = asked.folder.path / layout.SETTINGS
    path.write_text(content) if content else path.unlink()
    ours = recipe.of(build(mode="derive"))
    assert ours.config.child.out_filters == 20
    assert ours.of_child == recipe.OWN_SIZES
