"""English text that every CPython carries, the topics of `help()`: no download.

Words are in lower case; a word is a run of letters, digits and underscores, with the
ending of `isn't` or `it's`, and every other sign is a word of its own. A paragraph is a
line: the line breaks inside one are only layout. The text is that of the Python that
runs, and so differs between versions.
"""

import platform
import re
from collections.abc import Mapping

from enas_tf.config.sections import ConfigError

VOCAB_SIZE = 2_000  # in 3.11, 2 % of training and 6 % of the other words are <unk>
SHARES = dict(train=0.8, valid=0.1, test=0.1)

_WORD = re.compile(r"\w+(?:'(?:t|s|d|m|re|ve|ll)\b)?|[^\w\s]")
_CONTENT = re.compile(r"[^\W_]")  # a letter or digit; rules and table borders lack it
_BLANK_LINE = re.compile(r"\n\s*\n")
# Versions differ in how they quote.
_STRAIGHT = str.maketrans("\u201c\u201d\u2018\u2019", "\"\"''")


def lines() -> dict[str, list[str]]:
    """{split: paragraphs} of this Python's topics.

    Raises:
      ConfigError: this Python was installed without them.
    """
    try:
        from pydoc_data import topics
    except ImportError:
        raise ConfigError(
            f"--dataset=python_docs is not in this Python {platform.python_version()}: "
            "it must have the module pydoc_data.topics. Use a complete Python, or "
            "--data_path=FOLDER with train.txt, valid.txt and test.txt."
        ) from None
    return arrange(topics.topics)


def notes() -> tuple[str, ...]:
    """A note on perplexities of this text."""
    return (
        f"python_docs is the help text of Python {platform.python_version()};",
        "others have another text: compare perplexities of one version only.",
    )


def arrange(topics: Mapping[str, str]) -> dict[str, list[str]]:
    """{split: paragraphs}, whole topics each, of sizes near `SHARES`.

    Every paragraph is used once, in the longest topic that has it: large topics repeat
    small ones to the letter, and held-out text must not be in training.
    """
    left = _without_repeats(topics)
    sizes = {topic: sum(map(_size, texts)) for topic, texts in left.items()}
    lacks = {split: share * sum(sizes.values()) for split, share in SHARES.items()}
    parts: dict[str, list[str]] = {split: [] for split in SHARES}
    for topic in sorted(left, key=lambda topic: (-sizes[topic], topic)):
        split = max(lacks, key=lacks.__getitem__)
        lacks[split] -= sizes[topic]
        parts[split] += left[topic]
    return parts


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a topic, with a space between two words."""
    blocks = _BLANK_LINE.split(text.translate(_STRAIGHT).lower())
    return [found for found in map(_paragraph, blocks) if found]


def _paragraph(block: str) -> str:
    content_lines = [line for line in block.split("\n") if _CONTENT.search(line)]
    return " ".join(word for line in content_lines for word in _WORD.findall(line))


def _without_repeats(topics: Mapping[str, str]) -> dict[str, list[str]]:
    seen: set[str] = set()
    left = {}
    for topic in sorted(topics, key=lambda topic: (-len(topics[topic]), topic)):
        texts = dict.fromkeys(paragraphs(topics[topic]))  # in order, each once
        left[topic] = [text for text in texts if text not in seen]
        seen.update(texts)
    return {topic: texts for topic, texts in left.items() if texts}


def _size(paragraph: str) -> int:
    return paragraph.count(" ") + 1
