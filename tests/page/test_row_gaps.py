"""A page says which rows of metrics.jsonl are not there."""

import page_runs

from enas_tf.page import found, row_gaps


def without(folder, *lost):
    """The run, but for rows of child steps."""
    path = folder / "metrics.jsonl"
    marks = [f'"kind": "child", "step": {step},' for step in lost]
    kept = [
        line
        for line in path.read_text().splitlines()
        if not any(mark in line for mark in marks)
    ]
    path.write_text("".join(line + "\n" for line in kept))


def words(folder):
    return row_gaps.words(found.read(folder))


def test_rows_that_are_all_there_are_not_spoken_of(tmp_path):
    assert words(page_runs.make(tmp_path / "run", log_every=1)) == []


def test_rows_that_are_missing_are_told_with_their_place(tmp_path):
    folder = page_runs.make(tmp_path / "run", log_every=1)
    without(folder, 4, 5, 9)
    assert words(folder) == [
        "Rows of metrics.jsonl are missing: search, child, between steps 3 and 6, and "
        "in 1 more places."
    ]


def test_rows_as_far_apart_as_was_asked_are_all(tmp_path):
    folder = page_runs.make(tmp_path / "run", log_every=3)
    without(folder, 4, 5)
    assert words(folder) == []


def test_rows_that_were_damaged_before_the_run_went_on_are_told(tmp_path):
    folder = page_runs.make(tmp_path / "run", log_every=1)
    (folder / "metrics.jsonl.damaged").touch()
    assert words(folder) == [
        "Rows of metrics.jsonl were damaged and left out; the file as it was is "
        "metrics.jsonl.damaged."
    ]
