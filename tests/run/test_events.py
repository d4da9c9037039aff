"""Event files of TensorBoard's: what is written again goes, all else stays."""

import pytest
import tensorflow as tf
from tensorboard.backend.event_processing import event_accumulator

from enas_tf.run import events


def write(folder, *steps, tag="child/loss"):
    """A file of its own, with an event per step."""
    writer = tf.summary.create_file_writer(str(folder))
    with writer.as_default():
        for step in steps:
            tf.summary.scalar(tag, float(step), step=step)
    writer.close()
    return max(folder.iterdir(), key=lambda file: file.name)


def shown(folder, tag="child/loss"):
    """The steps of a tag, as TensorBoard reads them."""
    accumulator = event_accumulator.EventAccumulator(
        str(folder), size_guidance=dict(tensors=0)
    )
    accumulator.Reload()
    known = accumulator.Tags()["tensors"]
    return [one.step for one in accumulator.Tensors(tag)] if tag in known else []


def drop_after(folder, last):
    events.drop(folder, lambda kind, step: step > last)


@pytest.mark.parametrize(
    ("tag", "kind"),
    [
        ("child/loss", "child"),
        ("controller/op_frequency/conv3x3", "controller"),
        ("arc/sampled/picture", "sampled"),
        ("arc/derived/text", "derive"),
        ("derive/best_accuracy_on_others", "derive"),
        ("hparams/test_accuracy", events.FIGURES),
        ("_hparams_/session_start_info", events.TRIAL),
    ],
)
def test_a_tag_is_of_a_kind(tag, kind):
    assert events.kind(tag) == kind


def test_events_beyond_a_step_go_and_the_others_stay_byte_for_byte(tmp_path):
    first = write(tmp_path / "a", 1, 2)
    same = write(tmp_path / "b", 1, 2, 3, 4)
    records, _ = events.read(same)
    drop_after(tmp_path / "b", 2)
    assert shown(tmp_path / "b") == [1, 2]
    kept = b"".join(record.framed for record in records[:3])  # one says the version
    assert same.read_bytes() == kept
    assert len(kept) == first.stat().st_size
    assert [file.name for file in (tmp_path / "b").iterdir()] == [same.name]


def test_a_file_without_such_events_is_not_touched(tmp_path):
    file = write(tmp_path, 1, 2)
    before = file.stat()
    drop_after(tmp_path, 2)
    assert file.stat().st_ino == before.st_ino
    events.drop(tmp_path / "missing", lambda kind, step: True)


def test_kinds_are_told_apart(tmp_path):
    for tag in ("child/loss", "arc/sampled/text", "valid/accuracy"):
        write(tmp_path / tag.partition("/")[0], 1, 9, tag=tag)
        folder = tmp_path / tag.partition("/")[0]
        events.drop(folder, lambda kind, step: kind == "sampled" and step == 9)
        assert shown(folder, tag) == ([1] if "sampled" in tag else [1, 9])


def test_an_end_that_a_kill_cut_is_no_damage(tmp_path):
    file = write(tmp_path, 1, 2, 3)
    content = file.read_bytes()
    for cut in (1, 5, 40):
        file.write_bytes(content[:-cut])
        drop_after(tmp_path, 1)
        assert shown(tmp_path) == [1]
        assert len(list(tmp_path.iterdir())) == 1


def test_a_damaged_record_goes_alone_and_the_file_is_kept_beside(tmp_path, caplog):
    file = write(tmp_path, 1, 2, 3, 4)
    content = bytearray(file.read_bytes())
    records, damaged = events.read(file)
    assert not damaged
    place = sum(len(record.framed) for record in records[:2]) + 20  # in that of step 2
    content[place] ^= 1
    file.write_bytes(content)
    assert shown(tmp_path) == [1]  # TensorBoard stops there
    drop_after(tmp_path, 3)
    assert shown(tmp_path) == [1, 3]
    (beside,) = [one for one in tmp_path.iterdir() if one != file]
    assert beside.read_bytes() == content
    assert beside.name == file.name.replace("tfevents", "damaged")
    told = [record.message for record in caplog.records if record.levelname != "INFO"]
    assert told[0].endswith(str(file)) and len(told) == 2


@pytest.mark.parametrize("damage", ["length", "garbage", "empty", "folder"])
def test_a_file_that_cannot_be_read_on_is_no_traceback(tmp_path, damage):
    file = write(tmp_path, 1, 2)
    records, _ = events.read(file)
    content = bytearray(file.read_bytes())
    content[len(records[0].framed)] ^= 1  # the length of the event of step 1
    if damage == "folder":
        file.unlink()
        file.mkdir()
    else:
        garbage = b"this is no file of events" * 9
        file.write_bytes(dict(length=content, garbage=garbage, empty=b"")[damage])
    drop_after(tmp_path, 1)
    assert shown(tmp_path) == []
    write(tmp_path, 5)
    kept = [one.name for one in tmp_path.iterdir() if "damaged" in one.name]
    assert len(kept) == (damage in ("length", "garbage"))
