"""Which trainings may be given another number of epochs, before anything is trained."""

import json

import pytest

from enas_tf.config import sections as config_lib
from enas_tf.config.sections import Config, ConfigError
from enas_tf.run import saves
from enas_tf.run.folder import RunFolder

PLAIN = dict(child_lr_cosine=False, num_epochs=2)


def settings(**values):
    return config_lib.replace(Config(), {**PLAIN, **values})


@pytest.fixture
def begun(tmp_path):
    """A function: settings and epochs tested -> the folder of such a training."""

    def make(tested=0, **values):
        folder = RunFolder.claim(tmp_path / "out", reset=False)
        folder.bind_settings("train", settings(**values))
        folder.checkpoints("train").mkdir(parents=True)
        (folder.checkpoints("train") / "ckpt-1.index").write_bytes(saves.INDEX_END)
        if tested:
            folder.record("train", epochs=tested)
        folder.release()
        return folder

    return make


@pytest.mark.parametrize("asked", [2, 3, 300])
def test_a_training_at_a_rate_by_steps_may_get_longer(begun, asked):
    begun(tested=2).refuse_changes("train", settings(num_epochs=asked))


def test_an_unfinished_one_may_get_shorter_too(begun):
    begun(num_epochs=9).refuse_changes("train", settings(num_epochs=3))


def test_fewer_epochs_than_were_tested_are_refused(begun):
    folder = begun(tested=5, num_epochs=9)
    with pytest.raises(ConfigError) as caught:
        folder.refuse_changes("train", settings(num_epochs=4))
    assert "--num_epochs=4 is too few" in str(caught.value)
    assert "at least --num_epochs=5" in str(caught.value)


OTHER_TRAININGS = {
    # A cycle of two epochs, and one of four.
    "cosine": (dict(child_lr_cosine=True, child_lr_T_0=2), "--child_lr_cosine"),
    "drop path": (
        dict(child_drop_path_keep_prob=0.6, search_for="micro"),
        "--child_drop_path_keep_prob",
    ),
}


@pytest.mark.parametrize("name", OTHER_TRAININGS)
def test_where_a_longer_training_is_another_one_it_says_why_and_what_to_do(begun, name):
    values, flag = OTHER_TRAININGS[name]
    folder = begun(tested=2, **values)
    with pytest.raises(ConfigError) as caught:
        folder.refuse_changes("train", settings(num_epochs=3, **values))
    message = str(caught.value)
    assert "--num_epochs was 2 when this training began, and is now 3" in message
    assert flag in message and "\n" not in message
    assert f"--warm_start={folder.path}" in message
    assert "--num_epochs=2 again" in message


def test_the_cosines_next_ends_are_named(begun):
    values, _ = OTHER_TRAININGS["cosine"]
    with pytest.raises(ConfigError) as caught:
        begun(tested=2, **values).refuse_changes(
            "train", settings(num_epochs=3, **values)
        )
    # Epoch 3 is the first of the second cycle, which has four.
    assert "epoch 3 is at a higher rate than epoch 2 was" in str(caught.value)
    assert "cycles end after 6 and 14 epochs" in str(caught.value)


@pytest.mark.parametrize(
    ("first", "asked"), [(2, 6), (2, 14), (10, 3), (10, 10), (10, 30)]
)
def test_a_cosine_goes_on_to_a_rate_that_is_no_higher(begun, first, asked):
    """To the end of a later cycle, or further down the one that it is in."""
    values = dict(child_lr_cosine=True, child_lr_T_0=first)
    begun(tested=2, **values).refuse_changes(
        "train", settings(num_epochs=asked, **values)
    )


def test_a_cosine_may_get_shorter_while_it_is_unfinished(begun):
    folder = begun(child_lr_cosine=True, num_epochs=9)
    folder.refuse_changes("train", settings(child_lr_cosine=True, num_epochs=3))


def test_with_drop_path_it_may_not_get_shorter(begun):
    values, _ = OTHER_TRAININGS["drop path"]
    with pytest.raises(ConfigError, match="--num_epochs was 2 .* is now 1"):
        begun(**values).refuse_changes("train", settings(num_epochs=1, **values))


def test_a_look_at_a_training_changes_no_length(begun):
    with pytest.raises(ConfigError, match="--num_epochs was 2"):
        begun(tested=2).refuse_changes("train", settings(num_epochs=3), trains=False)


def test_another_change_is_named_before_the_length(begun):
    with pytest.raises(ConfigError, match="--child_out_filters was 36"):
        begun().refuse_changes("train", settings(num_epochs=3, child_out_filters=8))


def test_the_new_length_is_kept_and_all_else_stays(begun):
    folder = begun(child_out_filters=8)
    folder.lengthen("train", 3)
    known = json.loads((folder.path / "train/config.json").read_text())
    del known["checksum"]
    assert known == config_lib.flat(settings(child_out_filters=8, num_epochs=3))
