"""What a search costs beside a fixed network, measured here and now.

  python bin/benchmark.py --search_for=micro --what=step,host --json=all.json

Every ratio is of two things timed alternately in one process. Leave the machine
alone meanwhile.
"""

import json
import logging as std_logging
import os
import pathlib
import sys

# As in main.py.
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")

from absl import flags, logging

from enas_tf.command import flag_reading, help_text, quiet
from enas_tf.config import sections as config
from enas_tf.machine import processor
from enas_tf.machine import record as machine
from enas_tf.run import disk

WHAT = (
    "step host remapping controller evaluate input startup memory scale economy".split()
)
OWN = ("search_for", "what", "json")
HELP_WORDS = ("--help", "-h", "--helpfull", "--helpshort")


def main(argv: list[str]) -> int:
    """Measures what the flags in `argv` ask for; the exit status."""
    values = flags.FlagValues()
    flags.DEFINE_enum(
        "search_for",
        config.RunConfig.search_for,
        list(config.SPACES),
        "The space.",
        flag_values=values,
    )
    flags.DEFINE_list(
        "what", WHAT, "Which figures, with commas between them.", flag_values=values
    )
    flags.DEFINE_string("json", "", "Also write them to a file.", flag_values=values)
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
    return 0


def _run(values: flags.FlagValues, argv: list[str]) -> None:
    flag_reading.read(argv, values, names=OWN)
    for name in values.what:
        if name not in WHAT:
            allowed = f"a list of {', '.join(WHAT)}"
            raise config.ConfigError(config.refusal("what", name, allowed))
    path = pathlib.Path(values.json).expanduser() if values.json else None
    if path and not path.parent.is_dir():
        allowed = "a file in a folder that exists"
        raise config.ConfigError(config.refusal("json", values.json, allowed))
    flags.FLAGS.mark_as_parsed()  # absl notes it where its own are not
    logging.use_absl_handler()
    logging.set_verbosity(logging.INFO)
    logging.get_absl_handler().setFormatter(std_logging.Formatter("%(message)s"))
    with quiet.standard_error():
        from enas_tf.benchmark import run
        from enas_tf.machine import tensorflow_state

        # As a run that begins here would.
        tensorflow_state.start(machine.Wanted(threads=processor.cores()))
    found = run.measure(values.search_for, values.what)
    if path:
        disk.write_text(path, json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv))
