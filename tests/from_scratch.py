"""Accuracies of arcs that are trained from scratch in a shortened recipe.

  python tests/from_scratch.py ARCS OUT.jsonl --data_dir=FOLDER [--search_for=micro]
      [--seeds=0,1] [--steps=400] [--split=test] [any other setting of --mode=train]

ARCS is a file with an arc a line. The recipe is that of `--preset=cpu --mode=train`,
but for its length: it takes so many steps, in quarters whose learning rates follow the
cosine, and the validation images are not trained on: the accuracy is theirs, or with
--split=test that of the test images. There is a row of OUT for each seed and arc, seed
by seed; what is there already is not trained again. One thread.
"""

import json
import pathlib
import sys
import time
from typing import Any

import tensorflow as tf
import usage

from enas_tf.arcs import argument
from enas_tf.config import presets
from enas_tf.config.sections import Config
from enas_tf.data.images.image_data import ImageData
from enas_tf.machine import record, tensorflow_state
from enas_tf.nn import cost
from enas_tf.stages import assembly, images
from enas_tf.training import child, networks, retrain, schedules

QUARTERS = 4
OWN = dict(search_for="macro", seeds="0", steps="400", preset="cpu", split="valid")


def main(words: list[str]) -> None:
    """Trains what `words` ask for."""
    usage.or_go_on(words, __doc__, needed=2)
    arcs, out = (pathlib.Path(word) for word in words[:2])
    given = dict(word.removeprefix("--").split("=", 1) for word in words[2:])
    own = {name: given.pop(name, default) for name, default in OWN.items()}
    tensorflow_state.start(record.Wanted(threads=1, remapping=False))
    known = {(row["seed"], row["arc"]) for row in _rows(out)}
    for seed in map(int, own["seeds"].split(",")):
        values: dict[str, Any] = dict(given, child_lr_T_0=QUARTERS, seed=seed)
        config = presets.resolve(own["search_for"], "train", own["preset"], values)
        for arc in arcs.read_text().splitlines():
            if (seed, arc) not in known:
                found = trained(arc, config, int(own["steps"]), own["split"])
                row = dict(seed=seed, arc=arc, **found)
                with out.open("a") as file:
                    file.write(json.dumps(row) + "\n")
                print(row, flush=True)


def trained(
    arc: str, config: Config, steps: int, split: str = "valid"
) -> dict[str, float]:
    """The accuracy of `arc` after so many steps, its costs, and the seconds."""
    began = time.monotonic()
    tf.keras.backend.clear_session()
    tf.config.experimental.enable_op_determinism()
    tf.keras.utils.set_random_seed(config.run.seed)
    part = assembly.SPACES[config.run.search_for]
    space = part.space(config)
    fixed = argument.fixed_arc(arc, config.run.search_for, config.child)
    data = images.load(config, space.num_reductions, all_training=False)
    # What is called the test split here are the images that nothing was chosen by.
    asked = data.test if split == "test" else data.valid
    task = images.task(data, dict(train=data.train, test=asked), config)
    training, model = _networks(part.final, fixed.arc, config, data)
    network = networks.FinalNetwork(training, total_steps=steps, seed=config.run.seed)
    lessons = task.lessons(
        batch_size=config.loop.batch_size, num_epochs=1, seed=config.run.seed
    )
    trainer = child.ChildTrainer(network, task, config.child, lessons=lessons)
    per_epoch = lessons.steps_before(1)
    bounds = [steps * quarter // QUARTERS for quarter in range(QUARTERS + 1)]
    bounds = sorted({*bounds, *range(0, steps, per_epoch)})  # a call is of one epoch
    for first, last in zip(bounds, bounds[1:], strict=False):
        lr = schedules.child_learning_rate(config.child, first * QUARTERS // steps)
        step = (tf.constant(first, tf.int64), tf.constant(last, tf.int64))
        trainer.run(*step, tf.constant(lr)).metrics.loss.numpy()
    retrain.hand_over(training, model)
    answers = retrain.test_answers(model, task, batch_size=100)
    return dict(
        accuracy=float((answers == asked.labels).mean()),
        parameters=cost.parameters(model),
        flops=cost.flops(model),
        steps=steps,
        seconds=round(time.monotonic() - began, 1),
    )


def _networks(final: Any, arc: object, config: Config, data: ImageData) -> list[Any]:
    sizes = images.sizes(data, config.run.seed)
    return [
        final(arc, config.child, **sizes, training=training)
        for training in (True, False)
    ]


def _rows(path: pathlib.Path) -> list[dict[str, Any]]:
    """The rows that are there; a last one that was cut off is not."""
    if not path.exists():
        return []
    lines = path.read_text().splitlines(keepends=True)
    return [json.loads(line) for line in lines if line.endswith("\n")]


if __name__ == "__main__":
    main(sys.argv[1:])
