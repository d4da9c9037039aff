"""Learning rates against the published schedule, epoch by epoch."""

import pytest

from enas_tf.config.sections import ChildConfig
from enas_tf.training import schedules

# lr_max .05, lr_min .0005, first cycle 10, doubling: restarts at 10, 30, 70, 150, 310.
COSINE = {
    0: 0.05,
    5: 0.02525,
    9: 0.001711,
    29: 0.000805,
    69: 0.000576,
    149: 0.000519,
    309: 0.000505,
}
RESTARTS = (10, 30, 70, 150, 310, 630)


def rate(epoch, **settings):
    return schedules.child_learning_rate(ChildConfig(**settings), epoch)


@pytest.mark.parametrize(("epoch", "wanted"), COSINE.items())
def test_the_published_cosine(epoch, wanted):
    assert rate(epoch) == pytest.approx(wanted, abs=5e-7)


def test_it_jumps_back_to_its_height_at_each_restart_and_falls_everywhere_else():
    rates = [rate(epoch) for epoch in range(632)]
    rises = [e for e in range(1, 632) if rates[e] > rates[e - 1]]
    assert tuple(rises) == RESTARTS
    assert all(rates[epoch] == pytest.approx(0.05) for epoch in RESTARTS)


def test_cycles_of_one_length_repeat():
    rates = [rate(epoch, lr_T_0=3, lr_T_mul=1) for epoch in range(9)]
    assert rates[3:6] == rates[6:9] == rates[:3]


@pytest.mark.parametrize(
    ("epoch", "wanted"), [(0, 0.8), (3, 0.8), (4, 0.4), (7, 0.4), (8, 0.2)]
)
def test_without_cosine_it_decays_in_steps(epoch, wanted):
    settings = dict(lr_cosine=False, lr=0.8, lr_dec_rate=0.5, lr_dec_every=4)
    assert rate(epoch, **settings) == pytest.approx(wanted)
