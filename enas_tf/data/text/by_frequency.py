"""A text whose words are numbered by how often they occur. NumPy only.

A softmax that goes by frequency (`nn/adaptive.py`, `nn/sampled.py`) takes a word's
number for its place; else a vocabulary is in alphabetical order.
"""

import dataclasses

import numpy as np

from enas_tf.data.text.text_data import TextData


def ordered(data: TextData) -> TextData:
    """The same text; word 0 is the most frequent one of training.

    Of equally frequent words the one with the lower number comes first.
    """
    counts = np.bincount(data.train, minlength=len(data.vocabulary))
    order = np.argsort(-counts, kind="stable")
    places = np.empty(len(order), np.int32)
    places[order] = np.arange(len(order), dtype=np.int32)
    return dataclasses.replace(
        data,
        train=places[data.train],
        valid=places[data.valid],
        test=places[data.test],
        vocabulary=tuple(data.vocabulary[number] for number in order),
    )
