"""The stages that deal with one language model: train, evaluate, export, predict."""

import pathlib
from typing import Any, NamedTuple

import numpy as np
from absl import logging

from enas_tf.command.request import Request
from enas_tf.config.sections import Config
from enas_tf.data.text.text_data import TextData
from enas_tf.export import folder as exported
from enas_tf.export import predict_text
from enas_tf.export import text as export_text
from enas_tf.run import lines, measures
from enas_tf.run.report import Report
from enas_tf.spaces import rnn
from enas_tf.stages import (
    earlier,
    same_data,
    same_machine,
    summary,
    tested,
    texts,
    warm,
)
from enas_tf.stages import parts as parts_lib
from enas_tf.training import child as child_lib
from enas_tf.training import epochs as epochs_lib
from enas_tf.training import final_language, retrain, stream_loss
from enas_tf.training.driver import Driver

AS_STREAM = "the whole text as one stream"  # what a perplexity is of
# Words of the test text in a piece, which is read in one row: longer is only faster.
TEST_STEPS = 500
EXPORT_SAMPLE = (4, 16)  # rows and words on which an export is compared with the model


class LanguageParts(NamedTuple):
    """One language model, put together and standing where its last checkpoint was.

    Attributes:
      data: the text.
      network: the model, what trains it, and the mean of its weights.
      training: carries that out.
      driver: carries it on.
      total_steps: of the whole training.
    """

    data: TextData
    network: final_language.FinalLanguageNetwork
    training: final_language.Training
    driver: Driver
    total_steps: int


def train(request: Request) -> None:
    """Train the cell from scratch, or go on; test it once; export it."""
    request = parts_lib.with_arc(request)
    config, folder = request.configs["train"], request.folder
    with parts_lib.report(request, "train") as report:
        folder.agree("train", config)
        same_machine.agree(request, "train", report)
        parts = _build(request, config, report)
        parts_lib.take_up(request, parts.driver, report, parts.total_steps)
        epochs = parts.driver.position[retrain.EPOCH]
        earlier.tell_of_changes(request, "train", epochs)
        report.begin_trial(config)
        done = parts.driver.position[epochs_lib.COUNTER]
        report.begin("train", parts.total_steps, done)
        with parts.driver.stoppable():
            with summary.timed(folder, "train", goes_on=True):
                parts.training.run(config.loop.num_epochs)
            report.finish()
            parts.network.averaged.swap()
            perplexity = _test_once(request, config, parts, report)
            parts.driver.stop.check()
            parts.driver.stop.moment = "after the export, whose files are kept whole"
            with summary.timed(folder, "export"):
                _write_export(request, parts, report)
            report.trial_figures(dict(test_perplexity=perplexity))
            report.end_trial()
            parts_lib.draw_curves(folder)


def evaluate(request: Request) -> None:
    """Measure a finished run's perplexities anew."""
    with parts_lib.looking(request) as report:
        config, parts = _finished(request, report)
        found = _perplexities(config, parts, report)
    request.folder.record("evaluate", **found)


def export(request: Request) -> None:
    """Write a finished run's model anew."""
    with parts_lib.looking(request) as report:
        _, parts = _finished(request, report)
        _write_export(request, parts, report)


def predict(request: Request) -> None:
    """Score a text file, or each one in a folder and all together."""
    source = pathlib.Path(request.configs["train"].run.input).expanduser()
    answers = predict_text.predict(request.folder.final, source)
    for answer in answers:
        _tell(lines.told(answer.path), answer)
    if len(answers) > 1:
        together = predict_text.together(source, answers)
        _tell(f"All {len(answers)} files", together)
    logging.info("Line by line: nothing is carried from one line to the next. Read as")
    logging.info("one stream, as by --mode=evaluate, a text mostly has a lower one.")


def _tell(what: str, answer: predict_text.Answer) -> None:
    logging.info(
        "%s: perplexity %.2f line by line, %d words, ln P %.2f",
        what,
        answer.perplexity,
        answer.num_words,
        answer.log_probability,
    )


def _build(request: Request, config: Config, report: Report) -> LanguageParts:
    seed, loop = config.run.seed, config.loop
    data, task = texts.training_data(config)
    same_data.agree(request, "train", data, report)
    model = _model(config, len(data.vocabulary), report)
    network = final_language.FinalLanguageNetwork(model, config.rnn, seed=seed)
    lessons = task.lessons(
        batch_size=loop.batch_size, num_epochs=loop.num_epochs, seed=seed
    )
    trainer = child_lib.ChildTrainer(network, task, config.child, lessons=lessons)
    groups = dict(model=network.variables, optimizer=trainer.variables)
    driver = parts_lib.driver(
        request,
        "train",
        report,
        groups,
        retrain.COUNTERS,
        means=trainer.means,
        free=trainer.free,
    )
    total = lessons.steps_before(loop.num_epochs)

    def announce():
        left = total - driver.position[epochs_lib.COUNTER]
        seconds = driver.seconds_per_step[epochs_lib.COUNTER]
        parts_lib.announce(report, "train", left * seconds, request)

    epochs = epochs_lib.ChildEpochs(
        trainer, driver, report, config.child, timed=announce
    )
    training = final_language.Training(
        network,
        epochs,
        driver,
        report,
        valid=data.valid,
        batch_size=loop.eval_batch_size,
        bptt_steps=config.rnn.bptt_steps,
    )
    if not parts_lib.restore(driver, report, "train"):
        _warm_start(config, report, network, data)
    return LanguageParts(data, network, training, driver, total)


def _warm_start(config: Config, report: Report, network: Any, data: TextData) -> None:
    """Begin with what another training was tested by: its weights, or their mean."""
    averaged = network.averaged
    groups = dict(model=network.variables, optimizer=averaged.variables)
    names = dict(file=exported.VOCABULARY_FILE, names=data.vocabulary)
    if warm.begin(config, report, groups, **names):
        averaged.swap()
        averaged.forget()


def _model(config: Config, vocab_size: int, report: Report) -> Any:
    """The cell, or the LSTM, new."""
    arc, about = None, "LSTM of two layers."
    if config.child.fixed_arc != rnn.LSTM:
        part = parts_lib.SPACES[config.run.search_for]
        space = part.space(config)
        arc = space.parse(config.child.fixed_arc)
        about = space.describe(arc)
    model = parts_lib.SPACES[config.run.search_for].final(
        arc,
        config.rnn,
        num_nodes=config.child.num_layers,
        vocab_size=vocab_size,
        seed=config.run.seed,
    )
    report.message(about)
    report.message(f"Final child: {model.count_params():,} parameters.")
    return model


def _perplexities(
    config: Config, parts: LanguageParts, report: Report
) -> dict[str, float]:
    """Over the whole of both held-out texts, the state carried from word to word."""
    loss = stream_loss.StreamLoss(parts.network.model)
    found = {}
    for split in ("valid", "test"):
        ids = getattr(parts.data, split)
        report.begin(split, len(ids) - 1, unit="word")
        mean = loss.mean(
            ids,
            batch_size=1,
            bptt_steps=TEST_STEPS,
            progress=parts_lib.moved(report, parts.driver, "this piece of text"),
        )
        report.finish()
        found[f"{split}_perplexity"] = float(measures.PERPLEXITY.told(mean))
    for name, value in found.items():
        said = f"{name.replace('_', ' ').capitalize()}: {value:.2f}"
        report.message(f"{said} ({AS_STREAM})")
    return found


def _test_once(
    request: Request, config: Config, parts: LanguageParts, report: Report
) -> float:
    """The test perplexity; measured once per length, and then read from run.json."""
    return tested.once(
        request.folder,
        config,
        report,
        measure=measures.PERPLEXITY,
        weights=parts.network.variables,
        trained=parts.driver.has_stepped,
        test=lambda: _perplexities(config, parts, report),
        facts=lambda: dict(
            averaged=bool(parts.network.averaged.num_averaged),
            vocabulary=len(parts.data.vocabulary),
            text=parts.data.name,
            parameters=parts.network.model.count_params(),
        ),
        words=AS_STREAM,
    )


def _write_export(request: Request, parts: LanguageParts, report: Report) -> None:
    rows, words = EXPORT_SAMPLE
    ids = parts.data.test
    sample = np.resize(ids, rows * words).reshape(rows, words).astype(np.int32)
    final = request.folder.final
    difference = export_text.export(
        parts.network.model,
        final,
        vocabulary=parts.data.vocabulary,
        sample_ids=sample,
    )
    report.message(
        f"Exported {exported.KERAS_FILE} and {exported.SAVED_MODEL} to "
        f"{lines.shown(final)}; largest difference to the trained model "
        f"{difference:.1e}."
    )


def _finished(request: Request, report: Report) -> tuple[Config, LanguageParts]:
    """A run whose training has ended, with its weights or their mean."""
    config = request.configs["train"]
    parts = _build(request, config, report)
    parts_lib.refuse_unfinished(request, parts.driver)
    parts.network.averaged.swap()
    return config, parts
