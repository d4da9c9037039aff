"""The settings: each complete, each bounded, each refused in one line."""

import dataclasses
import math

import numpy as np
import pytest

from enas_tf.command import checks
from enas_tf.config import sections as config_lib
from enas_tf.config.sections import Config, ConfigError
from enas_tf.spaces import base

SETTINGS = list(config_lib.settings())
NUMBERS = [item for item in SETTINGS if type(item.field.default) in (int, float)]
FLOATS = [item for item in NUMBERS if type(item.field.default) is float]
CHOICES = [item for item in SETTINGS if item.field.metadata["choices"]]

# Numbers without a lowest allowed value in the metadata, and why.
NO_LOW = {
    "child_keep_prob": "must be above 0, and `low` is inclusive; see _check_child",
    "child_drop_path_keep_prob": "likewise",
}


def by_flag(items):
    return pytest.mark.parametrize("item", items, ids=lambda item: item.flag)


def refusal_of(values):
    """The message with which `check` refuses the defaults changed by `values`."""
    with pytest.raises(ConfigError) as caught:
        checks.check(config_lib.replace(Config(), values))
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_the_defaults_pass():
    checks.check(Config())


@by_flag(SETTINGS)
def test_every_setting_is_explained(item):
    text = item.field.metadata["help"]
    assert text[0].isupper() or text[0] == "`"
    assert text.endswith(".")


@by_flag(SETTINGS)
def test_every_default_has_the_annotated_type(item):
    assert type(item.field.default) is item.field.type


@by_flag(NUMBERS)
def test_every_number_has_a_lowest_value_or_a_reason(item):
    assert (item.field.metadata["low"] is None) == (item.flag in NO_LOW)


def test_every_section_has_a_prefix():
    sections = [section.name for section in dataclasses.fields(Config)]
    assert sections == list(config_lib.PREFIXES)


def test_flag_names_are_unique():
    flags = [item.flag for item in SETTINGS]
    assert len(flags) == len(set(flags))


@pytest.mark.parametrize(
    "flag",
    ["search_for", "num_epochs", "child_lr_T_0", "controller_lr", "derive_batches"],
)
def test_flags_have_the_originals_form(flag):
    assert flag in {item.flag for item in SETTINGS}


def test_settings_are_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Config().loop.batch_size = 1


def test_replace_changes_what_is_named_and_nothing_else():
    before = Config()
    after = config_lib.replace(before, dict(child_lr=0.5, controller_lr=0.25, seed=3))
    assert (after.child.lr, after.controller.lr, after.run.seed) == (0.5, 0.25, 3)
    changed = dict(child_lr=0.5, controller_lr=0.25, seed=3)
    assert config_lib.flat(after) == {**config_lib.flat(before), **changed}
    assert before == Config()


def test_replace_refuses_what_is_no_setting():
    with pytest.raises(ConfigError) as caught:
        config_lib.replace(Config(), dict(child_layers=3))
    assert str(caught.value) == "--child_layers is not a setting; see --help."


def test_flat_and_replace_are_inverse():
    config = config_lib.replace(Config(), dict(batch_size=7, child_cutout_size=4))
    assert config_lib.replace(Config(), config_lib.flat(config)) == config


@by_flag([item for item in NUMBERS if item.field.metadata["low"] is not None])
def test_below_the_lowest_is_refused(item):
    low = item.field.metadata["low"]
    value = low - 1 if type(item.field.default) is int else low - 1e-7
    message = refusal_of({item.flag: value})
    assert message.startswith(f"--{item.flag}={value} is not allowed: it must be ")
    assert str(low) in message


@by_flag([item for item in NUMBERS if item.field.metadata["high"] is not None])
def test_above_the_highest_is_refused(item):
    high = item.field.metadata["high"]
    value = high + 1 if type(item.field.default) is int else high + 1e-7
    message = refusal_of({item.flag: value})
    assert message.startswith(f"--{item.flag}={value} is not allowed: it must be ")


@by_flag(NUMBERS)
def test_the_bounds_themselves_are_allowed(item):
    for bound in (item.field.metadata["low"], item.field.metadata["high"]):
        if bound is not None:
            # lr_max and lr_min clash at 0, which is not what is tried here.
            values = {"child_lr_cosine": False, item.flag: bound}
            checks.check(config_lib.replace(Config(), values))


@by_flag(FLOATS)
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_a_finite_number_is_refused(item, value):
    message = refusal_of({item.flag: value})
    assert message.startswith(f"--{item.flag}={value} is not allowed")
    assert "a finite number" in message


@by_flag(CHOICES)
def test_what_is_no_choice_is_refused_with_the_choices(item):
    message = refusal_of({item.flag: "banana"})
    assert f"--{item.flag}=banana is not allowed: it must be one of " in message
    for choice in item.field.metadata["choices"]:
        assert choice in message


@by_flag(CHOICES)
def test_every_choice_passes(item):
    for choice in item.field.metadata["choices"]:
        # As many ops as every space has, and what --mode=predict needs.
        values = {"child_num_branches": 4, "input": "picture.png", item.flag: choice}
        checks.check(config_lib.replace(Config(), values))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            dict(batch_size=0),
            "--batch_size=0 is not allowed: it must be from 1 to 1000000. Change "
            "--batch_size, or leave it out for its default.",
        ),
        (
            dict(child_num_branches=7),
            "--child_num_branches=7 is not allowed: it must be from 1 to 6. Change "
            "--child_num_branches, or leave it out for its default.",
        ),
        (
            dict(child_out_filters=35),
            "--child_out_filters=35 is not allowed: it must be even, since a "
            "factorised reduction halves it. Try --child_out_filters=36.",
        ),
        (
            dict(child_keep_prob=0.0),
            "--child_keep_prob=0.0 is not allowed: it must be above 0 and at most 1. "
            "Change --child_keep_prob, or leave it out for its default.",
        ),
        (
            dict(child_lr_max=0.001, child_lr_min=0.01),
            "--child_lr_min=0.01 is not allowed: it must be at most "
            "--child_lr_max=0.001. Change --child_lr_min, or leave it out for its "
            "default.",
        ),
        (
            dict(child_drop_path_keep_prob=0.0),
            "--child_drop_path_keep_prob=0.0 is not allowed: it must be above 0 and at "
            "most 1. Change --child_drop_path_keep_prob, or leave it out for its "
            "default.",
        ),
        (
            dict(search_for="micro", child_num_branches=6),
            "--child_num_branches=6 is not allowed: it must be at most 5, the number "
            "of ops of the micro space. Change --child_num_branches, or leave it out "
            "for its default.",
        ),
        (
            dict(search_for=""),
            "--search_for='' is not allowed: it must be one of macro, micro, rnn. "
            "Change --search_for, or leave it out for its default.",
        ),
        (
            dict(mode="search all"),
            "--mode='search all' is not allowed: it must be one of search, derive, "
            "train, evaluate, export, predict, all, report, runs, compare, ablate, "
            "perturb, correlate, status, job. Change --mode, or leave it out for its "
            "default.",
        ),
        (
            dict(mode="predict"),
            "--input is empty: --mode=predict needs an image or a folder of images, "
            "e.g. --input=picture.png.",
        ),
    ],
)
def test_a_refusal_says_what_came_what_is_allowed_and_what_to_do(values, message):
    assert refusal_of(values) == message


@pytest.mark.parametrize("value", ["", "0", "-1", "1.5", "ALL", "ten"])
def test_derive_batches_that_are_neither_a_number_nor_all_are_refused(value):
    message = refusal_of(dict(derive_batches=value))
    assert "it must be a positive number or `all`" in message


@pytest.mark.parametrize("value", ["1", "10", "all"])
def test_derive_batches_may_be_a_number_or_all(value):
    checks.check(config_lib.replace(Config(), dict(derive_batches=value)))


def test_more_arcs_cannot_be_retrained_than_are_drawn():
    message = refusal_of(dict(derive_num_samples=4, derive_retrain_top=5))
    assert message.startswith(
        "--derive_retrain_top=5 is not allowed: it must be at most "
        "--derive_num_samples=4."
    )


@pytest.mark.parametrize(("space", "ops"), [("macro", 6), ("micro", 5)])
def test_a_space_may_have_all_its_ops(space, ops):
    values = dict(search_for=space, child_num_branches=ops)
    checks.check(config_lib.replace(Config(), values))


@pytest.mark.parametrize("space", config_lib.SPACES)
def test_what_all_depends_on_is_checked_by_itself(space):
    checks.check_run(config_lib.RunConfig(search_for=space))
    with pytest.raises(ConfigError, match="--seed=-1"):
        checks.check_run(config_lib.RunConfig(search_for=space, seed=-1))


@pytest.mark.parametrize("space", config_lib.SPACES)
def test_fair_arcs_are_for_every_space_that_decides_on_ops(space, monkeypatch):
    values = dict(search_for=space, child_num_branches=4, child_sampling="fair")
    checks.check(config_lib.replace(Config(), values))
    monkeypatch.setattr(
        base.SearchSpace,
        "chooses_op",
        lambda self: np.zeros(self.num_tokens, np.bool_),
    )
    assert refusal_of(values) == (
        f"--child_sampling=fair is not allowed: the {space} space has no decision on "
        "an op to be fair to. Use --child_sampling=uniform."
    )


def test_learning_rates_may_cross_where_no_cosine_is_used():
    values = dict(child_lr_cosine=False, child_lr_max=0.0, child_lr_min=1.0)
    checks.check(config_lib.replace(Config(), values))


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [(1, None, "at least 1"), (None, 5, "at most 5"), (0, 1, "from 0 to 1")],
)
def test_a_range_in_words(low, high, words):
    assert config_lib.range_in_words(low, high) == words


# What may change between two runs of one command without changing what is computed.
# A setting that is wrongly among them lets a resumed run go on as another run.
FREE_TO_CHANGE = {
    "plugin",
    "mode",
    "output_dir",
    "reset_output_dir",
    "checkpoint_every_steps",
    "progress",
    "verbose",
    "report",
    "runs_format",
    "rerun",
    "dry_run",
    "dry_run_json",
    "input",
    "export_format",
    "threads",  # once a run has begun, machine/record.py sees to it
    "log_every",
    "search_eval_test",
    "evaluate_again",
    "data_cache",
    "data_in_memory",
    "data_dir",
    "distribute",  # one device or many, with as many arcs: stages/devices.py tells
    "distribute_devices",
    "child_genotype_concat",
}
FREE_TO_CHANGE |= {item.flag for item in SETTINGS if item.section == "campaign"}


@by_flag(SETTINGS)
def test_a_setting_shapes_the_result_unless_it_is_known_not_to(item):
    free = not item.field.metadata["shapes_result"]
    assert free == (item.flag in FREE_TO_CHANGE)


@pytest.mark.parametrize(
    "other",
    [
        dict(controller_baseline="aggregate"),
        dict(controller_baseline="leave_one_out"),
        dict(controller_normalize_advantage=True),
    ],
)
def test_one_arc_an_update_is_refused_where_it_would_be_compared_with_others(other):
    message = refusal_of(dict(controller_num_aggregate=1, **other))
    assert message.startswith("--controller_num_aggregate=1 is not allowed with --")
    assert "at least 2" in message
