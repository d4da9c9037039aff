"""A JSON arc is the arc that it says, or refused: no change of one value bends it."""

import copy
import json

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
SPACES = [macro.MacroSpace(3), micro.MicroSpace(2), rnn.RnnSpace(3)]
by_space = pytest.mark.parametrize(
    "space", SPACES, ids=[f"{space.name} {space.num_tokens}" for space in SPACES]
)
INF = float("inf")
# What may come where a value stands.
OTHERS = [0, 1, 2, 5, -1, 99, 0.0, 0.5, 1.0, INF, -INF, float("nan"), True, False, None]
OTHERS += ["0", "1", "", "conv3x3", "tanh", "identity", [], [0], [[0]], {}, {"op": 0}]
HUGE = 10**400


def arcs(space, count):
    rng = np.random.default_rng(space.num_tokens)
    return [space.decode(tokens) for tokens in space.random(rng, count)]


def taken(fields, space, tmp_path):
    """The integers that a file of `fields` is read as, or the refusal."""
    path = tmp_path / "best.json"
    path.write_text(fields if isinstance(fields, str) else json.dumps(fields))
    return arc_argument.arc_text(str(path), space.name, CHILD[space.name])


def places(value, path=()):
    """The way to every value inside of `value`."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in items:
        yield (*path, key)
        if isinstance(inner, dict | list):
            yield from places(inner, (*path, key))


def changed(fields, path, change):
    """A copy of `fields` whose value at `path` was given to `change` with its key."""
    fields = copy.deepcopy(fields)
    inner = fields
    for key in path[:-1]:
        inner = inner[key]
    change(inner, path[-1])
    return fields


def put(value):
    return lambda inner, key: inner.__setitem__(key, value)


def alike(one, other):
    """Whether two JSON values are the same, 1 and 1.0 and true being none."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def same_or_refused(fields, original, space, tmp_path):
    """Whether `fields` were refused; if they are read, they say what was read."""
    try:
        found = taken(fields, space, tmp_path)
    except config.ConfigError as error:
        assert "\n" not in str(error) and "best.json" in str(error)
        return True
    written = json.loads(space.to_json(space.parse(found)))
    assert alike(written, fields), (found, fields)
    assert alike(written, original)
    return False


@by_space
def test_a_file_comes_back_as_it_was(space, tmp_path):
    for arc in arcs(space, 10):
        text = space.to_json(arc)
        assert taken(text, space, tmp_path) == space.text(arc)
        assert space.to_json(space.from_json(text)) == text


@by_space
def test_no_change_of_one_value_is_read_as_another_arc(space, tmp_path):
    """Not even where it gives a good arc: its integers are then another one's."""
    (arc,) = arcs(space, 1)
    fields = json.loads(space.to_json(arc))
    refused = [
        same_or_refused(changed(fields, path, put(value)), fields, space, tmp_path)
        for path in places(fields)
        for value in OTHERS
    ]
    assert sum(refused) > 0.9 * len(refused)


@by_space
def test_nothing_may_be_left_out_or_added(space, tmp_path):
    (arc,) = arcs(space, 1)
    fields = json.loads(space.to_json(arc))
    for path in places(fields):
        without = changed(fields, path, lambda inner, key: inner.pop(key))
        assert same_or_refused(without, fields, space, tmp_path), path
        inner = fields
        for key in path[:-1]:
            inner = inner[key]
        if isinstance(inner, dict):
            more = changed(fields, path, lambda inner, key: inner.update(more=1))
        else:
            more = changed(fields, path, lambda inner, key: inner.append(inner[key]))
        assert same_or_refused(more, fields, space, tmp_path), path


@by_space
def test_no_two_values_may_change_places(space, tmp_path):
    (arc,) = arcs(space, 1)
    fields = json.loads(space.to_json(arc))
    lists = [p[:-1] for p in places(fields) if p[-1] == 1]
    assert lists
    for path in lists:
        turned = changed(fields, (*path, 0), lambda inner, key: inner.reverse())
        same_or_refused(turned, fields, space, tmp_path)


@by_space
@pytest.mark.parametrize("name", ["version", "space", "arc"])
def test_a_name_that_is_given_twice_is_refused(space, name, tmp_path):
    text = space.to_json(arcs(space, 1)[0])
    again = json.dumps({name: json.loads(text)[name]})[1:-1]
    with pytest.raises(config.ConfigError, match=f"'{name}' is given twice"):
        taken(text.replace("{", "{" + again + ",", 1), space, tmp_path)


@by_space
def test_numbers_and_nesting_beyond_reason_are_refused(space, tmp_path):
    text = space.to_json(arcs(space, 1)[0])
    deep = "[" * 50_000 + "]" * 50_000
    for value in (f"1{'0' * 400}", f"1{'0' * 9000}", "1e400", deep):
        for old in ('"version": 1', '"version": 1,\n "space"'):
            new = old.replace("1", value, 1)
            with pytest.raises(config.ConfigError) as caught:
                taken(text.replace(old, new), space, tmp_path)
            assert "\n" not in str(caught.value)
            assert len(str(caught.value)) < 900


GENOTYPE = genotype.of_arc(arcs(SPACES[1], 1)[0])._asdict()
NNI = {
    f"{cell}/{part}_{2 + place // 2}_{place % 2}": value
    for cell in ("normal", "reduce")
    for place, (op, node) in enumerate(
        [
            ("sep_conv_3x3", 0),
            ("skip_connect", 1),
            ("max_pool_3x3", 1),
            ("sep_conv_5x5", 0),
        ]
    )
    for part, value in (("op", op), ("input", node))
}
RECURRENT = dict(recurrent=[["relu", 0], ["tanh", 1]], concat=[2])


def said_by_genotype(found):
    arc = SPACES[1].parse(found)
    return json.loads(json.dumps(genotype.of_arc(arc)._asdict()))


def said_by_recurrent(found):
    nodes, ops = found.split()[0::2], found.split()[1::2]
    pairs = [[rnn.OPS[int(op)], int(node)] for node, op in zip(nodes, ops, strict=True)]
    return dict(recurrent=pairs, concat=[2])


def said_by_nni(found):
    said = said_by_genotype(found)
    return {
        f"{cell}/{part}_{2 + place // 2}_{place % 2}": value
        for cell in ("normal", "reduce")
        for place, edge in enumerate(said[cell])
        for part, value in zip(("op", "input"), edge, strict=True)
    }


@pytest.mark.parametrize(
    ("fields", "space", "said"),
    [
        (json.loads(json.dumps(GENOTYPE)), SPACES[1], said_by_genotype),
        (RECURRENT, SPACES[2], said_by_recurrent),
        (NNI, SPACES[1], said_by_nni),
    ],
    ids=["genotype", "recurrent", "nni"],
)
def test_other_forms_say_what_is_read_of_them(fields, space, said, tmp_path):
    """These have no integers beside the names: a good arc may become another one."""
    assert alike(said(taken(fields, space, tmp_path)), fields)
    read = 0
    for path in places(fields):
        for value in [*OTHERS, "skip_connect", "relu", [3, 2], HUGE]:
            new = changed(fields, path, put(value))
            try:
                found = taken(new, space, tmp_path)
            except config.ConfigError as error:
                assert "\n" not in str(error)
                continue
            read += 1
            assert alike(said(found), {**new, **_wrapped(new)}), new
    assert read > len(list(places(fields))) / 4


def _wrapped(fields):
    """nni's inputs are taken in a list of one, too."""
    return {
        name: value[0]
        for name, value in fields.items()
        if "/input_" in name and isinstance(value, list) and len(value) == 1
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"normal/op_2_0": "skip_connect", "b/normal/op_2_0": "x"}', "op_2_0 twice"),
        (
            '{"normal/op_2_0": "x", "normal/op_2_0": "x"}',
            "is given twice in one object",
        ),
        (
            '{"normal_concat": [2], "normal_concat": [2]}',
            "is given twice in one object",
        ),
        (json.dumps({**GENOTYPE, "steps": 2}), "the genotype has the field 'steps'"),
        (
            f"Genotype(normal=[], {genotype.text(genotype.Genotype(**GENOTYPE))[9:]}",
            "twice",
        ),
    ],
    ids=range(5),
)
def test_other_forms_that_say_a_thing_twice_or_more_are_refused(
    text, message, tmp_path
):
    with pytest.raises(config.ConfigError, match=message):
        taken(text, SPACES[1], tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "[0, 1.0, 0]",
        "[0, true, 0]",
        '["0", "1", "0"]',
        "[[0], [1, null]]",
        "[[0], [1, NaN]]",
        "[[0], [1e0, 0]]",
        "[[0], [1, 0.5]]",
        '[[0], {"1": 0}]',
    ],
)
def test_lists_of_other_things_than_integers_are_refused(text, tmp_path):
    assert taken("[[0], [1, 0]]", macro.MacroSpace(2), tmp_path) == "0 1 0"
    with pytest.raises(config.ConfigError, match="is not an arc"):
        taken(text, macro.MacroSpace(2), tmp_path)


@pytest.mark.parametrize(
    "word",
    ["0.5", "1e0", "+1", "1_0", "0x1", "\u0661", "\uff11", "-1", "\u00b9", "nan"],
)
@pytest.mark.parametrize("form", ["0 {} 0", "[0, {}, 0]", "0|{} 0", "[[0], [{}, 0]]"])
def test_a_word_that_only_looks_like_an_integer_is_refused(word, form):
    with pytest.raises(config.ConfigError, match="is not a whole number|no file"):
        arc_argument.arc_text(form.format(word), "macro", CHILD["macro"])


def test_a_number_of_thousands_of_digits_is_refused_in_plain_words():
    with pytest.raises(
        config.ConfigError, match="a number has 9000 digits, at most 20"
    ):
        arc_argument.arc_text(f"0 {'1' * 9000} 0", "macro", CHILD["macro"])


@pytest.mark.parametrize("field", ["normal", "normal_concat", "reduce"])
def test_a_huge_node_of_a_genotype_is_refused_in_plain_words(field):
    text = genotype.text(genotype.Genotype(**GENOTYPE))
    node = GENOTYPE[field][0][1] if field != "normal_concat" else GENOTYPE[field][0]
    start = text.index(f"{field}=")
    bent = text[:start] + text[start:].replace(str(node), f"0x{'f' * 9000}", 1)
    with pytest.raises(config.ConfigError) as caught:
        arc_argument.arc_text(bent, "micro", CHILD["micro"])
    assert "a huge number" in str(caught.value)


def test_a_row_is_read_by_its_arc_but_not_what_lost_its_head(tmp_path):
    space = macro.MacroSpace(2)
    row = dict(epoch=1, accuracy=INF, arc="0 1 0")  # a perplexity may be infinite
    assert taken(row, space, tmp_path) == "0 1 0"
    fields = json.loads(space.to_json(space.parse("0 1 0")))
    del fields["version"], fields["space"]
    with pytest.raises(config.ConfigError, match="no version"):
        taken({**fields, "arc": "1 1 0"}, space, tmp_path)
