"""What is told of the searches on a table: what rows and columns are, and the rows."""

from collections.abc import Iterator, Sequence

from enas_tf.benchmark.learning.summary import Mean

# Of the searches, by name; a row each.
ROWS = dict(
    random="random arcs; nothing is learned",
    largest="the arcs that compute most; nothing is searched",
    evolution="regularised evolution, without a controller; its last population",
    logits="settings of short, on a logit for each choice in place of the LSTM",
    published="the controller as published, but with 10 arcs an update",
    normalized="published, with a normalised advantage and learning rate 5e-3",
    short="normalized, with a common batch, leave-one-out and a decision bias",
    given="the controller of --preset and your flags, where it is none of these",
)
COLUMNS = {
    "mean": "mean true accuracy of the arcs that the search ends with",
    "best": "true accuracy of the one of them whose noisy score is best",
    "regret": "how far that is below the best arc of the table",
}
_WIDTH = len("92.41 (92.30 to 92.52)")


def heading(names: Sequence[str], seeds: int) -> Iterator[str]:
    """The lines above the rows.

    Args:
      names: of the searches that have rows, of `ROWS`.
      seeds: that a row is the mean of.
    """
    means = f"means over {seeds} seeds, in brackets 95 % intervals of the mean"
    yield f"Searches on the table, in per cent; {means if seeds > 1 else 'one seed'}."
    about = COLUMNS | {name: ROWS[name] for name in names}
    yield from (f"  {name:<10} {words}" for name, words in about.items())
    cells = [f"{name:<{_WIDTH}}" for name in COLUMNS]
    yield "  ".join([f"{'search':<10}", "rewards", *cells]).rstrip()


def row(name: str, rewards: int, means: Sequence[Mean]) -> str:
    """The line of a search after so many rewards; `means` are those of `COLUMNS`."""
    cells = [f"{str(mean):<{_WIDTH}}" for mean in means]
    return "  ".join([f"{name:<10}", f"{rewards:>7}", *cells]).rstrip()
