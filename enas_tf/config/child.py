"""The settings of the child: a section of config/sections.py's `Config`.

No TensorFlow, as there.
"""

import dataclasses
from collections.abc import Sequence

from enas_tf.config import fields
from enas_tf.config.fields import Carrier
from enas_tf.config.spaces import registry

CLIP_MODES = ("none", "norm", "global")
PRECISIONS = ("float32", "bfloat16", "float16")  # the first is the plain one
CONCATS = ("refuse", "convert")
SAMPLINGS = ("policy", "uniform", "fair")
UPDATES = ("all", "used")

field = fields.field
_with = registry.Names  # the spaces that have a part


@dataclasses.dataclass(frozen=True)
class ChildConfig(Carrier):
    """The child network and its training."""

    num_layers: int = field(
        12,
        registry.explained("child_num_layers", "Layers of the child"),
        low=1,
        high=200,
    )
    num_cells: int = field(
        5, "Blocks in a cell.", low=2, high=50, spaces=_with("blocks")
    )
    out_filters: int = field(
        36,
        "Filters of a layer; an even number.",
        low=2,
        high=10_000,
        spaces=_with("images"),
    )
    out_filters_scale: int = field(
        1,
        "Multiplies --child_out_filters.",
        low=1,
        high=100,
        spaces=_with("filter scale"),
    )
    num_branches: int = field(
        6,
        "Ops to choose from, the first so many of the table.",
        low=1,
        high=registry.most_ops,
    )
    ops: str = field(
        "",
        "Ops to choose from, by their names with commas between them, in any order, "
        "those of a --plugin too; in place of --child_num_branches.",
        spaces=_with("chosen ops"),
    )
    plain_separable: bool = field(
        False,
        "Build the final child's separable convolutions as plain ones, as the "
        "original code did.",
        spaces=_with("plain separable"),
    )
    use_aux_heads: bool = field(
        False,
        "Train an auxiliary classifier behind the second reduction.",
        spaces=_with("auxiliary head"),
    )
    drop_path_keep_prob: float = field(
        1.0,
        "Probability that drop path keeps the deepest cell's paths at the end of "
        "training; the final child only.",
        high=1.0,
        spaces=_with("drop path"),
    )
    fixed_arc: str = field(
        "",
        registry.explained(
            "child_fixed_arc",
            "The arc to train: integers as the original writes or prints them, a file "
            "(arcs/best.json, arcs/best.txt) or a published name",
        ),
    )
    genotype_concat: str = field(
        "refuse",
        "A genotype whose output is made of other nodes than the cell's is here: "
        "refuse it, or convert it with a warning.",
        choices=CONCATS,
        shapes_result=False,
        spaces=_with("genotypes"),
    )
    keep_prob: float = field(
        0.9,
        "Probability that dropout keeps a feature before the classifier.",
        high=1.0,
        spaces=_with("images"),
    )
    cutout_size: int = field(
        0,
        "Side of the square that CutOut blanks in training; 0: none.",
        low=0,
        spaces=_with("images"),
    )
    l2_reg: float = field(
        2.5e-4, "Weight of the sum of squared weights.", low=0.0, spaces=_with("images")
    )
    momentum: float = field(
        0.9, "Nesterov momentum; 0: plain SGD.", low=0.0, high=1 - 1e-6
    )
    clip_mode: str = field(
        "none", "Gradient clipping: by tensor, by global norm.", choices=CLIP_MODES
    )
    grad_bound: float = field(5.0, "Bound of the clipping.", low=1e-12)
    lr_cosine: bool = field(True, "Cosine learning rate with warm restarts.")
    lr_max: float = field(0.05, "Cosine: highest learning rate.", low=0.0)
    lr_min: float = field(0.0005, "Cosine: lowest learning rate.", low=0.0)
    lr_T_0: int = field(10, "Cosine: epochs of the first cycle.", low=1)
    lr_T_mul: int = field(2, "Cosine: each cycle is so many times longer.", low=1)
    lr: float = field(0.1, "Without cosine: first learning rate.", low=0.0)
    lr_dec_rate: float = field(0.1, "Without cosine: factor of a decay.", low=0.0)
    lr_dec_every: int = field(100, "Without cosine: epochs between decays.", low=1)
    arcs_per_step: int = field(
        1,
        "Arcs that a child step of a search runs on its batch before one update, by "
        "the mean of their gradients: the update sees the batch so many times, and "
        "takes so many times longer. A text goes on from the state of the first arc.",
        low=1,
        high=1000,
    )
    sampling: str = field(
        "policy",
        "Whose arcs the shared child learns: the controller's, uniform ones, or fair "
        "rounds, in which each op of each decision is trained exactly once before one "
        "update (--child_arcs_per_step then counts rounds).",
        choices=SAMPLINGS,
    )
    sampling_epochs: int = field(
        0,
        "Epochs, from the first, whose arcs are drawn as --child_sampling says; then "
        "the policy draws them. 0: all epochs.",
        low=0,
    )
    update: str = field(
        "all",
        "Weights that momentum and L2 change in a step of a search: all, or only those "
        "entries whose gradient of the step's loss is not zero. Plain SGD without L2 "
        "is the same either way, and --child_weight_decay is of the arc's nodes alone.",
        choices=UPDATES,
    )
    precision: str = field(
        "float32",
        "Type in which a child's convolutions, 1x1 products and product with the "
        "vocabulary are computed; all else is float32, and so is an export. bfloat16 "
        "is for a GPU or a processor with AVX512-BF16 or AMX, float16 (with loss "
        "scaling) for a GPU.",
        choices=PRECISIONS,
    )
    own: tuple[object, ...] = ()

    @property
    def num_ops(self) -> int:
        """How many ops to choose from; the original's flag calls them branches."""
        return len(self.op_names) or self.num_branches

    @property
    def op_names(self) -> tuple[str, ...]:
        """The names of --child_ops, by number; none: the first of the table."""
        return tuple(name.strip() for name in self.ops.split(",")) if self.ops else ()

    @property
    def op_choice(self) -> int | tuple[str, ...]:
        """The ops to choose from: the first so many of the table, or by name."""
        return self.op_names or self.num_branches

    def named(self, ops: Sequence[int]) -> tuple[int | str, ...]:
        """Numbers of ops by which a table finds them: names, if there is a list."""
        names = self.op_names
        return tuple(names[op] if names else op for op in ops)

    @property
    def several_arcs(self) -> bool:
        """Whether a step of a search may run more than one arc."""
        return self.arcs_per_step > 1 or self.sampling == "fair"

    @property
    def filters(self) -> int:
        """Filters of a layer, scaled."""
        return self.out_filters * self.out_filters_scale
