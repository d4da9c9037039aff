"""The micro space: a normal cell and one that reduces."""

from enas_tf.config.spaces import kinds, short
from enas_tf.config.spaces.spec import Preset, SpaceSpec

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

_SHORT_MICRO = {**_MICRO_SEARCH, **short.IMAGES}

_PRESETS = {
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
            derive_batches="20",
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
}

SPEC = SpaceSpec(
    name="micro",
    about="the same for cells",
    data=kinds.IMAGES,
    presets=_PRESETS,
    parts=(
        "chosen ops",
        *("blocks", "auxiliary head", "drop path", "genotypes"),
        *("reduced ops", "biased ops"),
    ),
    meanings=(
        ("child_num_layers", "its cells, apart from the two that reduce"),
        ("child_fixed_arc", "also a genotype, or genotypes.py:NAME"),
    ),
    arcs="enas_tf.arcs.forms:MICRO",
    shared="enas_tf.children.micro:SharedMicroChild",
    final="enas_tf.children.final_micro:final_micro_child",
    picture="enas_tf.plots.micro:draw",
    benchmark="enas_tf.benchmark.subject_micro:SUBJECT",
    costs="enas_tf.children.costs_micro:costs",
    inherit="enas_tf.children.inherit_micro:inherited",
)
