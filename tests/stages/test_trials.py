"""What follows for a whole command from the stages that were tried out."""

from types import SimpleNamespace

import numpy as np
import pytest

from enas_tf.config import sections as config_lib
from enas_tf.config.sections import Config
from enas_tf.run import counters
from enas_tf.run.outlook import Need, Sample, Span
from enas_tf.spaces.costs import Costs
from enas_tf.stages import shortage, trial_search, trials
from enas_tf.stages.timed import Timed
from enas_tf.stages.trial_derive import Arcs
from enas_tf.stages.trial_search import SearchTrial
from enas_tf.stages.trial_train import TrainTrial
from enas_tf.stages.trials import Trials

START = Span(1, 1, 1)


def trained(seconds: float) -> TrainTrial:
    step = Timed(5.0, (1.0,), 3)
    return TrainTrial({"train": Span(*[seconds] * 3)}, 4.0, step, 7, 10, 1000)


SEARCHED = SearchTrial(
    built=Span(2, 2, 2),
    stages={"search": Span(10, 20, 30), "derive": Span(1, 2, 3)},
    tokens=np.zeros((1000, 2), np.int32),
    shared_parameters=5,
    final_parameters=np.arange(1001),
    bytes=300,
    rests_on={"child steps": Sample(3, 1.0)},
)
FINAL = {"small": trained(10), "median": trained(20), "large": trained(40)}


def asked(mode: str, **derive) -> SimpleNamespace:
    config = config_lib.replace(Config(), derive)
    return SimpleNamespace(mode=mode, configs=dict(search=config, train=config))


def test_the_arc_that_is_derived_is_between_the_median_and_a_large_one():
    found = trials.seconds(asked("all"), Trials(SEARCHED, FINAL), START)
    assert list(found) == ["start", "search", "derive", "train"]
    assert found["start"] == Span(3, 3, 3)
    assert found["train"] == Span(10, 30, 40)


def test_arcs_that_are_trained_before_one_is_chosen_are_in_deriving():
    request = asked("search", derive_retrain_top=2, derive_retrain_epochs=10)
    found = trials.seconds(request, Trials(SEARCHED, FINAL), START)
    assert list(found) == ["start", "search", "derive"]
    # Twice 4 s of building and 70 steps of 1 s, beside the 2 s of scoring.
    assert found["derive"].expected == pytest.approx(2 + 2 * (4 + 70))


def test_sizes_are_percentiles_of_random_arcs_or_that_of_the_arc():
    both = Trials(SEARCHED, FINAL)
    sizes = {"small": 100, "median": 500, "large": 900}
    assert trials.final_parameters(both) == sizes
    assert trials.final_parameters(Trials(None, {"the arc": trained(1)})) == {
        "the arc": 10
    }
    assert trials.bytes_written(both) == 1300


def searched(growth: float, **given) -> Span:
    config = config_lib.replace(Config(), given)
    kinds = {counters.CHILD: Timed(1.0, (1.0, 1.0), 3)}
    return trial_search.span_of(config, kinds, {counters.CHILD: 100}, growth)


def test_half_of_the_way_to_larger_arcs_is_expected_of_a_policy_that_is_trained():
    assert searched(1.0) == pytest.approx(Span(80, 100, 120))
    assert searched(1.6) == pytest.approx(Span(80, 130, 192))
    still = pytest.approx(Span(80, 100, 120))
    assert searched(1.6, controller_training=False) == still
    assert searched(1.6, child_sampling="uniform") == still


def test_arcs_of_one_size_do_not_grow():
    tokens = np.zeros((100, 3), np.int32)
    same = np.full(100, 7)
    assert not Arcs(tokens, Costs(same, same)).differ
    assert not Arcs(tokens, None).differ
    assert Arcs(tokens, Costs(same, np.arange(100))).differ


def test_a_shortage_names_flags_that_the_space_has():
    need, enough = Need(9 * 10**9, 10**9), Need(1, 2)
    said = shortage.sentence("rnn", need, enough)
    assert said == (
        "Memory will not do: 9.0 GB are needed, and there are 1.0 GB. Smaller values "
        "of --batch_size, --eval_batch_size, --child_hidden_size, --child_bptt_steps, "
        "--child_num_layers cut it."
    )
    assert shortage.sentence("rnn", enough, enough) == ""
