"""Runs of equal settings as one row of a LaTeX table: their number, mean, deviation.

Equal but for the seed, and for the arc that is trained; jobs of a campaign by their
method. The number is of the runs that have a result, so that none is counted for its
folder alone.
"""

import statistics
from collections.abc import Iterable, Mapping, Sequence

from enas_tf.config import presets
from enas_tf.config import sections as config_lib
from enas_tf.config.sections import ConfigError
from enas_tf.page.runs import Row
from enas_tf.run import settings as run_settings

_NAMED = 4  # settings that are named of those that tell groups of runs apart
# Named as well wherever they are not the preset's: a figure is read by them.
_ALWAYS = ("child_out_filters", "num_epochs")
_LATEX = str.maketrans(
    {
        **{letter: f"\\{letter}" for letter in "&%$#_{}"},
        **{"~": r"\textasciitilde{}", "^": r"\textasciicircum{}"},
        "\\": r"\textbackslash{}",
    }
)


def cells(rows: Sequence[Row]) -> list[list[str]]:
    """Cells of LaTeX, for all runs that differ in their seeds and arcs alone."""
    groups: dict[object, list[Row]] = {}
    for row in rows:
        groups.setdefault((_kind(row), _shaping(row)), []).append(row)
    return [_group(members, groups.values()) for members in groups.values()]


def _group(members: Sequence[Row], groups: Iterable[Sequence[Row]]) -> list[str]:
    first = members[0]
    beside = [dict(_shaping(g[0])) for g in groups if _kind(g[0]) == _kind(first)]
    method = [first.method] if first.method else []
    settings = ", ".join([first.preset, *method, *_named(first, beside)])
    counted = _counted(members)
    compared = [row.contrast.value for row in counted if row.contrast]
    tested = [row.test for row in counted if row.test is not None]
    space = f"{first.space} training" if first.stage == "train" else first.space
    words = [space, first.data, settings, str(len(counted))]
    means = [_mean(values, of=len(counted)) for values in (compared, tested)]
    return [word.translate(_LATEX) for word in words] + means


def _named(first: Row, beside: Iterable[Mapping[str, object]]) -> list[str]:
    """The settings that are named, as `num_epochs 99`."""
    others, preset = list(beside), _of_preset(first)
    values = dict(_shaping(first))
    odd = [n for n in _ALWAYS if n in preset and values.get(n) != preset[n]]
    apart = [n for n, v in values.items() if any(one[n] != v for one in others)]
    names = list(dict.fromkeys([*odd, *apart]))
    more = [f"and {len(names) - _NAMED} more"] if len(names) > _NAMED else []
    return [f"{name} {values[name]}" for name in names[:_NAMED]] + more


def _counted(members: Sequence[Row]) -> list[Row]:
    """Those with a result, each seed and arc once.

    A seed that was run twice gave the same bits twice, or should have.
    """
    found = [row for row in members if row.contrast or row.test is not None]
    found.sort(key=lambda row: row.test is not None)
    return list({(row.seed, row.arc): row for row in found}.values())


def _of_preset(row: Row) -> Mapping[str, object]:
    """The settings of the row's preset; {} of one that is not known here."""
    if not row.stage:
        return {}
    try:
        return config_lib.flat(presets.resolve(row.space, row.stage, row.preset, {}))
    except (ConfigError, LookupError):
        return {}


def _kind(row: Row) -> tuple[str, ...]:
    return row.space, row.data, row.preset, row.stage, row.method


def _shaping(row: Row) -> tuple[tuple[str, object], ...]:
    """The settings that decide what is searched, derived or trained, but for the seed.

    A version that did not have one of them did as its default says.
    """
    idle = run_settings.OTHER_SECTIONS["train"] if row.stage == "train" else ()
    return tuple(
        (item.flag, row.settings.get(item.flag, item.field.default))
        for item in config_lib.settings()
        if item.field.metadata["shapes_result"]
        and item.section not in idle
        and item.flag not in ("seed", "child_fixed_arc")
    )


def _mean(values: Sequence[float], *, of: int) -> str:
    """Mean and deviation; of a single one no deviation; their number where it is less.

    Args:
      values: of the runs that have this figure.
      of: the number of runs with a result of either kind.
    """
    if not values:
        return "--"
    number = "" if len(values) == of else f" (n = {len(values)})"
    mean = f"{statistics.fmean(values):.4f}"
    if len(values) == 1:
        return f"${mean}${number}"
    return rf"${mean} \pm {statistics.stdev(values):.4f}${number}"
