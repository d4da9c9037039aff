"""A run's folder made by hand, with all that a page shows, in no time."""

import json
import pathlib

from PIL import Image

from enas_tf.config import presets
from enas_tf.config import sections as config_lib
from enas_tf.run import record, rows

ARC = "0 1 0 2 1 1"
OPS = ("conv3x3", "sepconv3x3", "avgpool3x3")
DERIVED = dict(
    arc=ARC,
    in_words=["Best of 2.", "Policy 0.9, random 0.5: the controller beats chance."],
    more_in_words=["The shared weights were trained on the policy's arcs."],
    policy_accuracy=0.9,
    random_accuracy=0.5,
    best_accuracy_on_others=0.925,
    accuracy_above_random=0.4,
    accuracy_above_random_low=0.3,
    accuracy_above_random_high=0.5,
    size=dict(
        matched_accuracy=0.875, over_matched=0.025, over_matched_low=-0.05,
        over_matched_high=0.1,
    ),
)  # fmt: skip
TRAINED = dict(arc=ARC, test_accuracy=0.9875, parameters=94960)


def make(folder: pathlib.Path, **changes) -> pathlib.Path:
    """A finished search and training of the macro space.

    Args:
      folder: to be made.
      **changes: of the settings of the search; `derive` and `train` are what run.json
        says of them; None: there is none.
    """
    facts = {
        "derive": changes.pop("derive", DERIVED),
        "train": changes.pop("train", TRAINED),
    }
    settings = config_lib.flat(presets.resolve("macro", "search", "demo", {}))
    settings |= {"child_num_layers": 3, **changes}
    words = ["python", "bin/main.py", "--preset=demo", f"--seed={settings['seed']}"]
    command = dict(
        command=words, mode="all", begin="2026-01-02T03:04:05+00:00", seconds=61.5,
        end="2026-01-02T03:05:06+00:00", status="finished",
    )  # fmt: skip
    stages = {"search": dict(settings=settings, machine=dict(threads=2), data={})}
    stages |= {name: dict(one) for name, one in facts.items() if one}
    if facts["train"]:
        stages["train"]["settings"] = settings
    run = record.new() | dict(seed=settings["seed"], commands=[command], seconds=61.5)
    (folder / "arcs").mkdir(parents=True)
    record.write(folder, run | dict(stages=stages))
    _write_rows(folder)
    _write_arcs(folder)
    return folder


def _write_rows(folder: pathlib.Path) -> None:
    found = []
    for step in range(1, 61):
        values = dict(loss=2.0 / step, accuracy=1 - 1 / step)
        found.append(dict(stage="search", kind="child", step=step, **values))
        values = dict(accuracy=0.5, entropy=9.0 - step / 60, reward=-1.0)
        found.append(dict(stage="search", kind="controller", step=step, **values))
    for epoch in (1, 2):
        shares = {f"layer {n}/{op}": 0.25 * epoch for n in range(3) for op in OPS}
        found.append(dict(stage="search", kind="ops", step=epoch, **shares))
        found.append(dict(stage="search", kind="valid", step=epoch, accuracy=0.5))
    lines = "".join(rows.sealed(row) + "\n" for row in found)
    (folder / "metrics.jsonl").write_text(lines)


def _write_arcs(folder: pathlib.Path) -> None:
    found = [
        dict(source=source, accuracy=score, parameters=size, flops=8 * size, arc=ARC)
        for source, score, size in (
            ("policy", 0.95, 2000), ("policy", 0.85, 1000), ("random", 0.5, 1500)
        )
    ]  # fmt: skip
    lines = "".join(json.dumps(row) + "\n" for row in found)
    (folder / "arcs" / "derived.jsonl").write_text(lines)
    Image.new("RGB", (640, 360), "white").save(folder / "arcs" / "best.png")
