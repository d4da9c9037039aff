"""Images on their way into a step: gathered in the graph, or streamed by TFDS."""

import tempfile
from collections.abc import Mapping

import tensorflow as tf
import tensorflow_datasets as tfds

from enas_tf.benchmark import subjects as subjects_lib
from enas_tf.benchmark import timing
from enas_tf.benchmark.subjects import Subjects
from enas_tf.config import sections as config_lib
from enas_tf.data.images import augment
from enas_tf.nn import seeds

BATCHES = 40  # of a block
BLOCKS = 5
STREAMED = 2000  # images of the set that is streamed
SHUFFLED = 500


def images(space: str) -> dict[str, float]:
    """Images a second, and a batch over a training step of the published size."""
    if space in config_lib.TEXTS:
        return {}  # a slice of a row of numbers
    subjects = Subjects(space)
    batch = subjects.config.loop.batch_size
    lessons = subjects.task.lessons(batch_size=batch, num_epochs=1, seed=0)
    given, trainer = subjects.shared()
    given.tokens.assign(subjects.arcs(1)[0])

    @tf.function(autograph=False)
    def gather() -> tf.Tensor:
        first = tf.constant(0, tf.int64)
        shared = lessons.shared(first)
        return tf.map_fn(
            lambda step: tf.reduce_sum(lessons.lesson(step, shared).batch.inputs),
            tf.range(first, BATCHES),
            fn_output_signature=tf.float32,
            parallel_iterations=1,
        )

    with tempfile.TemporaryDirectory() as folder:
        # A new reading each time: an open one would read ahead in the others' turns.
        stream = _stream(subjects, batch, folder).take(BATCHES)
        things = dict(
            gather=lambda: gather().numpy(),
            step=subjects_lib.steps(trainer, 1),
            stream=lambda: [batch.shape for batch in stream],
        )
        times = timing.alternate(things, blocks=BLOCKS)
    a_batch = times["gather"].cpu_median / BATCHES
    count = BATCHES * batch
    return {
        f"{space}.input_share_of_step": a_batch / times["step"].cpu_median,
        f"{space}.input_images_per_s": count / times["gather"].wall_median,
        f"{space}.stream_images_per_s": count / times["stream"].wall_median,
    }


def _stream(subjects: Subjects, batch: int, folder: str) -> tf.data.Dataset:
    """The same images as a TFDS set, read, shuffled and varied without end."""
    pictures = subjects.task.batch("train", tf.range(STREAMED)).inputs
    pictures = tf.cast(tf.clip_by_value(pictures * 73.9 + 127.5, 0, 255), tf.uint8)
    rows = tf.data.Dataset.from_tensor_slices(dict(image=pictures))
    features = tfds.features.FeaturesDict(
        dict(image=tfds.features.Image(shape=subjects.data.image_shape))
    )
    builder = tfds.dataset_builders.store_as_tfds_dataset(
        name="benchmark",
        version="1.0.0",
        features=features,
        split_datasets=dict(train=rows),
        data_dir=folder,
        disable_shuffling=True,
    )

    @tf.autograph.experimental.do_not_convert
    def varied(number: tf.Tensor, row: Mapping[str, tf.Tensor]) -> tf.Tensor:
        x = (tf.cast(row["image"], tf.float32) - 127.5) / 73.9
        seed = seeds.at(0, "augment", number)
        return augment.augment(x, pad=4, flip=True, cutout=0, seed=seed)

    data = builder.as_dataset(split="train").repeat().shuffle(SHUFFLED)
    data = data.batch(batch, drop_remainder=True, num_parallel_calls=tf.data.AUTOTUNE)
    return data.enumerate().map(varied).prefetch(tf.data.AUTOTUNE)
