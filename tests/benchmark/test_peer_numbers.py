"""A child in PyTorch computes what ours does: logits, losses, gradients, an update."""

import numpy as np
import peer_names
import pytest
import tensorflow as tf

from enas_tf.benchmark import subject
from enas_tf.benchmark.peer import order as orders
from enas_tf.benchmark.peer import run
from enas_tf.benchmark.subjects import Subjects
from enas_tf.children.output import ChildOutput

torch = pytest.importorskip("torch", reason="of the extra `peers`: BUILD.md says how")

NOTHING_DROPPED = {f"child_drop_{letter}": 0.0 for letter in "eixlow"}
SMALL = {
    "macro": dict(
        batch_size=4, child_out_filters=4, child_num_layers=6, child_keep_prob=1.0
    ),
    "micro": dict(
        batch_size=4,
        child_out_filters=4,
        child_num_layers=1,
        child_num_cells=2,
        child_keep_prob=1.0,
    ),
    "rnn": dict(
        batch_size=4,
        child_hidden_size=6,
        child_num_layers=4,
        child_init_range=0.5,
        child_alpha=0.1,
        **NOTHING_DROPPED,
    ),
}
VOCABULARY = 30
CLOSE = dict(rtol=1e-4, atol=1e-5)  # float32, sums in another order


class Pair:
    """A child of ours and one in PyTorch, with the same weights and inputs."""

    def __init__(self, space):
        settings = SMALL[space]
        self.order = run.order_of(space, **settings)
        self.order.sizes["vocabulary"] = VOCABULARY
        self.ours = Subjects(space, vocabulary=VOCABULARY, **settings)
        module, name = subject.of(space).peer.split(":")
        self.theirs = getattr(pytest.importorskip(module), name)(self.order.sizes)
        self.parameters = dict(self.theirs.child.named_parameters())
        self._hand_over()
        self.run = tf.function(self._run, autograph=False)

    def _hand_over(self):
        found = self.in_their_form(self._unpacked(self._vectors()))
        assert found.keys() == self.parameters.keys()
        with torch.no_grad():
            for name, value in found.items():
                self.parameters[name].copy_(torch.tensor(value))
        inputs, right = (torch.tensor(part.numpy()) for part in self.ours.batch)
        if self.order.space == "rnn":
            self.theirs.words, self.theirs.targets = inputs.long(), right.long()
        else:
            self.theirs.images = inputs.permute(0, 3, 1, 2)
            self.theirs.labels = right.long()

    def _vectors(self):
        child = self.ours.child
        parts = [child.parameters, child.aux_parameters]
        return [part.vector for part in parts if part]

    def _unpacked(self, vectors):
        child = self.ours.child
        parts = [child.parameters, child.aux_parameters]
        return [
            {n: v.numpy() for n, v in part.unpack(tf.convert_to_tensor(x)).items()}
            for part, x in zip(filter(None, parts), vectors, strict=True)
        ]

    def loss(self, arc):
        """PyTorch's, of a first step."""
        if self.order.space == "rnn":
            self.theirs.state = torch.zeros_like(self.theirs.state)
        return self.theirs.loss(arc)

    def answer(self, arc):
        """PyTorch's logits, nothing dropped and no state before."""
        child, theirs = self.theirs.child, self.theirs
        if self.order.space != "rnn":
            return child(theirs.images, arc, training=False)[0]
        state = torch.zeros(len(theirs.words), self.order.sizes["hidden_size"])
        return child(theirs.words, state, arc, training=False)[0]

    def in_their_form(self, unpacked):
        """By PyTorch's names."""
        found = {}
        for theirs, ours, row in peer_names.rows(self.order):
            values = unpacked[-1 if theirs.startswith("aux.") else 0]
            if theirs in self.parameters:
                shape = tuple(self.parameters[theirs].shape)
                value = values[ours][row]
                found[theirs] = peer_names.in_their_form(value, ours, shape)
        return found

    def _run(self, tokens):
        vectors, batch, child = self._vectors(), self.ours.batch, self.ours.child
        arc = self.ours.space.decode(tokens)
        with tf.GradientTape() as tape:
            tape.watch(vectors)
            seed = tf.constant([0, 0])
            output = child(batch.inputs, arc=arc, training=True, seed=seed)
            loss = self.ours.task.loss(output, batch)
        gradients = tape.gradient(loss, vectors)
        return loss, gradients, child(batch.inputs, arc=arc, training=False).logits


@pytest.fixture(scope="module", params=sorted(SMALL))
def pair(request):
    return Pair(request.param)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_loss_and_every_gradient_are_ours(pair, seed):
    (tokens,) = pair.ours.arcs(1, seed=seed)
    arc = orders.in_lists(pair.ours.space.decode(tokens))
    loss, gradients, _ = pair.run(tf.constant(tokens, tf.int32))
    theirs = pair.loss(arc)
    assert theirs.item() == pytest.approx(float(loss), rel=1e-5)
    pair.theirs.child.zero_grad()
    theirs.backward()
    ours = pair.in_their_form(pair._unpacked(gradients))
    used = {n: p.grad for n, p in pair.parameters.items() if p.grad is not None}
    assert 0 < len(used) < len(ours)  # of an arc, not of all
    for name, gradient in ours.items():
        if name in used:
            np.testing.assert_allclose(used[name], gradient, **CLOSE, err_msg=name)
        else:
            assert not gradient.any(), name


@pytest.mark.parametrize("seed", [1, 2])
def test_logits_of_a_reward_are_ours(pair, seed):
    (tokens,) = pair.ours.arcs(1, seed=seed)
    _, _, logits = pair.run(tf.constant(tokens, tf.int32))
    arc = pair.ours.space.decode(tokens)
    with torch.inference_mode():
        given = pair.answer(arc)
    np.testing.assert_allclose(given, logits, **CLOSE)


def test_a_reward_is_ours(pair):
    (tokens,) = pair.ours.arcs(1, seed=1)
    arc = orders.in_lists(pair.ours.space.decode(tokens))
    _, _, logits = pair.run(tf.constant(tokens, tf.int32))
    values = pair.ours.task.measured(ChildOutput(logits), pair.ours.batch)
    assert pair.theirs.reward(arc) == pytest.approx(float(np.mean(values)), rel=1e-5)


def test_a_step_changes_what_the_arc_uses_and_that_alone(pair):
    (tokens,) = pair.ours.arcs(1, seed=1)
    arc = orders.in_lists(pair.ours.space.decode(tokens))
    before = {name: p.detach().clone() for name, p in pair.parameters.items()}
    pair.theirs.step(arc)
    changed = {n for n, p in pair.parameters.items() if not torch.equal(p, before[n])}
    used = {name for name, p in pair.parameters.items() if p.grad is not None}
    assert changed and changed <= used
