"""The recipe of a training: what is part of it, and what is refused for it."""

import fake_jobs
import pytest

from enas_tf.campaign import recipe
from enas_tf.config import sections as config
from enas_tf.config.sections import ConfigError

TRAIN = config.flat(fake_jobs.small().configs["train"])


@pytest.mark.parametrize(
    "change",
    [
        dict(num_epochs=2),
        dict(batch_size=3),
        dict(child_lr_max=0.5),
        dict(child_cutout_size=3),
        dict(data_path="elsewhere"),
    ],
)
def test_what_changes_a_result_changes_the_recipe(change):
    assert recipe.digest({**TRAIN, **change}) != recipe.digest(TRAIN)


@pytest.mark.parametrize(
    "change",
    [
        dict(seed=9, child_fixed_arc="0", child_num_layers=9),
        dict(output_dir="a", threads=3, log_every=1),
        dict(controller_lr=0.5, derive_num_samples=9),
    ],
)
def test_what_differs_between_trainings_of_one_recipe_does_not(change):
    assert recipe.digest({**TRAIN, **change}) == recipe.digest(TRAIN)


def test_a_setting_that_an_earlier_version_lacked_is_none_of_its_recipe():
    assert "child_update" in TRAIN
    older = {name: value for name, value in TRAIN.items() if name != "child_update"}
    assert recipe.digest(older) == recipe.digest(TRAIN)


def test_trainings_on_other_data_are_not_compared():
    class Run:
        def __init__(self, checksum):
            self.checksum = checksum

        def fact(self, stage, name, kind):
            return dict(checksum=self.checksum) if self.checksum else None

    recipe.refuse_mixed(dict(a=Run("1"), b=Run("1"), older=Run("")))
    with pytest.raises(ConfigError, match="^a and c were trained on different data"):
        recipe.refuse_mixed(dict(a=Run("1"), b=Run("1"), c=Run("2")))
