"""A whole search space with the true accuracy of each of its arcs.

NAS-Bench-Macro (Su et al., CVPR 2021): 6,561 networks of 8 layers, each of one of 3
blocks, all trained from scratch. On it a search takes seconds, and what it found is
known exactly.
"""

import itertools
import os
import pathlib
import zipfile
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import scipy.stats

from enas_tf.config.sections import ConfigError
from enas_tf.spaces import base

VARIABLE = "ENAS_TABLES"
FILE = "nas_bench_macro_cifar10.npz"
TAU = 0.37  # between scores under shared weights and true accuracies
HALVINGS = 30  # of the bisection: far finer than tau, which goes in steps
MOST = 64.0  # deviations of the true accuracies: such an error leaves no order


class Table(NamedTuple):
    """All arcs of a space of `layers` decisions with `choices` each.

    Attributes:
      accuracy: [N] float64, the true one, 0 to 1; row r is of the arc whose tokens are
        the digits of r.
      flops: [N], what the arc computes.
      layers: decisions of an arc, T.
      choices: of each; N is choices to the power of layers.
    """

    accuracy: np.ndarray
    flops: np.ndarray
    layers: int
    choices: int

    def tape(self) -> Iterator[base.Step]:
        """What a controller decides; all layers share a slot, as macro's ops do."""
        for _ in range(self.layers):
            yield base.Step(base.Op("op", self.choices))

    def places(self) -> np.ndarray:
        """[T] int32: how much one more in each token moves the row."""
        powers = np.arange(self.layers)[::-1]
        return np.power(self.choices, powers).astype(np.int32)

    def rows(self, tokens: np.ndarray) -> np.ndarray:
        """The rows of the arcs `tokens` [K, T], [K]."""
        return np.asarray(tokens) @ self.places()

    def tokens(self) -> np.ndarray:
        """Those of all arcs, [N, T] int32, in the order of the rows."""
        digits = itertools.product(range(self.choices), repeat=self.layers)
        return np.array(list(digits), np.int32)

    def random(self, rng: np.random.Generator, count: int) -> np.ndarray:
        """`count` uniformly random arcs, [count, T] int32."""
        return rng.integers(0, self.choices, (count, self.layers), dtype=np.int32)


def folder() -> pathlib.Path:
    """Where the table is looked for."""
    beside = pathlib.Path(__file__).resolve().parents[4] / "shared/data/nas_bench_macro"
    return pathlib.Path(os.environ.get(VARIABLE, beside)).expanduser()


def missing() -> str:
    """Why there is no table and what to do, in two sentences; "" where there is one."""
    path = folder() / FILE
    if path.is_file():
        return ""
    return (
        f"the table of true accuracies, {path}, is not there. Set {VARIABLE} to the "
        f"folder of {FILE}, made of the data of NAS-Bench-Macro."
    )


def refuse_missing() -> None:
    """Raises ConfigError where the table was asked for and is not there."""
    if reason := missing():
        raise ConfigError(f"--learning_parts=table cannot be had: {reason}")


def read() -> Table:
    """The table in `folder()`.

    Raises:
      ConfigError: the file holds something else.
    """
    path = folder() / FILE
    try:
        # Opened here: NumPy leaves it open where it is no whole file.
        with path.open("rb") as file, np.load(file) as found:
            arrays: dict[str, Any] = {name: found[name] for name in found.files}
        tokens, accuracy = arrays["tokens"], arrays["test_accuracy"]
        flops = arrays["flops"]
        table = Table(accuracy.mean(axis=1) / 100, flops, tokens.shape[1], 3)
        if not np.array_equal(table.tokens(), tokens):
            raise ValueError("its arcs are not all arcs of 3 choices in their order")
    except (ValueError, LookupError, EOFError, OSError, zipfile.BadZipFile) as error:
        raise ConfigError(
            f"{path} is not the table of NAS-Bench-Macro ({error}): it must hold "
            f"tokens, test_accuracy and flops. Mend it, or unset {VARIABLE}."
        ) from None
    return table


def errors(true: np.ndarray, rng: np.random.Generator, *, tau: float) -> np.ndarray:
    """A fixed error for each arc, [N], as shared weights make one.

    Normal, and so large that Kendall's tau between `true` and `true` with it is `tau`.
    The size is found by bisection.

    Args:
      true: [N], the accuracies.
      rng: draws the errors' directions.
      tau: above 0 and below 1.
    """
    unit = rng.standard_normal(len(true)) * true.std()
    low, high = 0.0, MOST
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        ranked = scipy.stats.kendalltau(true, true + middle * unit).statistic
        low, high = (middle, high) if ranked > tau else (low, middle)
    return unit * (low + high) / 2
