"""Schedules and updates against the original's get_train_ops on a toy variable."""

import functools

import goldens
import numpy as np
import pytest
import tensorflow as tf

from enas_tf.config.sections import ChildConfig
from enas_tf.training import optimizer, schedules

L2_REG = 0.01  # of the nesterov cases
NESTEROV = functools.partial(optimizer.Momentum, momentum=0.9)
BOUND = 0.5
STEPS_PER_EPOCH = 3  # of `cosine`

recordings = pytest.mark.parametrize("paths", goldens.cases("train_ops"))


def our_rates(steps: int, steps_per_epoch: int = STEPS_PER_EPOCH) -> np.ndarray:
    config = ChildConfig(lr_max=0.05, lr_min=0.0005, lr_T_0=10, lr_T_mul=2)
    epochs = np.arange(steps) // steps_per_epoch
    return np.array([schedules.child_learning_rate(config, e) for e in epochs])


def their_rates(steps: int) -> np.ndarray:
    """Restated: the first step of a restart still sees the old cycle's epoch."""
    rates, last_reset, cycle = [], 0, 10
    for step in range(steps):
        epoch = step // STEPS_PER_EPOCH
        current = epoch - last_reset
        if current >= cycle:
            last_reset, cycle = epoch, cycle * 2
        angle = np.pi * current / cycle
        rates.append(0.0005 + 0.5 * (0.05 - 0.0005) * (1 + np.cos(angle)))
    return np.array(rates)


@recordings
def test_the_cosine_is_theirs_but_begins_a_cycle_at_its_height(paths):
    theirs = goldens.load(paths)["cosine/lr"]
    ours = our_rates(len(theirs))
    goldens.assert_close(their_rates(len(theirs)), theirs, "their schedule, restated")
    first_of_restart = np.isin(np.arange(len(theirs)), [30, 90, 210])
    goldens.assert_close(ours[~first_of_restart], theirs[~first_of_restart], "cosine")
    np.testing.assert_allclose(ours[first_of_restart], 0.05)
    np.testing.assert_allclose(theirs[first_of_restart], 0.02525, rtol=1e-5)


def toy_run(arrays, case: str, make, *, l2: float, mode: str):
    """(weights, gradient norms, optimiser) along the recorded learning rates."""
    variable = tf.Variable(arrays[f"{case}/w0"])
    update = make([variable])
    weights, norms = [], []
    for lr in arrays[f"{case}/lr"]:
        gradients = [tf.constant(arrays[f"{case}/c"]) + variable]
        gradients = optimizer.add_l2(gradients, [variable], [l2])
        norm = tf.linalg.global_norm(gradients)
        clipped = optimizer.clip(gradients, mode=mode, bound=BOUND, norm=norm)
        update.apply(clipped, tf.constant(lr))
        weights.append(variable.numpy())
        norms.append(norm.numpy())
    return np.array(weights), np.array(norms), update


@recordings
@pytest.mark.parametrize(
    ("case", "mode"),
    [
        ("nesterov", "none"),
        ("nesterov_clip_norm", "none"),  # theirs does not clip
        ("nesterov_clip_global", "global"),
        ("nesterov_cosine", "none"),
    ],
)
def test_nesterov(paths, case, mode):
    arrays = goldens.load(paths)
    weights, norms, update = toy_run(arrays, case, NESTEROV, l2=L2_REG, mode=mode)
    goldens.assert_close(weights, arrays[f"{case}/w"], "weights")
    goldens.assert_close(norms, arrays[f"{case}/grad_norm"], "norm before clipping")
    goldens.assert_close(
        update.variables[0], arrays[f"{case}/slot/Momentum"][-1], "slot"
    )


@recordings
def test_clipping_by_tensor_really_clips_unlike_theirs(paths):
    arrays = goldens.load(paths)
    case = "nesterov_clip_norm"
    weights, norms, _ = toy_run(arrays, case, NESTEROV, l2=L2_REG, mode="norm")
    assert norms[0] > BOUND
    first_step = arrays[f"{case}/w0"] - weights[0]
    # Nesterov's first step is lr (1 + momentum) g.
    lr = arrays[f"{case}/lr"][0]
    np.testing.assert_allclose(np.linalg.norm(first_step), lr * 1.9 * BOUND, rtol=1e-5)
    assert goldens.error(weights, arrays[f"{case}/w"]) > 0.01


@recordings
def test_adam(paths):
    arrays = goldens.load(paths)
    weights, norms, update = toy_run(
        arrays,
        "adam",
        lambda variables: optimizer.Adam(variables, beta1=0.0, epsilon=1e-3),
        l2=0.0,
        mode="none",
    )
    goldens.assert_close(weights, arrays["adam/w"], "weights")
    goldens.assert_close(norms, arrays["adam/grad_norm"], "norm")
    m, v, beta1_power, beta2_power = update.variables
    goldens.assert_close(m, arrays["adam/slot/Adam"][-1], "m")
    goldens.assert_close(v, arrays["adam/slot/Adam_1"][-1], "v")
    assert beta1_power.numpy() == arrays["adam/slot/beta1_power"][-1] == 0.0
    goldens.assert_close(beta2_power, arrays["adam/slot/beta2_power"][-1], "beta2")


@recordings
def test_exponential_decay_is_theirs_without_its_start_and_floor(paths):
    """Ours has no start and no floor (the CNN scripts use neither): restated."""
    theirs = goldens.load(paths)["exp_decay/lr"]
    start, every, floor = 4, 6, 0.002
    config = ChildConfig(lr_cosine=False, lr=0.1, lr_dec_rate=0.5, lr_dec_every=every)
    for step, wanted in enumerate(theirs):
        ours = schedules.child_learning_rate(config, max(step - start, 0))
        goldens.assert_close(max(ours, floor), wanted, f"step {step}")
