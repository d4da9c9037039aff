"""A reward is chosen in one place, by a flag whose values are the rows of a table."""

import pytest
import runs

from enas_tf.command import checks
from enas_tf.config import rewards as rows
from enas_tf.config import sections as config
from enas_tf.run import measures, report
from enas_tf.search import rewards


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


def seven(value, arc):
    """As docs/design.md says: (mean, arc) -> [] tensor."""
    del arc
    return 7.0 + 0.0 * value


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
