"""The things to time: a shared child and fixed networks, trained on one batch."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from enas_tf.benchmark import subject
from enas_tf.children.network import Network
from enas_tf.config import presets
from enas_tf.config import sections as config_lib
from enas_tf.config.sections import Config
from enas_tf.data.images.image_data import Split
from enas_tf.search import controller_trainer as controller_lib
from enas_tf.search import rewarder as rewarder_lib
from enas_tf.search import rewards
from enas_tf.search.controller import Controller
from enas_tf.search.payer import Payer
from enas_tf.search.scoring import Scorer
from enas_tf.stages import assembly
from enas_tf.tasks.base import Batch, Lesson, Task
from enas_tf.tasks.classification import Augmentation, ImageClassification
from enas_tf.tasks.language_model import LanguageModel
from enas_tf.training import networks
from enas_tf.training.child import ChildTrainer
from enas_tf.training.shared import SharedTrainer

IMAGE = (32, 32, 3)
CLASSES = 10
EXAMPLES = dict(train=2_000, valid=1_000, test=10_000)
WORDS = dict(train=200_000, valid=75_000, test=20_000)
VOCABULARY = 10_000


class RepeatedLesson:
    """Lessons that are all the same batch: what is timed is the step alone."""

    def __init__(self, batch: Batch, batch_size: int):
        """The lessons of one batch.

        Args:
          batch: for the task's `loss`.
          batch_size: B of it.
        """
        self.batch_size = batch_size
        self._batch = batch

    def steps_before(self, epoch: int) -> int:
        """An epoch has one step."""
        return epoch

    def shared(self, first: tf.Tensor) -> tuple[()]:
        """Nothing."""
        return ()

    def lesson(self, step: tf.Tensor, shared: tf.Tensor | tuple[()]) -> Lesson:
        """The batch, at the whole learning rate; it ends no text."""
        return Lesson(self._batch, 1.0, tf.constant(False))


class GivenArcs:
    """In place of a controller: it draws the arc that it was given."""

    def __init__(self, num_tokens: int):
        """A stand-in of a controller.

        Args:
          num_tokens: of an arc, T; they are zeros at first.
        """
        self.tokens = tf.Variable(tf.zeros([num_tokens], tf.int32))

    def draw(self, batch_size: int, *, seed: tf.Tensor) -> tf.Tensor:
        """The arc, [1, T] int32; `batch_size` must be 1."""
        del batch_size, seed
        return tf.convert_to_tensor(self.tokens)[tf.newaxis]


class Data(NamedTuple):
    """As much of a data set as a shared child is built from."""

    image_shape: tuple[int, int, int] = IMAGE
    num_classes: int = CLASSES
    vocabulary: range = range(VOCABULARY)


class Subjects:
    """One shared child of a space, and fixed networks with its weights."""

    def __init__(
        self, space_name: str, *, vocabulary: int = VOCABULARY, **given: int | str
    ):
        """A shared child, new, and noise to train it on.

        Args:
          space_name: a name in the registry.
          vocabulary: how many words there are, where it is of texts.
          **given: settings that differ from the published search's.
        """
        settings = {"deterministic": False, **given}
        self.config = presets.resolve(space_name, "search", "paper", settings)
        self._part = assembly.SPACES[space_name]
        self.space = self._part.space(self.config)
        self.name = space_name
        self.data = Data(vocabulary=range(vocabulary))
        self.child = self._part.shared(self.space, self.config, self.data)
        self.task = task(self.config, self.data)
        indices = tf.range(self.config.loop.batch_size)
        # A value, not a graph: making the batch is not timed here.
        self.batch = self.task.batch("train", indices)

    @property
    def lessons(self) -> RepeatedLesson:
        """The batch, again and again."""
        return RepeatedLesson(self.batch, self.config.loop.batch_size)

    def trainer(self, network: Network) -> ChildTrainer:
        """A trainer of `network` on the batch."""
        return ChildTrainer(network, self.task, self.config.child, lessons=self.lessons)

    def shared(self) -> tuple[GivenArcs, ChildTrainer]:
        """The holder of the next steps' arc, and the shared child's trainer."""
        given, seed = GivenArcs(self.space.num_tokens), self.config.run.seed
        network = networks.SampledChild(self.child, given, self.space, seed=seed)
        config, lessons = self.config.child, self.lessons
        return given, SharedTrainer(network, self.task, config, lessons=lessons)

    def fixed(self, tokens: np.ndarray | Sequence[int]) -> subject.Fixed:
        """A fixed network of one arc ([T])."""
        return subject.of(self.name).plain(
            self.space.decode(tokens),
            self.child,
            self.config,
            sample=self.batch.inputs[:1],
        )

    def updater(
        self, policy: Controller, scorer: Scorer
    ) -> controller_lib.ControllerTrainer:
        """A trainer of the controller `policy` on `scorer`'s scores of its arcs."""
        config = self.config
        return controller_lib.ControllerTrainer(
            policy,
            self.rewarder(scorer),
            config.controller,
            num_tokens=self.space.num_tokens,
            total_updates=config.controller.updates_by(config.loop.num_epochs),
            seed=config.run.seed,
        )

    def rewarder(self, scorer: Scorer) -> rewarder_lib.Rewarder:
        """The rewards of arcs, by `scorer`."""
        config = self.config
        reward = rewards.chosen(config.controller, self.task.measure)
        return rewarder_lib.Rewarder(
            scorer,
            config.controller,
            payer=Payer(reward, self.space, self.task.measure),
            batch_size=config.loop.batch_size,
            seed=config.run.seed,
        )

    def arcs(self, count: int, *, seed: int = 0) -> np.ndarray:
        """Random arcs, [count, T]."""
        return self.space.random(np.random.default_rng(seed), count)


def task(config: Config, data: Data) -> Task:
    """Noise in the shape of the published data: its content costs nothing."""
    rng = np.random.default_rng(0)
    if config.run.search_for in config_lib.TEXTS:
        size = len(data.vocabulary)
        texts = {
            split: rng.integers(0, size, count).astype(np.int32)
            for split, count in WORDS.items()
        }
        return LanguageModel(texts, bptt_steps=config.rnn.bptt_steps)
    splits = {
        split: Split(
            rng.integers(0, 256, (count, *data.image_shape), dtype=np.uint8),
            rng.integers(0, data.num_classes, count).astype(np.int32),
        )
        for split, count in EXAMPLES.items()
    }
    moments = dict(mean=np.full(3, 127.5), std=np.full(3, 73.9))
    augmentation = Augmentation(IMAGE[0] // 8, True, 0)
    return ImageClassification(splits, **moments, augmentation=augmentation)


def steps(trainer: ChildTrainer, count: int) -> Callable[[], np.ndarray]:
    """`count` steps of a trainer as one call that waits for their end."""
    first, last = (tf.constant(n, tf.int64) for n in (0, count))
    lr = tf.constant(1e-4)
    return lambda: trainer.run(first, last, lr).metrics.loss.numpy()
