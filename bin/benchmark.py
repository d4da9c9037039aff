"""What a search costs beside a fixed network, measured here and now.

  python bin/benchmark.py --search_for=micro --what=step,host --json=all.json

Every ratio is of two things timed alternately in one process. Leave the machine
alone meanwhile.

  python bin/benchmark.py --what=learning --preset=demo

Whether the controller learns: on a table of true accuracies, and on a frozen shared
child. The flags of a search (python bin/main.py --help) change the search that is
measured here; its preset is otherwise cpu.

  python bin/benchmark.py --what=gpu --json=gpu.json

What a GPU makes of all three spaces (with --search_for: of that one), at the published
sizes: steps, rewards, memory, placement, precision, XLA, and resuming to the bit.

  python bin/benchmark.py --what=peers,roofline --json=peers.json

Of all three spaces, too: the time of the same steps, rewards and starts in PyTorch over
ours (above 1: ours is faster), in processes that take turns; and the share of a core's
peak that a step makes use of, with the kernels that take its time.

  python bin/benchmark.py --what=growth,campaign --json=growth.json

How seconds and memory grow with layers, filters or units, batch, words and images, of
all three spaces, and what a campaign of 100 to 10,000 jobs costs besides its runs.
docs/draw_growth.py makes tables, a forecast and a picture of it.
"""

import functools
import json
import logging as std_logging
import math
import os
import pathlib
import sys
from collections.abc import Mapping, Sequence

# As in main.py.
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")

from absl import flags, logging

from enas_tf.benchmark.gpu import plan
from enas_tf.benchmark.gpu import run as gpu_run
from enas_tf.benchmark.learning import table
from enas_tf.benchmark.peer import installed
from enas_tf.command import checks, flag_reading, help_text, interrupts, places, quiet
from enas_tf.command import flags as search_flags
from enas_tf.config import presets
from enas_tf.config import sections as config
from enas_tf.machine import processor
from enas_tf.machine import record as machine
from enas_tf.run import disk

WHAT = [
    *("step", "host", "remapping", "precision", "controller", "evaluate", "input"),
    *("startup", "memory", "scale", "economy", "softmax", "peers", "roofline"),
    *("growth", "campaign"),
]
# Asked for by name without --search_for, these are of all spaces.
OF_ALL_SPACES = ("peers", "roofline", "growth")
LEARNING = "learning"  # not one of WHAT: it takes long, and needs data
PARTS = "table frozen".split()
# How much is tried, {flag: (default, help)}.
SIZES = {
    "learning_table_seeds": (20, "Searches of the table with each setting."),
    "learning_children": (1, "Frozen children."),
    "learning_seeds": (2, "Controllers on each child."),
    "learning_rewards": (3000, "Rewards of a controller on a child."),
}
GPU = "gpu"  # not one of WHAT either: it needs one
OF_GPU = ("gpu_parts", "gpu_minutes")
OWN = ("search_for", "what", "json", *OF_GPU, "learning_parts", *SIZES, "learning_dir")
OF_RUN = ("search_for", "seed", "threads")  # of a search's flags on the run itself
HELP_WORDS = ("--help", "-h", "--helpfull", "--helpshort")


def main(argv: list[str]) -> int:
    """Measures what the flags in `argv` ask for; the exit status."""
    values = flags.FlagValues()
    _define(values)
    if any(word.partition("=")[0] in HELP_WORDS for word in argv[1:]):
        entries = [
            help_text.Entry(name, "", values[name].help, values[name].default)
            for name in OWN
        ]
        quiet.show(help_text.of_flags(__doc__, entries))
        return 0
    try:
        _run(values, argv)
    except config.ConfigError as error:
        print(f"enas_tf: error: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("enas_tf: stopped.", file=sys.stderr)
        return 130
    return 0


def _define(values: flags.FlagValues) -> None:
    search_flags.define(values)
    flags.DEFINE_list(
        "what",
        WHAT,
        f"Which figures, with commas between them; also {LEARNING} and {GPU}.",
        flag_values=values,
    )
    flags.DEFINE_string("json", "", "Also write them to a file.", flag_values=values)
    flags.DEFINE_list(
        "learning_parts",
        PARTS,
        "On what the controller learns, with commas between them.",
        flag_values=values,
    )
    flags.DEFINE_list(
        "gpu_parts",
        list(plan.PARTS),
        "What is measured on a GPU, with commas between them.",
        flag_values=values,
    )
    flags.DEFINE(
        flag_reading.Number(),
        "gpu_minutes",
        plan.MINUTES,
        "Minutes of all of that; what would begin later is left out.",
        values,
        flags.ArgumentSerializer(),
    )
    for name, (default, about) in SIZES.items():
        parser = flag_reading.Whole()
        flags.DEFINE(parser, name, default, about, values, flags.ArgumentSerializer())
    flags.DEFINE_string(
        "learning_dir",
        "",
        "Folder that keeps trained children for other tries.",
        flag_values=values,
    )


def _run(values: flags.FlagValues, argv: list[str]) -> None:
    flag_reading.read(argv, values, names=OWN)
    _check(values)
    learning = LEARNING in values.what
    costs = [name for name in values.what if name in WHAT]
    search = _search(values) if learning else None
    if not learning:
        _refuse_flags_of_learning(values)
    if GPU not in values.what:
        _refuse_flags_of_gpu(values)
    path = pathlib.Path(values.json).expanduser() if values.json else None
    if path and (fault := _no_file(path)):
        raise config.ConfigError(config.refusal("json", values.json, fault))
    flags.FLAGS.mark_as_parsed()  # absl notes it where its own are not
    logging.use_absl_handler()
    logging.set_verbosity(logging.INFO)
    logging.get_absl_handler().setFormatter(std_logging.Formatter("%(message)s"))
    found = _on_gpu(values, path) if GPU in values.what else {}
    if costs or search:
        found |= _here(values, costs, search)
    if path:
        _write(path, found)


def _on_gpu(values: flags.FlagValues, path: pathlib.Path | None) -> dict[str, float]:
    """The figures of a GPU, in processes that have it for themselves."""
    with quiet.standard_error(), interrupts.kept():
        name = gpu_run.device()
    gpu_run.refuse_missing(name)
    logging.info("GPU: %s; TensorFlow %s", name, machine.versions()["tensorflow"])
    one = values["search_for"].present
    return gpu_run.measure(
        [values.search_for] if one else list(config.SPACES),
        values.gpu_parts,
        minutes=values.gpu_minutes,
        keep=functools.partial(_write, path) if path else lambda found: None,
    )


def _write(path: pathlib.Path, found: Mapping[str, float]) -> None:
    disk.write_text(path, json.dumps(disk.finite(found), indent=1) + "\n")


def _no_file(path: pathlib.Path) -> str | None:
    """What would be allowed in its place; None: it can be written."""
    folder = path.parent
    if not folder.is_dir() or path.is_dir():
        return "a file in a folder that exists"
    if not os.access(path if path.exists() else folder, os.W_OK):
        return "a file that can be written"
    return None


def _here(
    values: flags.FlagValues, costs: Sequence[str], search: config.Config | None
) -> dict[str, float]:
    """The figures of this process: costs, and what is learned."""
    with quiet.standard_error(), interrupts.kept():
        from enas_tf.benchmark import run
        from enas_tf.machine import tensorflow_state

        # As a run that begins here would.
        threads = values.threads or processor.cores()
        tensorflow_state.start(machine.Wanted(threads=threads))
    found: dict[str, float] = {}
    for space in config.SPACES:
        if names := _of_space(values, costs, space):
            found |= run.measure(space, names)
    if search:
        found |= _learn(values, search)
    return found


def _of_space(values: flags.FlagValues, costs: Sequence[str], space: str) -> list[str]:
    """Those of the figures that are of `space`."""
    if space == values.search_for:
        return list(costs)
    all_spaces = values["what"].present and not values["search_for"].present
    return [name for name in costs if all_spaces and name in OF_ALL_SPACES]


def _check(values: flags.FlagValues) -> None:
    """Refuses names that are none of a list's, and sizes of nothing."""
    rows = dict(
        search_for=([values.search_for], list(config.SPACES), "one"),
        what=(values.what, [*WHAT, LEARNING, GPU], "a list"),
        gpu_parts=(values.gpu_parts, list(plan.PARTS), "a list"),
        learning_parts=(values.learning_parts, PARTS, "a list"),
    )
    for flag, (names, known, kind) in rows.items():
        for name in names or [""]:
            if name not in known:
                allowed = f"{kind} of {', '.join(known)}"
                raise config.ConfigError(config.refusal(flag, name, allowed))
    if not 0 < values.gpu_minutes < math.inf:
        allowed = "a number above 0, such as 0.5"
        raise config.ConfigError(
            config.refusal("gpu_minutes", values.gpu_minutes, allowed)
        )
    # By default it is left out where PyTorch is not there.
    if "peers" in values.what and values["what"].present:
        installed.refuse_missing()
    for flag in SIZES:
        size = getattr(values, flag)
        if size < 1:
            allowed = "a whole number from 1 up"
            raise config.ConfigError(config.refusal(flag, size, allowed))


def _refuse_flags_of_learning(values: flags.FlagValues) -> None:
    of_others = ("search_for", "what", "json", *OF_GPU)
    for name in values:
        if values[name].present and name not in of_others:
            raise config.ConfigError(
                f"--{name} is of use with --what={LEARNING} only. Leave it out."
            )


def _refuse_flags_of_gpu(values: flags.FlagValues) -> None:
    for name in OF_GPU:
        if values[name].present:
            raise config.ConfigError(
                f"--{name} is of use with --what={GPU} only. Leave it out."
            )


def _search(values: flags.FlagValues) -> config.Config:
    """The settings of the search that learning is measured of, checked."""
    given = search_flags.given(values)
    sections = {item.flag: item.section for item in config.settings()}
    for name in given:
        if sections[name] in ("run", "derive") and name not in OF_RUN:
            raise config.ConfigError(
                f"--{name} is of no use with --what={LEARNING}. Leave it out."
            )
    checks.check_not_empty(given)
    preset = search_flags.preset(values) or "cpu"
    search = presets.resolve(values.search_for, "search", preset, given)
    checks.check(search)
    checks.check_reward(search)
    if "frozen" in values.learning_parts:
        places.check_data(search)
    # By default it is left out where it is not there.
    if "table" in values.learning_parts and values["learning_parts"].present:
        table.refuse_missing()
    return search


def _learn(values: flags.FlagValues, search: config.Config) -> dict[str, float]:
    from enas_tf.benchmark.learning import frozen, run

    for notice in search_flags.notices(values):
        logging.warning("%s", notice)
    size = frozen.Size(
        children=values.learning_children,
        seeds=values.learning_seeds,
        rewards=values.learning_rewards,
        folder=values.learning_dir,
    )
    table_seeds = values.learning_table_seeds
    return run.measure(
        search, values.learning_parts, table_seeds=table_seeds, size=size
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv))
