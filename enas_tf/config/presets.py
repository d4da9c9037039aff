"""Whole sets of settings: the published scripts, the demo, the laptop.

A preset is two `Config` values, one for the search and one for training a fixed arc.
`paper` is what holds where no preset is named.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from enas_tf.config import modes
from enas_tf.config import sections as config_lib

STAGES = modes.STAGES


class Preset(NamedTuple):
    """A named set of settings.

    Attributes:
      about: what it is for, what it costs and what to expect of it.
      search: flag name to value, where it differs from `config.Config()`.
      train: the same for training one arc from scratch.
    """

    about: str
    search: dict[str, Any]
    train: dict[str, Any]


# scripts/cifar10_macro_search.sh is what config/sections.py's defaults say;
# scripts/cifar10_macro_final.sh is this.
_MACRO_FINAL = dict(
    batch_size=100,
    num_epochs=310,
    child_num_layers=24,
    child_out_filters=96,
    child_keep_prob=0.5,
    child_l2_reg=2e-4,
    child_lr_min=0.001,
)

# scripts/cifar10_micro_search.sh and scripts/cifar10_micro_final.sh.
_MICRO_SEARCH = dict(
    batch_size=160,
    num_epochs=150,
    child_num_layers=6,
    child_num_cells=5,
    child_num_branches=5,
    child_out_filters=20,
    child_keep_prob=0.9,
    child_drop_path_keep_prob=0.6,
    child_use_aux_heads=True,
    child_l2_reg=1e-4,
    controller_lr=3.5e-3,
    controller_tanh_constant=1.1,
    controller_op_tanh_reduce=2.5,
    controller_train_steps=30,
    controller_num_aggregate=10,
)
_MICRO_FINAL = dict(
    _MICRO_SEARCH,
    batch_size=144,
    num_epochs=630,
    child_num_layers=15,
    child_out_filters=36,
    child_keep_prob=0.8,
    child_l2_reg=2e-4,
    child_lr_min=1e-4,
)

# google-research/enas_lm, src/{search,child,controller}.py and src/fixed_lib.py.
_RNN_SEARCH = dict(
    dataset="ptb",
    batch_size=128,
    eval_batch_size=128,
    num_epochs=600,
    log_every=200,
    child_num_layers=9,
    child_num_branches=4,
    child_l2_reg=0.0,  # the child has --child_weight_decay instead
    child_momentum=0.0,
    child_lr_cosine=False,
    child_lr=20.0,
    child_lr_dec_rate=1.0,
    child_clip_mode="global",
    child_grad_bound=0.1,
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
_RNN_FINAL = dict(
    _RNN_SEARCH,
    batch_size=64,
    eval_batch_size=64,
    num_epochs=3000,
    child_num_layers=8,
    child_hidden_size=800,
    child_init_range=0.05,
    child_drop_e=0.125,
    child_drop_i=0.175,
    child_drop_x=0.725,
    child_drop_l=0.225,
    child_drop_o=0.75,
    child_alpha=0.7,
    child_beta=0.0,
    child_grad_bound=0.25,
)

# What a short search needs (docs/design.md, "Short searches"): the published controller
# does not move within a few hundred updates.
_SHORT_CONTROLLER = dict(
    controller_normalize_advantage=True,
    controller_lr=5e-3,
    controller_num_aggregate=10,
)
_SHORT_SKIPS = dict(_SHORT_CONTROLLER, controller_skip_weight=3.0)
_SHORT_MICRO = {**_MICRO_SEARCH, **_SHORT_CONTROLLER}
# A few epochs do not overfit: little is dropped and nothing else is held back. What
# makes them count is large first weights and a learning rate that falls: with the
# published ones the shared child does not get beyond the frequencies of words
# (docs/design.md, "Short searches"). At rate 20, cells that keep what they are given
# diverge.
_SHORT_RNN = dict(
    child_init_range=0.1,
    child_grad_bound=0.25,
    child_lr_cosine=True,
    child_lr_min=0.5,
    child_drop_e=0.0,
    child_drop_i=0.1,
    child_drop_x=0.2,
    child_drop_l=0.1,
    child_drop_o=0.2,
    child_alpha=0.0,
    child_beta=0.0,
)
# The published controller begins near zero, where it has next to no gradient, and its
# baseline follows over some thousand arcs.
_SHORT_RNN_CONTROLLER = dict(
    _SHORT_CONTROLLER, controller_init_range=0.1, controller_bl_dec=0.95
)
_SHORT_RNN_SEARCH = {**_RNN_SEARCH, **_SHORT_RNN_CONTROLLER, **_SHORT_RNN}
_SHORT_RNN_FINAL = {**_RNN_FINAL, **_SHORT_RNN}

PRESETS: dict[str, dict[str, Preset]] = {
    "macro": {
        "paper": Preset(
            "The published scripts: 12 layers x 36 filters searched for 310 epochs, "
            "24 layers x 96 filters trained for 310 epochs. For a GPU.",
            {},
            _MACRO_FINAL,
        ),
        "cpu": Preset(
            "CIFAR-10 within an hour on two CPU cores: 6 layers x 16 filters.",
            dict(
                _SHORT_SKIPS,
                batch_size=64,
                num_epochs=5,
                child_num_layers=6,
                child_out_filters=16,
                child_lr_max=0.1,
                child_lr_T_0=5,
                controller_warmup_epochs=1,
                controller_train_steps=75,
                derive_num_samples=40,
                derive_batches="10",
            ),
            dict(
                _MACRO_FINAL,
                batch_size=64,
                num_epochs=2,
                child_num_layers=6,
                child_out_filters=16,
                child_keep_prob=0.9,
                child_lr_max=0.1,
                child_lr_T_0=2,
            ),
        ),
        "demo": Preset(
            "Handwritten digits, embedded: everything from search to export in about "
            "two minutes on two CPU cores.",
            dict(
                _SHORT_SKIPS,
                dataset="digits",
                batch_size=32,
                num_epochs=40,
                eval_every_epochs=10,
                child_num_layers=6,
                child_out_filters=16,
                child_lr_max=0.2,
                child_lr_T_0=40,
                controller_warmup_epochs=10,
                controller_train_steps=10,
                derive_num_samples=40,
                derive_batches="all",
            ),
            dict(
                _MACRO_FINAL,
                dataset="digits",
                batch_size=32,
                num_epochs=20,
                child_num_layers=6,
                child_out_filters=16,
                child_keep_prob=0.9,
                child_lr_max=0.1,
                child_lr_T_0=20,
            ),
        ),
    },
    "micro": {
        "paper": Preset(
            "The published scripts: 6 + 2 cells x 20 filters searched for 150 epochs, "
            "15 + 2 cells x 36 filters trained for 630 epochs. For a GPU.",
            _MICRO_SEARCH,
            _MICRO_FINAL,
        ),
        "cpu": Preset(
            "CIFAR-10 within 75 minutes on two CPU cores: 2 + 2 cells of 3 blocks.",
            dict(
                _SHORT_MICRO,
                batch_size=32,
                num_epochs=6,
                child_num_layers=2,
                child_num_cells=3,
                child_out_filters=16,
                child_lr_max=0.1,
                child_lr_T_0=6,
                controller_warmup_epochs=2,
                controller_train_steps=75,
                derive_num_samples=40,
                derive_batches="10",
            ),
            dict(
                _MICRO_FINAL,
                batch_size=64,
                num_epochs=3,
                child_num_layers=2,
                child_num_cells=3,
                child_out_filters=16,
                child_keep_prob=0.9,
                child_drop_path_keep_prob=0.9,
                child_lr_max=0.1,
                child_lr_T_0=3,
            ),
        ),
        "demo": Preset(
            "Handwritten digits, embedded: everything from search to export in about "
            "three or four minutes on two CPU cores.",
            dict(
                _SHORT_MICRO,
                dataset="digits",
                batch_size=32,
                num_epochs=60,
                eval_every_epochs=20,
                child_num_layers=1,
                child_num_cells=3,
                child_out_filters=16,
                child_lr_max=0.1,
                child_lr_T_0=60,
                controller_warmup_epochs=30,
                controller_train_steps=30,
                derive_num_samples=40,
                derive_batches="all",
            ),
            dict(
                _MICRO_FINAL,
                dataset="digits",
                batch_size=32,
                num_epochs=12,
                child_num_layers=1,
                child_num_cells=3,
                child_out_filters=16,
                child_keep_prob=0.9,
                child_drop_path_keep_prob=0.9,
                child_lr_max=0.1,
                child_lr_T_0=12,
            ),
        ),
    },
    "rnn": {
        "paper": Preset(
            "The authors' corrected code: a cell of 9 nodes searched for 600 epochs of "
            "Penn Treebank at 200 units, a cell of 8 nodes trained for 3000 epochs at "
            "800 units. For a GPU.",
            _RNN_SEARCH,
            _RNN_FINAL,
        ),
        "cpu": Preset(
            "Penn Treebank within an hour on two CPU cores: 8 nodes, 128 units.",
            dict(
                _SHORT_RNN_SEARCH,
                batch_size=20,
                num_epochs=6,
                child_lr_max=7.0,
                child_lr_T_0=6,
                child_num_layers=8,
                child_hidden_size=128,
                controller_warmup_epochs=3,
                controller_train_steps=100,
                derive_num_samples=40,
                derive_batches="10",
            ),
            dict(
                _SHORT_RNN_FINAL,
                batch_size=20,
                num_epochs=6,
                child_lr_max=10.0,
                child_lr_T_0=6,
                child_hidden_size=128,
            ),
        ),
        "demo": Preset(
            "Python's own documentation, embedded: everything from search to export in "
            "about two minutes on two CPU cores.",
            dict(
                _SHORT_RNN_SEARCH,
                dataset="python_docs",
                batch_size=16,
                num_epochs=16,
                eval_every_epochs=4,
                child_lr_max=10.0,
                child_lr_T_0=16,
                child_num_layers=6,
                child_hidden_size=64,
                controller_warmup_epochs=8,
                controller_train_steps=30,
                derive_num_samples=40,
                derive_batches="10",
            ),
            dict(
                _SHORT_RNN_FINAL,
                dataset="python_docs",
                batch_size=16,
                num_epochs=12,
                child_lr_max=10.0,
                child_lr_T_0=12,
                child_num_layers=6,
                child_hidden_size=64,
            ),
        ),
    },
}


def resolve(
    space: str, stage: str, preset: str, given: Mapping[str, object]
) -> config_lib.Config:
    """The settings of one stage: defaults, then the preset, then what the user gave.

    Args:
      space: the search space, a key of `PRESETS`.
      stage: "search" or "train".
      preset: a key of `PRESETS[space]`.
      given: flag name to value, what the user set.

    Raises:
      ConfigError: the preset does not exist for this space.
    """
    if preset not in PRESETS[space]:
        names = ", ".join(PRESETS[space])
        raise config_lib.ConfigError(
            config_lib.refusal("preset", preset, f"one of {names}")
        )
    values = getattr(PRESETS[space][preset], stage)
    return config_lib.replace(
        config_lib.Config(), {"search_for": space, **values, **given}
    )
