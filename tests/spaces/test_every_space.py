"""What holds for the arcs of every space: a row in the table, and it is tried."""

import numpy as np
import pytest

from enas_tf.config import sections as config
from enas_tf.spaces import macro, micro, rnn

SPACES = {
    "macro": macro.MacroSpace(12),
    "micro": micro.MicroSpace(5),
    "rnn": rnn.RnnSpace(9),
}
# The published arcs, the space that each belongs to, and its number of integers.
PUBLISHED = {
    "enas24": (macro.MacroSpace(24, num_ops=4), macro.NAMED_ARCS, 300),
    "enas_micro": (micro.MicroSpace(5), micro.NAMED_ARCS, 40),
    "enas_rnn": (rnn.RnnSpace(8), rnn.NAMED_ARCS, 16),
    "darts_rnn": (rnn.RnnSpace(8), rnn.NAMED_ARCS, 16),
}

by_space = pytest.mark.parametrize("space", SPACES.values(), ids=SPACES)


def test_the_tables_are_complete():
    assert set(SPACES) >= set(config.SPACES)
    assert set(PUBLISHED) == {*macro.NAMED_ARCS, *micro.NAMED_ARCS, *rnn.NAMED_ARCS}


@pytest.mark.parametrize(
    ("space", "size", "ops", "message"),
    [
        (macro.MacroSpace, 0, 6, "a macro child needs at least 1 layer, not 0"),
        (macro.MacroSpace, -3, 6, "a macro child needs at least 1 layer, not -3"),
        (macro.MacroSpace, 3, 0, "the macro space has 1 to 6 ops, not 0"),
        (macro.MacroSpace, 3, 7, "the macro space has 1 to 6 ops, not 7"),
        (micro.MicroSpace, 0, 5, "a micro cell needs at least 1 block, not 0"),
        (micro.MicroSpace, -3, 5, "a micro cell needs at least 1 block, not -3"),
        (micro.MicroSpace, 2, 0, "the micro space has 1 to 5 ops, not 0"),
        (micro.MicroSpace, 2, 6, "the micro space has 1 to 5 ops, not 6"),
        (rnn.RnnSpace, 0, 4, "an rnn cell needs at least 1 node, not 0"),
        (rnn.RnnSpace, -3, 4, "an rnn cell needs at least 1 node, not -3"),
        (rnn.RnnSpace, 2, 0, "the rnn space has 1 to 4 ops, not 0"),
        (rnn.RnnSpace, 2, 5, "the rnn space has 1 to 4 ops, not 5"),
    ],
)
def test_an_impossible_space_is_refused(space, size, ops, message):
    with pytest.raises(ValueError) as caught:
        space(size, num_ops=ops)
    assert str(caught.value) == message


@by_space
def test_encode_inverts_decode(space):
    tokens = space.random(np.random.default_rng(0), 20)
    assert [space.encode(space.decode(row)) for row in tokens] == tokens.tolist()


def entries(arc):
    """What an arc's nested tuples hold, in order."""
    if not isinstance(arc, tuple):
        return [arc]
    return [entry for part in arc for entry in entries(part)]


@by_space
@pytest.mark.parametrize("kind", [list, tuple, np.asarray])
def test_tokens_decode_to_plain_integers(space, kind):
    tokens = space.random(np.random.default_rng(2), 1)[0]
    arc = space.decode(kind(tokens))
    assert arc == space.decode(tokens.tolist())
    assert {type(entry) for entry in entries(arc)} == {int}


@by_space
def test_tensors_decode_to_the_same_arc_in_and_out_of_a_graph(space):
    import tensorflow as tf  # seconds; the rest of this file needs none

    def joined(tokens):
        parts = entries(space.decode(tokens))
        return tf.concat([tf.reshape(part, [-1]) for part in parts], axis=0)

    tokens = space.random(np.random.default_rng(2), 1)[0]
    wanted = entries(space.decode(tokens))
    signature = [tf.TensorSpec([space.num_tokens], tf.int32)]
    for decoded in (joined, tf.function(joined, input_signature=signature)):
        np.testing.assert_array_equal(decoded(tf.constant(tokens)), wanted)


@by_space
def test_text_and_json_invert_each_other(space):
    for row in space.random(np.random.default_rng(1), 20):
        arc = space.decode(row)
        assert space.parse(space.text(arc)) == arc
        assert space.from_json(space.to_json(arc)) == arc


@by_space
def test_random_arcs_take_every_value_of_every_token(space):
    tokens = space.random(np.random.default_rng(0), 500)
    assert tokens.shape == (500, space.num_tokens)
    assert (tokens >= 0).all()
    assert (tokens < space.choices_per_token()).all()
    seen = [len(np.unique(column)) for column in tokens.T]
    assert seen == space.choices_per_token().tolist()


@by_space
def test_json_nested_beyond_reason_is_refused(space):
    with pytest.raises(ValueError, match="not JSON"):
        space.from_json("[" * 100_000)


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_arc_round_trips_as_text_and_json(name):
    space, arcs, length = PUBLISHED[name]
    arc = space.parse(arcs[name])
    integers = arcs[name].replace("|", " ").split()
    assert len(integers) == length
    assert space.text(arc).split() == integers
    assert space.from_json(space.to_json(arc)) == arc
