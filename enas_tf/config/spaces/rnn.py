"""The rnn space: a recurrent cell of a language model."""

from enas_tf.config.spaces import kinds, short
from enas_tf.config.spaces.spec import Preset, SpaceSpec

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

# A few epochs do not overfit: little is dropped and nothing else is held back. What
# makes them count is large first weights and a learning rate that falls: with the
# published ones the shared child does not get beyond the frequencies of words
# (docs/experiments.md, "Short searches"). At rate 20, cells that keep what they are
# given diverge.
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
# The published controller begins near zero, where it has next to no gradient.
_SHORT_RNN_CONTROLLER = dict(short.CONTROLLER, controller_init_range=0.1)
_SHORT_RNN_SEARCH = {**_RNN_SEARCH, **_SHORT_RNN_CONTROLLER, **_SHORT_RNN}
_SHORT_RNN_FINAL = {**_RNN_FINAL, **_SHORT_RNN}

_PRESETS = {
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
}

SPEC = SpaceSpec(
    name="rnn",
    article="an",
    about="the same for a recurrent cell",
    data=kinds.TEXTS,
    presets=_PRESETS,
    parts=("chosen ops", "genotypes", "averaged nodes", "large vocabularies"),
    meanings=(
        ("child_num_layers", "nodes of the cell, apart from node 0"),
        ("child_fixed_arc", "also a genotype, or genotypes.py:NAME"),
        ("child_fixed_arc", "also `lstm`, an LSTM with as many parameters"),
    ),
    brief=(("child_num_layers", "nodes of the cell"),),
    arcs="enas_tf.arcs.forms:RNN",
    shared="enas_tf.children.rnn:SharedRnnChild",
    final="enas_tf.children.final_rnn:final_rnn_child",
    picture="enas_tf.plots.rnn:draw",
    benchmark="enas_tf.benchmark.subject_rnn:SUBJECT",
    costs="enas_tf.children.costs_rnn:costs",
    inherit="enas_tf.children.inherit_rnn:inherited",
)
