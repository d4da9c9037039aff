"""Runs of one command, whole and killed, compared to the bit: for a reader to repeat.

    python tests/campaign.py --space=macro --twins=10 --kills=10 --load=1

No test collects this file. Each run is a process of its own; a killed one gets SIGKILL
at a random moment and then the same command again until it ends.
"""

import argparse
import hashlib
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator

import runs

from enas_tf.command import interrupts

REPOSITORY = pathlib.Path(__file__).resolve().parents[1]
# A search of the demo's sizes, as short as one that visits everything can be.
SHORT = dict(
    preset="demo",
    mode="search",
    num_epochs=4,
    child_lr_T_0=4,
    controller_warmup_epochs=1,
    controller_train_steps=5,
    derive_num_samples=4,
    derive_batches=2,
    log_every=5,
    checkpoint_every_steps=15,
    progress=False,
)
# Takes up to 30 ms at a time from one core, at random moments.
LOAD = """
import random, time
while True:
    end = time.time() + random.random() * .03
    while time.time() < end: pass
    time.sleep(random.random() * .03)
"""


def main() -> None:
    """One line for each run, then the figures; exit status 1 if any run parted."""
    asked = _asked()
    load = [subprocess.Popen([sys.executable, "-c", LOAD]) for _ in range(asked.load)]
    try:
        parted = _campaign(asked)
    finally:
        for process in load:
            process.kill()
    sys.exit(1 if parted else 0)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--space", choices=runs.TINY, required=True)
    parser.add_argument("--twins", type=int, default=5, help="whole runs")
    parser.add_argument("--kills", type=int, default=5, help="killed runs")
    parser.add_argument("--load", type=int, default=0, help="processes beside them")
    parser.add_argument("--one_dnn", choices="01", default="1")
    parser.add_argument("--seed", type=int, default=0, help="of the moments to kill at")
    parser.add_argument("flags", nargs="*", help="flags for bin/main.py, behind --")
    return parser.parse_args()


def _campaign(asked: argparse.Namespace) -> int:
    """How many runs parted from the first one."""
    moments = random.Random(asked.seed)
    with (
        interrupts.terminating(),  # so that the folder is removed
        tempfile.TemporaryDirectory(prefix="enas_tf_campaign_") as name,
    ):
        folder = pathlib.Path(name)
        began = time.monotonic()
        _until_done(asked, folder / "first", None)
        seconds, first = time.monotonic() - began, _written(folder / "first")
        parted = 0
        for number, kill in _plan(asked.twins, asked.kills):
            after = moments.uniform(0, seconds) if kill else None
            killed = _until_done(asked, folder / str(number), after)
            others = _parted(_written(folder / str(number)), first)
            parted += bool(others)
            what = f"killed after {after:.1f} s" if killed else "whole"
            said = f"PARTED in {len(others)}: {others[:4]}" if others else "the same"
            print(f"{number}: {what}: {said}", flush=True)
    runs_made = asked.twins + asked.kills
    print(f"{asked.space}: {parted} of {runs_made} runs parted from the first one.")
    return parted


def _parted(ours: dict[str, str], theirs: dict[str, str]) -> list[str]:
    """The differences of two runs, weights first."""
    names = dict.fromkeys([*theirs, *ours])
    return [name for name in names if ours.get(name) != theirs.get(name)]


def _plan(twins: int, kills: int) -> Iterator[tuple[int, bool]]:
    """The number of each run, and whether to kill it; the kinds take turns."""
    order = sorted([(n / max(1, twins), False) for n in range(twins)])
    order += [(n / max(1, kills), True) for n in range(kills)]
    for number, (_, kill) in enumerate(sorted(order), start=1):
        yield number, kill


def _until_done(
    asked: argparse.Namespace, folder: pathlib.Path, kill_after: float | None
) -> bool:
    """Run to the end; whether it was killed on the way.

    A run that ends before its moment was not killed.
    """
    command = [sys.executable, "bin/main.py", f"--search_for={asked.space}"]
    command += [f"--{name}={value}" for name, value in SHORT.items()]
    command += [f"--output_dir={folder}", *asked.flags]
    environment = os.environ | {"TF_ENABLE_ONEDNN_OPTS": asked.one_dnn}
    for wait in [None] if kill_after is None else [kill_after, None]:
        with subprocess.Popen(
            command, cwd=REPOSITORY, env=environment, stderr=subprocess.PIPE, text=True
        ) as process:
            try:
                _, said = process.communicate(timeout=wait)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                continue
        assert process.returncode == 0, said
        return wait is None and kill_after is not None
    return True


def _written(folder: pathlib.Path) -> dict[str, str]:
    """What a run has computed: digests of its last weights, and its log's rows."""
    found = {
        name: hashlib.sha256(array.tobytes()).hexdigest()
        for name, array in runs.checkpoint(folder, "search").items()
    }
    for line in (folder / "metrics.jsonl").read_text().splitlines():
        row = json.loads(line)
        for own in ("time", "check"):  # the time of day, and a checksum over it
            row.pop(own, None)
        found[f"{row['kind']} {row['step']}"] = json.dumps(row)
    return found


if __name__ == "__main__":
    main()
