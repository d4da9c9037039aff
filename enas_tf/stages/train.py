"""The stages that deal with one arc: train, evaluate, export, predict."""

import pathlib
from typing import Any, NamedTuple

import keras
from absl import logging

from enas_tf.command.request import Request
from enas_tf.config.sections import Config
from enas_tf.data.images import standardise
from enas_tf.data.images.image_data import ImageData
from enas_tf.export import folder as exported
from enas_tf.export import images as export_lib
from enas_tf.export import predict_images as predict_lib
from enas_tf.nn import cost
from enas_tf.run import lines, measures
from enas_tf.run.folder import RunFolder
from enas_tf.run.report import Report
from enas_tf.stages import (
    earlier,
    evaluation,
    images,
    same_data,
    same_machine,
    summary,
    tested,
    warm,
)
from enas_tf.stages import parts as parts_lib
from enas_tf.tasks import classification
from enas_tf.training import by_class, networks, retrain
from enas_tf.training import child as child_lib
from enas_tf.training import epochs as epochs_lib
from enas_tf.training.by_class import ByClass
from enas_tf.training.driver import Driver
from enas_tf.training.epochs import ChildEpochs

EXPORT_SAMPLE = 64  # test images on which an export is compared with the model


class TrainParts(NamedTuple):
    """One final child, put together and standing where its last checkpoint was.

    Attributes:
      arc: of the child.
      data: all images.
      task: on them.
      trained: the child with what is for training only.
      model: what is counted, tested and exported; has the weights of `trained` only
        when they have been handed over.
      epochs: trains `trained`.
      driver: carries that on.
    """

    arc: Any
    data: ImageData
    task: classification.ImageClassification
    trained: keras.Model
    model: keras.Model
    epochs: ChildEpochs
    driver: Driver


def train(request: Request) -> None:
    """Train the arc from scratch, or go on; test it once; export it."""
    request = parts_lib.with_arc(request)
    config, folder = request.configs["train"], request.folder
    with parts_lib.report(request, "train") as report:
        folder.agree("train", config)
        same_machine.agree(request, "train", report)
        parts = _build_train(request, config, report)
        total = _total_steps(config, parts.task)
        parts_lib.take_up(request, parts.driver, report, total)
        epochs = parts.driver.position[retrain.EPOCH]
        earlier.tell_of_changes(request, "train", epochs)
        report.begin_trial(config)
        report.begin("train", total, parts.driver.position[epochs_lib.COUNTER])
        with parts.driver.stoppable():
            with summary.timed(folder, "train", goes_on=True):
                retrain.retrain(
                    parts.epochs, parts.driver, num_epochs=config.loop.num_epochs
                )
            report.finish()
            retrain.hand_over(parts.trained, parts.model)
            accuracy = _test_once(folder, config, parts, report)
            parts.driver.stop.check()
            parts.driver.stop.moment = "after the export, whose files are kept whole"
            with summary.timed(folder, "export"):
                _write_export(folder, parts, report)
            report.trial_figures(dict(test_accuracy=accuracy))
            report.end_trial()
            parts_lib.draw_curves(folder)


def _build_train(request: Request, config: Config, report: Report) -> TrainParts:
    part = parts_lib.SPACES[config.run.search_for]
    space = part.space(config)
    arc = space.parse(config.child.fixed_arc)
    data = images.load(config, part.reductions(space), training="all")
    same_data.agree(request, "train", data, report)
    task = images.task(data, dict(train=data.all_training(), test=data.test), config)
    sizes = images.sizes(data, config.run.seed)
    trained, model = (
        part.final(arc, config.child, **sizes, training=training)
        for training in (True, False)
    )
    epochs, driver = _build_epochs(request, config, report, trained, task)
    if not parts_lib.restore(driver, report, "train"):
        groups = dict(model=[v.value for v in trained.weights])
        names = dict(file=exported.CLASSES_FILE, names=data.class_names)
        warm.begin(config, report, groups, **names)
    report.message(space.describe(arc))
    report.message(
        f"Final child: {cost.parameters(model):,} parameters, "
        f"{cost.flops(model):,} FLOPs per image."
    )
    return TrainParts(arc, data, task, trained, model, epochs, driver)


def _build_epochs(
    request: Request, config: Config, report: Report, trained: keras.Model, task: Any
) -> tuple[ChildEpochs, Driver]:
    """What trains `trained`, and carries that on."""
    seed, total = config.run.seed, _total_steps(config, task)
    network = networks.FinalNetwork(trained, total_steps=total, seed=seed)
    trainer = child_lib.ChildTrainer(
        network, task, config.child, lessons=_lessons(config, task)
    )
    groups = dict(model=[v.value for v in trained.weights], optimizer=trainer.variables)
    driver = parts_lib.driver(
        request,
        "train",
        report,
        groups,
        retrain.COUNTERS,
        means=trainer.means,
        free=trainer.free,
    )

    def announce():
        left = total - driver.position[epochs_lib.COUNTER]
        parts_lib.announce(
            report, "train", left * driver.seconds_per_step[epochs_lib.COUNTER], request
        )

    epochs = ChildEpochs(trainer, driver, report, config.child, timed=announce)
    return epochs, driver


def _total_steps(config: Config, task: Any) -> int:
    return _lessons(config, task).steps_before(config.loop.num_epochs)


def _lessons(config: Config, task: Any) -> Any:
    loop = config.loop
    return task.lessons(
        batch_size=loop.batch_size, num_epochs=loop.num_epochs, seed=config.run.seed
    )


def _test_once(
    folder: RunFolder, config: Config, parts: TrainParts, report: Report
) -> float:
    """The test accuracy; measured once per length, and then read from run.json."""

    def test() -> dict[str, float]:
        found = _tested(config, parts, report)
        evaluation.tell(report, found)
        return dict(
            test_accuracy=found.accuracy, balanced_accuracy=found.balanced_accuracy
        )

    return tested.once(
        folder,
        config,
        report,
        measure=measures.ACCURACY,
        weights=[weight.value for weight in parts.model.weights],
        trained=parts.driver.has_stepped,
        test=test,
        facts=lambda: dict(
            parameters=cost.parameters(parts.model), flops=cost.flops(parts.model)
        ),
    )


def _tested(config: Config, parts: TrainParts, report: Report) -> ByClass:
    """What the model answers to the test images; it can be stopped between calls."""
    report.begin("test", parts.task.size("test"), unit="image")
    answers = retrain.test_answers(
        parts.model,
        parts.task,
        batch_size=config.loop.eval_batch_size,
        progress=parts_lib.moved(report, parts.driver, "these test batches"),
    )
    report.finish()
    return by_class.measure(parts.data.test.labels, answers, parts.data.class_names)


def _write_export(folder: RunFolder, parts: TrainParts, report: Report) -> None:
    data = parts.data
    mean, std = standardise.standardisation(data.all_training().images)
    model = export_lib.deployable(parts.model, mean=mean, std=std, name="enas_child")
    difference = export_lib.export(
        model,
        folder.final,
        class_names=data.class_names,
        sample=data.test.images[:EXPORT_SAMPLE],
    )
    report.message(
        f"Exported {exported.KERAS_FILE} and {exported.SAVED_MODEL} to "
        f"{lines.shown(folder.final)}; largest difference to the trained model "
        f"{difference:.1e}."
    )


def _finished(request: Request, report: Report) -> tuple[Config, TrainParts]:
    """A run whose training has ended, with its weights."""
    config = request.configs["train"]
    parts = _build_train(request, config, report)
    parts_lib.refuse_unfinished(request, parts.driver)
    retrain.hand_over(parts.trained, parts.model)
    return config, parts


def evaluate(request: Request) -> None:
    """Measure a finished run's test accuracy anew, and how each class does."""
    with parts_lib.looking(request) as report:
        config, parts = _finished(request, report)
        found = _tested(config, parts, report)
        evaluation.tell_all(report, found)
        if request.folder.keeps:
            evaluation.write(request.folder, found)
            picture = request.folder.evaluation / evaluation.PICTURE
            report.message(f"See {lines.shown(picture)}.")
    request.folder.record(
        "evaluate",
        test_accuracy=found.accuracy,
        balanced_accuracy=found.balanced_accuracy,
    )


def export(request: Request) -> None:
    """Write a finished run's model anew."""
    with parts_lib.looking(request) as report:
        _, parts = _finished(request, report)
        _write_export(request.folder, parts, report)


def predict(request: Request) -> None:
    """Name the class of an image, or of each image in a folder."""
    source = pathlib.Path(request.configs["train"].run.input).expanduser()
    for answer in predict_lib.predict(request.folder.final, source):
        path, label = lines.told(answer.path), lines.told(answer.label)
        logging.info("%s: %s (%.3f)", path, label, answer.probability)
