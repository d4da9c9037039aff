"""A reward is chosen in one place, by a flag whose values are the rows of a table."""

import pytest
import runs
import tensorflow as tf

from enas_tf.command import checks
from enas_tf.config import rewards as rows
from enas_tf.config import sections as config
from enas_tf.run import measures, report
from enas_tf.search import rewards
from enas_tf.spaces import macro, micro


def chosen(name, measure):
    settings = config.ControllerConfig(reward=name)
    return rewards.chosen(settings, measure)


def test_auto_is_the_reward_of_what_is_measured():
    assert chosen("auto", measures.ACCURACY) is rewards.accuracy
    assert chosen("auto", measures.PERPLEXITY) is rewards.inverse_perplexity
    assert chosen("accuracy", measures.ACCURACY) is rewards.accuracy


def test_a_reward_of_another_measure_is_refused():
    values = dict(search_for="rnn", controller_reward="accuracy")
    with pytest.raises(config.ConfigError) as caught:
        checks.check_reward(config.replace(config.Config(), values))
    assert str(caught.value) == (
        "--controller_reward=accuracy is not allowed: it must be one of auto, "
        "perplexity, since perplexity is what is measured of the rnn space. Change "
        "--controller_reward, or leave it out for its default."
    )


def test_a_reward_of_another_measure_is_refused_on_the_command_line(refused):
    line = refused("--controller_reward=perplexity", "--dataset=digits")
    assert "--controller_reward=perplexity is not allowed" in line


def read(inputs):
    return inputs.measures["accuracy"]


def seven(inputs):
    """As docs/extending.md says: RewardInputs -> [] tensor."""
    return 7.0 + 0.0 * read(inputs)


def unlike(inputs):
    raise RuntimeError("mine")


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (lambda inputs: None, "it gives None"),
        (
            lambda inputs: tf.stack([read(inputs), read(inputs)]),
            "it gives float32 of shape (2,)",
        ),
        (lambda inputs: 1, "it gives int32 of shape ()"),
        (unlike, "it fails (RuntimeError: mine)"),
        (
            lambda inputs: tf.math.log(read(inputs) - 1),
            "it gives the number nan for accuracy=0.5",
        ),
        ("enas_tf.nn.stock:feather", "it fails (enas_tf.nn.stock:feather cannot be"),
    ],
)
def test_a_reward_that_is_no_number_is_refused_before_the_first_step(
    function, reason, monkeypatch
):
    monkeypatch.setitem(rows.REWARDS, "mine", rows.Row("accuracy", function))
    settings = config.ControllerConfig(reward="mine")
    with pytest.raises(config.ConfigError) as caught:
        rewards.tried(settings, measures.ACCURACY, macro.MacroSpace(3))
    place = "its row in config/rewards.py"
    if not isinstance(function, str):
        place = f"{__file__}, line {function.__code__.co_firstlineno},"
    assert str(caught.value).startswith(
        f"--controller_reward=mine is not allowed: the function of {place} must make a "
        f"float32 of shape () of a RewardInputs, and {reason}"
    )
    assert "\n" not in str(caught.value)


def test_a_reward_of_two_arguments_is_refused_when_a_search_begins(
    tmp_path, monkeypatch
):
    monkeypatch.setitem(
        rows.REWARDS, "mine", rows.Row("accuracy", lambda mean, arc: mean)
    )
    with pytest.raises(config.ConfigError, match="it fails .TypeError: .* missing 1"):
        runs.run("macro", tmp_path, controller_reward="mine")
    assert not (tmp_path / "metrics.jsonl").exists()


@pytest.mark.parametrize("space", [macro.MacroSpace(3), micro.MicroSpace(2)])
def test_a_number_or_a_tensor_of_the_arc_is_taken(space, monkeypatch):
    weight = tf.Variable(2.0)
    for function in (lambda inputs: 1.0, lambda inputs: weight * read(inputs)):
        monkeypatch.setitem(rows.REWARDS, "mine", rows.Row("accuracy", function))
        settings = config.ControllerConfig(reward="mine")
        assert rewards.tried(settings, measures.ACCURACY, space).reward is function


def test_a_reward_whose_module_is_not_there_is_refused_before_the_folder_is_made(
    tmp_path, monkeypatch
):
    monkeypatch.setitem(rows.REWARDS, "mine", rows.Row("accuracy", "nowhere_at_all:f"))
    folder = tmp_path / "run"
    with pytest.raises(config.ConfigError) as caught:
        runs.run("macro", folder, controller_reward="mine")
    assert str(caught.value) == (
        "--controller_reward=mine is not allowed: the function of its row in "
        "config/rewards.py must be one that can be loaded, and there is no module "
        "nowhere_at_all, which 'nowhere_at_all:f' names. Mend it, or choose another "
        "reward."
    )
    assert not folder.exists()


def test_a_new_row_is_what_a_search_is_paid_by(tmp_path, monkeypatch):
    monkeypatch.setitem(rows.REWARDS, "seven", rows.Row("accuracy", seven))
    given = dict(controller_reward="seven", controller_entropy_weight=0.0)
    runs.run("macro", tmp_path, num_epochs=1, **given)
    found = report.read_rows(tmp_path / "metrics.jsonl")
    paid = [row["reward"] for row in found if row["kind"] == "controller"]
    assert paid == [7.0] * 4
    with pytest.raises(
        config.ConfigError, match="--controller_reward was 'seven' when"
    ):
        runs.run("macro", tmp_path, num_epochs=1, controller_entropy_weight=0.0)
