"""Whole sets of settings: the published scripts, the demo, the laptop.

A preset is two `Config` values, one for the search and one for training a fixed arc.
`paper` is what holds where no preset is named.
"""

from typing import Any, NamedTuple

from enas_tf import config as config_lib

STAGES = ("search", "train")


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


# scripts/cifar10_macro_search.sh is what config.py's defaults say;
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

# What a short search needs (docs/design.md, "Short searches"): the published controller
# does not move within a few hundred updates.
_SHORT_CONTROLLER = dict(
    controller_normalize_advantage=True,
    controller_lr=5e-3,
    controller_num_aggregate=10,
)
_SHORT_SKIPS = dict(_SHORT_CONTROLLER, controller_skip_weight=3.0)
_SHORT_MICRO = {**_MICRO_SEARCH, **_SHORT_CONTROLLER}

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
            "three minutes on two CPU cores.",
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
                controller_train_steps=10,
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
}


def resolve(
    space: str, stage: str, preset: str, given: dict[str, Any]
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
