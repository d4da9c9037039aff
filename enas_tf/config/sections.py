"""Every setting once: its default, its help text and the values it may take.

Plain frozen dataclasses, one section per concern. A field `lr_max` of the section with
prefix `child_` is the flag `--child_lr_max`. Nothing here imports TensorFlow, so that
bad input is refused before seconds are spent on that import.
"""

import dataclasses
import functools
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from enas_tf.config import data, errors, fields, modes
from enas_tf.config.campaign import CampaignConfig
from enas_tf.config.child import ChildConfig
from enas_tf.config.controller import ControllerConfig
from enas_tf.config.data import DataConfig
from enas_tf.config.derive import DeriveConfig
from enas_tf.config.errors import ConfigError
from enas_tf.config.objective import ObjectiveConfig
from enas_tf.config.rnn import RnnChildConfig
from enas_tf.config.spaces import registry

refusal = errors.refusal
range_in_words = errors.range_in_words
field = fields.field

# Live: a space that is registered later is in them.
SPACES = registry.Names()
IMAGES, TEXTS = data.IMAGES, data.TEXTS
MODES = (*modes.MODES, *modes.READING, *modes.OF_CAMPAIGNS)
REPORTS = ("yes", "no", "live")
RUNS_FORMATS = ("text", "csv", "latex", "html")
DISTRIBUTIONS = ("none", "mirrored", "multi_worker")


@dataclasses.dataclass(frozen=True)
class RunConfig:
    """Mode, folder and seed."""

    search_for: str = field("macro", "The search space.", choices=SPACES)
    mode: str = field(
        "search",
        "The stage: search (ends by deriving), derive, train (one arc from scratch), "
        "evaluate, export, predict, or all (search, then train the best arc). report "
        "writes a run's page anew, runs lists the runs below a folder. Of many runs: "
        "compare, ablate, perturb, correlate; status and job of one of these.",
        choices=MODES,
        shapes_result=False,
    )
    output_dir: str = field(
        "",
        "Folder of everything that is written; default outputs/<space>.",
        shapes_result=False,
    )
    reset_output_dir: bool = field(
        False,
        "Begin anew: remove what this program wrote in --output_dir.",
        shapes_result=False,
    )
    seed: int = field(
        0, "All randomness follows from this number.", low=0, high=2**31 - 1
    )
    deterministic: bool = field(
        True,
        "Ask TensorFlow for deterministic kernels, so that a resumed run equals an "
        "uninterrupted one bit for bit.",
    )
    threads: int = field(
        0,
        "Threads of TensorFlow's kernels; 0: as many as there are cores when a run "
        "begins. A run that goes on keeps its number, by which last digits go.",
        low=0,
        high=1024,
        shapes_result=False,
    )
    distribute: str = field(
        "none",
        "Share the steps of one search, or training, among devices: mirrored, those of "
        "this machine; multi_worker, those of the workers that TF_CONFIG names. A "
        "search divides a step's arcs and an update's rewards (an arc a device, where "
        "--child_arcs_per_step is 1), a training each batch.",
        choices=DISTRIBUTIONS,
        shapes_result=False,
    )
    distribute_devices: int = field(
        0,
        "Devices of this machine that --distribute=mirrored takes; 0: all GPUs. "
        "Without a GPU so many logical CPUs are made.",
        low=0,
        high=64,
        shapes_result=False,
    )
    warm_start: str = field(
        "",
        "Folder of a finished run to begin with. --mode=search takes those weights of "
        "its search that fit, --mode=train all of its training, with arc and sizes, or "
        "(where it has none, or is --output_dir itself) those of its search that fit.",
    )
    checkpoint_every_steps: int = field(
        500,
        "Save also every so many steps inside an epoch (0: at its end only).",
        low=0,
        shapes_result=False,
    )
    progress: bool = field(
        True, "Draw a progress line when the terminal allows.", shapes_result=False
    )
    verbose: bool = field(
        False,
        "Print also the arcs that are sampled after each controller phase, and the "
        "phase's last update.",
        shapes_result=False,
    )
    export_format: str = field(
        "",
        "Formats of the exported model, with commas between them, beside keras and "
        "saved_model, which are always written: onnx, litert, litert_int8. With "
        "--mode=predict the one that answers.",
        shapes_result=False,
    )
    plugin: str = field(
        "",
        "Python files (my_ops.py) or installed plugins, with commas between them, that "
        "add ops, functions, rewards or spaces; imported before other flags are read.",
        shapes_result=False,
    )
    report: str = field(
        "yes",
        "Write report.html, a page on the run, at the end of every stage; live: also "
        "after every epoch, and the page reloads itself until the command ends.",
        choices=REPORTS,
        shapes_result=False,
    )
    runs_format: str = field(
        "text",
        "How --mode=runs writes its table.",
        choices=RUNS_FORMATS,
        shapes_result=False,
    )
    evaluate_again: bool = field(
        False,
        "Let --mode=evaluate read the test split again for weights that were tested on "
        "it; run.json has each reading.",
        shapes_result=False,
    )
    rerun: str = field(
        "",
        "The run.json of a run: repeat it in a new --output_dir and compare every "
        "figure with it.",
        shapes_result=False,
    )
    dry_run: bool = field(
        False,
        "Say what the command would take (time, memory, disk) from a few real steps in "
        "a temporary folder, and leave --output_dir as it is; status 3 where memory or "
        "disk will not do.",
        shapes_result=False,
    )
    dry_run_json: str = field(
        "",
        "A new file for the numbers of --dry_run, as JSON.",
        shapes_result=False,
    )
    input: str = field(
        "",
        registry.explained(
            "input",
            "Image, folder of images, or .npy or .npz file of them for --mode=predict",
        ),
        shapes_result=False,
    )


@dataclasses.dataclass(frozen=True)
class LoopConfig:
    """The length of a training, its batches, and its pauses for evaluations."""

    batch_size: int = field(
        128, "Images, or texts, in a batch, in reward batches too.", low=1, high=10**6
    )
    eval_batch_size: int = field(
        100, "Images, or texts, in a batch of an evaluation.", low=1, high=10**6
    )
    num_epochs: int = field(310, "Epochs of child training.", low=1)
    eval_every_epochs: int = field(
        1, "Evaluate on validation every so many epochs.", low=1
    )
    search_eval_test: bool = field(
        False,
        "Evaluate on the test split during a search as well, as the original does; "
        "otherwise a search does not read it.",
        shapes_result=False,
    )
    jit_compile: bool = field(
        False,
        "Compile the training steps of a final child with XLA: minutes at the start, "
        "for texts again and again, and other last digits.",
    )
    log_every: int = field(
        50, "Print and record every so many steps.", low=1, shapes_result=False
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
    objective: ObjectiveConfig = ObjectiveConfig()
    derive: DeriveConfig = DeriveConfig()
    campaign: CampaignConfig = CampaignConfig()


# The flag prefix of each section; that of a space's own settings is `OWN_PREFIX`.
PREFIXES = dict(
    run="",
    loop="",
    data="",
    child="child_",
    rnn="child_",
    controller="controller_",
    objective="",
    derive="derive_",
    campaign="",
)
OWN_PREFIX = "child_"


class Setting(NamedTuple):
    """One field of one section, as flags, checks and reports see it.

    Attributes:
      section: a field of `Config`, or the name of a space for its own settings.
      field: with the metadata of `fields.field`.
    """

    section: str
    field: dataclasses.Field

    @property
    def flag(self) -> str:
        """The flag's name without dashes, `child_lr_max`."""
        return PREFIXES.get(self.section, OWN_PREFIX) + self.field.name

    @property
    def spaces(self) -> tuple[str, ...]:
        """The spaces that have such a part; empty: all of them."""
        own = () if self.section in PREFIXES else (self.section,)
        return own or tuple(self.field.metadata["spaces"])

    def of(self, config: Config) -> Any:
        """This setting's value in `config`."""
        return getattr(section(config, self.section), self.field.name)


def section(config: Config, name: str) -> Any:
    """The settings of the section `name`, or those of the space `name` alone."""
    if name in PREFIXES:
        return getattr(config, name)
    spec = registry.SPECS[name]
    return getattr(config, spec.data.section).own_section(spec.settings)


def settings() -> Iterator[Setting]:
    """Every setting, section by section in the order of the classes above."""
    kinds = [(item.name, item.type) for item in dataclasses.fields(Config)]
    own = [(name, spec.settings) for name, spec in registry.SPECS.items()]
    return iter(_settings((*kinds, *own)))


@functools.lru_cache(maxsize=8)  # a space may be registered later
def _settings(classes: tuple[tuple[str, object], ...]) -> tuple[Setting, ...]:
    """The settings of sections, which are named, in their order.

    A section's type is the class itself, not its name; a space may have none.
    """
    return tuple(
        Setting(name, field)
        for name, kind in classes
        for field in (dataclasses.fields(kind) if isinstance(kind, type) else ())
        if field.metadata
    )


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
    for name, changes in sections.items():
        config = _with_section(config, name, changes)
    return config


def _with_section(config: Config, name: str, changes: Mapping[str, object]) -> Config:
    changed: Any = dataclasses.replace(section(config, name), **changes)
    if name not in PREFIXES:
        name = registry.SPECS[name].data.section
        changed = getattr(config, name).with_own(changed)
    return dataclasses.replace(config, **{name: changed})


def flat(config: Config) -> dict[str, Any]:
    """`config` as {flag name: value}."""
    return {item.flag: item.of(config) for item in settings()}
