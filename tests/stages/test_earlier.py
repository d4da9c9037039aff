"""What is said of runs that an earlier version began, and of no others."""

import json

import pytest

from enas_tf.command.request import Request
from enas_tf.config import sections as config_lib
from enas_tf.machine import record as machine
from enas_tf.run import saves
from enas_tf.run.folder import RunFolder
from enas_tf.stages import earlier

DIGITS = dict(search_for="macro", dataset="digits")
TEXTS = dict(search_for="rnn", data_path="texts")


HELD = machine.Machine(1, True, False, "one", "2.21.0", "3.15.1")


def said(
    tmp_path,
    caplog,
    given,
    *,
    stage="search",
    epochs=1,
    newer=False,
    saved=True,
    together=False,
):
    """The lines on a stage with the settings `given`, begun by 0.1.0 or `newer`.

    `together`: what its conditions say of a cell's nodes.
    """
    config = config_lib.replace(config_lib.Config(), {**given, "num_epochs": 2})
    settings = config_lib.flat(config)
    if not newer:
        del settings[earlier.NEWER_SETTING]
    (tmp_path / stage).mkdir()
    (tmp_path / stage / "config.json").write_text(json.dumps(settings))
    (tmp_path / "checkpoints" / stage).mkdir(parents=True)
    if saved:
        (tmp_path / "checkpoints" / stage / "ckpt-1.index").write_bytes(saves.INDEX_END)
    folder = RunFolder(tmp_path)
    if newer:
        conditions = HELD._replace(nodes_together=together)._asdict()
        folder.record(stage, **{machine.KEY: conditions})
    command, wanted = ["python", "bin/main.py"], machine.Wanted(threads=1)
    request = Request(stage, {stage: config}, None, folder, command, wanted)
    earlier.log_changes(request, stage, epochs)
    return caplog.text


@pytest.mark.parametrize(
    ("given", "stage", "reason"),
    [
        (TEXTS, "search", "the rnn cell rounds in another order, an <eos>"),
        (TEXTS, "train", "since then an <eos> at the end of a line is not doubled. So"),
        (
            dict(search_for="rnn", dataset="python_docs"),
            "search",
            "since then the rnn cell rounds in another order. So",
        ),
        (
            {**DIGITS, "controller_normalize_advantage": True},
            "search",
            "advantages of nearly equal rewards are not blown up. So",
        ),
        ({**DIGITS, "image_size": 16}, "train", "JPEG files, resized images"),
        ({**DIGITS, "data_path": "photos"}, "train", "JPEG files, resized images"),
        (dict(dataset="mnist"), "search", "sets of characters"),
    ],
)
def test_what_has_changed_is_said(tmp_path, caplog, given, stage, reason):
    text = said(tmp_path, caplog, given, stage=stage)
    assert "version 0.1.0 began this" in text and reason in text


def test_a_search_of_cells_that_were_many_functions_rounds_otherwise(tmp_path, caplog):
    text = said(tmp_path, caplog, TEXTS, newer=True)
    assert "version 0.8.5 or an earlier one began this search, and since then" in text
    assert "the rnn cell rounds in another order. So it may end with" in text


@pytest.mark.parametrize(
    "circumstances",
    [
        dict(given=DIGITS),
        dict(given=DIGITS, stage="train"),
        dict(given=TEXTS, epochs=2),  # it is finished
        dict(given=TEXTS, newer=True, together=True),
        dict(given=TEXTS, newer=True, stage="train"),
        dict(given=TEXTS, newer=True, epochs=2),
        dict(given=TEXTS, newer=True, saved=False),
        dict(given=DIGITS, newer=True),
        dict(given=TEXTS, saved=False),
        dict(given={**DIGITS, "controller_normalize_advantage": True}, stage="train"),
    ],
)
def test_nothing_is_said_where_nothing_is_otherwise(tmp_path, caplog, circumstances):
    assert said(tmp_path, caplog, **circumstances) == ""
