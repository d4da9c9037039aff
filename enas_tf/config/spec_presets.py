"""What the presets of a space may set: its own settings, in their type and range.

Looked at when the space stands in the registry, so that its own flags are known.
"""

from collections.abc import Mapping

from enas_tf.config import allowed, modes, presets
from enas_tf.config import sections as config_lib
from enas_tf.config.sections import ConfigError
from enas_tf.config.spaces.spec import SpaceSpec

# What only a command can say: it is read before a preset is looked at.
_OF_A_COMMAND = (
    *("search_for", "mode", "output_dir", "reset_output_dir", "warm_start", "input"),
    *("threads", "child_fixed_arc"),
)


def refuse(spec: SpaceSpec, num_ops: int) -> None:
    """Refuse a preset of `spec` that cannot hold; the space has `num_ops` ops.

    Raises:
      ConfigError: it sets what is no flag, is not the space's, or has another value.
    """
    for name, preset in spec.presets.items():
        for stage in modes.STAGES:
            try:
                _refuse_values(spec.name, getattr(preset, stage))
                config = presets.resolve(spec.name, stage, name, {})
                _refuse_ops(config.child.num_ops, num_ops)
            except ConfigError as error:
                raise ConfigError(
                    f"The preset {name} of the space {spec.name}: {error}"
                ) from None


def _refuse_values(space: str, values: Mapping[str, object]) -> None:
    known = {item.flag: item for item in config_lib.settings()}
    for flag, value in values.items():
        if flag not in known:
            raise ConfigError(f"--{flag} is not a setting; see --help.")
        item = known[flag]
        if flag in _OF_A_COMMAND:
            raise ConfigError(f"--{flag} is for a command to say. Leave it out.")
        # 0 and no are allowed: they take a default of other spaces away.
        if value and item.spaces and space not in item.spaces:
            raise ConfigError(
                f"--{flag} has no effect here: the {space} space has no such part. "
                "Leave it out, or name the part in the spec's parts."
            )
        allowed.check_type(item, value)
        allowed.check_range(item, value)


def _refuse_ops(chosen: int, there: int) -> None:
    if chosen > there:
        words = f"at most {there}, the number of ops of the space"
        remedy = "Set --child_num_branches in the preset."
        raise ConfigError(
            config_lib.refusal("child_num_branches", chosen, words, remedy)
        )
