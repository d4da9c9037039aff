"""Why a command cannot be carried out where it was tried out, in a sentence."""

from collections.abc import Sequence

from enas_tf.config import sections as config_lib
from enas_tf.run import outlook
from enas_tf.run.outlook import Need

# Flags that cut what is needed, the most effective first.
_OF_MEMORY = (
    *("batch_size", "eval_batch_size", "child_out_filters"),
    *("child_hidden_size", "child_bptt_steps", "child_num_layers"),
)
_OF_DISK = ("child_out_filters", "child_hidden_size", "child_num_layers")


def sentence(space: str, memory: Need, disk: Need, *, exhausted: bool = False) -> str:
    """What is needed, what there is, and which flags cut it; "" where all will do.

    Args:
      space: the search space, which has some of the flags.
      memory: the largest resident memory.
      disk: of the run's folder.
      exhausted: whether trying it out came to the end of the memory.
    """
    cure = f"Smaller values of {_flags(space, _OF_MEMORY)} cut it."
    if exhausted:
        return f"Memory will not do: the first steps took nearly all of it. {cure}"
    if not memory.is_met:
        return f"Memory will not do: {_words(memory)}. {cure}"
    if not disk.is_met:
        cure = f"Smaller values of {_flags(space, _OF_DISK)} cut it"
        cure += ", or name an --output_dir on another disk."
        return f"Disk will not do: {_words(disk)}. {cure}"
    return ""


def _words(need: Need) -> str:
    needed, free = (outlook.in_megabytes(size or 0) for size in need)
    return f"{needed} are needed, and there are {free}"


def _flags(space: str, names: Sequence[str]) -> str:
    """Those of the flags that the space has."""
    known = {item.flag: item.spaces for item in config_lib.settings()}
    has = [name for name in names if not known[name] or space in known[name]]
    return ", ".join(f"--{name}" for name in has)
