"""Every setting once: its default, its help text and the values it may take.

Plain frozen dataclasses, one section per concern. A field `lr_max` of the section with
prefix `child_` is the flag `--child_lr_max`. Nothing here imports TensorFlow, so that
bad input is refused before seconds are spent on that import.
"""

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from enas_tf.config import setting as setting_lib
from enas_tf.config.rnn import RnnChildConfig
from enas_tf.config.setting import ConfigError

refusal = setting_lib.refusal
range_in_words = setting_lib.range_in_words
setting = setting_lib.setting

SPACES = ("macro", "micro", "rnn")
IMAGES = ("macro", "micro")  # the spaces of image networks
TEXTS = ("rnn",)
MODES = ("search", "derive", "train", "evaluate", "export", "predict", "all")
CLIP_MODES = ("none", "norm", "global")
FLIPS = ("auto", "yes", "no")
CONCATS = ("refuse", "convert")


@dataclasses.dataclass(frozen=True)
class RunConfig:
    """What to do, where, and from which seed."""

    search_for: str = setting("macro", "The search space.", choices=SPACES)
    mode: str = setting(
        "search",
        "The stage: search (ends by deriving), derive, train (one arc from scratch), "
        "evaluate, export, predict, or all (search, then train the best arc).",
        choices=MODES,
        shapes_result=False,
    )
    output_dir: str = setting(
        "",
        "Folder of everything that is written; default outputs/<space>.",
        shapes_result=False,
    )
    reset_output_dir: bool = setting(
        False,
        "Begin anew: remove what this program wrote in --output_dir.",
        shapes_result=False,
    )
    seed: int = setting(
        0, "All randomness follows from this number.", low=0, high=2**31 - 1
    )
    deterministic: bool = setting(
        True,
        "Ask TensorFlow for deterministic kernels, so that a resumed run equals an "
        "uninterrupted one bit for bit.",
    )
    threads: int = setting(
        0,
        "Threads of TensorFlow's kernels; 0: as many as there are cores when a run "
        "begins. A run that goes on keeps its number, by which last digits go.",
        low=0,
        high=1024,
        shapes_result=False,
    )
    warm_start: str = setting(
        "",
        "Folder of a finished training, with whose weights a new --mode=train begins; "
        "its arc and its sizes are taken over.",
    )
    checkpoint_every_steps: int = setting(
        500,
        "Save also every so many steps inside an epoch (0: at its end only).",
        low=0,
        shapes_result=False,
    )
    progress: bool = setting(
        True, "Draw a progress line when the terminal allows.", shapes_result=False
    )
    verbose: bool = setting(
        False,
        "Print also the arcs that are sampled after each controller phase, and the "
        "phase's last update.",
        shapes_result=False,
    )
    input: str = setting(
        "",
        "Image or folder of images for --mode=predict; rnn: a text file or a folder.",
        shapes_result=False,
    )


@dataclasses.dataclass(frozen=True)
class LoopConfig:
    """How long a stage trains and how often it looks up."""

    batch_size: int = setting(
        128, "Images, or texts, in a batch, in reward batches too.", low=1, high=10**6
    )
    eval_batch_size: int = setting(
        100, "Images, or texts, in a batch of an evaluation.", low=1, high=10**6
    )
    num_epochs: int = setting(310, "Epochs of child training.", low=1)
    eval_every_epochs: int = setting(
        1, "Evaluate on validation every so many epochs.", low=1
    )
    search_eval_test: bool = setting(
        False,
        "Evaluate on the test split during a search as well, as the original does; "
        "otherwise a search does not read it.",
        shapes_result=False,
    )
    log_every: int = setting(
        50, "Print and record every so many steps.", low=1, shapes_result=False
    )


@dataclasses.dataclass(frozen=True)
class DataConfig:
    """Which data, from where, and how images are varied in training."""

    dataset: str = setting(
        "cifar10",
        "`digits` (embedded) or the name of any TFDS image classification data set; "
        "rnn: `ptb` or `python_docs` (embedded).",
    )
    data_dir: str = setting(
        "",
        "TFDS folder; default: TFDS_DATA_DIR or TFDS's own default.",
        shapes_result=False,
        spaces=IMAGES,
    )
    data_path: str = setting(
        "",
        "Folder to read instead of TFDS: CIFAR-10 or CIFAR-100 as distributed, or one "
        "folder per class; rnn: three texts, train.txt, valid.txt, test.txt, or one "
        "text, cut in three.",
    )
    split_seed: int = setting(
        0,
        "Decides which images are set aside where there is no official split; --seed "
        "does not.",
        low=0,
        high=2**31 - 1,
        spaces=IMAGES,
    )
    data_pad: int = setting(
        -1,
        "Pixels padded on each side before a random crop; -1: size // 8.",
        low=-1,
        spaces=IMAGES,
    )
    data_flip: str = setting(
        "auto",
        "Mirror training images at random; auto: yes, but not for characters.",
        choices=FLIPS,
        spaces=IMAGES,
    )
    image_size: int = setting(
        0,
        "Resize images to this many pixels square; 0: as they are.",
        low=0,
        spaces=IMAGES,
    )
    vocab_size: int = setting(
        0,
        "Words to keep, the most frequent of the training text; 0: all of them "
        "(python_docs: 2,000).",
        low=0,
        high=10**6,
        spaces=TEXTS,
    )


@dataclasses.dataclass(frozen=True)
class ChildConfig:
    """The child network and its training."""

    num_layers: int = setting(
        12,
        "Layers of the child; micro: its cells, apart from the two that reduce; rnn: "
        "nodes of the cell, apart from node 0.",
        low=1,
        high=200,
    )
    num_cells: int = setting(5, "Blocks in a cell.", low=2, high=50, spaces=("micro",))
    out_filters: int = setting(
        36, "Filters of a layer; an even number.", low=2, high=10_000, spaces=IMAGES
    )
    out_filters_scale: int = setting(
        1, "Multiplies --child_out_filters.", low=1, high=100, spaces=("macro",)
    )
    # At most as many as the space has: arcs/forms.py, `bounds`.
    num_branches: int = setting(
        6, "Ops to choose from, the first so many of the table.", low=1
    )
    plain_separable: bool = setting(
        False,
        "Build the final child's separable convolutions as plain ones, as the "
        "original code did.",
        spaces=("macro",),
    )
    use_aux_heads: bool = setting(
        False,
        "Train an auxiliary classifier behind the second reduction.",
        spaces=("micro",),
    )
    drop_path_keep_prob: float = setting(
        1.0,
        "Probability that drop path keeps the deepest cell's paths at the end of "
        "training; the final child only.",
        high=1.0,
        spaces=("micro",),
    )
    fixed_arc: str = setting(
        "",
        "The arc to train: integers as the original writes or prints them, a file "
        "(arcs/best.json, arcs/best.txt) or a published name; micro and rnn: also a "
        "genotype, or genotypes.py:NAME; rnn: also `lstm`, an LSTM with as many "
        "parameters.",
    )
    genotype_concat: str = setting(
        "refuse",
        "A genotype whose output is made of other nodes than the cell's is here: "
        "refuse it, or convert it with a warning.",
        choices=CONCATS,
        shapes_result=False,
        spaces=("micro", "rnn"),
    )
    keep_prob: float = setting(
        0.9,
        "Probability that dropout keeps a feature before the classifier.",
        high=1.0,
        spaces=IMAGES,
    )
    cutout_size: int = setting(
        0,
        "Side of the square that CutOut blanks in training; 0: none.",
        low=0,
        spaces=IMAGES,
    )
    l2_reg: float = setting(
        2.5e-4, "Weight of the sum of squared weights.", low=0.0, spaces=IMAGES
    )
    momentum: float = setting(
        0.9, "Nesterov momentum; 0: plain SGD.", low=0.0, high=1 - 1e-6
    )
    clip_mode: str = setting(
        "none", "Gradient clipping: by tensor, by global norm.", choices=CLIP_MODES
    )
    grad_bound: float = setting(5.0, "Bound of the clipping.", low=1e-12)
    lr_cosine: bool = setting(True, "Cosine learning rate with warm restarts.")
    lr_max: float = setting(0.05, "Cosine: highest learning rate.", low=0.0)
    lr_min: float = setting(0.0005, "Cosine: lowest learning rate.", low=0.0)
    lr_T_0: int = setting(10, "Cosine: epochs of the first cycle.", low=1)
    lr_T_mul: int = setting(2, "Cosine: each cycle is so many times longer.", low=1)
    lr: float = setting(0.1, "Without cosine: first learning rate.", low=0.0)
    lr_dec_rate: float = setting(0.1, "Without cosine: factor of a decay.", low=0.0)
    lr_dec_every: int = setting(100, "Without cosine: epochs between decays.", low=1)


@dataclasses.dataclass(frozen=True)
class ControllerConfig:
    """The controller and its training."""

    lstm_size: int = setting(64, "Hidden units of the LSTM.", low=1)
    init_range: float = setting(
        0.1, "The first weights are uniform between minus and plus it.", low=1e-6
    )
    temperature: float = setting(0.0, "Divides the logits; 0: off.", low=0.0)
    tanh_constant: float = setting(1.5, "Bounds the logits, c tanh(z); 0: off.", low=0)
    op_tanh_reduce: float = setting(
        1.0, "Divides that bound for ops.", low=1e-6, spaces=("micro",)
    )
    op_bias_inside_tanh: bool = setting(
        False,
        "Bound the learned bias of the ops as well, as the original does: it can then "
        "hardly be learned.",
        spaces=("micro",),
    )
    training: bool = setting(True, "Train the controller (no: search at random).")
    train_every: int = setting(1, "Epochs between controller phases.", low=1)
    train_steps: int = setting(50, "Updates in a controller phase.", low=1)
    num_aggregate: int = setting(20, "Arcs whose gradients one update averages.", low=1)
    warmup_epochs: int = setting(0, "Epochs before the first controller phase.", low=0)
    lr: float = setting(1e-3, "Adam learning rate.", low=0.0)
    adam_beta1: float = setting(
        0.0, "Adam decay of the first moment.", low=0.0, high=1 - 1e-6
    )
    adam_epsilon: float = setting(1e-3, "Adam epsilon.", low=1e-12)
    l2_reg: float = setting(0.0, "Weight of the sum of squared weights.", low=0.0)
    bl_dec: float = setting(0.99, "Decay of the reward baseline.", low=0.0, high=1.0)
    normalize_advantage: bool = setting(
        False,
        "Divide the advantage by its standard deviation over the aggregate, which "
        "must be of at least 2 arcs.",
    )
    entropy_weight: float = setting(1e-4, "Entropy bonus in the reward.", low=0.0)
    skip_target: float = setting(
        0.4,
        "Wanted probability of a skip.",
        low=1e-6,
        high=1 - 1e-6,
        spaces=("macro",),
    )
    skip_weight: float = setting(
        0.8, "Weight of the skip penalty.", low=0.0, spaces=("macro",)
    )


@dataclasses.dataclass(frozen=True)
class DeriveConfig:
    """How the best arc is picked after a search."""

    num_samples: int = setting(
        100, "Arcs to sample from the policy, and at random.", low=2
    )
    batches: str = setting(
        "1",
        "Validation batches that rank an arc: a number, or `all` but a fifth, which "
        "checks the choice.",
    )


@dataclasses.dataclass(frozen=True)
class Config:
    """All sections of one stage."""

    run: RunConfig = RunConfig()
    loop: LoopConfig = LoopConfig()
    data: DataConfig = DataConfig()
    child: ChildConfig = ChildConfig()
    rnn: RnnChildConfig = RnnChildConfig()
    controller: ControllerConfig = ControllerConfig()
    derive: DeriveConfig = DeriveConfig()


# The flag prefix of each section.
PREFIXES = dict(
    run="",
    loop="",
    data="",
    child="child_",
    rnn="child_",
    controller="controller_",
    derive="derive_",
)


class Setting(NamedTuple):
    """One field of one section, as flags, checks and reports see it."""

    section: str
    field: dataclasses.Field

    @property
    def flag(self) -> str:
        """The flag's name without dashes, `child_lr_max`."""
        return PREFIXES[self.section] + self.field.name

    def of(self, config: Config) -> Any:
        """This setting's value in `config`."""
        return getattr(getattr(config, self.section), self.field.name)


def settings() -> Iterator[Setting]:
    """Every setting, section by section in the order of the classes above."""
    for section in dataclasses.fields(Config):
        # Their types are the classes themselves, not names of classes.
        for field in dataclasses.fields(section.type):  # type: ignore[arg-type]
            yield Setting(section.name, field)


def replace(config: Config, values: Mapping[str, object]) -> Config:
    """`config` with the settings in `values`, keyed by flag name, changed.

    Raises:
      ConfigError: a key is not the flag name of a setting.
    """
    known = {item.flag: item for item in settings()}
    sections: dict[str, dict[str, Any]] = {}
    for flag, value in values.items():
        if flag not in known:
            raise ConfigError(f"--{flag} is not a setting; see --help.")
        item = known[flag]
        sections.setdefault(item.section, {})[item.field.name] = value
    changed = {
        name: dataclasses.replace(getattr(config, name), **fields)
        for name, fields in sections.items()
    }
    return dataclasses.replace(config, **changed)


def flat(config: Config) -> dict[str, Any]:
    """`config` as {flag name: value}."""
    return {item.flag: item.of(config) for item in settings()}
