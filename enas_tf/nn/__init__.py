"""Ops, named weights and seeds: the building blocks of every network."""

# So that importing this package suffices to load a saved language model: Keras finds
# its layers by the names that `language` registers.
from enas_tf.nn import language as language
