"""Flags that have no effect where another flag or the mode has it so.

A table of (flags, when, why), looked up with the settings as they are once presets are
resolved: what counts is whether a cosine is used, not whether it was asked for. Flags
of another space and of the original alone are in command/flags.py.
"""

from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

from enas_tf.arcs import forms as arc_forms
from enas_tf.command import flag_groups, objective_checks
from enas_tf.config import data as data_lib
from enas_tf.config import modes
from enas_tf.config import sections as config
from enas_tf.config.sections import Config

# The modes that look at a trained network.
LOOKING = tuple(name for name, mode in modes.MODES.items() if mode.looks)


class Case(NamedTuple):
    """One stage of a command.

    Attributes:
      mode: of the command.
      stage: "search" or "train".
      config: the settings of that stage.
      given: the names of the flags that the user wrote.
    """

    mode: str
    stage: str
    config: Config
    given: Collection[str]


class Row(NamedTuple):
    """Flags that have no effect in some cases, and why; `{mode}` in it is the mode."""

    flags: tuple[str, ...]
    when: Callable[[Case], bool]
    why: str


def _of_section(name: str, *, without: Collection[str] = ()) -> tuple[str, ...]:
    flags = [item.flag for item in config.settings() if item.section == name]
    return tuple(flag for flag in flags if flag not in without)


def _is_baseline(case: Case) -> bool:
    form = arc_forms.FORMS[case.config.run.search_for]
    return case.config.child.fixed_arc in form.baselines


ROWS = (
    Row(
        ("evaluate_again",),
        lambda c: c.mode != "evaluate",
        "it is for --mode=evaluate",
    ),
    Row(("input",), lambda c: c.mode != "predict", "it is for --mode=predict"),
    Row(("runs_format",), lambda c: True, "it is for --mode=runs"),
    Row(("report",), lambda c: c.mode in LOOKING, "--mode={mode} writes no page"),
    Row(
        ("export_format",),
        lambda c: c.mode in ("search", "derive", "evaluate"),
        "--mode={mode} exports nothing",
    ),
    Row(
        ("checkpoint_every_steps", "log_every"),
        lambda c: c.mode in (*LOOKING, "derive"),
        "--mode={mode} trains nothing",
    ),
    Row(
        ("warm_start",),
        lambda c: c.mode in (*LOOKING, "derive"),
        "--mode={mode} begins nothing",
    ),
    Row(
        flag_groups.TRAINING,
        lambda c: c.mode in LOOKING,
        "--mode={mode} trains nothing",
    ),
    Row(
        ("distribute", "distribute_devices"),
        lambda c: c.mode in (*LOOKING, "derive"),
        "--mode={mode} trains nothing",
    ),
    Row(
        ("distribute_devices",),
        lambda c: c.config.run.distribute != "mirrored",
        "it is of --distribute=mirrored",
    ),
    Row(("progress",), lambda c: c.mode in LOOKING, "--mode={mode} draws none"),
    Row(
        ("verbose",),
        lambda c: c.mode not in ("search", "all"),
        "only a search has more to say",
    ),
    Row(
        ("eval_batch_size",),
        lambda c: c.mode in ("export", "predict"),
        "--mode={mode} evaluates nothing",
    ),
    Row(
        ("data_dir", "split_seed", "data_in_memory", "data_cache"),
        lambda c: c.mode == "predict",
        "--mode=predict reads --input",
    ),
    Row(
        ("dataset", "data_dir"),
        lambda c: bool(c.config.data.data_path),
        "--data_path says where the data are",
    ),
    Row(
        ("data_dir",),
        lambda c: c.config.data.dataset in data_lib.EMBEDDED_IMAGES,
        "--dataset=digits and hard_digits are embedded",
    ),
    Row(
        ("split_seed",),
        lambda c: (
            c.config.data.dataset == "hard_digits" and not c.config.data.data_path
        ),
        "the splits of --dataset=hard_digits are always the same",
    ),
    Row(
        ("data_cache",),
        lambda c: c.config.data.data_in_memory == "yes",
        "--data_in_memory=yes needs no file",
    ),
    Row(
        flag_groups.STEPS,
        lambda c: c.config.child.lr_cosine,
        "--child_lr_cosine is on, which goes by --child_lr_max",
    ),
    Row(
        flag_groups.COSINE,
        lambda c: not c.config.child.lr_cosine,
        "--child_lr_cosine is off; without it --child_lr counts",
    ),
    Row(
        ("child_grad_bound",),
        lambda c: c.config.child.clip_mode == "none",
        "--child_clip_mode=none",
    ),
    # Deviation K9 (kept): the shared child drops no path.
    Row(
        ("child_drop_path_keep_prob", "child_plain_separable", "child_nonmono"),
        lambda c: c.stage == "search",
        "it is for training one arc, not for a search",
    ),
    Row(
        ("child_arcs_per_step", "child_sampling", "child_sampling_epochs"),
        lambda c: c.stage == "train",
        "one arc is trained, and none is drawn",
    ),
    Row(
        ("child_sampling_epochs",),
        lambda c: c.config.child.sampling == "policy",
        "--child_sampling=policy, in all epochs",
    ),
    Row(
        ("child_update",),
        lambda c: c.stage == "train",
        "it is for the shared child of a search",
    ),
    Row(
        ("child_update",),
        lambda c: not c.config.child.momentum and not c.config.child.l2_reg,
        "there is neither momentum nor L2",
    ),
    Row(
        ("child_precision",),
        lambda c: c.mode == "predict",
        "an export is in float32",
    ),
    Row(
        ("child_genotype_concat",),
        lambda c: "child_fixed_arc" not in c.given,
        "there is no --child_fixed_arc",
    ),
    Row(
        ("child_drop_w", "child_average"),
        _is_baseline,
        "an LSTM is trained, not a cell",
    ),
    Row(
        ("child_momentum",),
        lambda c: c.stage == "train" and c.config.run.search_for in config.TEXTS,
        "a language model is trained by plain SGD",
    ),
    Row(
        ("child_softmax_cutoffs",),
        lambda c: c.config.rnn.softmax != "adaptive",
        "it is for --child_softmax=adaptive",
    ),
    Row(
        ("child_softmax_samples",),
        lambda c: c.config.rnn.softmax != "sampled",
        "it is for --child_softmax=sampled",
    ),
    Row(
        ("jit_compile",),
        lambda c: c.stage == "search" and not c.config.derive.retrain_top,
        "it is for training one arc, not for a search",
    ),
    Row(
        ("eval_every_epochs",),
        lambda c: c.stage == "train" or c.mode == "derive",
        "only a search evaluates every so many epochs",
    ),
    Row(
        ("search_eval_test",),
        lambda c: c.stage == "train" or c.mode == "derive",
        "it is for the epochs of a search",
    ),
    # The original's scripts say --nocontroller_training there, which is as it is.
    Row(
        _of_section("controller", without=("controller_training",)),
        lambda c: c.stage == "train",
        "there is no controller where one arc is trained",
    ),
    Row(
        ("controller_training",),
        lambda c: c.stage == "train" and c.config.controller.training,
        "there is no controller where one arc is trained",
    ),
    Row(
        flag_groups.UPDATES,
        lambda c: not c.config.controller.training,
        "the controller is not trained (--nocontroller_training)",
    ),
    Row(
        ("controller_bl_dec",),
        lambda c: c.config.controller.baseline != "moving",
        "it is the decay of --controller_baseline=moving",
    ),
    Row(
        _of_section("objective"),
        lambda c: c.stage == "train",
        "there is no controller where one arc is trained",
    ),
    Row(
        ("controller_reward",),
        lambda c: bool(c.config.objective.expression),
        "--reward says what is paid",
    ),
    Row(
        ("derive_rank_by",),
        lambda c: bool(c.config.objective.reward),
        "--reward ranks the arcs",
    ),
    Row(
        ("reward_beta",),
        lambda c: not c.config.objective.cost,
        "--reward names no cost to hold at a target",
    ),
    Row(
        ("latency_arcs",),
        lambda c: not objective_checks.reads_latency(c.config),
        "no reward reads the latency",
    ),
    Row(
        _of_section("derive"),
        lambda c: c.stage == "train",
        "only a search ends by deriving",
    ),
    Row(
        ("derive_retrain_epochs",),
        lambda c: not c.config.derive.retrain_top,
        "no arc is trained from scratch (--derive_retrain_top=0)",
    ),
    Row(
        _of_section("campaign"),
        lambda c: c.mode in modes.MODES,
        "it is of --mode=compare and the like",
    ),
)


def notices(
    mode: str, configs: Mapping[str, Config], given: Collection[str]
) -> list[str]:
    """One line for each flag that has no effect in any stage of the command.

    And one more where a search never trains its controller, or pays it in noise.

    Args:
      mode: of the command.
      configs: the settings of each stage that it has.
      given: the names of the flags that the user wrote.
    """
    cases = [Case(mode, stage, one, given) for stage, one in configs.items()]
    lines = []
    for item in config.settings():
        whys = [_why(item.flag, case) for case in cases if item.flag in given]
        if whys and all(whys):
            why = whys[0].format(mode=mode)
            lines.append(f"--{item.flag} has no effect here: {why}.")
    more = [say(case) for case in cases for say in (_no_phase, _noisy)]
    return lines + [line for line in more if line]


def _noisy(case: Case) -> str:
    """What to say of a search whose advantages keep their batch's noise; or ""."""
    controller = case.config.controller
    common = controller.training and controller.reward_batch == "common"
    if case.stage != "search" or not common or controller.baseline != "moving":
        return ""
    return (
        "--controller_reward_batch=common with --controller_baseline=moving keeps the "
        "noise of the common batch in every advantage: "
        "--controller_baseline=leave_one_out takes it out."
    )


def _no_phase(case: Case) -> str:
    """What to say of a search that ends before its controller is trained; or ""."""
    controller, epochs = case.config.controller, case.config.loop.num_epochs
    begins = case.stage == "search" and modes.MODES[case.mode].begins
    # Without training it is as was asked for.
    if not begins or not controller.training:
        return ""
    if any(map(controller.phase_follows, range(1, epochs + 1))):
        return ""
    warm = f"--controller_warmup_epochs={controller.warmup_epochs}"
    causes = [f"--controller_train_every={controller.train_every}", warm]
    if controller.warmup_epochs >= epochs:
        causes = [warm]
    if not controller.warmup_epochs:
        causes.remove(warm)
    these = "the 1 epoch" if epochs == 1 else f"these {epochs} epochs"
    return (
        f"No controller phase is in {these}: {' and '.join(causes)}. The policy stays "
        "as it began."
    )


def _why(flag: str, case: Case) -> str:
    """Why `flag` has no effect in `case`; "" if it has."""
    return next((r.why for r in ROWS if flag in r.flags and r.when(case)), "")
