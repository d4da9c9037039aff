"""The test figure is told of the weights that it was measured on, and of no others."""

import pytest
import tensorflow as tf

from enas_tf.config import sections as config_lib
from enas_tf.run import measures
from enas_tf.run.folder import RunFolder
from enas_tf.run.report import Report
from enas_tf.stages import tested

WEIGHTS = [tf.Variable([1.0, 2.0]), tf.Variable(3)]


@pytest.fixture
def ask(tmp_path, caplog):
    """Asks for the figure, measured as given; what was told comes back with it."""
    folder = RunFolder.claim(tmp_path, reset=False)

    def once(value, *, epochs=2, weights=WEIGHTS, trained=False):
        caplog.clear()
        caplog.set_level("INFO", "absl")
        config = config_lib.replace(config_lib.Config(), {"num_epochs": epochs})
        with Report(folder.path, stage="train") as report:
            found = tested.once(
                folder,
                config,
                report,
                measure=measures.ACCURACY,
                weights=weights,
                trained=trained,
                test=lambda: dict(test_accuracy=value),
                facts=lambda: dict(parameters=3),
            )
            held = [
                (row["step"], row["accuracy"])
                for row in report._rows.rows()
                if row["kind"] == "test"
            ]
        return found, [m for m in caplog.messages if "before" in m], held

    once.folder = folder
    yield once
    folder.release()


def test_it_is_measured_once_and_then_told(ask):
    assert ask(0.5) == (0.5, [], [(2, 0.5)])
    assert ask(0.9) == (0.5, ["Test accuracy: 0.5000 (measured before)"], [(2, 0.5)])
    facts = ask.folder.run()["stages"]["train"]
    assert facts.pop("seconds", None) is None
    assert facts == dict(
        test_accuracy=0.5, arc="", epochs=2, weights=facts["weights"], parameters=3
    )


def test_another_length_is_measured_anew_beside_the_first(ask):
    ask(0.5)
    assert ask(0.75, epochs=3) == (0.75, [], [(2, 0.5), (3, 0.75)])


@pytest.mark.parametrize("other", [[4.0, 2.0], [1.0, 2.0000002]])
def test_other_weights_are_measured_anew(ask, other):
    ask(0.5)
    assert ask(0.75, weights=[tf.Variable(other), WEIGHTS[1]]) == (
        0.75,
        [],
        [(2, 0.75)],
    )


def test_a_row_that_is_missing_is_written_again(ask):
    ask(0.5)
    ask.folder.metrics.unlink()
    found, told, held = ask(0.9)
    assert (found, held) == (0.5, [(2, 0.5)]) and told


def test_a_figure_of_an_earlier_version_is_told_by_its_length(ask):
    ask.folder.record("train", test_accuracy=0.25, epochs=2)
    assert ask(0.9)[0] == 0.25
    assert ask(0.5, trained=True)[0] == 0.5  # of these weights it is not known
    assert ask(0.9, trained=True)[0] == 0.5
    assert ask(0.9, epochs=3)[0] == 0.9
