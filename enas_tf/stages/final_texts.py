"""The final child of texts: a language model, a cell or an LSTM, by perplexity."""

import functools
import pathlib
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import tensorflow as tf

from enas_tf.arcs.fixed import FixedArc
from enas_tf.config.sections import Config
from enas_tf.data.dataset import Dataset
from enas_tf.export import checked, more_texts, predict_text
from enas_tf.export import formats as formats_lib
from enas_tf.export import text as export_text
from enas_tf.nn import precision
from enas_tf.run import layout, measures
from enas_tf.run.folder import RunFolder
from enas_tf.run.readings import Identity
from enas_tf.run.report import Report
from enas_tf.stages import assembly, in_full, texts
from enas_tf.stages.space_builders import SpaceBuilders
from enas_tf.tasks.final import FinalTask, Moves
from enas_tf.tasks.language_model import Batch
from enas_tf.training import final_language, stream_loss

# Words of the test text in a piece, which is read in one row: longer is only faster.
TEST_STEPS = 500
EXPORT_SAMPLE = (4, 16)  # rows and words on which an export is compared with the model
OF_LSTM = "LSTM of two layers."


class LanguageModelling(FinalTask[Batch]):
    """A language model of one architecture, with weights of its own.

    Once validation is past its best, the weights that are tested are a mean of those
    passed through since.
    """

    measure = measures.PERPLEXITY
    names_file = layout.VOCABULARY
    fits = "Train on the same text, with the sizes of that network"
    test_of = "the whole text as one stream"

    def __init__(
        self, config: Config, fixed: FixedArc, *, bind: Callable[[Dataset], None]
    ):
        """Reads the text, then builds the model with its first weights.

        Args:
          config: of the training.
          fixed: the cell, or the LSTM.
          bind: called with the text before anything is built.
        """
        part, loop = assembly.SPACES[config.run.search_for], config.loop
        self._data, self.task = texts.training_data(config)
        bind(self._data)
        self.names = self._data.vocabulary
        self.lessons = self.task.lessons(
            batch_size=loop.batch_size, num_epochs=loop.num_epochs, seed=config.run.seed
        )
        self._rows = dict(
            batch_size=loop.eval_batch_size, bptt_steps=config.rnn.bptt_steps
        )
        arc = fixed.arc
        self._about = OF_LSTM if arc is None else part.space(config).describe(arc)
        self._build(config, part, fixed)

    def _build(self, config: Config, part: SpaceBuilders, fixed: FixedArc) -> None:
        """The model, and what is trained, kept and tested of it."""
        names = config.child.op_names
        self._model = part.final(
            fixed.arc,
            config.rnn,
            num_nodes=config.child.num_layers,
            vocab_size=len(self.names),
            seed=config.run.seed,
            **(dict(functions=names) if names else {}),
        )
        self.network = final_language.FinalLanguageNetwork(
            self._model, config.rnn, seed=config.run.seed
        )
        self._averaged = self.network.averaged
        self.variables = self.weights = self.network.variables
        self.warm = dict(model=self.variables, optimizer=self._averaged.variables)
        self._loss = stream_loss.StreamLoss(self._model)

    def named_weights(self) -> dict[str, tf.Variable]:
        """Those of the model, by the names that it has for them."""
        return {weight.name: weight.value for weight in self._model.trainable_weights}

    def warm_started(self) -> None:
        """Begin with what the other was tested by, its weights or a mean."""
        self._averaged.swap()
        self._averaged.forget()

    def describe(self) -> list[str]:
        """The cell in words, and how many parameters there are."""
        return [self._about, f"Final child: {self._model.count_params():,} parameters."]

    def after_epoch(self, epoch: int, report: Report, moves: Moves) -> None:
        """Validation, which says when averaging begins."""
        with self._averaged.averaged():
            loss = self._loss.mean(
                self._data.valid,
                **self._rows,
                progress=moves("this piece of the validation"),
            )
        perplexity = float(self.measure.display(loss))
        report.scalars("valid", epoch + 1, {self.measure.name: perplexity})
        report.message(
            f"epoch={epoch + 1} valid_perplexity={perplexity:.2f} "
            f"(the text in {self._rows['batch_size']} rows)"
        )
        if self._averaged.note(epoch, loss):
            report.message("Validation is past its best: averaging begins.")

    def settle(self) -> None:
        """Take the mean of the weights, if there is one."""
        self._averaged.swap()

    def test(self, report: Report, moves: Moves) -> dict[str, float]:
        """Perplexity of both held-out texts, the state carried from word to word."""
        found = {}
        for split in ("valid", "test"):
            ids = getattr(self._data, split)
            report.begin(split, len(ids) - 1, unit="word")
            mean = self._loss.mean(
                ids,
                batch_size=1,
                bptt_steps=TEST_STEPS,
                progress=moves("this piece of text"),
            )
            report.finish()
            found[f"{split}_perplexity"] = float(self.measure.display(mean))
        for name, value in found.items():
            said = f"{name.replace('_', ' ').capitalize()}: {value:.2f}"
            report.message(f"{said} ({self.test_of})")
        return found

    def evaluate(
        self, report: Report, moves: Moves, folder: RunFolder
    ) -> dict[str, float]:
        """The same as `test`: there is no more to tell."""
        del folder
        return self.test(report, moves)

    def keep(self, folder: RunFolder, of: Identity) -> None:
        """Nothing: the figures are all."""

    def retell(self, report: Report, folder: RunFolder, of: Identity) -> None:
        """Nothing, for the same reason."""

    def facts(self) -> dict[str, bool | int | str]:
        """Sizes, the text, and whether the weights are a mean."""
        return dict(
            averaged=bool(self._averaged.num_averaged),
            vocabulary=len(self._data.vocabulary),
            text=self._data.name,
            parameters=self._model.count_params(),
        )

    def export(
        self, folder: pathlib.Path, formats: Sequence[str] | None = None
    ) -> float:
        """Write the model and its vocabulary; the largest difference when read."""
        rows, words = EXPORT_SAMPLE
        sample = np.resize(self._data.test, rows * words).reshape(rows, words)
        sample = sample.astype(np.int32)
        also = None
        if formats is not None:
            more = more_texts.DeployableWords(self._model, sample)
            also = functools.partial(checked.add, names=formats, model=more)
        if precision.is_lower():
            self._tell_export(sample)
        # Deviation D43: nothing that others read hangs on a type of this machine's.
        with precision.scope(precision.FULL):
            return export_text.export(
                self._model, folder, vocabulary=self.names, sample_ids=sample, also=also
            )

    def _tell_export(self, ids: np.ndarray) -> None:
        """Say how far the answers to `ids` in float32 are from the child's."""
        tested = self._log_probabilities(ids)
        with precision.scope(precision.FULL):
            exported = self._log_probabilities(ids)
        in_full.tell(tested, exported, what="log-probability of a word")

    def _log_probabilities(self, ids: np.ndarray) -> tf.Tensor:
        """Of each next word, [B, T, V]."""
        state = self._model.initial_state(len(ids))
        return tf.nn.log_softmax(self._model(tf.constant(ids), state)[0])

    @staticmethod
    def predict(
        final: pathlib.Path, source: pathlib.Path, name: str = formats_lib.ASKED
    ) -> Iterator[str]:
        """How likely each text is."""
        return predict_text.report(final, source, name)
