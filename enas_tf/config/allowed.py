"""Refuses a value that a setting cannot have, whatever else is set."""

import math

from enas_tf.config import errors
from enas_tf.config.errors import ConfigError
from enas_tf.config.sections import Setting

LARGEST = 2**31 - 1  # what TensorFlow's int32 shapes and steps can hold

TYPES_IN_WORDS = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text",
}


def check_type(item: Setting, value: object) -> None:
    """Refuse a value that did not come from a command line and is of another type.

    Raises:
      ConfigError: as above.
    """
    wanted = type(item.field.default)
    kinds = {float: (float, int), int: (int,)}.get(wanted, (wanted,))
    if not isinstance(value, kinds) or isinstance(value, bool) != (wanted is bool):
        words = TYPES_IN_WORDS[wanted]
        raise ConfigError(errors.refusal(item.flag, value, words))


def check_range(item: Setting, value: object) -> None:
    """Refuse a value, of the setting's type, that is none of those allowed.

    Raises:
      ConfigError: as above.
    """
    meta = item.field.metadata
    if meta["choices"] and value not in meta["choices"]:
        raise ConfigError(
            errors.refusal(item.flag, value, f"one of {', '.join(meta['choices'])}")
        )
    if isinstance(value, float) and not math.isfinite(value):
        raise ConfigError(errors.refusal(item.flag, value, "a finite number"))
    if isinstance(value, int) and abs(value) > LARGEST:
        raise ConfigError(errors.refusal(item.flag, value, f"at most {LARGEST}"))
    low, high = meta["low"], meta["high"]
    if low is None and high is None:
        return
    too_low = low is not None and not value >= low  # `not >=` catches NaN as well
    too_high = high is not None and not value <= high
    if too_low or too_high:
        raise ConfigError(
            errors.refusal(item.flag, value, errors.range_in_words(low, high))
        )
