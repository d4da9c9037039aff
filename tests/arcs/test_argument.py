"""Arcs in every form that is printed come back; no text at all ends in a traceback."""

import json
import textwrap

import numpy as np
import pytest

from enas_tf.arcs import argument as arc_argument
from enas_tf.config import sections as config
from enas_tf.spaces import genotype, macro, micro, rnn

CHILD = {
    "macro": config.ChildConfig(num_branches=6),
    "micro": config.ChildConfig(num_branches=5),
    "rnn": config.ChildConfig(num_branches=4),
}
SIZED = {
    **{f"macro {size}": macro.MacroSpace(size) for size in (1, 2, 5, 12)},
    **{f"micro {size}": micro.MicroSpace(size) for size in (2, 3, 5)},
    **{f"rnn {size}": rnn.RnnSpace(size) for size in (1, 3, 9)},
}
COUNT = 5
GOOD_CELLS = genotype.text(
    genotype.of_arc(micro.MicroSpace(2).parse("0 0 1 4 0 0 1 4 0 0 1 4 0 0 2 4"))
)
RECURRENT = "Genotype(recurrent=[('relu', 0), ('tanh', 1)], concat=[1, 2])"


def taken(value, space):
    return arc_argument.arc_text(value, space.name, CHILD[space.name])


def rows(space, tokens):
    """The tokens of a macro arc layer by layer, of another space in two lists."""
    if space.name == "macro":
        cuts = [macro.layer_start(layer) for layer in range(1, space.num_layers)]
        return np.split(tokens, cuts)
    return np.split(tokens, 2)


def printed_forms(space, arc):
    """What this program, NumPy, Python and the original print of `arc`."""
    text = space.text(arc)
    tokens = np.array(text.split(), int)
    lists = rows(space, tokens)
    as_printed = "\n".join(map(str, lists))
    yield text
    yield space.to_json(arc)
    yield json.dumps({"epoch": 1, "accuracy": 0.5, "arc": text})
    yield f"{text}\nval_acc=0.8125  {space.describe(arc)}"
    yield f"09:40:10 {text}\nval_ppl=80.1250  {space.describe(arc)}"
    # As a terminal of 80 columns shows it.
    yield textwrap.fill(f"09:40:10 {text}", 80, subsequent_indent=" " * 9) + (
        "\n"
        + textwrap.fill(
            f"val_acc=0.8125  {space.describe(arc)}",
            60,
            initial_indent=" " * 9,
            subsequent_indent=" " * 9,
        )
    )
    yield str(tokens)
    yield f"arc={tokens}"
    yield f"val_ppl=81.25 arc={tokens}"
    yield as_printed
    yield f"{as_printed}\nval_acc=0.8125\n{'-' * 80}\n"
    yield str(tokens.tolist())
    yield f"arc = {[row.tolist() for row in lists]}"
    yield repr(lists).replace("array", "")


@pytest.mark.parametrize("space", SIZED.values(), ids=SIZED)
def test_what_is_printed_of_an_arc_is_taken(space, tmp_path):
    for tokens in space.random(np.random.default_rng(0), COUNT):
        arc = space.decode(tokens)
        for number, form in enumerate(printed_forms(space, arc)):
            assert taken(form, space) == space.text(arc), form
            path = tmp_path / f"{number}.txt"
            path.write_text(form)
            assert taken(str(path), space) == space.text(arc), form


@pytest.mark.parametrize("num_blocks", [2, 5])
def test_the_genotype_of_an_arc_is_taken(num_blocks, tmp_path):
    space = micro.MicroSpace(num_blocks)
    for tokens in space.random(np.random.default_rng(num_blocks), COUNT):
        arc = space.decode(tokens)
        text = str(genotype.of_arc(arc))
        file = tmp_path / "genotypes.py"
        file.write_text(f"import torch\nA = {GOOD_CELLS}\nFOUND = {text}\n")
        for value in (text, f"FOUND = {text}", f"{file}:FOUND"):
            assert taken(value, space) == space.text(arc)


def test_the_only_arc_among_several_genotypes_is_taken_with_a_notice(tmp_path, caplog):
    file = tmp_path / "genotypes.py"
    bad = GOOD_CELLS.replace("sep_conv", "dil_conv")
    file.write_text(f"BAD = {bad}\nGOOD = {GOOD_CELLS}\nSAME = GOOD\nR = {RECURRENT}")
    found = taken(str(file), micro.MicroSpace(2))
    assert found == "0 0 1 4 0 0 1 4 0 0 1 4 0 0 2 4"
    assert "Genotype GOOD is taken" in caplog.text


def test_a_recurrent_genotype_is_exact_where_all_nodes_are_averaged():
    found = arc_argument.arc_text(RECURRENT, "rnn", CHILD["rnn"], average="all")
    assert found == "0 1 1 0"


def test_a_file_whose_name_looks_like_an_arc_is_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "run[1](2)").mkdir()
    (tmp_path / "run[1](2)" / "arc 3.txt").write_text("0 1 0")
    (tmp_path / "[mine]").write_text("[1]\n[1 0]")
    assert taken("run[1](2)/arc 3.txt", macro.MacroSpace(2)) == "0 1 0"
    assert taken("[mine]", macro.MacroSpace(2)) == "1 1 0"


SEEDS = [
    "0 | 1 0 | 2 0 1",
    "[0]\n[1 0]\nval_acc=0.5 3 layers: \n---",
    GOOD_CELLS,
    f"A = {RECURRENT}",
    json.dumps({"version": 1, "space": "macro", "layers": [{"op": "conv3x3"}]}),
    json.dumps({"normal/op_2_0": "skip_connect", "normal/input_2_0": 0}),
    json.dumps({"normal": [], "normal_concat": [], "reduce": [], "reduce_concat": []}),
    "genotypes.py:NAME",
]
ALPHABET = list("0123456789 |,[](){}=:'\"\n.-_/\\~$abceGnort\0\u00e9\u0663\udcff")


@pytest.mark.parametrize("seed", SEEDS, ids=range(len(SEEDS)))
@pytest.mark.parametrize("space", CHILD)
def test_whatever_is_given_is_an_arc_or_refused_in_words(seed, space):
    rng = np.random.default_rng(len(seed))
    for _ in range(150):
        letters = list(seed)
        for _ in range(rng.integers(1, 6)):
            place = rng.integers(len(letters))
            letters[place : place + rng.integers(3)] = rng.choice(ALPHABET)
        try:
            arc_argument.arc_text("".join(letters), space, CHILD[space])
        except config.ConfigError as error:
            assert "\n" not in str(error)


@pytest.mark.parametrize("space", CHILD)
@pytest.mark.parametrize(
    "value",
    [
        {"version": 1, "layers": 3},
        {"version": 1, "normal": {"a": 1}, "reduce": "b"},
        {"version": 1, "nodes": [[]]},
        {"version": 1, "nodes": [{"op": [], "input": None}]},
        {"version": 1, "layers": [{"op": {}, "skips": {}}]},
        {"version": 1, "layers": [{"op": "conv3x3", "skips": [[]]}]},
        {"version": 1, "normal": [{"inputs": [[], 0], "ops": [{}, 0]}], "reduce": []},
        {"version": 1, "normal": [{"inputs": ["a", 1e400], "ops": ["identity"] * 2}]},
        {"version": 1, "layers": [{"op": "conv3x3", "skips": []}, {"op": "conv3x3"}]},
        {"version": 1, "nodes": [{"op": "relu", "input": 0.5}]},
        {"version": 1, "nodes": [{"op": "relu", "input": False}]},
        {"version": 1, "nodes": [{"op": "relu", "input": float("inf")}]},
        {"version": 1, "normal": [{"inputs": [0.5, 0], "ops": ["identity"] * 2}] * 2},
        {"normal_concat": 1, "normal": {}, "reduce": None, "reduce_concat": []},
        {"recurrent": {}, "concat": None},
        {"arc": "x"},
        {"arc": 3},
        {"layer_0": None},
        {"mutables": None},
        [],
        [[], []],
        None,
        3,
        "0",
        True,
    ],
    ids=str,
)
def test_json_of_any_shape_is_refused_in_words(value, space, tmp_path):
    file = tmp_path / "best.json"
    fields = value
    if isinstance(value, dict) and "version" in value:
        fields = {**value, "space": space}
    file.write_text(json.dumps(fields))
    with pytest.raises(config.ConfigError, match="is not an arc"):
        arc_argument.arc_text(str(file), space, CHILD[space])
