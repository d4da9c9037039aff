"""The presets: all valid, and `paper` is what the published scripts say."""

import dataclasses

import pytest

from enas_tf.command import checks
from enas_tf.config import modes, presets
from enas_tf.config import sections as config_lib
from enas_tf.config.sections import ConfigError
from enas_tf.spaces import macro, micro

ALL = [
    (space, stage, name)
    for space, named in presets.PRESETS.items()
    for name in named
    for stage in modes.STAGES
]

# scripts/cifar10_macro_search.sh of the original; below it, what the script leaves to
# the defaults of src/cifar10/main.py, where those are used.
MACRO_SEARCH = dict(
    search_for="macro",
    batch_size=128,
    num_epochs=310,
    log_every=50,
    eval_every_epochs=1,
    child_num_layers=12,
    child_out_filters=36,
    child_l2_reg=0.00025,
    child_num_branches=6,
    child_keep_prob=0.90,
    child_lr_cosine=True,
    child_lr_max=0.05,
    child_lr_min=0.0005,
    child_lr_T_0=10,
    child_lr_T_mul=2,
    controller_training=True,
    controller_entropy_weight=0.0001,
    controller_train_every=1,
    controller_num_aggregate=20,
    controller_train_steps=50,
    controller_lr=0.001,
    controller_tanh_constant=1.5,
    controller_skip_target=0.4,
    controller_skip_weight=0.8,
    # main.py
    child_out_filters_scale=1,
    child_lr=0.1,
    child_lr_dec_rate=0.1,
    child_lr_dec_every=100,
    child_grad_bound=5.0,
    child_cutout_size=0,
    controller_bl_dec=0.99,
    controller_l2_reg=0.0,
    controller_temperature=0.0,
    # fixed in the code
    eval_batch_size=100,
    controller_lstm_size=64,
    controller_adam_epsilon=1e-3,
)

# scripts/cifar10_macro_final.sh, likewise.
MACRO_FINAL = dict(
    search_for="macro",
    batch_size=100,
    num_epochs=310,
    log_every=50,
    eval_every_epochs=1,
    child_num_layers=24,
    child_out_filters=96,
    child_l2_reg=2e-4,
    child_keep_prob=0.50,
    child_lr_cosine=True,
    child_lr_max=0.05,
    child_lr_min=0.001,
    child_lr_T_0=10,
    child_lr_T_mul=2,
    # main.py
    child_out_filters_scale=1,
    child_grad_bound=5.0,
    child_cutout_size=0,
    # fixed in the code
    eval_batch_size=100,
)

# scripts/cifar10_micro_search.sh, likewise. Its drop path is in the script, without
# effect in a search.
MICRO_SEARCH = dict(
    search_for="micro",
    batch_size=160,
    num_epochs=150,
    log_every=50,
    eval_every_epochs=1,
    child_use_aux_heads=True,
    child_num_layers=6,
    child_out_filters=20,
    child_l2_reg=1e-4,
    child_num_branches=5,
    child_num_cells=5,
    child_keep_prob=0.90,
    child_drop_path_keep_prob=0.60,
    child_lr_cosine=True,
    child_lr_max=0.05,
    child_lr_min=0.0005,
    child_lr_T_0=10,
    child_lr_T_mul=2,
    controller_training=True,
    controller_entropy_weight=0.0001,
    controller_train_every=1,
    controller_num_aggregate=10,
    controller_train_steps=30,
    controller_lr=0.0035,
    controller_tanh_constant=1.10,
    controller_op_tanh_reduce=2.5,
    # main.py
    child_grad_bound=5.0,
    child_cutout_size=0,
    controller_bl_dec=0.99,
    controller_l2_reg=0.0,
    controller_temperature=0.0,
    # fixed in the code
    eval_batch_size=100,
    controller_lstm_size=64,
    controller_adam_epsilon=1e-3,
)

# scripts/cifar10_micro_final.sh, likewise.
MICRO_FINAL = dict(
    search_for="micro",
    batch_size=144,
    num_epochs=630,
    log_every=50,
    eval_every_epochs=1,
    child_use_aux_heads=True,
    child_num_layers=15,
    child_out_filters=36,
    child_num_branches=5,
    child_num_cells=5,
    child_keep_prob=0.80,
    child_drop_path_keep_prob=0.60,
    child_l2_reg=2e-4,
    child_lr_cosine=True,
    child_lr_max=0.05,
    child_lr_min=0.0001,
    child_lr_T_0=10,
    child_lr_T_mul=2,
    # main.py
    child_grad_bound=5.0,
    child_cutout_size=0,
    # fixed in the code
    eval_batch_size=100,
)

# enas_lm: what search.py, child.py and controller.py have, what fixed_lib.py has.
RNN_SEARCH = dict(
    batch_size=128,
    num_epochs=600,
    child_num_layers=9,
    child_bptt_steps=35,
    child_hidden_size=200,
    child_init_range=0.04,
    child_drop_e=0.1,
    child_drop_i=0.2,
    child_drop_x=0.75,
    child_drop_l=0.25,
    child_drop_o=0.75,
    child_drop_w=0.0,
    child_alpha=0.0,
    child_beta=1.0,
    child_weight_decay=8e-7,
    child_grad_bound=0.1,
    child_lr=20.0,
    controller_lstm_size=64,
    controller_init_range=0.01,
    controller_temperature=5.0,
    controller_tanh_constant=2.25,
    controller_lr=5e-5,
    controller_adam_beta1=0.9,
    controller_adam_epsilon=1e-8,
    controller_bl_dec=0.999,
    controller_entropy_weight=1e-5,
    controller_train_steps=25,
    controller_num_aggregate=10,
)
RNN_FINAL = dict(
    batch_size=64,
    num_epochs=3000,
    child_num_layers=8,
    child_bptt_steps=35,
    child_hidden_size=800,
    child_init_range=0.05,
    child_drop_e=0.125,
    child_drop_i=0.175,
    child_drop_x=0.725,
    child_drop_l=0.225,
    child_drop_o=0.75,
    child_drop_w=0.0,
    child_alpha=0.7,
    child_beta=0.0,
    child_weight_decay=8e-7,
    child_grad_bound=0.25,
    child_lr=20.0,
)

PUBLISHED = {
    ("macro", "search"): MACRO_SEARCH,
    ("macro", "train"): MACRO_FINAL,
    ("micro", "search"): MICRO_SEARCH,
    ("micro", "train"): MICRO_FINAL,
    ("rnn", "search"): RNN_SEARCH,
    ("rnn", "train"): RNN_FINAL,
}

# Of the final scripts, but without a meaning here. Four branches only cut macro's table
# of ops, whose first four are the published arc's; and no controller takes part in
# training a fixed arc, so that --nocontroller_training changes nothing, nor do its
# other flags.
NOT_TAKEN_OVER = {
    ("macro", "child_num_branches"): (4, 6),
    ("macro", "controller_training"): (False, True),
    ("micro", "controller_training"): (False, True),
    ("micro", "controller_train_steps"): (50, 30),
    ("micro", "controller_lr"): (0.001, 0.0035),
    ("micro", "controller_tanh_constant"): (1.5, 1.1),
}


def published(space, stage):
    return config_lib.flat(presets.resolve(space, stage, "paper", {}))


@pytest.mark.parametrize(
    ("space", "stage", "flag"),
    [(*where, flag) for where, script in PUBLISHED.items() for flag in script],
)
def test_paper_is_the_published_script(space, stage, flag):
    assert published(space, stage)[flag] == PUBLISHED[space, stage][flag]


@pytest.mark.parametrize(("space", "flag"), NOT_TAKEN_OVER)
def test_what_is_not_taken_over_from_the_final_script_is_known(space, flag):
    theirs, ours = NOT_TAKEN_OVER[space, flag]
    assert published(space, "train")[flag] == ours != theirs


def test_a_paper_search_is_the_defaults():
    defaults = config_lib.Config()
    assert presets.resolve("macro", "search", "paper", {}) == defaults


@pytest.mark.parametrize(("space", "stage"), PUBLISHED)
def test_paper_clips_as_the_published_runs_did(space, stage):
    clipped = "global" if space == "rnn" else "none"
    assert published(space, stage)["child_clip_mode"] == clipped


@pytest.mark.parametrize("stage", modes.STAGES)
def test_a_paper_language_model_is_trained_by_plain_sgd(stage):
    found = published("rnn", stage)
    assert found["child_momentum"] == found["child_l2_reg"] == 0.0
    assert not found["child_lr_cosine"] and found["child_lr_dec_rate"] == 1.0


def test_paper_training_fits_the_published_arcs():
    child = presets.resolve("macro", "train", "paper", {}).child
    space = macro.MacroSpace(child.num_layers, num_ops=child.num_branches)
    assert len(space.parse(macro.NAMED_ARCS["enas24"]).ops) == 24
    child = presets.resolve("micro", "train", "paper", {}).child
    space = micro.MicroSpace(child.num_cells, num_ops=child.num_branches)
    assert len(space.parse(micro.NAMED_ARCS["enas_micro"]).normal.ops) == 10


@pytest.mark.parametrize(("space", "stage", "name"), ALL)
def test_every_preset_resolves_and_passes(space, stage, name):
    config = presets.resolve(space, stage, name, {})
    checks.check(config)
    assert config.run.search_for == space


def test_every_space_has_the_three_presets():
    assert set(presets.PRESETS) == set(config_lib.SPACES)
    for named in presets.PRESETS.values():
        assert list(named) == ["paper", "cpu", "demo"]
        assert all(preset.about.endswith(".") for preset in named.values())


@pytest.mark.parametrize("space", presets.PRESETS)
@pytest.mark.parametrize("stage", modes.STAGES)
def test_no_two_presets_of_a_space_are_equal(space, stage):
    named = presets.PRESETS[space]
    configs = {presets.resolve(space, stage, name, {}) for name in named}
    assert len(configs) == len(named)


@pytest.mark.parametrize("space", presets.PRESETS)
@pytest.mark.parametrize("name", ["cpu", "demo"])
def test_search_and_training_of_one_preset_fit_together(space, name):
    search = presets.resolve(space, "search", name, {})
    train = presets.resolve(space, "train", name, {})
    assert search.data == train.data
    assert search.child.num_layers == train.child.num_layers
    assert search.child.num_cells == train.child.num_cells
    assert search.child.num_branches == train.child.num_branches


def test_presets_leave_to_the_user_what_is_the_users():
    """Folders, seeds and modes are never a preset's."""
    users = {field.name for field in dataclasses.fields(config_lib.RunConfig)}
    for named in presets.PRESETS.values():
        for preset in named.values():
            assert users.isdisjoint({**preset.search, **preset.train})


def test_what_the_user_gave_wins_over_the_preset():
    given = dict(num_epochs=2, child_lr_max=0.3)
    config = presets.resolve("macro", "search", "demo", given)
    assert (config.loop.num_epochs, config.child.lr_max) == (2, 0.3)
    assert config.data.dataset == "digits"


def test_an_unknown_preset_is_refused():
    with pytest.raises(ConfigError) as caught:
        presets.resolve("macro", "search", "tpu", {})
    assert str(caught.value) == (
        "--preset=tpu is not allowed: it must be one of paper, cpu, demo. Change "
        "--preset, or leave it out for its default."
    )
