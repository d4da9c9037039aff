"""What a child of many words and its steps take, each --child_softmax in a process."""

from enas_tf.benchmark import probe, softmax
from enas_tf.config import rnn
from enas_tf.config.spaces import registry


def memory(space: str) -> dict[str, float]:
    """Megabytes; nothing of a space that has no such setting."""
    if not registry.SPECS[space].has("large vocabularies"):
        return {}
    found: dict[str, float] = {}
    for of in softmax.OF:
        for kind in rnn.SOFTMAXES:
            found |= probe.ask(space, what="softmax", kind=kind, of=of)
    return found
