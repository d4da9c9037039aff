"""The rnn children under --child_softmax: what is sampled, and what stays the same."""

import numpy as np
import pytest
import tensorflow as tf

from enas_tf.children import costs_rnn, final_rnn, inherit_rnn
from enas_tf.children import rnn as rnn_child
from enas_tf.children.inherit import Final
from enas_tf.config.rnn import RnnChildConfig
from enas_tf.nn import cost, recurrent
from enas_tf.spaces import rnn
from enas_tf.tasks.language_model import Batch, LanguageModel
from enas_tf.training import final_language, stream_loss

HIDDEN, WORDS = 8, 12
SPACE = rnn.RnnSpace(2)
ARC = rnn.RnnArc((0, 1), (1, 0))
RNG = np.random.default_rng(0)
IDS = RNG.integers(0, WORDS, 200).astype(np.int32)
BATCH = Batch(*(tf.constant(IDS[n : n + 30].reshape(3, 10)) for n in (0, 1)))
TASK = LanguageModel(dict(train=IDS), bptt_steps=10)
SEED = tf.constant([3, 4])
KINDS = dict(
    full={},
    adaptive=dict(softmax="adaptive", softmax_cutoffs="3,6,1000"),
    sampled=dict(softmax="sampled", softmax_samples=5),
)
NO_DROPOUT = {f"drop_{name}": 0.0 for name in recurrent.DROPPED}


def config_of(kind, **more):
    common = dict(hidden_size=HIDDEN, init_range=0.5, beta=0.0, weight_decay=0.0)
    return RnnChildConfig(**common, **NO_DROPOUT, **KINDS[kind], **more)


def shared_of(kind):
    return rnn_child.SharedRnnChild(SPACE, config_of(kind), vocab_size=WORDS, seed=0)


def final_of(kind, arc=ARC):
    return final_rnn.final_rnn_child(
        arc, config_of(kind), num_nodes=2, vocab_size=WORDS, seed=0
    )


def final_network(kind):
    config = config_of(kind)
    return final_language.FinalLanguageNetwork(final_of(kind), config, seed=0)


def trained(child, seed=SEED):
    return child(BATCH.inputs, arc=ARC, training=True, seed=seed)


@pytest.mark.parametrize("kind", KINDS)
def test_an_evaluation_is_exact(kind):
    """Its mean over all words that could follow is that of a distribution."""
    child = shared_of(kind)
    total = np.zeros([3, 10])
    for word in range(WORDS):
        batch = BATCH._replace(targets=tf.fill([3, 10], word))
        output = child(BATCH.inputs, arc=ARC)
        losses = TASK.measured(output, batch)  # means over a row
        assert losses.shape == (3,)
        one = output.losses.measured if output.losses else None
        total += np.exp(-(one(batch.targets) if one else entropies(output, word)))
    np.testing.assert_allclose(total, np.ones([3, 10]), rtol=1e-4)


def entropies(output, word):
    return -tf.nn.log_softmax(output.logits)[..., word]


def test_only_a_training_step_is_sampled_and_each_has_a_sample_of_its_own():
    child = shared_of("sampled")
    assert child(BATCH.inputs, arc=ARC).losses is None
    output = trained(child)
    assert output.logits is None
    loss, again, other = (
        float(TASK.loss(trained(child, seed), BATCH))
        for seed in (SEED, SEED, tf.constant([3, 5]))
    )
    assert loss == again != other


def test_a_step_of_the_final_child_draws_by_its_number():
    network = final_network("sampled")
    state = network.initial_state(3)
    loss, again, other = (
        float(
            TASK.loss(
                network.forward(
                    BATCH.inputs, step=tf.constant(step, tf.int64), state=state
                )[0],
                BATCH,
            )
        )
        for step in (7, 7, 8)
    )
    assert loss == again != other


@pytest.mark.parametrize("of", ["shared", "final"])
def test_no_score_of_every_word_is_made_in_a_sampled_step(of):
    shared, network = shared_of("sampled"), final_network("sampled")

    @tf.function(autograph=False)
    def loss():
        output = trained(shared)
        if of == "final":
            step = tf.constant(0, tf.int64)
            state = network.initial_state(3)
            output, _ = network.forward(BATCH.inputs, step=step, state=state)
        return TASK.loss(output, BATCH)

    operations = loss.get_concrete_function().graph.get_operations()
    products = [one.outputs[0].shape for one in operations if one.type == "MatMul"]
    assert any(shape[-1] == 5 for shape in products)
    assert not any(shape[-1] == WORDS for shape in products)


@pytest.mark.parametrize("kind", ["full", "adaptive"])
def test_a_text_is_scored_as_by_the_answers_of_the_final_child(kind):
    model = final_of(kind)
    found = stream_loss.StreamLoss(model).mean(IDS, batch_size=1, bptt_steps=50)
    logits, _ = model(tf.constant(IDS[None, :-1]), model.initial_state(1))
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(IDS[None, 1:], logits)
    np.testing.assert_allclose(found, tf.reduce_mean(losses), rtol=1e-5)


@pytest.mark.parametrize("kind", ["adaptive", "sampled"])
def test_a_final_child_with_the_shared_weights_answers_as_the_shared_child(kind):
    child, model = shared_of(kind), final_of(kind)
    views = {name: view.numpy() for name, view in child.parameters.views().items()}
    names = [weight.name for weight in model.trainable_weights]
    got = inherit_rnn.inherited(Final(ARC, rnn.OPS, names), views, SPACE)
    assert set(got) == set(names)
    for weight in model.trainable_weights:
        weight.assign(got[weight.name])
    output = child(BATCH.inputs, arc=ARC)
    logits, _ = model(BATCH.inputs, model.initial_state(3))
    wanted = TASK.measured(output._replace(logits=logits, losses=None), BATCH)
    np.testing.assert_allclose(TASK.measured(output, BATCH), wanted, rtol=1e-4)


def test_the_costs_of_a_tree_are_worked_out_and_those_of_the_final_child():
    # The head 3 x 8, two clusters' scores 2 x 8; 3 words of 2 numbers and 6 of one,
    # behind projections of 8 x 2 and 8 x 1; the cell 4 x 8 x 16.
    words = 3 * 8 + 2 * 8 + (3 * 2 + 8 * 2) + (6 * 1 + 8 * 1)
    found = costs_rnn.costs(SPACE, config_of("adaptive"), vocab_size=WORDS)(
        np.array([SPACE.encode(ARC)])
    )
    assert found.parameters.tolist() == [words + 512]
    assert cost.parameters(final_of("adaptive")) == words + 512
    # The projections are passed twice: by the word that goes in as well.
    assert found.flops.tolist() == [2 * (words + 512 + 8 * 2 + 8 * 1)]


def test_a_sampled_child_costs_what_a_full_one_does():
    tokens = np.array([SPACE.encode(ARC)])
    found = [
        costs_rnn.costs(SPACE, config_of(kind), vocab_size=WORDS)(tokens)
        for kind in ("full", "sampled")
    ]
    np.testing.assert_array_equal(*found)


def test_an_lstm_has_the_same_words():
    names = [weight.name for weight in final_of("adaptive", None).weights]
    assert names[:4] == ["embedding", "clusters", "tail_1", "project_1"]
