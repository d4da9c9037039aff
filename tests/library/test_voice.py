"""Where the lines of a run go, and the line that renews itself."""

import io
import logging as std_logging

from absl import logging

import enas_tf
from enas_tf.library import voice
from enas_tf.run import progress


def info(text: str) -> None:
    """A line of this package: those of others are not the user's to read."""
    logger = logging.get_absl_logger()
    place = (logger.name, std_logging.INFO, enas_tf.__file__, 1)
    if logger.isEnabledFor(std_logging.INFO):
        logger.handle(logger.makeRecord(*place, text, (), None))


def test_a_function_gets_lines_as_text_with_keywords(capsys):
    told = []
    with voice.heard(told.append):
        info("Lower --batch_size.")
    info("This is nobody's.")
    assert told == ["Lower batch_size."]
    assert capsys.readouterr().err == ""


def test_quiet_shows_warnings_alone(capsys):
    with voice.heard("quiet"):
        info("epoch 1")
        logging.warning("Careful.")
    assert capsys.readouterr().err.endswith(" Careful.\n")


def test_lines_are_not_doubled_and_the_log_is_as_it_was(capsys):
    logger = logging.get_absl_logger()
    before = list(logger.handlers), logger.propagate, logger.level
    mine = std_logging.StreamHandler(io.StringIO())
    logger.addHandler(mine)
    try:
        for _ in range(2):
            with voice.heard("lines"):
                info("once")
    finally:
        logger.removeHandler(mine)
    assert capsys.readouterr().err.count("once") == 2
    assert mine.stream.getvalue() == ""
    assert (list(logger.handlers), logger.propagate, logger.level) == before


def test_the_root_logger_is_left_to_the_program(capsys, monkeypatch):
    root = std_logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    with voice.heard("quiet"):
        logging.info("absl calls basicConfig where the root has no handler")
        std_logging.getLogger("theirs").warning("seen")
    assert root.handlers == []
    assert capsys.readouterr().err == "seen\n"
    mine = io.StringIO()
    std_logging.basicConfig(stream=mine, format="mine: %(message)s")
    std_logging.warning("here")
    assert mine.getvalue() == "mine: here\n"


def test_a_line_of_progress_is_drawn_where_there_is_no_terminal():
    file = io.StringIO()
    bar = progress.Bar(wanted=True, file=file)
    bar.begin("search", 10, 0, "step")
    bar.advance(5, {})
    bar.finish()
    drawn = file.getvalue()
    assert "search" in drawn and "\n" not in drawn and drawn.count("\r") > 1
