"""An op of another program is tried, and what is wrong with it is said in a line."""

import dataclasses

import added_ops
import keras
import numpy as np
import pytest
import tensorflow as tf

from enas_tf.children import op_trial
from enas_tf.children.op_kinds import MacroOp, MicroOp
from enas_tf.config.sections import ConfigError
from enas_tf.nn.parameters import Weight
from enas_tf.spaces.op_table import MicroOpRow, OpRow

SCALE = dict(weights=lambda path, c: [Weight(f"{path}/scale", (c,), constant=2.0)])


class Own(keras.layers.Layer):
    def call(self, x):
        return 2.0 * x


def linear(x, spot):
    return keras.layers.Activation("linear", name=spot.name)(x)


def broken(x, weights):
    raise RuntimeError("it is broken\nand more")


def op(**fields):
    row = OpRow("bad", "#806040")
    plain = dict(row=row, apply=lambda x, _: tf.identity(x), final=linear)
    return MacroOp(**plain | fields)


def final(make):
    return dict(final=make)


@pytest.mark.parametrize("name", ["macro", "micro"])
def test_a_right_op_passes(name):
    op_trial.refuse_wrong(name, added_ops.OPS[name], 4)


@pytest.mark.parametrize("make", [lambda x, spot: x, lambda x, spot: 2.0 * x])
def test_an_op_may_have_no_layer(make):
    op_trial.refuse_wrong("macro", op(final=make), 4)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            dict(apply=lambda x, _: x[..., :-1]),
            "the macro op bad: its value is float32 (None, 8, 8, 3), and must have "
            "its input's shape and type",
        ),
        (dict(apply=lambda x, _: tf.cast(x, tf.float16)), "value is float16 (None, 8"),
        (dict(apply=lambda x, _: None), "its value is a NoneType, and must"),
        (dict(apply=lambda x, _: (x, x)), "its value is a tuple, and must"),
        (
            dict(apply=lambda x, _: tf.math.log(x)),
            "its value for a map of usual numbers is not finite",
        ),
        (
            final(lambda x, spot: keras.layers.Rescaling(np.inf, name=spot.name)(x)),
            "its final form's value for a map of usual numbers is not finite",
        ),
        (dict(apply=broken), "the macro op bad: RuntimeError: it is broken"),
        (
            dict(SCALE, apply=lambda x, w: x * w["kernel"]),
            "it reads a weight 'kernel'; its weights are scale",
        ),
        (dict(plain="nope"), "bad: 'nope' is no op of the macro space"),
        (final(lambda x, spot: None), "its final form gives a NoneType; with a stride"),
        (
            final(lambda x, spot: keras.layers.Conv2D(7, 1, name=spot.name)(x)),
            "its final form gives float32 (None, 8, 8, 7); with a stride of 1 it must "
            "be float32 (None, 8, 8, 4)",
        ),
        (
            final(lambda x, spot: keras.layers.ReLU(name="same")(x)),
            "has a ReLU named 'same': the name must begin with spot.name",
        ),
        (
            final(lambda x, spot: keras.layers.Lambda(tf.abs, name=spot.name)(x)),
            "its final form has a Lambda, with which model.keras would not load",
        ),
        (final(lambda x, spot: Own(name=spot.name)(x)), "its final form has a Own"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(fields, message):
    with pytest.raises(ConfigError) as caught:
        op_trial.refuse_wrong("macro", op(**fields), 4)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_op_may_close_over_no_variable():
    variable = tf.Variable(2.0)
    with pytest.raises(ConfigError, match="bad: an op of a switch closes over the var"):
        op_trial.refuse_wrong("macro", op(apply=lambda x, _: x * variable), 4)


def test_a_lambda_inside_a_layer_is_found_as_well():
    def make(x, spot):
        inner = [keras.layers.Lambda(lambda y: 2.0 * y)]
        return keras.Sequential(inner, name=spot.name)(x)

    with pytest.raises(ConfigError, match="bad: Requested the deserialization of a"):
        op_trial.refuse_wrong("macro", op(final=make), 4)


def test_a_micro_op_is_tried_with_a_stride_and_sides_that_are_odd():
    row = MicroOpRow("bad", "#806040")
    without = MicroOp(row=row, apply=lambda x, _: tf.identity(x), final=linear)
    with pytest.raises(ConfigError, match=r"8, 8, 4\); with a stride of 2 it must be"):
        op_trial.refuse_wrong("micro", without, 4)
    down = dataclasses.replace(
        without,
        final=lambda x, spot: keras.layers.MaxPooling2D(spot.stride, name=spot.name)(x),
    )
    with pytest.raises(ConfigError, match=r"3, 3, 4\); .* float32 \(None, 4, 4, 4\)"):
        op_trial.refuse_wrong("micro", down, 4)
