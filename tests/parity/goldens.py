"""Recorded arrays of the authors' graph: where they are, and how close is close.

The folder is that of the environment variable ENAS_GOLDENS, `../shared/goldens` beside
this repository by default; its README.md says what the arrays are and gives the
measures below. Tests take whatever files match a pattern.
"""

import os
import pathlib
import re

import numpy as np
import pytest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]

RELATIVE = 1e-4  # logits and losses
GRADIENT = 1e-3
# A gradient whose true value is zero is held against this share of the whole norm.
NORM_SHARE = 1e-3

Arrays = dict[str, np.ndarray]


def folder() -> pathlib.Path:
    default = REPOSITORY.parent / "shared" / "goldens"
    return pathlib.Path(os.environ.get("ENAS_GOLDENS", default))


def cases(stem: str) -> list:
    """A pytest parameter, a list of paths, for each recording `<stem>*.npz`.

    The parts `<name>.part0.npz`, `<name>.part1.npz` ... are one recording. Without any
    file it is one parameter that is skipped with the reason.
    """
    recordings: dict[str, list[pathlib.Path]] = {}
    for path in sorted(folder().glob(f"{stem}*.npz")):
        name = re.sub(r"\.part\d+$", "", path.stem)
        recordings.setdefault(name, []).append(path)
    if not recordings:
        reason = f"no {stem}*.npz in {folder()}; set ENAS_GOLDENS to their folder"
        return [pytest.param([], marks=pytest.mark.skip(reason=reason), id=stem)]
    return [pytest.param(paths, id=name) for name, paths in recordings.items()]


def load(paths: list[pathlib.Path]) -> Arrays:
    """The arrays of one recording, its parts merged."""
    arrays: Arrays = {}
    for path in paths:
        with np.load(path) as part:
            arrays.update({name: part[name] for name in part.files})
    return arrays


def below(arrays: Arrays, prefix: str) -> Arrays:
    """The arrays whose name begins with `prefix`, without it."""
    length = len(prefix)
    return {n[length:]: a for n, a in arrays.items() if n.startswith(prefix)}


def num_layers(arc_width: int) -> int:
    """L of a macro arc of L(L+1)/2 tokens."""
    return round((2 * arc_width + 0.25) ** 0.5 - 0.5)


def error(ours, theirs) -> float:
    """The largest difference, relative to the largest entry."""
    ours, theirs = np.asarray(ours, np.float64), np.asarray(theirs, np.float64)
    assert ours.shape == theirs.shape, (ours.shape, theirs.shape)
    return float(np.max(np.abs(ours - theirs)) / np.max(np.abs(theirs)))


def assert_close(ours, theirs, what: str) -> None:
    found = error(ours, theirs)
    assert found <= RELATIVE, f"{what}: relative error {found:.2e}"


def assert_gradients_close(ours: Arrays, theirs: Arrays) -> None:
    """Every recorded gradient, by the original's name; ours may not hold others."""
    assert set(ours) == set(theirs)
    norm = np.sqrt(sum(np.sum(np.square(g, dtype=np.float64)) for g in theirs.values()))
    far = {}
    for name, wanted in theirs.items():
        found = np.asarray(ours[name])
        assert found.shape == wanted.shape, name
        scale = max(np.max(np.abs(wanted)), NORM_SHARE * norm)
        far[name] = float(np.max(np.abs(found - wanted)) / scale)
    worst = max(far, key=far.get)
    assert far[worst] <= GRADIENT, f"{worst}: {far[worst]:.2e}"
