"""The macro space: a whole CNN."""

from enas_tf.config.spaces import kinds, short
from enas_tf.config.spaces.spec import Preset, SpaceSpec

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

_PRESETS = {
    "paper": Preset(
        "The published scripts: 12 layers x 36 filters searched for 310 epochs, "
        "24 layers x 96 filters trained for 310 epochs. For a GPU.",
        {},
        _MACRO_FINAL,
    ),
    "cpu": Preset(
        "CIFAR-10 within an hour on two CPU cores: 6 layers x 16 filters.",
        dict(
            short.IMAGES,
            batch_size=64,
            num_epochs=5,
            child_num_layers=6,
            child_out_filters=16,
            child_lr_max=0.1,
            child_lr_T_0=5,
            controller_warmup_epochs=1,
            controller_train_steps=75,
            derive_num_samples=40,
            derive_batches="20",
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
            short.IMAGES,
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
}

SPEC = SpaceSpec(
    name="macro",
    about="a search as published: for a GPU",
    data=kinds.IMAGES,
    presets=_PRESETS,
    parts=("filter scale", "chosen ops", "plain separable", "skips"),
    arcs="enas_tf.arcs.forms:MACRO",
    shared="enas_tf.children.macro:SharedMacroChild",
    final="enas_tf.children.final_macro:final_macro_child",
    picture="enas_tf.plots.macro:draw",
    benchmark="enas_tf.benchmark.subject_macro:SUBJECT",
    costs="enas_tf.children.costs_macro:costs",
    inherit="enas_tf.children.inherit_macro:inherited",
)
