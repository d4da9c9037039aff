"""A trained model as Keras users expect it: read from the run's export, compiled."""

import keras

from enas_tf.config import sections as config_lib
from enas_tf.config.sections import Config
from enas_tf.run import layout
from enas_tf.run.folder import RunFolder
from enas_tf.training import schedules


def load(folder: RunFolder, config: Config) -> keras.Model:
    """The exported model of a finished training.

    Args:
      folder: of the run.
      config: of the training; its last learning rate is that of a further `fit`.
    """
    # A language model's layer is found by its name once this is imported.
    import enas_tf.nn.language  # noqa: F401

    model = keras.models.load_model(folder.final / layout.KERAS_FILE)
    rate = schedules.child_learning_rate(config.child, config.loop.num_epochs - 1)
    if config.run.search_for in config_lib.TEXTS:
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        # The second output is the state behind the words, of which nothing is wanted.
        model.compile(keras.optimizers.SGD(rate), loss=[loss, None])
        return model
    model.compile(
        keras.optimizers.SGD(rate, momentum=0.9, nesterov=True),
        loss=keras.losses.SparseCategoricalCrossentropy(),
        metrics=["accuracy"],
    )
    return model
