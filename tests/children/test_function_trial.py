"""A function of the rnn space that another program added is tried."""

import pytest
import runs

from enas_tf.children import function_trial
from enas_tf.config.sections import ConfigError
from enas_tf.nn import recurrent
from enas_tf.nn.recurrent import Function
from enas_tf.spaces import op_rows
from enas_tf.spaces.op_table import OpRow


def doubled(x):
    return 2.0 * x


def two(y, one):
    return 2.0 * one


@pytest.fixture
def own(monkeypatch):
    """Gives the space's function `own` a value and a slope."""
    return lambda *both: monkeypatch.setitem(
        recurrent.FUNCTIONS, "own", Function(*both)
    )


@pytest.mark.parametrize("name", op_rows.RNN.names)
def test_the_functions_of_the_package_pass(name):
    function_trial.refuse_wrong(name)


def test_a_right_function_passes(own):
    own(doubled, two)
    function_trial.refuse_wrong("own")


@pytest.mark.parametrize(
    ("value", "slope", "message"),
    [
        (
            doubled,
            lambda y, one: one,
            "the rnn op own: its slope is 1 at -2.3, where its value has 2: it must be "
            "the derivative of its value",
        ),
        (lambda x: x[:, :1], two, "its value is float32 (2, 1), and must have its"),
        (lambda x: None, two, "its value is a NoneType, and must have its input's"),
        (doubled, lambda y, one: 2.0, "its slope is a float, and must have its input"),
        (doubled, lambda y: y, "the rnn op own: TypeError: "),
    ],
)
def test_what_is_wrong_is_said_in_a_line(own, value, slope, message):
    own(value, slope)
    with pytest.raises(ConfigError) as caught:
        function_trial.refuse_wrong("own")
    assert message in str(caught.value)


def test_a_row_without_a_function_is_refused_before_a_search_begins(tmp_path):
    with op_rows.RNN.added(OpRow("own", "#806040")):
        with pytest.raises(ConfigError, match="the rnn op own: it has a row and no fu"):
            runs.run("rnn", tmp_path / "run", mode="search", child_num_branches=5)
    assert not (tmp_path / "run" / "search").exists()


def test_a_search_with_a_function_more_keeps_its_name(tmp_path, own):
    own(doubled, two)
    given = dict(child_num_branches=5, num_epochs=1)
    with op_rows.RNN.added(OpRow("own", "#806040")):
        runs.run("rnn", tmp_path, mode="search", **given)
    with pytest.raises(ConfigError, match="op 4 'own', and this program does not add"):
        runs.run_exactly(dict(mode="derive", output_dir=str(tmp_path)))
