"""Rows of JSON with a checksum: what is damaged is noticed, kept and told."""

import json
import math

import pytest

from enas_tf.config.sections import ConfigError
from enas_tf.run import rows

KEYS = ("stage", "step")
ROWS = [{"stage": "search", "step": step, "loss": step / 4} for step in (1, 2, 3)]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "metrics.jsonl"


def fill(path):
    file = rows.RowFile(path, keys=KEYS)
    for row in ROWS:
        file.append(row)
    file.close()
    return path.read_bytes()


def found(path):
    return [row for _, row in rows.read(path, keys=KEYS).rows]


def test_a_row_ends_with_a_checksum_of_what_is_before_it(path):
    fill(path)
    first = path.read_text().splitlines()[0]
    assert first == '{"stage": "search", "step": 1, "loss": 0.25, "check": "b4ad0471"}'
    assert json.loads(first)["loss"] == 0.25
    assert found(path) == ROWS


def test_every_bit_that_flips_is_noticed_or_changes_nothing(path):
    content = fill(path)
    for place in range(len(content)):
        for bit in range(8):
            damaged = bytearray(content)
            damaged[place] ^= 1 << bit
            path.write_bytes(damaged)
            here = found(path)
            assert len(here) < len(ROWS) or here == ROWS, bytes(damaged)
            assert all(row in ROWS for row in here), bytes(damaged)


def test_a_line_that_was_cut_at_the_end_is_no_damage_and_goes(path, caplog):
    content = fill(path)
    path.write_bytes(content[:-9])
    rows.mend(path, keys=KEYS)
    assert path.read_bytes() == b"".join(content.splitlines(keepends=True)[:2])
    assert caplog.messages == [] and [f.name for f in path.parent.iterdir()] == [
        "metrics.jsonl"
    ]


def test_a_last_line_without_its_end_does_not_swallow_the_next_row(path):
    content = fill(path)
    path.write_bytes(content[:-1])
    fill(path)
    assert found(path) == [*ROWS, *ROWS]


def test_damaged_lines_are_left_out_told_once_and_kept_beside(path, caplog):
    content = fill(path)
    for count in (1, 2):
        damaged = content.replace(b"0.25", b"0.26").replace(
            b"0.5", b"\xff.5", count - 1
        )
        path.write_bytes(damaged)
        for _ in range(2):
            rows.mend(path, keys=KEYS)
        assert found(path) == ROWS[count:]
        name = "metrics.jsonl.damaged" + ("" if count == 1 else "2")
        assert path.with_name(name).read_bytes() == damaged
        told = "1 line is damaged" if count == 1 else "2 lines are damaged"
        assert caplog.messages[0] == f"{path}: {told} and left out;"
        assert caplog.messages[1:] == [f"the file as it was is kept as {name}."]
        caplog.clear()


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan])
def test_a_number_that_json_has_not_is_null_in_any_row(path, value):
    text = rows.sealed({"stage": "search", "step": 1, "loss": value, "rate": 0.5})
    path.write_text(text + "\n")
    assert found(path) == [{"stage": "search", "step": 1, "loss": None, "rate": 0.5}]


def test_a_row_of_an_earlier_version_has_no_checksum(path, caplog):
    path.write_text('{"stage": "search", "step": 1, "loss": null}\n')
    rows.mend(path, keys=KEYS)
    assert found(path) == [{"stage": "search", "step": 1, "loss": None}]
    assert caplog.messages == []


@pytest.mark.parametrize(
    "line",
    [
        "[1]",
        "null",
        '{"stage": "search"}',
        '{"stage": "search", "step": "1"}',
        '{"stage": "search", "step": true}',
        '{"stage": 3, "step": 1}',
        '{"stage": "search", "step": 1, "loss": "low"}',
        '{"stage": "search", "step": 1, "check": "b4ad0471"}',
        "\x00\x00\x00",
    ],
)
def test_a_line_that_is_no_row_is_damaged(path, line):
    path.write_text(line + "\n")
    assert rows.read(path, keys=KEYS) == rows.Found([], 1, False)


@pytest.mark.parametrize("content", [None, b"", b"\n", b"\xff\xfe garbage"])
def test_what_has_no_rows_can_be_appended_to(path, content):
    if content is not None:
        path.write_bytes(content)
    assert found(path) == []
    fill(path)
    assert found(path) == ROWS


def test_a_folder_of_that_name_is_moved_aside_with_what_is_in_it(path, caplog):
    path.mkdir()
    (path / "mine.txt").write_text("kept")
    assert found(path) == []
    fill(path)
    assert found(path) == ROWS
    assert (path.with_name("metrics.jsonl.damaged") / "mine.txt").exists()
    (line,) = caplog.messages
    assert "is no file" in line


def test_what_the_system_refuses_is_one_line(path):
    path.parent.joinpath("file").touch()
    file = rows.RowFile(path.parent / "file" / "metrics.jsonl", keys=KEYS)
    with pytest.raises(ConfigError, match="cannot be used"):
        file.append(ROWS[0])


def test_rows_are_dropped_and_one_put_in_their_place(path):
    content = fill(path)
    file = rows.RowFile(path, keys=KEYS)
    file.drop(lambda row: False)
    assert path.read_bytes() == content
    file.drop(lambda row: row["step"] == 2, instead={"stage": "search", "step": 9})
    assert [row["step"] for row in file.rows()] == [1, 9, 3]
    file.append(ROWS[1])
    file.close()
    assert [row["step"] for row in found(path)] == [1, 9, 3, 2]


def test_every_bit_of_a_row_with_an_arc_is_looked_at(path):
    line = rows.sealed({"epoch": 1, "accuracy": 0.5, "arc": "0 1 1"}).encode()
    for place in range(len(line)):
        for bit in range(8):
            damaged = bytearray(line)
            damaged[place] ^= 1 << bit
            path.write_bytes(damaged + b"\n")
            assert rows.read(path, keys=("epoch", "arc")).rows == [], bytes(damaged)
