"""Refuses settings that cannot be right, before any file or TensorFlow is touched."""

import re
from collections.abc import Mapping

from enas_tf.arcs import argument as arc_argument
from enas_tf.command import objective_checks, softmax_checks
from enas_tf.config import allowed, modes, rewards
from enas_tf.config import sections as config_lib
from enas_tf.config.sections import (
    CampaignConfig,
    ChildConfig,
    Config,
    ConfigError,
    ControllerConfig,
    DeriveConfig,
    RunConfig,
)
from enas_tf.config.spaces import references, registry
from enas_tf.export import formats

# What a flag names that must not be given empty, as from an unset shell variable. An
# empty arc is refused with all the forms that an arc has, in arcs/argument.py.
_NAMED = dict(
    data_path="the data",
    data_dir="the folder of TFDS",
    data_cache="a folder for temporary files",
    dataset="a data set",
    output_dir="a folder",
    dry_run_json="a new file",
    warm_start="the folder of a training or a search",
    rerun="a run.json",
    input="what to predict from",
    child_ops="ops",
    plugin="a plugin",
    ray_address="the address of a Ray cluster",
    export_format="formats",
    reward="a reward",
)


def check_not_empty(given: Mapping[str, object]) -> None:
    """Refuse a path or name that was given, and is empty.

    It would otherwise mean the default, which is not what was meant.

    Raises:
      ConfigError: as above.
    """
    for flag, named in _NAMED.items():
        if not str(given.get(flag, named)).strip():
            raise ConfigError(
                f"--{flag} is empty: leave it out or name {named}. A variable of the "
                "shell may not be set."
            )


def check(config: Config) -> None:
    """Refuse settings that are wrong whatever the files and the data.

    Raises:
      ConfigError: the first setting that is out of its range, or clashes with another.
    """
    check_run(config.run)
    for item in config_lib.settings():
        allowed.check_range(item, item.of(config))
    _check_child(config.child)
    _check_ops(config.child, config.run.search_for)
    _check_sampling(config)
    _check_shared(config)
    softmax_checks.check(config)
    _check_controller(config.controller)
    _check_derive(config.derive)
    _check_places(config.campaign)


def check_reward(config: Config) -> None:
    """Refuse a reward that is not made of what the space measures, or is not there.

    Raises:
      ConfigError: as above.
    """
    space, name = config.run.search_for, config.controller.reward
    measure = registry.SPECS[space].data.measure
    fitting = rewards.fitting(measure)
    if name not in fitting:
        fits = f"one of {', '.join(fitting)}, since {measure} is what is measured of"
        raise ConfigError(
            config_lib.refusal("controller_reward", name, f"{fits} the {space} space")
        )
    if reason := references.wrong(rewards.row(name, measure).function):
        raise ConfigError(
            f"--controller_reward={name} is not allowed: the function of its row in "
            f"config/rewards.py must be one that can be loaded, and {reason}. Mend "
            "it, or choose another reward."
        )
    objective_checks.check(config)


def check_retraining(mode: str, configs: Mapping[str, Config]) -> None:
    """Refuse wrong settings of trainings that deriving in this mode would make.

    Raises:
      ConfigError: the first setting of the stage "train" that is wrong.
    """
    if "search" in modes.MODES[mode].stages and configs["search"].derive.retrain_top:
        check(configs["train"])


def check_idle(values: Mapping[str, object]) -> None:
    """Refuse what no space allows, though this one does not read it.

    Args:
      values: of settings, by their flags.

    Raises:
      ConfigError: as above.
    """
    for item in config_lib.settings():
        if item.flag in values:
            allowed.check_range(item, values[item.flag])


def check_run(run: RunConfig) -> None:
    """Refuse the settings that all others depend on, where they are wrong.

    Raises:
      ConfigError: as above.
    """
    for item in config_lib.settings():
        if item.section == "run":
            allowed.check_range(item, getattr(run, item.field.name))
    formats.parse(run.export_format)
    if run.mode == "predict" and not run.input:
        kind = registry.SPECS[run.search_for].data
        raise ConfigError(
            f"--input is empty: --mode=predict needs {kind.wanted}, e.g. "
            f"--input={kind.example}."
        )


def _check_child(child: ChildConfig) -> None:
    if child.out_filters % 2:
        raise ConfigError(
            config_lib.refusal(
                "child_out_filters",
                child.out_filters,
                "even, since a factorised reduction halves it",
                f"Try --child_out_filters={child.out_filters + 1}.",
            )
        )
    for name in ("keep_prob", "drop_path_keep_prob"):
        value = getattr(child, name)
        if not 0.0 < value <= 1.0:
            raise ConfigError(
                config_lib.refusal(f"child_{name}", value, "above 0 and at most 1")
            )
    if child.lr_cosine and child.lr_min > child.lr_max:
        raise ConfigError(
            config_lib.refusal(
                "child_lr_min",
                child.lr_min,
                f"at most --child_lr_max={child.lr_max}",
            )
        )


def _check_ops(child: ChildConfig, space: str) -> None:
    if child.ops:
        _check_op_names(child, space)
        return
    most = len(arc_argument.FORMS[space].ops)
    if child.num_ops > most:
        raise ConfigError(
            config_lib.refusal(
                "child_num_branches",
                child.num_ops,
                f"at most {most}, the number of ops of the {space} space",
            )
        )


def _check_op_names(child: ChildConfig, space: str) -> None:
    names, there = child.op_names, arc_argument.FORMS[space].ops
    if space not in registry.Names("chosen ops"):
        words = f"left out, since the {space} space has no ops to choose by name"
        raise ConfigError(config_lib.refusal("child_ops", child.ops, words))
    unknown = [name for name in names if name not in there]
    twice = [name for name in names if names.count(name) > 1]
    if unknown or twice:
        what = f"{unknown[0]!r} is none of them" if unknown else f"{twice[0]} is twice"
        allowed = f"some of {', '.join(there)}, each once, with commas between them"
        remedy = f"{what}. An op of another program needs its --plugin."
        raise ConfigError(config_lib.refusal("child_ops", child.ops, allowed, remedy))


def _check_sampling(config: Config) -> None:
    if config.child.sampling != "fair":
        return
    form = arc_argument.FORMS[config.run.search_for]
    size = config_lib.flat(config)[form.sized_by]
    if not form.of_size(size, config.child.op_choice).chooses_op().any():
        raise ConfigError(
            f"--child_sampling=fair is not allowed: the {form.space.name} space has no "
            "decision on an op to be fair to. Use --child_sampling=uniform."
        )


def _check_shared(config: Config) -> None:
    if config.run.distribute != "none" and config.loop.jit_compile:
        raise ConfigError(
            f"--jit_compile is not allowed with --distribute={config.run.distribute}: "
            "XLA compiles a step for one device. Leave one of the two out."
        )


def _check_controller(controller: ControllerConfig) -> None:
    if controller.normalize_advantage and controller.num_aggregate == 1:
        raise ConfigError(
            "--controller_num_aggregate=1 is not allowed with "
            "--controller_normalize_advantage: one arc has no standard deviation, so "
            "it must be at least 2. Raise it, or add "
            "--nocontroller_normalize_advantage."
        )

    if controller.baseline != "moving" and controller.num_aggregate == 1:
        raise ConfigError(
            "--controller_num_aggregate=1 is not allowed with --controller_baseline="
            f"{controller.baseline}: one arc has no others to be compared with, so it "
            "must be at least 2. Raise it, or add --controller_baseline=moving."
        )


def _check_derive(derive: DeriveConfig) -> None:
    number = re.fullmatch("0*[1-9][0-9]{0,8}", derive.batches)
    if not number and derive.batches != "all":
        raise ConfigError(
            config_lib.refusal(
                "derive_batches", derive.batches, "a positive number or `all`"
            )
        )
    if derive.retrain_top > derive.num_samples:
        allowed = f"at most --derive_num_samples={derive.num_samples}"
        raise ConfigError(
            config_lib.refusal("derive_retrain_top", derive.retrain_top, allowed)
        )


def _check_places(campaign: CampaignConfig) -> None:
    gpus, address = campaign.job_gpus, campaign.ray_address
    if gpus > 1 and gpus != int(gpus):
        allowed = "a whole number of GPUs, or less than 1 for a part of one"
        raise ConfigError(config_lib.refusal("job_gpus", gpus, allowed))
    if address in ("", "auto"):
        return
    host, _, port = address.rpartition(":")
    if not host or "/" in address or not re.fullmatch("[1-9][0-9]{0,4}", port):
        allowed = "HOST:PORT of a Ray cluster's head, or auto"
        remedy = "Run the command on a machine of the cluster; `ray status` knows it."
        raise ConfigError(config_lib.refusal("ray_address", address, allowed, remedy))
