"""The subject of the micro space's measurements."""

import functools

import tensorflow as tf

from enas_tf.benchmark import plain_micro
from enas_tf.benchmark.growth import forecast
from enas_tf.benchmark.growth.forecast import Search
from enas_tf.benchmark.plain import PlainImages
from enas_tf.benchmark.roofline import flops_micro
from enas_tf.benchmark.subject import Subject
from enas_tf.children.contract import SharedChild
from enas_tf.config.sections import Config
from enas_tf.spaces.micro import MicroArc


def plain(
    arc: MicroArc, child: SharedChild, config: Config, *, sample: tf.Tensor
) -> PlainImages:
    """A fixed network of `arc`; see `subject.Plain`."""
    features = functools.partial(
        plain_micro.features,
        arc=arc,
        num_layers=config.child.num_layers,
        filters=config.child.out_filters,
    )
    has_head = child.aux_parameters is not None
    return PlainImages(
        features,
        child,
        config.child,
        sample=sample,
        seed=config.run.seed,
        aux=plain_micro.aux_logits if has_head else None,
    )


SUBJECT = Subject(
    plain=plain,
    host=dict(batch_size=2, child_out_filters=2),
    batches=(32,),  # the published one would take too long
    small=dict(batch_size=8, child_num_layers=3, child_out_filters=20),
    grown=dict(
        child_num_layers=(3, 6, 9),
        child_out_filters=(20, 40, 80, 160),
        batch_size=(8, 16, 32),
    ),
    arcs=2,
    evaluated=2_000,
    training_size=45_000,
    sizes=("num_layers", "num_cells", "out_filters", "use_aux_heads"),
    peer="enas_tf.benchmark.peer.micro:search",
    flops=flops_micro.step,
    growth=dict(
        child_num_layers=(3, 6, 9),
        child_out_filters=(20, 40, 80),
        batch_size=(8, 16, 32),
    ),
    on_gpu=Search(
        start_s=15.9,
        steps=150 * 282,
        step_s=0.0879,
        spread_s=(0.0644 - 0.0531) / forecast.QUARTILES,
        input_s=160 / 46_400,
        updates=150 * 30,
        rewards=10,
        update_s=0.285,
        parameters=5_373_140,
    ),
)
