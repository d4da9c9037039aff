"""--child_fixed_arc where --child_ops says which ops there are: by name, or refused."""

import pytest

from enas_tf.arcs import argument
from enas_tf.config import sections as config
from enas_tf.spaces import macro

LIST = config.ChildConfig(ops="sepconv5x5,conv3x3")
ALL = config.ChildConfig(
    ops="maxpool3x3,avgpool3x3,sepconv5x5,conv5x5,sepconv3x3,conv3x3"
)
OLDER = config.ChildConfig(ops="identity,sigmoid,relu,tanh")


def text(value, child=LIST, space="macro"):
    return argument.arc_text(value, space, child)


def test_integers_are_places_in_the_list():
    assert text("0 1 1") == "sepconv5x5 conv3x3 1"


def test_an_arc_of_one_word_is_no_file():
    assert text("conv3x3") == "conv3x3"


def test_a_published_arc_keeps_its_ops():
    found = argument.fixed_arc("enas24", "macro", ALL).arc
    published = macro.MacroSpace(24).parse(macro.ENAS_24)
    names = [macro.OPS[op] for op in published.ops]
    assert [ALL.op_names[op] for op in found.ops] == names


def test_a_published_arc_with_an_op_that_is_not_chosen_is_refused():
    with pytest.raises(config.ConfigError, match=r"missing: .*sepconv3x3.* \(enas24\)"):
        text("enas24")


def test_integers_of_a_file_may_be_of_another_list(tmp_path):
    file = tmp_path / "best.txt"
    file.write_text("0 1 1")
    with pytest.raises(config.ConfigError, match=r"places in another list .*best\.txt"):
        text(str(file))
    assert text(str(file), config.ChildConfig(ops="conv3x3,sepconv3x3")) == "0 1 1"


def test_a_file_that_names_ops_is_read_by_every_run(tmp_path):
    file = tmp_path / "best.txt"
    file.write_text("conv3x3 | sepconv5x5 0\n")
    assert text(str(file)) == "conv3x3 sepconv5x5 0"
    assert text(str(file), config.ChildConfig()) == "0 3 0"


def test_the_older_form_of_a_cell_is_translated():
    assert text("0 0 1", OLDER, "rnn") == "0 relu"


def test_a_genotype_is_translated():
    value = "Genotype(recurrent=[('relu', 0)], concat=[1])"
    assert text(value, OLDER, "rnn") == "0 relu"
