"""The subject of the rnn space's measurements."""

import tensorflow as tf

from enas_tf.benchmark.growth import forecast
from enas_tf.benchmark.growth.forecast import Search
from enas_tf.benchmark.plain_rnn import PlainTexts
from enas_tf.benchmark.roofline import flops_rnn
from enas_tf.benchmark.subject import Subject
from enas_tf.children.contract import SharedChild
from enas_tf.config.sections import Config
from enas_tf.spaces.rnn import RnnArc


def plain(
    arc: RnnArc, child: SharedChild, config: Config, *, sample: tf.Tensor
) -> PlainTexts:
    """A fixed cell of `arc`; see `subject.Plain`."""
    del sample
    return PlainTexts(arc, child, config.rnn, seed=config.run.seed)


SUBJECT = Subject(
    plain=plain,
    host=dict(batch_size=2, child_hidden_size=2, vocabulary=10),
    batches=(128,),
    small=dict(batch_size=64, child_num_layers=6, child_hidden_size=200),
    grown=dict(
        child_num_layers=(6, 9, 12),
        child_hidden_size=(200, 400, 800),
        batch_size=(64, 128),
    ),
    arcs=2,
    evaluated=1_000,
    training_size=929_589,
    sizes=("num_layers", "hidden_size", "bptt_steps"),
    all_ops=False,
    peer="enas_tf.benchmark.peer.rnn:search",
    flops=flops_rnn.step,
    growth=dict(
        child_num_layers=(6, 9, 12),
        child_hidden_size=(100, 200, 400),
        batch_size=(16, 32, 64),
        vocabulary=(2_500, 10_000, 40_000),
    ),
    on_gpu=Search(
        start_s=5.9,
        steps=600 * 207,
        step_s=0.146,
        spread_s=(0.155 - 0.137) / forecast.QUARTILES,
        input_s=0.0,
        updates=600 * 25,
        rewards=10,
        update_s=0.6,
        parameters=16_560_000,
    ),
)
