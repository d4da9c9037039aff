"""Final children that are judged by validation: what they train on, what they say."""

import numpy as np
import pytest
import runs
import tensorflow as tf

from enas_tf.arcs.fixed import FixedArc
from enas_tf.children.output import ChildOutput
from enas_tf.config import presets
from enas_tf.config.sections import ConfigError
from enas_tf.stages import assembly, candidates

ARCS = {
    "macro": "0 1 0 2 1 1",
    "micro": "0 0 0 0 0 1 0 1 0 0 0 0 0 1 0 1",
    "rnn": "0 1 0 2",
}


def config_of(space, **more):
    given = {**runs.SHARED, **runs.TINY[space], "search_for": space, **more}
    given.pop("derive_num_samples")
    return presets.resolve(space, "train", "paper", given)


def candidate(space):
    config = config_of(space)
    ours = assembly.SPACES[space].space(config)
    fixed = FixedArc(ARCS[space], ours.parse(ARCS[space]))
    return candidates.of(config)(config, fixed, bind=lambda data: None)


def moves(told):
    return lambda what: told.append


@pytest.mark.parametrize("space", ["macro", "micro"])
def test_a_classifier_trains_without_validation_images_and_is_judged_by_them(space):
    final, told = candidate(space), []
    assert (final.task.size("train"), final.task.size("valid")) == (1077, 360)
    final.settle()
    found = final.validate(moves(told))
    batch = final.task.batch("valid", tf.range(360))
    output = ChildOutput(final._model(batch.inputs, training=False))
    wanted = final.task.measured(output, batch)
    assert found.measured == pytest.approx(np.mean(wanted), abs=1e-6)
    likely = np.mean(final.task.log_likelihood(output, batch))
    assert found.log_likelihood == pytest.approx(likely, abs=1e-5)
    assert sum(told) == 360


def test_a_language_model_is_judged_by_its_validation_text():
    final, told = candidate("rnn"), []
    found = final.validate(moves(told))
    # Untrained, so all words of the vocabulary are about equally likely.
    assert found.measured == pytest.approx(np.log(len(final.names)), abs=0.2)
    assert found.log_likelihood == -found.measured
    assert sum(told) == len(final._data.valid) - 1


@pytest.mark.parametrize(
    ("space", "given", "words"),
    [
        ("macro", dict(batch_size=361), "at most 360, the number of validation"),
        ("rnn", dict(batch_size=5000), "--batch_size=5000 is not allowed"),
    ],
)
def test_a_training_that_does_not_fit_is_refused_before_it_is_built(
    space, given, words
):
    config = config_of(space)
    candidates.of(config).check_fits(config)
    with pytest.raises(ConfigError, match=words):
        candidates.of(config).check_fits(config_of(space, **given))


def test_data_without_candidates_are_refused(monkeypatch):
    monkeypatch.delitem(candidates.CANDIDATES, "images")
    with pytest.raises(ConfigError) as caught:
        candidates.of(config_of("macro"))
    assert "--derive_retrain_top is not allowed" in str(caught.value)
    assert "Leave it out." in str(caught.value)
