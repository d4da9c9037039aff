"""The subject of the macro space's measurements."""

import functools

import tensorflow as tf

from enas_tf.benchmark import plain_macro
from enas_tf.benchmark.growth import forecast
from enas_tf.benchmark.growth.forecast import Search
from enas_tf.benchmark.plain import PlainImages
from enas_tf.benchmark.roofline import flops_macro
from enas_tf.benchmark.subject import Subject
from enas_tf.children.contract import SharedChild
from enas_tf.config.sections import Config
from enas_tf.spaces.macro import MacroArc


def plain(
    arc: MacroArc, child: SharedChild, config: Config, *, sample: tf.Tensor
) -> PlainImages:
    """A fixed network of `arc`; see `subject.Plain`."""
    features = functools.partial(plain_macro.features, arc=arc)
    return PlainImages(
        features, child, config.child, sample=sample, seed=config.run.seed
    )


SUBJECT = Subject(
    plain=plain,
    host=dict(batch_size=2, child_out_filters=2),
    batches=(32, 128),
    small=dict(batch_size=8, child_num_layers=6, child_out_filters=36),
    grown=dict(
        child_num_layers=(6, 9, 12),
        child_out_filters=(36, 72, 144, 288),
        batch_size=(8, 16, 32),
    ),
    # They differ with the number of layers, and so does what their ops cost.
    arcs=8,
    evaluated=10_000,
    training_size=45_000,
    sizes=("num_layers", "out_filters", "num_branches"),
    peer="enas_tf.benchmark.peer.macro:search",
    flops=flops_macro.step,
    growth=dict(
        child_num_layers=(6, 9, 12),
        child_out_filters=(36, 72, 144),
        batch_size=(8, 16, 32),
    ),
    on_gpu=Search(
        start_s=10.2,
        steps=310 * 352,
        step_s=0.0376,
        spread_s=(0.0231 - 0.0213) / forecast.QUARTILES,
        input_s=128 / 52_500,
        updates=310 * 50,
        rewards=20,
        update_s=0.165,
        parameters=697_860,
    ),
)
