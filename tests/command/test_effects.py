"""Flags without effect: each row of the table, said once and only where it is true."""

import pytest

from enas_tf.command import effects, request
from enas_tf.config import modes
from enas_tf.config import sections as config
from enas_tf.run.folder import RunFolder

# By row of the table: a command in which its flag has no effect, and one in which it
# has; {flag: value} with the flag first.
COSINE = dict(child_lr_cosine=True)
STEPS = dict(child_lr_cosine=False)
RNN = dict(search_for="rnn")
MICRO = dict(search_for="micro")
TRAIN = dict(mode="train")
UNIFORM = dict(child_sampling="uniform")
AT = dict(reward_target=1e6)
PARAMS = dict(reward="params", **AT)
BY = dict(derive_rank_by="log_likelihood")
NO_TRAINING = dict(controller_training=False)
HARD = dict(split_seed=5, dataset="hard_digits")
EXAMPLES = [
    (
        dict(evaluate_again=True, mode="train"),
        dict(evaluate_again=True, mode="evaluate"),
    ),
    (dict(input="a.png", mode="train"), dict(input="a.png", mode="predict")),
    (dict(runs_format="csv"), dict()),
    (dict(report="live", mode="evaluate"), dict(report="live", mode="derive")),
    (
        dict(export_format="onnx", mode="search"),
        dict(export_format="onnx", mode="export"),
    ),
    (dict(log_every=5, mode="derive"), dict(log_every=5, mode="all")),
    (dict(warm_start="d", mode="derive"), dict(warm_start="d", mode="search")),
    (dict(child_lr=0.1, mode="evaluate"), dict(child_lr=0.1, mode="train", **STEPS)),
    (dict(distribute="mirrored", mode="derive"), dict(distribute="mirrored")),
    (
        dict(distribute_devices=2),
        dict(distribute_devices=2, distribute="mirrored"),
    ),
    (dict(progress=False, mode="export"), dict(progress=False, mode="derive")),
    (dict(verbose=True, mode="derive"), dict(verbose=True, mode="search")),
    (dict(eval_batch_size=9, mode="export"), dict(eval_batch_size=9, mode="evaluate")),
    (dict(data_dir="d", mode="predict", input="a"), dict(data_dir="d", mode="export")),
    (dict(dataset="mnist", data_path="d"), dict(dataset="mnist")),
    (dict(data_dir="d", dataset="digits"), dict(data_dir="d")),
    (HARD, dict(HARD, data_path="d")),
    (dict(data_cache="d", data_in_memory="yes"), dict(data_cache="d")),
    (dict(child_lr=9.0, **RNN, **COSINE), dict(child_lr=9.0, **RNN)),
    (dict(child_lr_max=9.0, **RNN), dict(child_lr_max=9.0)),
    (dict(child_grad_bound=9.0), dict(child_grad_bound=9.0, child_clip_mode="norm")),
    (
        dict(child_drop_path_keep_prob=0.5, **MICRO),
        dict(child_drop_path_keep_prob=0.5, mode="all", **MICRO),
    ),
    (dict(child_sampling="fair", **TRAIN), dict(child_sampling="fair", mode="all")),
    (dict(child_sampling_epochs=2), dict(child_sampling_epochs=2, **UNIFORM)),
    (dict(child_update="used", **TRAIN), dict(child_update="used", mode="all")),
    (
        dict(child_update="used", **RNN),
        dict(child_update="used", child_momentum=0.5, **RNN),
    ),
    (
        dict(child_precision="bfloat16", mode="predict", input="a"),
        dict(child_precision="bfloat16", mode="evaluate"),
    ),
    (
        dict(child_genotype_concat="convert", mode="train", **MICRO),
        dict(child_genotype_concat="convert", child_fixed_arc="0", **MICRO),
    ),
    (
        dict(child_drop_w=0.5, child_fixed_arc="lstm", **RNN),
        dict(child_drop_w=0.5, child_fixed_arc="darts_rnn", **RNN),
    ),
    (dict(child_momentum=0.5, **RNN, **TRAIN), dict(child_momentum=0.5, **RNN)),
    (
        dict(child_softmax_cutoffs="9,99", child_softmax="sampled", **RNN),
        dict(child_softmax_cutoffs="9,99", child_softmax="adaptive", **RNN),
    ),
    (
        dict(child_softmax_samples=9, **RNN),
        dict(child_softmax_samples=9, child_softmax="sampled", **RNN),
    ),
    (dict(jit_compile=True), dict(jit_compile=True, derive_retrain_top=2)),
    (dict(eval_every_epochs=2, **TRAIN), dict(eval_every_epochs=2, mode="all")),
    (dict(search_eval_test=True, **TRAIN), dict(search_eval_test=True)),
    (dict(controller_lr=0.5, **TRAIN), dict(controller_lr=0.5, mode="all")),
    (dict(controller_training=True, **TRAIN), dict(controller_training=False, **TRAIN)),
    (dict(controller_lr=0.5, **NO_TRAINING), dict(controller_lr=0.5)),
    (
        dict(controller_bl_dec=0.5, controller_baseline="aggregate"),
        dict(controller_bl_dec=0.5),
    ),
    (dict(reward="params", **AT, **TRAIN), dict(reward="params", **AT)),
    (
        dict(controller_reward="accuracy", reward="accuracy - 1"),
        dict(controller_reward="accuracy", reward="params", **AT),
    ),
    (dict(derive_rank_by="log_likelihood", reward="accuracy**2"), dict(**BY)),
    (dict(reward_beta=-1.0, reward="params/1e6"), dict(reward_beta=-1.0, **PARAMS)),
    (
        dict(latency_arcs=99, reward="accuracy - params/1e6"),
        dict(latency_arcs=99, reward="accuracy - latency/1e3"),
    ),
    (dict(derive_num_samples=5, **TRAIN), dict(derive_num_samples=5, mode="derive")),
    (
        dict(derive_retrain_epochs=5),
        dict(derive_retrain_epochs=5, derive_retrain_top=2),
    ),
    (dict(jobs=2), dict(seed=2)),  # a campaign's modes are no stages
]


def notices(tmp_path, preset=None, **given):
    run = request.run_settings(given)
    configs = request.stage_configs(run, given, preset, RunFolder(tmp_path))
    begun = {stage: configs[stage] for stage in modes.MODES[run.mode].stages}
    return effects.notices(run.mode, begun, given)


def of_flag(flag, lines):
    return [line for line in lines if line.startswith(f"--{flag} ")]


@pytest.mark.parametrize(
    ("row", "without", "with_effect"),
    [(row, *pair) for row, pair in zip(effects.ROWS, EXAMPLES, strict=True)],
    ids=[f"{row.flags[0]}: {row.why}" for row in effects.ROWS],
)
def test_a_row_is_said_once_and_only_where_it_is_true(
    row, without, with_effect, tmp_path
):
    flag = next(iter(without))
    assert flag in row.flags
    (line,) = of_flag(flag, notices(tmp_path, **without))
    mode = request.run_settings(without).mode
    assert line == f"--{flag} has no effect here: {row.why.format(mode=mode)}."
    assert of_flag(flag, notices(tmp_path, **with_effect)) == []


@pytest.mark.parametrize("row", effects.ROWS, ids=lambda row: row.flags[0])
def test_every_flag_of_a_row_is_a_setting_and_its_line_is_short(row):
    known = {item.flag for item in config.settings()}
    assert set(row.flags) <= known
    for flag in row.flags:
        line = f"--{flag} has no effect here: {row.why.format(mode='evaluate')}."
        assert len(line) <= 110


def test_what_counts_is_the_preset_not_the_default(tmp_path):
    given = dict(search_for="rnn", child_lr=100_000.0)
    assert notices(tmp_path, **given) == []
    (line,) = notices(tmp_path, "demo", **given)
    assert line.startswith("--child_lr has no effect here: --child_lr_cosine is on")


def test_a_command_of_both_stages_is_silent_where_one_of_them_uses_the_flag(tmp_path):
    given = dict(mode="all", derive_batches="2", controller_lr=0.1, child_lr_max=0.1)
    assert notices(tmp_path, "demo", **given) == []
    (line,) = notices(tmp_path, mode="all", child_lr=0.1)
    assert "child_lr_max" in line


def test_a_flag_that_was_not_written_is_not_spoken_of(tmp_path):
    for space in config.SPACES:
        for mode in ("search", "derive", "train", "evaluate", "export", "all"):
            assert notices(tmp_path, search_for=space, mode=mode) == []


def test_every_setting_of_the_controller_is_without_effect_in_a_training(tmp_path):
    given = {
        item.flag: item.field.default
        for item in config.settings()
        if item.section in ("controller", "derive")
    }
    lines = notices(tmp_path, mode="train", **given)
    assert len(lines) == len(given)


@pytest.mark.parametrize(
    ("given", "epochs", "causes"),
    [
        (
            dict(num_epochs=2, controller_warmup_epochs=10),
            "these 2 epochs",
            "--controller_warmup_epochs=10",
        ),
        (
            dict(num_epochs=2, controller_warmup_epochs=2),
            "these 2 epochs",
            "--controller_warmup_epochs=2",
        ),
        (
            dict(num_epochs=1, controller_train_every=2),
            "the 1 epoch",
            "--controller_train_every=2",
        ),
        (
            dict(num_epochs=5, controller_train_every=3, controller_warmup_epochs=4),
            "these 5 epochs",
            "--controller_train_every=3 and --controller_warmup_epochs=4",
        ),
    ],
)
@pytest.mark.parametrize("mode", ["search", "all"])
def test_a_search_that_never_trains_its_controller_is_told(
    mode, given, epochs, causes, tmp_path
):
    assert notices(tmp_path, mode=mode, **given) == [
        f"No controller phase is in {epochs}: {causes}. The policy stays as it began."
    ]


@pytest.mark.parametrize(
    "given",
    [
        dict(num_epochs=3, controller_warmup_epochs=2),
        dict(num_epochs=2, controller_train_every=2),
        dict(num_epochs=2, mode="train"),
        dict(num_epochs=2, mode="derive"),
        dict(num_epochs=2, **NO_TRAINING),
    ],
)
def test_a_search_with_a_controller_phase_or_asked_without_is_not_told(given, tmp_path):
    lines = notices(tmp_path, **given)
    assert not any("controller phase" in line for line in lines)


def test_the_warmup_of_a_preset_counts(tmp_path):
    assert notices(tmp_path, "demo", num_epochs=2) == [
        "No controller phase is in these 2 epochs: --controller_warmup_epochs=10. The "
        "policy stays as it began."
    ]


def test_the_command_says_it(main, tmp_path, monkeypatch, caplog):
    from enas_tf.command import flags
    from enas_tf.stages import run as experiment

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(experiment, "run", lambda asked: asked.folder.release())
    flags.FLAGS.unparse_flags()
    main.main(main.parse(["main.py", "--preset=demo", "--child_lr=3"]))
    flags.FLAGS.unparse_flags()
    said = [r for r in caplog.messages if "--child_lr has no effect here" in r]
    assert len(said) == 1


def test_a_decision_bias_that_stays_zero_is_told(tmp_path):
    (line,) = notices(tmp_path, controller_decision_bias=3.0, **NO_TRAINING)
    assert line == (
        "--controller_decision_bias has no effect here: the controller is not trained "
        "(--nocontroller_training)."
    )
    assert notices(tmp_path, controller_decision_bias=3.0) == []


COMMON = dict(controller_reward_batch="common")


def test_a_common_batch_under_a_moving_baseline_is_told(tmp_path):
    (line,) = notices(tmp_path, **COMMON)
    assert line.startswith(
        "--controller_reward_batch=common with --controller_baseline=moving keeps the "
        "noise"
    )
    for baseline in ("aggregate", "leave_one_out"):
        assert notices(tmp_path, controller_baseline=baseline, **COMMON) == []
