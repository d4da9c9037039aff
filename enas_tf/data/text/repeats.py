"""Texts that are in two splits: they make a perplexity look better than it is."""

from collections.abc import Mapping

_PAIRS = (("train", "valid"), ("train", "test"), ("valid", "test"))


def notes(name: str, lines: Mapping[str, list[str]]) -> list[str]:
    """Warnings of equal texts, and of held-out lines that training has too.

    Args:
      name: of the data set.
      lines: of each split; empty ones are of no account.
    """
    texts = {split: _texts(found) for split, found in lines.items()}
    sentences = []
    for first, second in _PAIRS:
        if texts[first] == texts[second]:
            sentences.append(f"{name}: {first} and {second} are the same text")
        elif first == "train":
            sentences += _shared(name, second, texts[second], set(texts[first]))
    return sentences


def _texts(lines: list[str]) -> list[str]:
    """The lines with one space between words, without empty ones."""
    return [text for line in lines if (text := " ".join(line.split()))]


def _shared(name: str, split: str, texts: list[str], known: set[str]) -> list[str]:
    """A line if more than half of `texts` are in training."""
    count = sum(text in known for text in texts)
    if 2 * count <= len(texts):
        return []
    return [f"{name}: also in train: {count:,} of {len(texts):,} lines of {split}"]
