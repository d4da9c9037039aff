"""The final language model as the child trainer sees it, and its training."""

import numpy as np
import tensorflow as tf

from enas_tf.children import final_rnn
from enas_tf.children import rnn as rnn_child
from enas_tf.children.output import ChildOutput
from enas_tf.config.rnn import RnnChildConfig
from enas_tf.config.sections import ChildConfig
from enas_tf.nn import recurrent, seeds
from enas_tf.nn.language import WordModel
from enas_tf.run import measures
from enas_tf.run.report import Report
from enas_tf.training import retrain
from enas_tf.training.averaging import AveragedSgd
from enas_tf.training.driver import Driver
from enas_tf.training.epochs import ChildEpochs
from enas_tf.training.stream_loss import StreamLoss


class FinalLanguageNetwork:
    """One language model with weights of its own; a `Network`."""

    num_tokens = 0

    def __init__(self, model: WordModel, config: RnnChildConfig, *, seed: int):
        """Takes all weights of the model as what is trained.

        Args:
          model: the final child.
          config: what is dropped and penalised, and when averaging begins.
          seed: the run's; what is dropped follows from it.
        """
        self.model = model
        self._config = config
        self._seed = seed
        self.variables = [v.value for v in model.trainable_variables]
        self.decayed = [False] * len(self.variables)  # in the penalty
        self.averaged = AveragedSgd(self.variables, nonmono=config.nonmono)

    def optimizer(self, config: ChildConfig) -> AveragedSgd:
        """Always SGD, whose weights can be averaged."""
        return self.averaged

    def initial_state(self, batch_size: int) -> tf.Tensor:
        """What a text begins with, [B, S] zeros."""
        return self.model.initial_state(batch_size)

    def forward(
        self, inputs: tf.Tensor, *, step: tf.Tensor, state: tf.Tensor | None = None
    ) -> tuple[ChildOutput, tf.Tensor]:
        """Read words [B, T] on from `state` [B, S]; the output, and no tokens."""
        seed = seeds.at(self._seed, "dropout", step)
        dropout = recurrent.Dropout(rnn_child.drop_rates(self._config), seed)
        run = self.model.run(inputs, state, dropout)
        penalty = final_rnn.penalty(self.model, run, self._config)
        output = ChildOutput(run.logits, state=run.state, penalty=penalty)
        return output, tf.zeros([0], tf.int32)

    def arc_text(self, tokens: np.ndarray) -> str:
        """Empty: there is one arc, and no tokens."""
        return ""


class Training:
    """Epochs, a validation after each, and what follows from it."""

    def __init__(
        self,
        network: FinalLanguageNetwork,
        epochs: ChildEpochs,
        driver: Driver,
        report: Report,
        *,
        valid: np.ndarray,
        batch_size: int,
        bptt_steps: int,
    ):
        """Nothing is trained yet.

        Args:
          network: what `epochs` trains.
          epochs: trains one epoch.
          driver: holds the position, and saves.
          report: gets validation's rows and lines.
          valid: its ids, [n] int32.
          batch_size: rows that they are cut into.
          bptt_steps: words of a row that are read at a time.
        """
        self._network = network
        self._epochs = epochs
        self._driver = driver
        self._report = report
        self._loss = StreamLoss(network.model)
        self._valid = valid
        self._cut = dict(batch_size=batch_size, bptt_steps=bptt_steps)

    def run(self, num_epochs: int) -> None:
        """Go on from the position to the end."""
        for epoch in range(self._driver.position[retrain.EPOCH], num_epochs):
            self._epochs.train(epoch)
            self._validate(epoch)
            self._driver.position[retrain.EPOCH] = epoch + 1
            self._driver.save()

    def _validate(self, epoch: int) -> None:
        averaged, stop = self._network.averaged, self._driver.stop
        stop.moment = "after this piece of the validation"
        with averaged.averaged():
            loss = self._loss.mean(
                self._valid, **self._cut, progress=lambda words: stop.check()
            )
        perplexity = float(measures.PERPLEXITY.told(loss))
        self._report.scalars("valid", epoch + 1, dict(perplexity=perplexity))
        self._report.message(
            f"epoch={epoch + 1} valid_perplexity={perplexity:.2f} "
            f"(the text in {self._cut['batch_size']} rows)"
        )
        if averaged.note(epoch, loss):
            self._report.message("Validation is past its best: averaging begins.")
