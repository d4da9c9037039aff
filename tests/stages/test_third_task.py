"""A third kind of final child is one implementation of `FinalTask` and a row."""

import json
from typing import NamedTuple

import keras
import numpy as np
import pytest
import runs
import tensorflow as tf

from enas_tf.config.sections import ConfigError
from enas_tf.export import reading, writing
from enas_tf.run import layout, measures
from enas_tf.stages import final_tasks
from enas_tf.tasks import lessons
from enas_tf.tasks.final import FinalTask
from enas_tf.training import networks, retrain

LENGTH, COUNTS = 16, (96, 16, 32)  # samples of a tone; tones in train, valid, test
NAMES = ("low", "high")


class Tones(NamedTuple):
    """A `Dataset`: tones [N, LENGTH] float32 of two pitches, and which of them."""

    inputs: tuple[np.ndarray, ...]
    labels: tuple[np.ndarray, ...]
    unit = "tones"
    answers = "pitches"
    num_answers = len(NAMES)
    sizes = COUNTS

    @property
    def arrays(self):
        return [*self.inputs, *self.labels]


def tones(noise):
    rng = np.random.default_rng(0)
    labels = [rng.integers(0, 2, count, dtype=np.int32) for count in COUNTS]
    times = np.arange(LENGTH) / LENGTH
    waves = [np.sin(2 * np.pi * (1 + 3 * some)[:, None] * times) for some in labels]
    noisy = [some + rng.normal(0, noise, some.shape) for some in waves]
    return Tones(tuple(some.astype(np.float32) for some in noisy), tuple(labels))


class Batch(NamedTuple):
    inputs: tf.Tensor
    labels: tf.Tensor


class Listening:
    """A `Task`: which pitch a tone has."""

    measure = measures.ACCURACY

    def __init__(self, data):
        self._inputs, self._labels = (
            dict(zip(("train", "valid", "test"), arrays, strict=True))
            for arrays in (data.inputs, data.labels)
        )

    def size(self, split):
        return len(self._labels[split])

    def batch(self, split, indices, *, augment_seed=None):
        found = (self._inputs[split], self._labels[split])
        return Batch(*(tf.gather(array, indices) for array in found))

    def loss(self, output, batch):
        return tf.reduce_mean(
            tf.nn.sparse_softmax_cross_entropy_with_logits(batch.labels, output.logits)
        )

    def measured(self, output, batch):
        return tf.cast(tf.argmax(output.logits, 1, tf.int32) == batch.labels, "float32")

    def lessons(self, *, batch_size, num_epochs, seed):
        return lessons.Shuffled(self, batch_size=batch_size, seed=seed)


class DeployedEar(NamedTuple):
    """A `writing.Deployed`."""

    model: keras.Model
    sample: np.ndarray
    names_file = layout.CLASSES

    def save(self, folder):
        self.model.export(str(folder / layout.SAVED_MODEL), verbose=False)

    def differences(self, folder, loaded, served):
        wanted = self.model(self.sample)
        answers = loaded(self.sample), ask(served.signatures["serve"], self.sample)
        return [float(np.max(np.abs(wanted - some))) for some in answers]


def ask(signature, inputs):
    """The only output of a signature with one input."""
    (name,) = signature.structured_input_signature[1]
    (answer,) = signature(**{name: tf.constant(inputs)}).values()
    return answer


class Ear(FinalTask[Batch]):
    measure = measures.ACCURACY
    names_file = layout.CLASSES
    names = NAMES
    fits = "Train on tones as long"
    noise = 1.5
    calls: list = []

    def __init__(self, config, fixed, *, bind):
        data, seed = tones(self.noise), config.run.seed
        bind(data)
        self.task = Listening(data)
        self.lessons = self.task.lessons(
            batch_size=config.loop.batch_size, num_epochs=1, seed=seed
        )
        kernel = keras.initializers.GlorotUniform(seed)
        inputs = keras.Input([LENGTH])
        hidden = keras.layers.Dense(8, "relu", kernel_initializer=kernel)(inputs)
        outputs = keras.layers.Dense(2, kernel_initializer=kernel)(hidden)
        self._model = keras.Model(inputs, outputs)
        total = self.lessons.steps_before(config.loop.num_epochs)
        self.network = networks.FinalNetwork(self._model, total_steps=total, seed=seed)
        self.variables = self.weights = [v.value for v in self._model.weights]
        self.warm = dict(model=self.variables)
        self._about = f"An ear, not {fixed.arc}."

    def warm_started(self):
        self.calls.append("warm")

    def describe(self):
        return [self._about]

    def after_epoch(self, epoch, report, moves):
        self.calls.append(epoch)
        moves("this look")(1)
        report.scalars("valid", epoch + 1, dict(accuracy=0.5))

    def settle(self):
        self.calls.append("settle")

    def test(self, report, moves):
        report.begin("test", self.task.size("test"), unit="tone")
        answers = retrain.test_answers(
            self._model, self.task, batch_size=8, progress=moves("these tones")
        )
        report.finish()
        found = dict(test_accuracy=float(np.mean(answers == self.labels())))
        report.message(f"Test accuracy: {found['test_accuracy']:.4f}")
        return found

    def labels(self):
        return tones(self.noise).labels[2]

    def evaluate(self, report, moves, folder):
        return self.test(report, moves)

    def facts(self):
        return dict(parameters=self._model.count_params())

    def export(self, folder, formats=None):
        sample = tones(self.noise).inputs[2]
        return writing.export(DeployedEar(self._model, sample), folder, self.names)

    @staticmethod
    def predict(final, source):
        export = reading.load(final, layout.CLASSES, "serve")
        asked = np.loadtxt(source, dtype=np.float32, ndmin=2)
        for row in ask(export.signature, asked).numpy():
            yield NAMES[row.argmax()]


@pytest.fixture
def run(tmp_path, monkeypatch):
    """A function: mode, more flags -> what run.json then says of the stages."""
    monkeypatch.setitem(final_tasks.FINAL_TASKS, "images", Ear)
    monkeypatch.setattr(Ear, "calls", [])

    def once(mode, name="run", **more):
        given = dict(mode=mode, batch_size=16, num_epochs=4, **more)
        given |= dict(child_lr_max=0.2) if mode == "train" else {}
        runs.run("macro", tmp_path / name, **given)
        return json.loads((tmp_path / name / "run.json").read_text())["stages"]

    return once


ARC = dict(child_fixed_arc="0 1 0 2 1 1")


def test_it_is_trained_tested_exported_and_asked(run, tmp_path, caplog):
    caplog.set_level("INFO", "absl")
    trained = run("train", **ARC)["train"]
    assert Ear.calls == [0, 1, 2, 3, "settle"]
    assert 0.7 < trained["test_accuracy"] < 1.0
    assert trained["parameters"] == 16 * 8 + 8 + 8 * 2 + 2
    assert trained["data"] | dict(unit="tones", train=96, classes=2) == trained["data"]
    assert any("test    accuracy" in text for text in caplog.messages)
    assert any("An ear, not MacroArc(" in text for text in caplog.messages)

    assert run("evaluate")["evaluate"]["test_accuracy"] == trained["test_accuracy"]
    model = tmp_path / "run/final/model.keras"
    model.unlink()
    run("export")
    inputs, labels = (part[2] for part in tones(Ear.noise))
    answers = keras.models.load_model(model)(inputs)
    assert np.mean(np.argmax(answers, 1) == labels) == trained["test_accuracy"]
    assert (tmp_path / "run/final/classes.txt").read_text() == "low\nhigh\n"

    np.savetxt(tmp_path / "asked.txt", inputs[:5])
    said = Ear.predict(tmp_path / "run/final", tmp_path / "asked.txt")
    assert list(said) == [NAMES[row.argmax()] for row in answers.numpy()[:5]]


def test_it_goes_on_only_with_its_own_data_and_may_begin_warm(
    run, tmp_path, monkeypatch
):
    run("train", **ARC)
    run("train", "warm", warm_start=str(tmp_path / "run"))
    assert Ear.calls[5] == "warm"
    monkeypatch.setattr(Ear, "noise", 1.6)
    with pytest.raises(ConfigError, match="as many tones .96 / 16 / 32., but not the"):
        run("train", **ARC)
