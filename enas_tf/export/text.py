"""A trained language model as files.

`model.keras` loads with Keras after `import enas_tf.nn`, which has its layer;
`saved_model/` loads with TensorFlow alone and takes texts, its vocabulary inside.
"""

import pathlib
from collections.abc import Callable, Sequence
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf

from enas_tf.data.text import vocabulary as vocabulary_lib
from enas_tf.data.text import words_in_graph
from enas_tf.export import writing
from enas_tf.nn import long_texts
from enas_tf.nn.language import WordModel
from enas_tf.run import layout
from enas_tf.run.layout import NamesFile

NO_WORD = -1  # the id of what is not in a vocabulary without an unknown word


class Served(tf.Module):
    """The signatures of a SavedModel, [B] texts or [B, T] ids in.

    A score has "log_probability" [B] float32 (natural), "perplexity" [B] float32 and
    "num_words" [B] int32. Texts may be of any length; B may be 0.
    """

    def __init__(self, layer: WordModel, vocabulary: Sequence[str]):
        """Puts the vocabulary into a table of the graph.

        Args:
          layer: the model.
          vocabulary: the word of each id.
        """
        super().__init__()
        self.layer = layer
        words = list(vocabulary)
        unknown = NO_WORD
        if vocabulary_lib.UNK in words:
            unknown = words.index(vocabulary_lib.UNK)
        rows = tf.lookup.KeyValueTensorInitializer(
            tf.constant(words), tf.range(len(words), dtype=tf.int64)
        )
        self.table = tf.lookup.StaticHashTable(rows, unknown)

    def signatures(self) -> dict[str, Callable[..., dict[str, tf.Tensor]]]:
        """By name, each traced for any number of texts and words."""
        ids = tf.TensorSpec([None, None], tf.int32, "ids")
        state = tf.TensorSpec([None, self.layer.state_size], tf.float32, "state")
        texts = tf.TensorSpec([None], tf.string, "texts")
        rows = tf.TensorSpec([], tf.int32, "batch_size")
        score = tf.function(self.score).get_concrete_function(texts)
        return dict(
            serving_default=score,
            serve=score,  # what `keras.layers.TFSMLayer` calls
            score=score,
            score_ids=tf.function(self.score_ids).get_concrete_function(ids),
            next_word=tf.function(self.next_word).get_concrete_function(ids, state),
            initial_state=tf.function(self.initial_state).get_concrete_function(rows),
        )

    def score(self, texts: tf.Tensor) -> dict[str, tf.Tensor]:
        """How likely each text is, the first word following the end of a line.

        A text may have several lines, and is read as in training (data/text/words.py).
        """
        words = words_in_graph.of_texts(texts)
        found = self.table.lookup(words.flat_values)
        known = tf.Assert(
            tf.reduce_all(found != NO_WORD),
            [
                "not in the vocabulary:",
                tf.boolean_mask(words.flat_values, found == NO_WORD),
            ],
        )
        with tf.control_dependencies([known]):
            found = tf.cast(tf.identity(found), tf.int32)
        return self._score(words.with_flat_values(found))

    def score_ids(self, ids: tf.Tensor) -> dict[str, tf.Tensor]:
        """The same of ids; the first one of a row is only read."""
        return self._score(tf.RaggedTensor.from_tensor(ids))

    def next_word(self, ids: tf.Tensor, state: tf.Tensor) -> dict[str, tf.Tensor]:
        """Probabilities [B, V] of what follows the ids, and the state behind them."""
        rows = tf.shape(ids)[0]
        # The model cannot read a batch of no rows, so one is lent to such a batch.
        rest = [[0, tf.cast(rows == 0, tf.int32)], [0, 0]]
        ids, state = tf.pad(ids, rest), tf.pad(state, rest)
        some = "there must be an id for a word to follow"
        tf.debugging.assert_positive(tf.shape(ids)[1], message=some)
        logits, state = long_texts.next_logits(self.layer, ids, state)
        return dict(probabilities=tf.nn.softmax(logits)[:rows], state=state[:rows])

    def initial_state(self, batch_size: tf.Tensor) -> dict[str, tf.Tensor]:
        """The state before the first word of a text, [B, S]."""
        return dict(state=self.layer.initial_state(batch_size))

    def _score(self, ids: tf.RaggedTensor) -> dict[str, tf.Tensor]:
        """Of all ids [B, (words)] behind the first of each row."""
        total = long_texts.log_probabilities(self.layer, ids)
        counts = long_texts.num_targets(ids)
        mean = tf.math.divide_no_nan(-total, tf.cast(counts, total.dtype))
        return dict(log_probability=total, perplexity=tf.exp(mean), num_words=counts)


class DeployedLanguageModel(NamedTuple):
    """The model of `deployable`, as `writing.export` takes it.

    Attributes:
      model: the model.
      layer: what it is made of.
      vocabulary: the word of each id.
      sample_ids: [B, T] int32 to compare answers on.
    """

    model: keras.Model
    layer: WordModel
    vocabulary: Sequence[str]
    sample_ids: np.ndarray

    @property
    def names_file(self) -> NamesFile:
        """The file that names the answers."""
        return layout.VOCABULARY

    def save(self, folder: pathlib.Path) -> None:
        """Write `saved_model/` into `folder`."""
        served = Served(self.layer, self.vocabulary)
        place = str(folder / layout.SAVED_MODEL)
        tf.saved_model.save(served, place, signatures=served.signatures())

    def differences(
        self, folder: pathlib.Path, loaded: keras.Model, served: tf.Module
    ) -> list[float]:
        """How far the log-probabilities of the files are from its own, each."""
        del folder
        return _differences(self.layer, self.sample_ids, loaded, served)


def deployable(layer: WordModel, *, name: str) -> keras.Model:
    """Words [B, T] int32 and a state [B, S] -> logits [B, T, V] and the next state."""
    words = keras.Input([None], dtype="int32", name="words")
    state = keras.Input([layer.state_size], name="state")
    return keras.Model([words, state], list(layer(words, state)), name=name)


def export(
    layer: WordModel,
    folder: pathlib.Path,
    *,
    vocabulary: Sequence[str],
    sample_ids: np.ndarray,
    also: Callable[[pathlib.Path], None] | None = None,
) -> float:
    """Write `folder` whole, or leave it as it was.

    Args:
      layer: an `nn.language.WordModel`.
      folder: holds `model.keras`, `saved_model/` and `vocabulary.txt` afterwards.
      vocabulary: the word of each id.
      sample_ids: [B, T] int32 to compare the answers with.
      also: see `writing.export`.

    Returns:
      The largest difference between the log-probabilities of a word by `layer` and
      those by the two files, read again from the disk.

    Raises:
      RuntimeError: that difference is more than `writing.TOLERANCE`.
    """
    if len(vocabulary) != layer.vocab_size:
        raise ValueError(f"{len(vocabulary)} words for a model of {layer.vocab_size}")
    deployed = DeployedLanguageModel(
        deployable(layer, name="enas_language_model"), layer, vocabulary, sample_ids
    )
    return writing.export(deployed, folder, vocabulary, also=also)


def _differences(
    layer: WordModel, ids: np.ndarray, loaded: keras.Model, served: tf.Module
) -> list[float]:
    """Of the log-probabilities of words: of all that follow, and of the last one."""
    words = tf.constant(ids, tf.int32)
    state = layer.initial_state(len(ids))
    logits, _ = layer(words, state)
    again, _ = loaded([words, state])
    answers = served.signatures["next_word"](ids=words, state=state)
    last = tf.math.log(answers["probabilities"])
    expected = tf.nn.log_softmax(logits)
    return [
        float(tf.reduce_max(tf.abs(tf.nn.log_softmax(again) - expected))),
        float(tf.reduce_max(tf.abs(last - expected[:, -1]))),
    ]
