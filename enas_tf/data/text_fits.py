"""Whether a text is long enough for the settings, before anything is trained."""

from enas_tf import config as config_lib
from enas_tf.config import ConfigError
from enas_tf.data.text import TextData


def check_fits(data: TextData, *, batch_size: int, bptt: int) -> None:
    """Refuse sequences that do not make up one batch; each needs a word more.

    Only what is cut into full batches counts: the test text may be of any length.

    Args:
      data: what was loaded.
      batch_size: sequences side by side.
      bptt: words of each that a batch has.

    Raises:
      ConfigError: the first setting that does not fit.
    """
    tokens = dict(training=len(data.train), validation=len(data.valid))
    kind = min(tokens, key=tokens.get)
    has = f"since the {kind} text of {data.name} has {tokens[kind]} words"
    if bptt >= tokens[kind]:
        allowed = f"at most {tokens[kind] - 1}, {has}"
        _refuse("child_bptt_steps", bptt, allowed)
    largest = tokens[kind] // (bptt + 1)
    if batch_size > largest:
        allowed = f"at most {largest} where --child_bptt_steps={bptt}, {has}"
        _refuse("batch_size", batch_size, allowed)


def _refuse(flag: str, value: int, allowed: str) -> None:
    remedy = f"Lower --{flag}, or use more text."
    raise ConfigError(config_lib.refusal(flag, value, allowed, remedy))
