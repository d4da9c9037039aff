"""A stage as a trial in TensorBoard's HPARAMS tab: its settings, figures and end.

TensorBoard reads the columns from the first run that it finds, so every run names those
of all spaces: a table of several runs then has them whatever the runs are of. The
cells of settings that a space lacks stay empty.
"""

import dataclasses
import pathlib
from typing import Any

from tensorboard.plugins.hparams import api, api_pb2, summary

from enas_tf.config import modes
from enas_tf.config import sections as config_lib
from enas_tf.run import lines, measures

# The tab shows the first five at once, the others at a click.
FIRST = ("search_for", "num_epochs", "batch_size", "child_num_layers")
SETTINGS = (
    *FIRST,
    "dataset",
    "seed",
    "child_num_cells",
    "child_out_filters",
    "child_hidden_size",
    "child_num_branches",
    "child_keep_prob",
    "child_lr_max",
    "controller_lr",
    "controller_train_steps",
)
STAGE = "stage"
METRICS = {
    "best_accuracy_on_others": "best arc: validation accuracy",
    "best_perplexity_on_others": "best arc: validation perplexity",
    measures.ACCURACY.over_random: "policy above random: accuracy",
    measures.PERPLEXITY.over_random: "policy / random perplexity (low is good)",
    "test_accuracy": "test accuracy",
    "test_perplexity": "test perplexity",
}
_OPEN_END = 1e6  # of a setting that has no highest value: the tab wants one


class _Values(api.Domain):
    """A domain of the library, or any text; and whether its column stands in front."""

    def __init__(self, domain: api.Domain | None, *, first: bool):
        """A column.

        Args:
          domain: the values it may have; None for any text, which the library lacks.
          first: whether the tab shows it without being asked.
        """
        self._domain = domain
        self._first = first

    @property
    def dtype(self) -> type:
        """The Python type of the column's values."""
        return str if self._domain is None else self._domain.dtype

    def sample_uniform(self, rng: object = None) -> Any:
        """Raises NotImplementedError: a trial's settings are given, not drawn."""
        raise NotImplementedError("a trial's settings are given")

    def update_hparam_info(self, hparam_info: api_pb2.HParamInfo) -> None:
        """Write the column's type and range into TensorBoard's record of it."""
        if self._domain is None:
            hparam_info.type = api_pb2.DATA_TYPE_STRING
        else:
            self._domain.update_hparam_info(hparam_info)
        # TensorBoard puts in front what differs between trials, where it finds out by
        # itself; of columns that are given it takes our word.
        hparam_info.differs = self._first


def tag(metric: str) -> str:
    """The scalar of one of `METRICS`."""
    return f"hparams/{metric}"


def columns() -> tuple[list[api.HParam], list[api.Metric]]:
    """The settings and the figures of the table."""
    known = {item.flag: item.field for item in config_lib.settings()}
    params = [api.HParam(STAGE, _Values(api.Discrete(modes.STAGES), first=True))]
    for name in SETTINGS:
        allowed = _Values(_domain(known[name]), first=name in FIRST)
        about = known[name].metadata["help"]
        params.append(api.HParam(name, allowed, description=about))
    metrics = [api.Metric(tag(name), display_name=METRICS[name]) for name in METRICS]
    return params, metrics


def values(config: config_lib.Config, stage: str) -> dict[str, Any]:
    """Every setting that `stage` goes by, as TensorBoard can keep it."""
    space = config.run.search_for
    found: dict[str, Any] = {STAGE: stage}
    for item in config_lib.settings():
        if stage == "train" and item.section in ("controller", "derive"):
            continue
        if item.section == "campaign":  # which is of many runs
            continue
        if space in (item.spaces or (space,)):
            value = item.of(config)
            plain = isinstance(value, bool | int | float | str)
            found[item.flag] = value if plain else str(value)
    return found


def name(folder: pathlib.Path, stage: str) -> str:
    """The name of a trial: its folder's name and stage, all that is seen of a long
    name, and for others of that name the whole path."""
    return f"{folder.name} {stage} ({lines.shown(folder)})"


def success() -> bytes:
    """The record that a trial has come to its end."""
    return summary.session_end_pb(api_pb2.STATUS_SUCCESS).SerializeToString()


def _domain(field: dataclasses.Field) -> api.Domain | None:
    """The values that a setting may take; None: any text."""
    low, high, choices = (field.metadata[name] for name in ("low", "high", "choices"))
    if choices:
        return api.Discrete(choices)
    if isinstance(field.default, str):
        return None
    kind = int if type(field.default) is int else float
    ends = (0 if low is None else low, _OPEN_END if high is None else high)
    interval = api.IntInterval if kind is int else api.RealInterval
    return interval(*(kind(end) for end in ends))
