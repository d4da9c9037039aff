"""Whole sets of settings: the published scripts, the demo, the laptop.

A preset is two `Config` values, one for the search and one for training a fixed arc.
`paper` holds where no preset is named. Each space's are in its spec.
"""

from collections.abc import Mapping

from enas_tf.config import sections as config_lib
from enas_tf.config.spaces import registry
from enas_tf.config.spaces.spec import Preset

PRESETS: Mapping[str, Mapping[str, Preset]] = registry.table(lambda spec: spec.presets)


def resolve(
    space: str, stage: str, preset: str, given: Mapping[str, object]
) -> config_lib.Config:
    """The settings of one stage: defaults, then the preset, then the user's.

    Args:
      space: the search space, a key of `PRESETS`.
      stage: "search" or "train".
      preset: a key of `PRESETS[space]`.
      given: flag name to value, as the user set them.

    Raises:
      ConfigError: the preset does not exist for this space.
    """
    if preset not in PRESETS[space]:
        names = ", ".join(PRESETS[space])
        raise config_lib.ConfigError(
            config_lib.refusal("preset", preset, f"one of {names}")
        )
    values = getattr(PRESETS[space][preset], stage)
    return config_lib.replace(
        config_lib.Config(), {"search_for": space, **values, **given}
    )
