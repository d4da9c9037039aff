"""The word models: restated in NumPy, carried states, dropout, saved and loaded."""

import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

from enas_tf.nn import language, lstm_cell, recurrent

BATCH, TIME, HIDDEN, INNER, VOCABULARY = 3, 6, 5, 4, 7
NAMES = ("tanh", "relu", "sigmoid", "identity")
COMMON = dict(init_range=0.7, seed=3)
NOTHING = recurrent.Dropout()
SEED = tf.constant([3, 4])
RATES = dict(e=0.3, i=0.2, x=0.4, l=0.5, o=0.3)
STATE_SIZES = dict(cell=HIDDEN, lstm=2 * INNER + 2 * HIDDEN)


def cell(**settings):
    # Node 1 reads 0, node 2 reads 0, node 3 reads 2, node 4 reads 1: 3 and 4 are loose.
    arc = dict(inputs=(0, 0, 2, 1), ops=(1, 3, 0, 2), functions=NAMES)
    return language.CellWordModel(VOCABULARY, HIDDEN, **{**arc, **COMMON, **settings})


def lstm(**settings):
    settings = dict(inner_size=INNER) | COMMON | settings
    return language.LstmWordModel(VOCABULARY, HIDDEN, **settings)


MODELS = dict(cell=cell, lstm=lstm)
every_model = pytest.mark.parametrize("kind", MODELS)


def words_of(length=TIME, *, batch=BATCH):
    rng = np.random.default_rng(length)
    return tf.constant(rng.integers(0, VOCABULARY, (batch, length)), tf.int32)


def state_of(kind, *, batch=BATCH):
    rng = np.random.default_rng(1)
    return tf.constant(rng.normal(size=(batch, STATE_SIZES[kind])), tf.float32)


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def plain_lstm_layer(x, h, c, w):
    """As books have it: one product of [x, h] in every step; w: [I + K, 4K]."""
    outputs = []
    for t in range(x.shape[1]):
        i, f, o, g = np.split(np.concatenate([x[:, t], h["read"]], 1) @ w, 4, axis=1)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        given = sigmoid(o) * np.tanh(c)
        h = h | dict(read=given * h["mask"])
        outputs.append(given)
    return np.stack(outputs, axis=1), c


def plain_lstm(model, words, state, dropout):
    """Logits, states and the last state."""
    weights = {w.name: w.numpy() for w in model.weights}
    h1, c1, h2, c2 = np.split(state, [4, 8, 13], axis=1)
    drawn = dict(
        e=tf.ones([VOCABULARY, 1]),
        i=tf.ones([BATCH, HIDDEN]),
        x=tf.ones([BATCH, HIDDEN]),
        l=tf.ones([BATCH, INNER + HIDDEN]),
        o=tf.ones([BATCH, 1, HIDDEN]),
    )
    masks = {name: dropout.mask(name, like).numpy() for name, like in drawn.items()}
    mask_1, mask_2 = np.split(masks["l"], [INNER], axis=1)
    w_1 = np.concatenate([weights["input_1"], weights["state_1"]])
    w_2 = np.concatenate([weights["input_2"], weights["state_2"]])
    x = (weights["embedding"] * masks["e"])[words.numpy()]
    x = x * masks["i"][:, None] * masks["x"][:, None]
    first, c1 = plain_lstm_layer(x, dict(read=h1 * mask_1, mask=mask_1), c1, w_1)
    second, c2 = plain_lstm_layer(
        first * mask_1[:, None], dict(read=h2 * mask_2, mask=mask_2), c2, w_2
    )
    last = np.concatenate([first[:, -1], c1, second[:, -1], c2], axis=1)
    return (second * masks["o"]) @ weights["embedding"].T, second, last


@pytest.mark.parametrize(
    "dropout", [NOTHING, recurrent.Dropout(RATES, SEED)], ids=["nothing", "dropped"]
)
def test_the_lstm_equals_its_restatement(dropout):
    model, words, state = lstm(), words_of(), state_of("lstm")
    found = model.run(words, state, dropout)
    wanted = plain_lstm(model, words, state.numpy(), dropout)
    for ours, theirs in zip(found, wanted, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)


def test_a_worked_step_of_an_lstm():
    # i = f = o = 1/2 and g = tanh(1): c = 1/2 * 2 + 1/2 * tanh(1).
    h, c = lstm_cell.step(tf.constant([[0.0, 0.0, 0.0, 1.0]]), tf.constant([[2.0]]))
    np.testing.assert_allclose(c, [[1.3807971]], rtol=1e-6)
    np.testing.assert_allclose(h, [[0.4405648]], rtol=1e-5)
    # A shut i takes in nothing new, a shut f forgets, a shut o hides.
    shut, wide = -200.0, 200.0
    for gates, memory, output in [
        ((shut, wide, wide, 5.0), 2.0, 0.9640276),
        ((wide, shut, wide, wide), 1.0, 0.7615942),
        ((wide, wide, shut, wide), 3.0, 0.0),
    ]:
        h, c = lstm_cell.step(tf.constant([gates]), tf.constant([[2.0]]))
        np.testing.assert_allclose([c[0, 0], h[0, 0]], [memory, output], rtol=1e-5)


@pytest.mark.parametrize(
    ("average", "shares"),
    [("loose", (0.0, 0.0, 0.0, 0.5, 0.5)), ("all", (0.0, 0.25, 0.25, 0.25, 0.25))],
)
def test_a_cell_averages_the_nodes_of_its_setting(average, shares):
    model, state = cell(average=average), state_of("cell")
    weights = {w.name: tf.constant(w.numpy()) for w in model.weights}
    wanted = recurrent.states(
        tf.gather(weights["embedding"], words_of()),
        state,
        recurrent.Cell(
            weights["word"],
            weights["nodes"],
            (0, 0, 2, 1),
            (1, 3, 0, 2),
            NAMES,
            tf.constant(shares),
        ),
        NOTHING,
    )
    found = model.run(words_of(), state, NOTHING)
    np.testing.assert_allclose(found.states, wanted, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(found.state, wanted[:, -1], rtol=1e-5, atol=1e-6)


@every_model
def test_a_call_is_a_run_in_which_nothing_is_dropped(kind):
    model, words, state = MODELS[kind](), words_of(), state_of(kind)
    logits, after = model(words, state)
    run = model.run(words, state, NOTHING)
    assert logits.shape == (BATCH, TIME, VOCABULARY)
    assert run.states.shape == (BATCH, TIME, HIDDEN)
    assert after.shape == state.shape == (BATCH, model.state_size)
    np.testing.assert_array_equal(logits, run.logits)
    np.testing.assert_array_equal(after, run.state)
    expected = np.asarray(run.states) @ model.embedding.numpy().T
    np.testing.assert_allclose(logits, expected, rtol=1e-4, atol=1e-5)


@every_model
def test_a_state_that_is_carried_makes_two_pieces_equal_the_whole(kind):
    model, words = MODELS[kind](), words_of()
    start = model.initial_state(BATCH)
    np.testing.assert_array_equal(start, np.zeros([BATCH, STATE_SIZES[kind]]))
    whole, end = model(words, start)
    first, middle = model(words[:, :2], start)
    second, after = model(words[:, 2:], middle)
    halves = tf.concat([first, second], axis=1)
    np.testing.assert_allclose(halves, whole, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(after, end, rtol=1e-4, atol=1e-5)
    # The test can fail: every part of the state matters.
    for column in range(model.state_size):
        moved = middle + tf.one_hot([column], model.state_size)
        other, _ = model(words[:, 2:], moved)
        assert np.abs(other - second).max() > 1e-3, column


@every_model
def test_masks_are_drawn_once_a_minibatch(kind):
    # A word again and again, in rows of their own state: where nothing moves any more,
    # each step's output is the same only if each step's masks are.
    model = MODELS[kind](init_range=0.3)
    words, state = tf.ones([2, 60], tf.int32), state_of(kind, batch=2)
    # Not "e", which may drop the only word.
    rates = {name: rate for name, rate in RATES.items() if name != "e"}
    run = model.run(words, state, recurrent.Dropout(rates, SEED))
    np.testing.assert_allclose(run.logits[:, -1], run.logits[:, -2], atol=1e-5)
    assert np.abs(run.logits[0, -1] - run.logits[1, -1]).max() > 1e-3
    assert np.abs(run.logits[:, 0] - run.logits[:, -1]).max() > 1e-3
    again = model.run(words, state, recurrent.Dropout(rates, SEED))
    np.testing.assert_array_equal(again.logits, run.logits)
    other = model.run(words, state, recurrent.Dropout(rates, SEED + 1))
    assert np.abs(other.logits - run.logits).max() > 1e-3


@every_model
@pytest.mark.parametrize("name", RATES)
def test_each_place_can_be_dropped(kind, name):
    model, words, state = MODELS[kind](), words_of(), state_of(kind)
    plain = model.run(words, state, NOTHING)
    run = model.run(words, state, recurrent.Dropout({name: 0.5}, SEED))
    assert np.abs(run.logits - plain.logits).max() > 1e-3
    # Of the outputs, only what the softmax reads is dropped.
    moved = np.abs(run.states - plain.states).max()
    assert moved == 0.0 if name == "o" else moved > 1e-3


@every_model
def test_all_weights_exist_at_once_and_start_uniform_by_their_seed(kind):
    first, again, other = (
        MODELS[kind](init_range=0.04, seed=seed) for seed in (0, 0, 1)
    )
    assert first.built and first.weights == first.trainable_weights
    for one, same, different in zip(
        first.weights, again.weights, other.weights, strict=True
    ):
        assert 0.03 < np.abs(one).max() <= 0.04
        np.testing.assert_array_equal(one, same)
        assert np.mean(one.numpy() == different.numpy()) < 0.01
    # No two weights of a model begin alike.
    assert len({float(w.numpy().ravel()[0]) for w in first.weights}) == len(
        first.weights
    )


def shapes(model):
    return {w.name: tuple(w.shape) for w in model.weights}


def test_the_weights_have_the_shapes_that_the_layers_need():
    assert shapes(cell()) == {"embedding": (7, 5), "word": (5, 10), "nodes": (5, 5, 10)}
    assert shapes(lstm()) == {
        "embedding": (7, 5),
        "input_1": (5, 16),
        "state_1": (4, 16),
        "input_2": (4, 20),
        "state_2": (5, 20),
    }
    assert lstm().count_params() == 7 * 5 + 4 * (5 + 4) ** 2


def functional(model):
    words = keras.Input([None], dtype="int32", name="words")
    state = keras.Input([model.state_size], name="state")
    return keras.Model([words, state], model(words, state))


@every_model
def test_inside_a_keras_model_any_number_of_texts_and_words_will_do(kind):
    layer = MODELS[kind]()
    model = functional(layer)
    assert model.output_shape == [
        (None, None, VOCABULARY),
        (None, layer.state_size),
    ]
    for batch, length in ((1, 1), (4, 9)):
        words, state = words_of(length, batch=batch), state_of(kind, batch=batch)
        for found, wanted in zip(
            model([words, state]), layer(words, state), strict=True
        ):
            np.testing.assert_array_equal(found, wanted)


@every_model
def test_a_layer_comes_back_from_its_config(kind):
    layer = MODELS[kind](name="ours")
    config = layer.get_config()
    again = type(layer).from_config(config)
    assert again.get_config() == config
    for one, same in zip(layer.weights, again.weights, strict=True):
        np.testing.assert_array_equal(one, same)


LOADED_ELSEWHERE = """
import sys
import numpy as np
import enas_tf.nn
import keras
assert "enas_tf.children" not in sys.modules
for folder in sys.argv[1:]:
    model = keras.models.load_model(f"{folder}/model.keras")
    given = np.load(f"{folder}/given.npz")
    found = model([given["words"], given["state"]])
    np.savez(f"{folder}/found.npz", *[np.asarray(x) for x in found])
"""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """{kind: (model, logits and state of its file, as another process loads it)}."""
    folders, models = {}, {}
    for kind, make in MODELS.items():
        folder = folders[kind] = tmp_path_factory.mktemp(kind)
        # Averages other than the default, and weights other than the first.
        layer = make(**(dict(average="all") if kind == "cell" else {}))
        layer.set_weights([1.5 * weight for weight in layer.get_weights()])
        models[kind] = functional(layer)
        models[kind].save(folder / "model.keras")
        np.savez(folder / "given.npz", words=words_of(), state=state_of(kind))
    command = [sys.executable, "-c", LOADED_ELSEWHERE, *map(str, folders.values())]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = {kind: np.load(folder / "found.npz") for kind, folder in folders.items()}
    return {kind: (models[kind], list(found[kind].values())) for kind in MODELS}


@every_model
def test_a_saved_model_is_the_same_where_only_the_layers_were_imported(loaded, kind):
    model, found = loaded[kind]
    wanted = model([words_of(), state_of(kind)])
    for one, same in zip(found, wanted, strict=True):
        np.testing.assert_array_equal(one, same)


@every_model
def test_a_layer_that_was_loaded_can_be_trained_on(kind, tmp_path):
    functional(MODELS[kind](name="ours")).save(tmp_path / "model.keras")
    layer = keras.models.load_model(tmp_path / "model.keras").get_layer("ours")
    with tf.GradientTape() as tape:
        run = layer.run(words_of(), state_of(kind), recurrent.Dropout(RATES, SEED))
        loss = tf.reduce_mean(tf.square(run.logits))
    variables = [v.value for v in layer.trainable_variables]
    for gradient in tape.gradient(loss, variables):
        assert np.abs(tf.convert_to_tensor(gradient)).max() > 0.0
