"""The final child of images: a classifier of one arc, tested by accuracy."""

import functools
import pathlib
from collections.abc import Callable, Iterator, Sequence

import keras
import tensorflow as tf

from enas_tf.arcs.fixed import FixedArc
from enas_tf.config.sections import Config
from enas_tf.data.dataset import Dataset
from enas_tf.data.images.image_data import Split
from enas_tf.export import checked, more_images, predict_images
from enas_tf.export import formats as formats_lib
from enas_tf.export import images as export_images
from enas_tf.nn import cost, precision
from enas_tf.run import layout, lines, measures
from enas_tf.run.folder import RunFolder
from enas_tf.run.readings import Identity
from enas_tf.run.report import Report
from enas_tf.stages import assembly, evaluation, images, in_full, kept_classes
from enas_tf.stages.space_builders import SpaceBuilders
from enas_tf.tasks.classification import Batch
from enas_tf.tasks.final import FinalTask, Moves
from enas_tf.training import by_class, compiled, networks, retrain
from enas_tf.training.by_class import ByClass

EXPORT_SAMPLE = 64  # test images on which an export is compared with the model


class ImageClassifier(FinalTask[Batch]):
    """A classifier of one architecture, with weights of its own.

    There are two networks: one with what is for training only, and one to be tested.
    """

    measure = measures.ACCURACY
    names_file = layout.CLASSES
    fits = "Train on images with as many channels, of the same --image_size"
    all_training = True  # whether the validation images are trained on as well

    def __init__(
        self, config: Config, fixed: FixedArc, *, bind: Callable[[Dataset], None]
    ):
        """Reads the images, then builds the networks with their first weights.

        Args:
          config: of the training.
          fixed: the architecture.
          bind: called with the images before anything is built.
        """
        part = assembly.SPACES[config.run.search_for]
        space, loop, seed = part.space(config), config.loop, config.run.seed
        self._data = images.load(
            config, part.reductions(space), all_training=self.all_training
        )
        bind(self._data)
        self.names = self._data.class_names
        # Put together here alone: the task has a copy of its own, and their mean.
        self.task = images.task(self._data, self._splits(), config)
        self.lessons = self.task.lessons(
            batch_size=loop.batch_size, num_epochs=loop.num_epochs, seed=seed
        )
        self._eval_batch_size = loop.eval_batch_size
        self._about = space.describe(fixed.arc)
        self._build(config, part, fixed)

    def _splits(self) -> dict[str, Split]:
        """The splits of the task."""
        return dict(train=self._data.all_training(), test=self._data.test)

    def _build(self, config: Config, part: SpaceBuilders, fixed: FixedArc) -> None:
        """The two networks, and what is trained, kept and tested of them."""
        seed = config.run.seed
        sizes = images.sizes(self._data, seed)
        self._new = functools.partial(part.final, fixed.arc, config.child, **sizes)
        self._trained, self._model = (self._new(training=t) for t in (True, False))
        if config.loop.jit_compile and config.run.deterministic:
            compiled.refuse_max_pools(self._trained.layers)
        total = self.lessons.steps_before(config.loop.num_epochs)
        self.network = networks.FinalNetwork(
            self._trained, total_steps=total, seed=seed
        )
        self.variables = [weight.value for weight in self._trained.weights]
        self.warm = dict(model=self.variables)
        self.weights = [weight.value for weight in self._model.weights]

    def named_weights(self) -> dict[str, tf.Variable]:
        """Those of what is trained."""
        return {weight.path: weight.value for weight in self._trained.trainable_weights}

    def warm_started(self) -> None:
        """Nothing: the weights are all that is taken over."""

    def describe(self) -> list[str]:
        """The architecture in words, and what the network costs."""
        size, work = cost.parameters(self._model), cost.flops(self._model)
        cost_in_words = f"Final child: {size:,} parameters, {work:,} FLOPs per image."
        return [self._about, cost_in_words]

    def after_epoch(self, epoch: int, report: Report, moves: Moves) -> None:
        """Nothing: all but the test is trained on, so there is nothing to look at."""

    def settle(self) -> None:
        """Hand the weights over to the network that is tested."""
        retrain.hand_over(self._trained, self._model)

    def test(self, report: Report, moves: Moves) -> dict[str, float]:
        """Accuracy, of all test images and as the mean over classes."""
        self._found = self._by_class(report, moves)
        evaluation.report_accuracy(report, self._found)
        return _figures(self._found)

    def evaluate(
        self, report: Report, moves: Moves, folder: RunFolder
    ) -> dict[str, float]:
        """The same, how each class does, and what is taken for what."""
        self._found = self._by_class(report, moves)
        report.message(f"Test accuracy: {self._found.accuracy:.4f}")
        self._tell_classes(report, folder)
        return _figures(self._found)

    def keep(self, folder: RunFolder, of: Identity) -> None:
        """How each class does."""
        kept_classes.write(folder.evaluation, self._found, of)

    def retell(self, report: Report, folder: RunFolder, of: Identity) -> None:
        """How each class does, if that was kept."""
        found = kept_classes.read(folder.evaluation, self.names, of)
        if found is None:
            report.message(
                "How each class does was not kept, or is damaged: --evaluate_again "
                "finds it."
            )
            return
        self._found = found
        self._tell_classes(report, folder)
        if folder.writable:
            self.keep(folder, of)

    def _tell_classes(self, report: Report, folder: RunFolder) -> None:
        evaluation.report_classes(report, self._found)
        if folder.writable:
            evaluation.draw(folder, self._found)
            picture = folder.evaluation / layout.CONFUSION
            report.message(f"See {lines.shown(picture)}.")

    def facts(self) -> dict[str, bool | int | str]:
        """What the network costs."""
        return dict(
            parameters=cost.parameters(self._model), flops=cost.flops(self._model)
        )

    def export(
        self, folder: pathlib.Path, formats: Sequence[str] | None = None
    ) -> float:
        """Write the model and its classes; the largest difference when read."""
        sample = self._data.test.images[:EXPORT_SAMPLE]
        model = self._deployable(self._model)
        if precision.is_lower():
            tested, model = model, self._deployable(self._in_full())
            answers = (one(sample, training=False) for one in (tested, model))
            in_full.tell(*answers, what="probability of a class")
        also = None
        if formats is not None:
            training = self._data.train.images
            more = more_images.DeployableImages(
                model,
                images=more_images.spread(self._data.test.images, more_images.EXAMPLES),
                calibration=more_images.spread(training, more_images.CALIBRATION),
            )
            also = functools.partial(checked.add, names=formats, model=more)
        return export_images.export(
            model, folder, class_names=self.names, sample=sample, also=also
        )

    @staticmethod
    def predict(
        final: pathlib.Path, source: pathlib.Path, name: str = formats_lib.ASKED
    ) -> Iterator[str]:
        """The class of each image."""
        return predict_images.report(final, source, name)

    def _deployable(self, final: keras.Model) -> keras.Model:
        """`final` as others are to have it."""
        return export_images.deployable(
            final, mean=self.task.mean, std=self.task.std, name="enas_child"
        )

    def _in_full(self) -> keras.Model:
        """The network that is tested, with all of it in float32."""
        # Deviation D43: nothing that others read hangs on a type of this machine's.
        with precision.scope(precision.FULL):
            model = self._new(training=False)
        retrain.hand_over(self._model, model)
        return model

    def _by_class(self, report: Report, moves: Moves) -> ByClass:
        """The model's answers to the test images, class by class."""
        report.begin("test", self.task.size("test"), unit="image")
        answers = retrain.test_answers(
            self._model,
            self.task,
            batch_size=self._eval_batch_size,
            progress=moves("these test batches"),
        )
        report.finish()
        return by_class.measure(self._data.test.labels, answers, self.names)


def _figures(found: ByClass) -> dict[str, float]:
    return dict(test_accuracy=found.accuracy, balanced_accuracy=found.balanced_accuracy)
