"""Jobs of a campaign that take no time: a stub in the place of a run's process.

It leaves what a campaign reads of a run: run.json and arcs/derived.jsonl. A file
beside its settings makes a job fail (`fail_NAME`) or wait (`wait_NAME`).
"""

import functools
import json
import pathlib
import sys
from collections.abc import Sequence

from enas_tf.campaign import asked, plan
from enas_tf.campaign.folder import CampaignFolder
from enas_tf.config import sections as config

TINY = dict(
    dataset="digits", num_epochs=1, child_num_layers=2, derive_num_samples=4, seed=5
)
# As a search of two layers lists them: best first, then in the order of drawing.
DERIVED = [
    ("policy", 0.9, 100, 10, "0 0 0"),
    ("policy", 0.9, 100, 10, "0 0 0"),
    ("policy", 0.8, 200, 20, "1 0 0"),
    ("random", 0.3, 195, 60, "2 0 1"),
    ("random", 0.7, 500, 50, "3 0 1"),
    ("random", 0.5, 105, 70, "4 0 1"),
    ("matched", 0.1, 104, 11, "5 0 0"),
    ("matched", 0.2, 300, 21, "5 1 0"),
    ("evolution", 0.6, 1, 1, "0 1 1"),
    ("evolution", 0.5, 1, 1, "0 0 0"),
]
STUB = """
import json, os, pathlib, signal, sys, time
here = pathlib.Path(sys.argv[1])
given = dict(word.lstrip("-").partition("=")[::2] for word in sys.argv[2:])
run, mode = pathlib.Path(given["output_dir"]), given["mode"]
with open(here / "begun", "a") as file:
    file.write(run.name + "\\n")
if (here / f"fail_{run.name}").exists():
    print("a line before", file=sys.stderr)
    sys.exit("enas_tf: error: it broke.")
def leave(stages, **how):
    run.mkdir(parents=True, exist_ok=True)
    entry = dict(mode=mode, seconds=2.0, pid=os.getpid(), **how)
    value = dict(program="enas_tf", seconds=2.0, commands=[entry], stages=stages)
    (run / "draft").write_text(json.dumps(value))
    os.replace(run / "draft", run / "run.json")
leave({})
def stop(number, frame):
    leave({}, status="stopped")
    os._exit(128 + number)
signal.signal(signal.SIGTERM, stop)
signal.signal(signal.SIGINT, stop)
while (here / f"wait_{run.name}").exists():
    time.sleep(.01)
settings = json.loads((here / "settings.json").read_text())
if mode == "search":
    (run / "arcs").mkdir(exist_ok=True)
    rows = json.loads((here / "derived.json").read_text())
    names = ("source", "accuracy", "parameters", "flops", "arc")
    lines = [json.dumps(dict(zip(names, row))) for row in rows]
    (run / "arcs" / "derived.jsonl").write_text("\\n".join(lines) + "\\n")
    found = {"derive": {"best_accuracy_on_others": .75}, "search": {"steps": 17}}
else:
    arc = given["child_fixed_arc"]
    score = (sum(map(int, arc.split())) + int(given["seed"])) / 100
    kept = {**settings, "seed": int(given["seed"]), "child_fixed_arc": arc}
    found = {"train": dict(settings=kept, test_accuracy=score, arc=arc, parameters=9,
                           flops=8, steps=7)}
leave(found, status="finished")
"""


def read(mode: str = "compare", **given) -> asked.Asked:
    """What is asked by these flags."""
    given = {**TINY, **given, "mode": mode}
    command = [sys.executable, "-m", "enas_tf"]
    command += [f"--{name}={value}" for name, value in given.items()]
    return asked.read(given, None, command)


def small(**more) -> asked.Asked:
    """One search, one arc of it, one random arc."""
    one = dict(compare_search_seeds=1, compare_arcs=1, compare_methods="enas,random")
    return read(**{**one, **more})


def _started(here: str, words: Sequence[str]) -> list[str]:
    return [sys.executable, "-S", "-c", STUB, here, *words]


class Fakes:
    """The stub, for one campaign.

    Attributes:
      asked: of the campaign.
      plan: the same.
      folder: the same.
      command: from the flags of a run to what is started in its place.
    """

    def __init__(self, here: pathlib.Path, request: asked.Asked):
        self._here = here / "stub"
        self._here.mkdir()
        self.asked, self.plan = request, plan.made(request)
        self.folder = CampaignFolder(here / "campaign")
        self.command = functools.partial(_started, str(self._here))
        settings = config.flat(request.configs["train"])
        (self._here / "settings.json").write_text(json.dumps(settings))
        (self._here / "derived.json").write_text(json.dumps(DERIVED))

    def make(self, kind: str, number: int) -> pathlib.Path:
        """Have a job `fail` or `wait` until the file is removed."""
        name = self.folder.run(self.plan, number).path.name
        path = self._here / f"{kind}_{name}"
        path.touch()
        return path

    @property
    def begun(self) -> list[str]:
        """The names of the folders of all processes so far, in order."""
        path = self._here / "begun"
        return path.read_text().split() if path.exists() else []
