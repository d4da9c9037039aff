"""Lines: 80 columns, whole commands, short paths."""

import logging

import pytest

from enas_tf.run import lines


def formatted(message):
    record = logging.LogRecord("absl", logging.INFO, "x.py", 1, message, (), None)
    return lines.Formatter().format(record).splitlines()


def test_a_line_begins_with_the_time_of_day():
    (line,) = formatted("a mean of 0.5")
    assert line[2] == line[5] == ":"
    assert line[8:] == " a mean of 0.5"


def test_a_long_line_goes_on_below_itself():
    text = " ".join(["word"] * 40)
    first, *others = formatted(text)
    assert len(others) == 2
    assert all(len(line) <= 80 for line in (first, *others))
    assert all(line.startswith(" " * 9 + "word") for line in others)
    assert " ".join([first[9:], *map(str.strip, others)]) == text


def test_eighty_columns_are_not_broken():
    assert len(formatted("x " * 35 + "y")) == 1
    assert len(formatted("x " * 36 + "y")) == 2


def test_a_long_path_is_not_broken():
    path = "/" + "/".join(["folder"] * 20)
    assert formatted(f"Picture: {path}")[1].strip() == path


@pytest.mark.parametrize(
    "command",
    [
        ".venv/bin/python bin/main.py --search_for=macro --mode=all " + "--seed=1 " * 9,
        "python '/a b/main.py' --search_for=macro --mode=all " + "--seed=1 " * 9,
    ],
)
def test_a_command_can_be_pasted(command):
    (line,) = formatted(f"Stopped, with a checkpoint. To go on: {command}")
    assert line.endswith(f"To go on: {command}")


def test_what_precedes_a_command_is_folded():
    words = "word " * 20
    found = formatted(f"{words}again: python bin/main.py --seed=1")
    assert len(found[0]) <= 80
    assert found[-1].endswith(": python bin/main.py --seed=1")


def test_a_line_with_an_indent_stays_as_it_is():
    table = "  name      " + "value " * 20
    assert formatted(f"Summary\n{table}")[1] == table


def test_a_second_line_stands_below_the_first():
    assert formatted("0 3 1\nval_acc=0.5")[1] == " " * 9 + "val_acc=0.5"


def test_columns_of_numbers_keep_their_places():
    text = "epoch=1   step=50     loss=2.3"
    assert formatted(text)[0].endswith(text)


def test_a_path_is_shown_from_here_where_that_is_shorter(tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert lines.shown("outputs/macro") == "outputs/macro"
    assert lines.shown(tmp_path / "here/outputs") == "outputs"
    assert lines.shown("/x") == "/x"


def test_names_are_cut_in_the_middle_and_told_apart_by_their_number():
    assert lines.shortened("a  name", 6) == "a name"
    assert lines.shortened("abcdefghij", 7) == "ab...ij"
    names = ["abcdeXfghij", "short", "abcdeYfghij"]
    assert lines.distinct(names, 11) == names
    assert lines.distinct(names, 10) == ["ab...j (0)", "short", "ab...j (2)"]
