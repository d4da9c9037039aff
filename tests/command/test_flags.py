"""Flags: one per setting, those of the original's scripts, and what was given."""

import re

import pytest
from absl import flags as absl_flags

from enas_tf.command import flags, help_text
from enas_tf.config import presets
from enas_tf.config import sections as config

# scripts/cifar10_macro_search.sh and cifar10_macro_final.sh of the original, and the
# micro ones; of what a final script says about the controller only that there is none.
MACRO_SEARCH = """
--data_format=NCHW --search_for=macro --reset_output_dir --data_path=data/cifar10
--output_dir=outputs --batch_size=128 --num_epochs=310 --log_every=50
--eval_every_epochs=1 --child_use_aux_heads --child_num_layers=12
--child_out_filters=36 --child_l2_reg=0.00025 --child_num_branches=6
--child_num_cell_layers=5 --child_keep_prob=0.90 --child_drop_path_keep_prob=0.60
--child_lr_cosine --child_lr_max=0.05 --child_lr_min=0.0005 --child_lr_T_0=10
--child_lr_T_mul=2 --controller_training --controller_search_whole_channels
--controller_entropy_weight=0.0001 --controller_train_every=1
--controller_sync_replicas --controller_num_aggregate=20 --controller_train_steps=50
--controller_lr=0.001 --controller_tanh_constant=1.5 --controller_op_tanh_reduce=2.5
--controller_skip_target=0.4 --controller_skip_weight=0.8
""".split()
MACRO_FINAL = """
--data_format=NCHW --search_for=macro --reset_output_dir --data_path=data/cifar10
--output_dir=outputs --batch_size=100 --num_epochs=310 --log_every=50
--eval_every_epochs=1 --child_fixed_arc=enas24 --child_use_aux_heads
--child_num_layers=24 --child_out_filters=96 --child_l2_reg=2e-4
--child_num_branches=4 --child_num_cell_layers=5 --child_keep_prob=0.50
--child_lr_cosine --child_lr_max=0.05 --child_lr_min=0.001 --child_lr_T_0=10
--child_lr_T_mul=2 --nocontroller_training --controller_search_whole_channels
""".split()
MICRO_SEARCH = """
--data_format=NCHW --search_for=micro --reset_output_dir --data_path=data/cifar10
--output_dir=outputs --batch_size=160 --num_epochs=150 --log_every=50
--eval_every_epochs=1 --child_use_aux_heads --child_num_layers=6
--child_out_filters=20 --child_l2_reg=1e-4 --child_num_branches=5 --child_num_cells=5
--child_keep_prob=0.90 --child_drop_path_keep_prob=0.60 --child_lr_cosine
--child_lr_max=0.05 --child_lr_min=0.0005 --child_lr_T_0=10 --child_lr_T_mul=2
--controller_training --controller_search_whole_channels
--controller_entropy_weight=0.0001 --controller_train_every=1
--controller_sync_replicas --controller_num_aggregate=10 --controller_train_steps=30
--controller_lr=0.0035 --controller_tanh_constant=1.10 --controller_op_tanh_reduce=2.5
""".split()
MICRO_FINAL = """
--data_format=NCHW --search_for=micro --reset_output_dir --data_path=data/cifar10
--output_dir=outputs --batch_size=144 --num_epochs=630 --log_every=50
--eval_every_epochs=1 --child_fixed_arc=enas_micro --child_use_aux_heads
--child_num_layers=15 --child_out_filters=36 --child_l2_reg=2e-4
--child_num_branches=5 --child_num_cells=5 --child_keep_prob=0.80
--child_drop_path_keep_prob=0.60 --child_lr_cosine --child_lr_max=0.05
--child_lr_min=0.0001 --child_lr_T_0=10 --child_lr_T_mul=2 --nocontroller_training
--controller_search_whole_channels
""".split()
# Every flag that src/cifar10/main.py of the original defines.
ORIGINAL = """
reset_output_dir data_path output_dir data_format search_for batch_size num_epochs
child_lr_dec_every child_num_layers child_num_cells child_filter_size
child_out_filters child_out_filters_scale child_num_branches child_num_aggregate
child_num_replicas child_block_size child_lr_T_0 child_lr_T_mul child_cutout_size
child_grad_bound child_lr child_lr_dec_rate child_keep_prob child_drop_path_keep_prob
child_l2_reg child_lr_max child_lr_min child_skip_pattern child_fixed_arc
child_use_aux_heads child_sync_replicas child_lr_cosine controller_lr
controller_lr_dec_rate controller_keep_prob controller_l2_reg controller_bl_dec
controller_tanh_constant controller_op_tanh_reduce controller_temperature
controller_entropy_weight controller_skip_target controller_skip_weight
controller_num_aggregate controller_num_replicas controller_train_steps
controller_forwards_limit controller_train_every controller_search_whole_channels
controller_sync_replicas controller_training controller_use_critic log_every
eval_every_epochs
""".split()

SOME_SPACES = [item for item in config.settings() if item.field.metadata["spaces"]]


@pytest.fixture
def values():
    fresh = absl_flags.FlagValues()
    flags.define(fresh)
    return fresh


def given(values, *args):
    flags.parse(["main.py", *args], values)
    return flags.given(values)


def test_every_setting_is_a_flag_with_its_default(values):
    for item in config.settings():
        assert values[item.flag].default == item.field.default


def test_every_flag_of_the_original_is_accepted(values):
    assert [name for name in ORIGINAL if name not in values] == []


@pytest.mark.parametrize(("alias", "name"), flags.ALIASES.items())
def test_a_name_of_the_corrected_language_model_sets_the_shared_setting(
    alias, name, values
):
    kind = type(values[name].default)
    value = {int: 7, float: 0.25, str: "lstm"}[kind]
    assert given(values, "--search_for=rnn", f"--{alias}={value}") == {
        "search_for": "rnn",
        name: value,
    }
    assert flags.notices(values) == []
    again = flags.command(["main.py"], values)[2:]
    assert again == ["--search_for=rnn", f"--{name}={value}"]


@pytest.mark.parametrize("name", flags.IGNORED)
def test_an_ignored_flag_is_no_setting_and_gives_one_notice(name, values):
    default, reason = flags.IGNORED[name]
    word = f"--{name}" if isinstance(default, bool) else f"--{name}={default or 'x'}"
    assert given(values, word) == {}
    assert flags.notices(values) == [f"--{name} has no effect here: {reason}."]


def test_an_ignored_flag_gives_a_notice_when_negated_too(values):
    given(values, "--nocontroller_use_critic")
    assert len(flags.notices(values)) == 1


@pytest.mark.parametrize("space", config.SPACES)
@pytest.mark.parametrize("item", SOME_SPACES, ids=lambda item: item.flag)
def test_a_setting_of_other_spaces_is_not_given_and_gives_one_notice(
    item, space, values
):
    flag, value = item.flag, item.field.default
    written = given(values, f"--search_for={space}", f"--{flag}={value}")
    assert written.pop("search_for") == space
    if space in item.field.metadata["spaces"]:
        assert written == {flag: value}
        assert flags.notices(values) == []
    else:
        assert written == {}
        assert flags.notices(values) == [
            f"--{flag} has no effect here: the {space} space has no such part."
        ]


def test_without_a_space_it_is_the_macro_space_that_has_no_such_part(values):
    assert given(values, "--child_num_cells=3", "--nochild_use_aux_heads") == {}
    assert flags.notices(values) == [
        "--child_num_cells has no effect here: the macro space has no such part.",
        "--child_use_aux_heads has no effect here: the macro space has no such part.",
    ]


def test_a_value_of_the_wrong_type_is_refused_where_it_has_no_effect_too(values):
    with pytest.raises(config.ConfigError, match="--child_num_cells=x is not allowed"):
        given(values, "--search_for=macro", "--child_num_cells=x")


def test_whole_channels_is_accepted_in_silence(values):
    assert given(values, "--controller_search_whole_channels") == {}
    assert flags.notices(values) == []


@pytest.mark.parametrize(
    ("space", "stage", "script"),
    [
        ("macro", "search", MACRO_SEARCH),
        ("macro", "train", MACRO_FINAL),
        ("micro", "search", MICRO_SEARCH),
        ("micro", "train", MICRO_FINAL),
    ],
)
def test_the_paper_preset_is_what_the_original_script_gives(
    space, stage, script, values
):
    written = given(values, *script)
    # What differs from the preset on purpose: the folders, the arc, and, in training,
    # the controller (unused there) and macro's number of ops (the preset takes all).
    for name in ("output_dir", "data_path", "reset_output_dir", "child_fixed_arc"):
        written.pop(name, None)
    if stage == "train":
        assert written.pop("controller_training") is False
    if script is MACRO_FINAL:
        assert written.pop("child_num_branches") == 4
    preset = presets.resolve(space, stage, "paper", {"search_for": space})
    with_script = presets.resolve(space, stage, "paper", written)
    assert with_script == preset


def test_only_what_was_written_is_given(values):
    assert given(values) == {}
    written = given(
        values,
        "--child_num_layers=12",
        "--nochild_lr_cosine",
        "--output_dir",
        "a b",
        "--child_lr=1",
    )
    assert written == {
        "child_num_layers": 12,  # its default, yet written
        "child_lr_cosine": False,
        "output_dir": "a b",
        "child_lr": 1.0,
    }
    assert isinstance(written["child_lr"], float)


def test_the_preset_is_told_apart_from_the_default(values):
    given(values)
    assert flags.preset(values) is None
    given(values, "--preset=paper")
    assert flags.preset(values) == "paper"


def test_the_command_can_be_typed_again(values):
    words = ["--mode", "all", "--noprogress", "--preset=demo", "--data_format=NCHW"]
    written = given(values, *words, "--output_dir=a b")
    python, program, *again = flags.command(["bin/main.py"], values)
    assert python.endswith(("python", "python3")) or "python" in python
    assert program == "bin/main.py"
    assert all(word.startswith("--") for word in again)
    fresh = absl_flags.FlagValues()
    flags.define(fresh)
    assert given(fresh, *again) == written
    assert flags.preset(fresh) == "demo"


def printed(values, capsys, *args):
    with pytest.raises(SystemExit) as stop:
        given(values, *args)
    assert stop.value.code == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("word", flags.HELP_WORDS)
def test_help_is_printed_and_ends_well(word, values, capsys):
    out = printed(values, capsys, word)
    assert "--preset=demo --mode=all" in out and "--search_for=micro" in out
    for name in (*help_text.MOST_USED, "child_lr_max", "fixed_arc", "data_format"):
        assert name in out.replace("\n", " ").split() or f"--{name}" in out
    assert "Highest learning rate" not in out


@pytest.mark.parametrize("word", flags.FULL_WORDS)
def test_full_help_explains_every_flag(word, values, capsys):
    out = printed(values, capsys, word)
    words = " ".join(out.split())
    for item in config.settings():
        assert f"\n  --{item.flag}" in out
        assert item.field.metadata["help"] in words
    for name in (*flags.IGNORED, *flags.ALIASES, "preset", flags.WHOLE_CHANNELS):
        assert f"\n  --{name}" in out


def test_help_says_what_is_allowed(values, capsys):
    words = " ".join(printed(values, capsys, "--helpfull").split())
    assert "One of none, norm, global." in words
    assert "--child_num_layers (default: 12) Layers of the child;" in words
    assert "From 1 to 200." in words and "At least 1." in words
    assert "Blocks in a cell. Of the micro space only." in words


@pytest.mark.parametrize("word", ["--help", "--helpfull", "--help=rnn", "--version"])
def test_no_line_of_help_is_wider_than_a_terminal(word, values, capsys):
    assert max(map(len, printed(values, capsys, word).splitlines())) <= 80


def test_help_may_be_about_one_topic_or_one_flag(values, capsys):
    out = printed(values, capsys, "--help=controller")
    assert "--controller_skip_target" in out and "--child_lr_max" not in out
    out = printed(values, capsys, "--help=child_num_cells")
    assert out.split()[:2] == ["--child_num_cells", "(default:"]
    assert "--child_num_layers" not in out


@pytest.mark.parametrize("about", ["x", "", "true"])
def test_help_about_nothing_names_the_topics(about, values):
    with pytest.raises(config.ConfigError, match="one of run, loop, data, child,"):
        given(values, f"--help={about}")


def test_the_version_is_that_of_the_package_and_of_what_it_runs_on(values, capsys):
    out = printed(values, capsys, "--version")
    assert re.fullmatch(
        r"enas_tf \d+\.\d+\S* \(TensorFlow 2\.\d+\S*, Keras 3\.\d+\S*\)\n", out
    )


def test_help_is_found_anywhere_in_the_line(values, capsys):
    assert "--num_epochs" in printed(values, capsys, "--child_num_layers=x", "--help")


def test_every_flag_has_one_topic_that_the_help_knows(values):
    entries = flags.entries(values)
    names = [entry.name for entry in entries]
    assert sorted(names) == sorted(set(names))
    assert {item.flag for item in config.settings()} < set(names)
    assert {entry.topic for entry in entries} == set(help_text.TOPICS)
    assert set(help_text.MOST_USED) < set(names) and len(help_text.MOST_USED) == 12


def test_a_setting_of_a_new_section_has_a_topic_all_the_same():
    field = config.field(1, "Of its own.")
    item = config.Setting("energy", field)
    assert help_text.topic_of(item) == "energy"
    entries = [help_text.Entry("joules", "energy", "How many.", 1)]
    assert help_text.explain(entries, "energy") == (
        "energy: More settings.\n\n  --joules (default: 1)\n      How many."
    )


def test_a_value_with_spaces_is_shown_in_quotes(values):
    with pytest.raises(config.ConfigError, match="--child_lr='a b' is not allowed"):
        given(values, "--child_lr=a b")


def test_a_space_given_as_an_argument_is_no_boolean_value(values):
    with pytest.raises(config.ConfigError, match="--noname"):
        given(values, "--progress", "False")
