"""An op added from outside, no file of the package changed: every part has it."""

import dataclasses
import pathlib

import added_ops
import keras
import numpy as np
import pictures
import pytest
import runs
import shared_children
import tensorflow as tf
import toys

from enas_tf import plots
from enas_tf.arcs import argument, forms
from enas_tf.benchmark.subjects import Subjects
from enas_tf.children import final_macro, final_micro, op_forms
from enas_tf.children.op_kinds import MacroOp
from enas_tf.command import checks
from enas_tf.config import presets
from enas_tf.config.sections import ChildConfig, ConfigError
from enas_tf.nn import cost
from enas_tf.nn.parameters import Weight
from enas_tf.plots.macro_layout import BOX_WIDTH
from enas_tf.plots.micro_layout import OP_WIDTH
from enas_tf.spaces import genotype, macro, micro, op_rows
from enas_tf.spaces.macro import MacroArc
from enas_tf.spaces.micro import Cell, MicroArc
from enas_tf.spaces.op_table import MicroOpRow, OpRow

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
NAME = added_ops.NAME
PUBLISHED = {"macro": 6, "micro": 5}
SPACES = {"macro": macro.MacroSpace, "micro": micro.MicroSpace}
FINAL = {
    "macro": final_macro.final_macro_child,
    "micro": final_micro.final_micro_child,
}
TINY = {
    "macro": dict(batch_size=4, child_out_filters=4, child_num_layers=3),
    "micro": dict(
        batch_size=4, child_out_filters=4, child_num_layers=1, child_num_cells=2
    ),
}


@pytest.fixture(params=sorted(PUBLISHED))
def name(request):
    """Of a space that has the op as long as the test lasts."""
    with added_ops.added(request.param):
        yield request.param


def space_of(name):
    return SPACES[name](2, num_ops=PUBLISHED[name] + 1)


def arc_of(name, *, op):
    """Of two layers, or of cells of two blocks that read only what is before them."""
    if name == "macro":
        return MacroArc((op, op), ((), (1,)))
    cell = Cell((1, 0, 2, 0), (op,) * 4)
    return MicroArc(cell, cell)


def test_the_published_ops_stay_the_default(name):
    assert len(SPACES[name](2).ops) == PUBLISHED[name]
    config = presets.resolve(name, "search", "paper", {})
    assert config.child.num_branches == PUBLISHED[name]


def test_as_many_ops_are_allowed_as_there_are(name):
    most = PUBLISHED[name] + 1
    config = presets.resolve(name, "search", "paper", dict(child_num_branches=most))
    checks.check(config)
    config = presets.resolve(name, "search", "paper", dict(child_num_branches=most + 1))
    with pytest.raises(ConfigError, match=f"={most + 1} .* from 1 to {most}[.]"):
        checks.check(config)


def test_an_arc_of_it_is_told_the_number_of_ops_that_it_needs(name):
    child = ChildConfig(num_branches=PUBLISHED[name])
    space, most = space_of(name), PUBLISHED[name] + 1
    arc = arc_of(name, op=PUBLISHED[name])
    for written in (space.text(arc), space.to_json(arc)):
        with pytest.raises(ConfigError) as caught:
            argument.fixed_arc(written, name, child)
        assert str(caught.value).endswith(
            f"{NAME} is op {most - 1} of the {name} space: give "
            f"--child_num_branches={most}."
        )


def test_its_weights_get_a_gradient_only_where_it_is_chosen(name):
    space, new = space_of(name), PUBLISHED[name]
    child = toys.child(space, num_layers=1)
    for op in (new, 0, new - 1):
        gradients = shared_children.gradient_of(child, arc_of(name, op=op))
        mine = [g for path, g in gradients.items() if f"/{NAME}/" in path]
        assert mine
        assert all(np.any(gradient) == (op == new) for gradient in mine)


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_the_weights_of_a_child_without_it_stay_as_they_are(name):
    before = toys.child(SPACES[name](2), num_layers=1).parameters
    with added_ops.added(name):
        again = toys.child(SPACES[name](2), num_layers=1).parameters
    assert again.weights_by_name == before.weights_by_name
    np.testing.assert_array_equal(again.vector, before.vector)


def test_a_final_child_of_it_learns_and_is_counted(name):
    settings = ChildConfig(out_filters=4, num_layers=1, keep_prob=1.0)
    sizes = dict(image_shape=(8, 8, 3), num_classes=4, seed=0)
    arc = arc_of(name, op=PUBLISHED[name])
    model = FINAL[name](arc, settings, **sizes)
    again = FINAL[name](arc, settings, **sizes)
    others = FINAL[name](arc_of(name, op=PUBLISHED[name] - 1), settings, **sizes)
    assert cost.flops(model) > cost.flops(others)  # of a pool, of an identity
    x = shared_children.images()
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(model(x, training=True) ** 2)
    weights = [weight.value for weight in model.trainable_weights]
    assert all(gradient is not None for gradient in tape.gradient(loss, weights))
    assert [w.path for w in again.weights] == [w.path for w in model.weights]


def test_an_arc_of_it_is_written_as_json_and_read_again(name):
    space = space_of(name)
    arc = arc_of(name, op=PUBLISHED[name])
    text = space.to_json(arc)
    assert f'"{NAME}"' in text
    assert space.from_json(text) == arc
    with pytest.raises(ValueError, match=NAME):
        SPACES[name](2).from_json(text)


def test_its_colour_is_in_the_picture(tmp_path, name):
    space, other = space_of(name), SPACES[name](2)
    arc = space.text(arc_of(name, op=PUBLISHED[name]))
    shown = pictures.drawn(tmp_path / "a.png", space, arc)
    assert pictures.has_colour(shown, added_ops.COLOUR)
    plain = other.text(arc_of(name, op=0))
    without = pictures.drawn(tmp_path / "b.png", other, plain)
    assert not pictures.has_colour(without, added_ops.COLOUR)


@pytest.mark.parametrize(("name", "width"), [("macro", BOX_WIDTH), ("micro", OP_WIDTH)])
def test_a_name_of_24_letters_stays_in_its_box(name, width):
    row = dataclasses.replace(added_ops.OPS[name].row, name="dilatedsepconv7x7stacked")
    with added_ops.TABLES[name].added(
        dataclasses.replace(added_ops.OPS[name], row=row)
    ):
        figure = plots.PICTURES[name](
            space_of(name), arc_of(name, op=PUBLISHED[name]), ""
        )
        figure.set_dpi(plots.DPI)
        figure.canvas.draw()
        (axes,) = figure.axes
        named = [t for t in axes.texts if t.get_text() == row.name]
        shown = [t for t in named if t.get_ha() == "center"]
        rows = axes.transData.transform([(0.0, 0.0), (width, 0.0)])[:, 0]
        assert len(shown) == {"macro": 2, "micro": 8}[name]
        for text in shown:
            assert text.get_window_extent().width < rows[1] - rows[0]


@pytest.mark.parametrize("written", ["dil_conv_3x3", "dil_sep_conv_3x3"])
def test_genotypes_have_the_names_that_its_row_says(written):
    with added_ops.added("micro"):
        arc = arc_of("micro", op=5)
        found = genotype.of_arc(arc)
        assert found.normal[0] == ("dil_conv_3x3", 1)
        text = genotype.text(found).replace("dil_conv_3x3", written)
        assert genotype.arc_of(genotype.parse(text), num_ops=6) == arc
        with pytest.raises(ValueError, match="does not exist here; allowed are sep"):
            genotype.arc_of(found)


def test_the_benchmark_s_fixed_network_is_the_shared_child_with_its_arc(name):
    subjects = Subjects(name, **TINY[name], child_num_branches=PUBLISHED[name] + 1)
    images = subjects.batch.inputs
    if name == "macro":
        arc = MacroArc((4, 6, 1), ((), (1,), (0, 1)))
    else:
        arc = arc_of(name, op=5)
    fixed = subjects.fixed(np.asarray(subjects.space.encode(arc)))
    assert any(f"/{NAME}/" in key[0] for key in fixed._own.variables)
    shared = tf.function(lambda: subjects.child(images, arc=arc).logits)()
    np.testing.assert_allclose(
        fixed.answer(images).logits, shared, rtol=1e-4, atol=1e-5
    )


@pytest.mark.slow
def test_a_search_and_a_training_of_it_go_from_flags_to_an_export(tmp_path, name):
    given = dict(child_num_branches=PUBLISHED[name] + 1, num_epochs=1)
    runs.run(name, tmp_path / "search", mode="search", **given)
    arcs = {
        "macro": "6 | 6 1 | 5 0 1",
        "micro": "0 5 1 5 | 2 5 0 4 | 0 5 1 5 | 2 5 0 4",
    }
    given["child_fixed_arc"] = arcs[name]
    runs.run(name, tmp_path / "train", mode="train", **given)
    model = keras.models.load_model(tmp_path / "train" / "final" / "model.keras")
    # The classifier is a model among the layers of the one that is exported.
    inner = [part for layer in model.layers for part in getattr(layer, "layers", ())]
    assert any("dilsep" in part.name or "dilated" in part.name for part in inner)


def test_what_is_added_for_a_while_is_gone_after_it():
    for name in PUBLISHED:
        with pytest.raises(RuntimeError), added_ops.added(name):
            raise RuntimeError
        assert NAME not in forms.FORMS[name].ops
        assert NAME not in added_ops.TABLES[name].names


def test_a_row_without_a_network_says_what_is_missing():
    with op_rows.MACRO.added(OpRow("early", "#000000")):
        with pytest.raises(ValueError, match="no network can have it: add it to"):
            toys.child(macro.MacroSpace(2, num_ops=7))


def test_a_row_may_be_there_before_its_network():
    with op_rows.MACRO.added(added_ops.MACRO.row), added_ops.added("macro"):
        assert op_rows.MACRO.names[6:] == (NAME,)
        assert op_forms.MACRO[6] is added_ops.MACRO


def test_numbers_are_places_of_the_rows_whatever_order_the_networks_come_in():
    other = MacroOp(
        row=OpRow("same", "#000001"),
        apply=lambda x, _: tf.identity(x),
        final=lambda x, spot: x,
    )
    rows = (other.row, added_ops.MACRO.row)
    with op_rows.MACRO.added(*rows), op_forms.MACRO.added(added_ops.MACRO, other):
        assert [op_forms.MACRO[n].name for n in (6, 7)] == ["same", NAME]
        assert op_forms.normed(op_rows.MACRO.names)[4:] == [NAME]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: OpRow("Dilated 3x3", "#000000"), "cannot name an op"),
        (lambda: OpRow("dilated", "teal"), "must be like '#a9cbe8'"),
        (lambda: op_rows.MACRO.add(OpRow("conv3x3", "#000000")), "already"),
        (
            lambda: op_rows.MICRO.add(MicroOpRow("mine", "#000000", ("avg_pool_3x3",))),
            "an op avg_pool_3x3 already, avgpool3x3: give yours another name",
        ),
        (
            lambda: MicroOpRow("mine", "#000000", genotypes="my_op"),
            r"give a tuple, \('my_op',\)",
        ),
        (
            lambda: dataclasses.replace(added_ops.MICRO, row=OpRow("mine", "#000000")),
            "a MicroOpRow is needed",
        ),
        (
            lambda: op_forms.MACRO.add(_macro_op("conv3x3")),
            "^the macro space has an op conv3x3 already: give yours another name$",
        ),
        (
            lambda: op_forms.MACRO.add(added_ops.MICRO),
            "of the macro space must be a MacroOp, and 'dilsepconv3x3' is a MicroOp",
        ),
        (
            lambda: op_forms.MICRO.add(added_ops.MACRO),
            "of the micro space must be a MicroOp, and 'dilsepconv3x3' is a MacroOp",
        ),
        (
            lambda: op_rows.MICRO.add(OpRow("mine", "#000000")),
            "must be a MicroOpRow, and 'mine' is a OpRow",
        ),
        (lambda: _macro_op("own", row=None), "an op has row=None: give it an OpRow"),
        (lambda: _macro_op("own", apply=None), "own has apply=None: give a function"),
        (lambda: _macro_op("own", final=None), "own has final=None: give a function"),
        (lambda: _macro_op("own", weights=3), "own has weights=3: give a function"),
        (lambda: _of_shape(2.5), r"of the shape \(2.5,\): give whole numbers above 0"),
        (lambda: _of_shape(-2), r"of the shape \(-2,\): give whole numbers above 0"),
        (
            lambda: _macro_op("own", weights=lambda path, n: None),
            "own has the weights None: give a list of `Weight`",
        ),
        (
            lambda: _macro_op("own", weights=lambda path, n: Weight(f"{path}/a", (n,))),
            "own has the weights Weight.*: give a list of `Weight`",
        ),
        (
            lambda: _macro_op(
                "own", weights=lambda path, n: [Weight(f"{path}/a", (n,))] * 2
            ),
            "own has two weights named 'path/a'",
        ),
        (lambda: OpRow(None, "#000000"), "None cannot name an op"),
        (lambda: OpRow("mine", None), "has the colour None"),
        (
            lambda: MicroOpRow("mine", "#000000", fixed_bias=float("nan")),
            "has the bias nan: give a finite number",
        ),
        (lambda: op_rows.MACRO["nothing"], "no op of the macro space"),
        (lambda: op_rows.MACRO[6], "6 is no op of the macro space"),
        (lambda: _macro_op("skip"), "a layer has other weights of that name"),
        (
            lambda: _macro_op("own", weights=lambda path, n: [Weight("scale", (n,))]),
            "names a weight 'scale' .*: the name must begin with 'path/'",
        ),
    ],
)
def test_what_cannot_be_an_op_is_refused_in_a_sentence(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_what_is_refused_leaves_nothing():
    given = dataclasses.replace(added_ops.MACRO, costs={keras.layers.Conv2D: len})
    with pytest.raises(ValueError, match="cost of a Conv2D is known"):
        op_forms.MACRO.add(given)
    assert op_rows.MACRO.names == op_forms.MACRO.names == macro.OPS


def _macro_op(name, **fields):
    row = OpRow(name, "#000000")
    given = dict(row=row, apply=added_ops.dilated, final=added_ops.in_macro) | fields
    return MacroOp(**given)


def _of_shape(size):
    return _macro_op("own", weights=lambda path, n: [Weight(f"{path}/a", (size,))])
