"""The shared rnn child against the authors' corrected search graph (enas_lm)."""

import functools

import goldens
import pytest
import shared
import tensorflow as tf

from enas_tf.children import rnn as rnn_child
from enas_tf.config.rnn import RnnChildConfig
from enas_tf.nn import recurrent
from enas_tf.spaces import rnn

recordings = pytest.mark.parametrize("paths", goldens.cases("rnn_shared"))

NO_DROPOUT = {f"drop_{name}": 0.0 for name in recurrent.DROPPED}
# Of the recording; see the README.md beside the files.
AVERAGE = "all"


def our_name(theirs: str) -> str:
    """child/rnn_cell/layer_2/w -> node_2."""
    path = theirs.removeprefix("child/").removesuffix("/w")
    return path.replace("rnn_cell/layer_", "node_").replace("rnn_cell/w_prev", "node_0")


def variables(arrays: goldens.Arrays) -> list[str]:
    """Their names of what is trained."""
    return [n for n in goldens.below(arrays, "var/") if "init_states" not in n]


def aligned(ours: goldens.Arrays, theirs: goldens.Arrays):
    return {name: ours[our_name(name)] for name in theirs}, theirs


def build(arrays: goldens.Arrays, **weights: float) -> shared.Case:
    """`weights`: of the penalties."""
    num_ops, _, size, _ = arrays["var/child/rnn_cell/layer_1/w"].shape
    nodes = rnn.nodes_of_length(arrays["arcs"].shape[1])
    space = rnn.RnnSpace(nodes, num_ops=num_ops)
    penalties = {"alpha": 0.0, "beta": 0.0, "weight_decay": 0.0, **weights}
    config = RnnChildConfig(
        hidden_size=size, average=AVERAGE, **NO_DROPOUT, **penalties
    )
    vocab_size = len(arrays["var/child/embedding/w"])
    child = rnn_child.SharedRnnChild(space, config, vocab_size=vocab_size, seed=0)
    child.parameters.load({our_name(n): arrays[f"var/{n}"] for n in variables(arrays)})
    return shared.Case(space, child, aligned)


def recorded_penalties(arrays: goldens.Arrays) -> shared.Case:
    """The recording's weights of the penalties, but for its L2, which we mend."""
    return build(arrays, alpha=float(arrays["alpha"]), beta=float(arrays["beta"]))


def answer(case: shared.Case, arrays: goldens.Arrays, row: int, *, training: bool):
    """A pass from the recorded state, and its cross-entropy."""
    output = case.child(
        arrays["x"],
        arc=shared.decoded(case, arrays, row),
        state=tf.constant(arrays["var/child/init_states/batch/s"]),
        training=training,
    )
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(arrays["y"], output.logits)
    return output, tf.reduce_mean(losses)


def their_l2(case: shared.Case, arrays: goldens.Arrays, row: int) -> tf.Tensor:
    """Half the sum of w^4, over node 0 and the chosen matrices but for node 1's."""
    views = case.child.parameters.views()
    used = [views["node_0"]]
    arc = shared.decoded(case, arrays, row)
    for node, (read, op) in enumerate(zip(*arc, strict=True), start=1):
        if node > 1:
            used.append(views[f"node_{node}"][op, read])
    return tf.add_n([tf.nn.l2_loss(tf.square(weight)) for weight in used])


@recordings
def test_every_variable_of_theirs_is_ours_and_has_recorded_gradients(paths):
    arrays, case = shared.opened(build, *paths)
    names = variables(arrays)
    assert set(map(our_name, names)) == set(case.child.parameters.weights_by_name)
    for row in range(len(arrays["arcs"])):
        for kind in ("grad", "grad_reg"):
            assert set(goldens.below(arrays, f"{kind}{row}/")) == set(names)


@recordings
@pytest.mark.parametrize("kind", ["eval", "train"])
def test_logits_loss_and_state(paths, kind):
    arrays, case = shared.opened(build, *paths)
    for row, theirs in enumerate(arrays[f"{kind}_logits"]):
        output, loss = answer(case, arrays, row, training=kind == "train")
        what = f"of arc {row}, {kind}"
        goldens.assert_close(output.logits, theirs, f"logits {what}")
        goldens.assert_close(loss, arrays[f"{kind}_loss"][row], f"loss {what}")
        state = arrays[f"{kind}_out_s"][row]
        goldens.assert_close(output.state, state, f"state {what}")


@recordings
@pytest.mark.parametrize(("name", "theirs"), [("alpha", "act"), ("beta", "slow")])
def test_the_penalties_on_states(paths, name, theirs):
    one = functools.partial(build, **{name: 1.0})
    arrays, case = shared.opened(one, *paths)
    for row, wanted in enumerate(arrays[f"train_{theirs}"]):
        output, _ = answer(case, arrays, row, training=True)
        goldens.assert_close(output.penalty, wanted, f"{theirs} of arc {row}")


def check_gradients(arrays, case, *, kind, total):
    """Of `total`, a function of an output, its loss and the row, for every arc."""
    vector = case.child.parameters.vector
    for row in range(len(arrays["arcs"])):
        with tf.GradientTape() as tape:
            value = total(*answer(case, arrays, row, training=True), row)
        ours = shared.named(case.child, [tape.gradient(value, vector)])
        theirs = goldens.below(arrays, f"{kind}{row}/")
        goldens.assert_gradients_close(*aligned(ours, theirs))


@recordings
def test_gradients_of_the_loss(paths):
    arrays, case = shared.opened(build, *paths)
    check_gradients(arrays, case, kind="grad", total=lambda output, loss, row: loss)


@recordings
def test_gradients_with_penalties_and_their_l2(paths):
    arrays, case = shared.opened(recorded_penalties, *paths)

    def total(output, loss, row):
        l2 = their_l2(case, arrays, row)
        goldens.assert_close(l2, arrays["train_l2"][row], f"L2 of arc {row}")
        value = loss + output.penalty + arrays["weight_decay"] * l2
        goldens.assert_close(value, arrays["train_reg_loss"][row], f"total, arc {row}")
        return value

    check_gradients(arrays, case, kind="grad_reg", total=total)


@recordings
def test_one_trace_gives_the_logits_of_every_recorded_arc(paths):
    arrays, case = shared.opened(build, *paths)
    state = tf.constant(arrays["var/child/init_states/batch/s"])

    @tf.function(autograph=False)
    def logits(tokens):
        return case.child(arrays["x"], arc=case.space.decode(tokens), state=state)

    for row, theirs in enumerate(arrays["eval_logits"]):
        tokens = case.space.encode(shared.decoded(case, arrays, row))
        found = logits(tf.constant(tokens)).logits
        goldens.assert_close(found, theirs, f"logits of arc {row}")
    assert logits.experimental_get_tracing_count() == 1
