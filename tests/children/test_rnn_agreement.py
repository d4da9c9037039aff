"""The shared rnn child with an arc against a plain graph of the same arc and weights.

The plain graph is written from the description of the cell, with Python's `if` where
the shared child switches and a loop where it scans.
"""

from typing import Any, NamedTuple

import plain_graph
import pytest
import tensorflow as tf

from enas_tf.children import rnn as rnn_child
from enas_tf.config.rnn import RnnChildConfig
from enas_tf.spaces import rnn

HIDDEN, VOCABULARY = 6, 11


def words_of(images):
    """`check` makes images; a row of pixels is as good a text, [B, 8]."""
    return tf.cast(tf.abs(images[:, :, 0, 0]) * 1000.0, tf.int32) % VOCABULARY


class OnImages(NamedTuple):
    """The child, given words for images and classifying each of them."""

    child: Any

    @property
    def parameters(self):
        return self.child.parameters

    def __call__(self, images, *, arc):
        output = self.child(words_of(images), arc=arc)
        return output._replace(logits=tf.reshape(output.logits, [-1, VOCABULARY]))


def plain_function(x, name):
    if name == "tanh":
        return tf.tanh(x)
    if name == "relu":
        return tf.nn.relu(x)
    if name == "sigmoid":
        return tf.sigmoid(x)
    return x


def plain_node(x, product, name):
    gate = tf.sigmoid(product[:, HIDDEN:])
    return gate * plain_function(product[:, :HIDDEN], name) + (1.0 - gate) * x


def plain_state(x, state, weights, arc, average):
    both = tf.concat([x, state], axis=1) @ weights["node_0"]
    nodes = [plain_node(state, both, "tanh")]
    for number, (read, op) in enumerate(zip(*arc, strict=True), start=1):
        matrix = weights[f"node_{number}"][op][read]
        nodes.append(plain_node(nodes[read], nodes[read] @ matrix, rnn.OPS[op]))
    kept = rnn.loose_ends(arc) if average == "loose" else range(1, len(nodes))
    return sum(nodes[node] for node in kept) / len(kept)


@pytest.mark.parametrize(
    ("nodes", "ops", "average", "arcs"),
    [(6, 4, "loose", 3), (3, 4, "all", 3), (1, 2, "loose", 2)],
)
def test_logits_and_gradients_of_random_arcs(nodes, ops, average, arcs):
    def plain_logits(images, weights, arc):
        words, state, logits = words_of(images), tf.zeros([6, HIDDEN]), []
        for step in range(words.shape[1]):
            x = tf.gather(weights["embedding"], words[:, step])
            state = plain_state(x, state, weights, arc, average)
            logits.append(state @ tf.transpose(weights["embedding"]))
        return tf.reshape(tf.stack(logits, axis=1), [-1, VOCABULARY])

    space = rnn.RnnSpace(nodes, num_ops=ops)
    config = RnnChildConfig(hidden_size=HIDDEN, average=average)
    child = rnn_child.SharedRnnChild(space, config, vocab_size=VOCABULARY, seed=0)
    plain_graph.check(space, OnImages(child), plain_logits, arcs=arcs)
