import numpy as np
import pytest

from enas_tf.data.text import stream

IDS = np.arange(10, dtype=np.int32)


def test_rows_are_stretches_of_the_text_and_the_rest_is_dropped():
    folded = stream.fold(IDS, 3)
    assert folded.tolist() == [[0, 1, 2], [3, 4, 5], [6, 7, 8]]
    assert folded.dtype == np.int32


def test_one_row_is_the_whole_text():
    assert stream.fold(IDS, 1).tolist() == [list(range(10))]


def test_evaluation_in_two_rows():
    pieces = stream.evaluation(IDS, batch_size=2, bptt=2)
    # Nine targets in two rows: five and four; five steps in pieces of two.
    assert pieces.inputs.tolist() == [
        [[0, 1], [5, 6]],
        [[2, 3], [7, 8]],
        [[4, 0], [0, 0]],
    ]
    assert pieces.targets.tolist() == [
        [[1, 2], [6, 7]],
        [[3, 4], [8, 9]],
        [[5, 0], [0, 0]],
    ]
    assert pieces.counted.astype(int).tolist() == [
        [[1, 1], [1, 1]],
        [[1, 1], [1, 1]],
        [[1, 0], [0, 0]],
    ]


@pytest.mark.parametrize("bptt", [1, 2, 3, 9, 50])
@pytest.mark.parametrize("batch_size", [1, 2, 3, 4, 8, 9, 10, 25])
@pytest.mark.parametrize("length", [2, 7, 10])
def test_every_word_but_the_first_is_counted_once(length, batch_size, bptt):
    ids = np.random.default_rng(0).permutation(length).astype(np.int32)
    pieces = stream.evaluation(ids, batch_size=batch_size, bptt=bptt)
    assert pieces.targets.shape[1:] == (batch_size, bptt)
    assert sorted(pieces.targets[pieces.counted]) == sorted(ids[1:])
    follows = dict(zip(ids[:-1], ids[1:], strict=True))
    read = zip(
        pieces.inputs[pieces.counted], pieces.targets[pieces.counted], strict=True
    )
    assert all(follows[before] == after for before, after in read)


@pytest.mark.parametrize("bptt", [1, 2, 4, 50])
def test_in_one_row_the_pieces_are_the_text_in_order(bptt):
    pieces = stream.evaluation(IDS, batch_size=1, bptt=bptt)
    assert pieces.inputs[pieces.counted].tolist() == list(range(9))
    assert pieces.targets[pieces.counted].tolist() == list(range(1, 10))


@pytest.mark.parametrize(("batch_size", "bptt"), [(2, 2), (4, 3), (5, 1), (8, 2)])
def test_within_a_row_no_word_comes_after_one_that_is_not_counted(batch_size, bptt):
    counted = stream.evaluation(IDS, batch_size=batch_size, bptt=bptt).counted
    rows = counted.swapaxes(0, 1).reshape(batch_size, -1).astype(int)
    assert np.all(np.diff(rows, axis=1) <= 0)


def test_every_piece_has_something_to_count():
    for bptt in range(1, 12):
        counted = stream.evaluation(IDS, batch_size=2, bptt=bptt).counted
        assert counted.any(axis=(1, 2)).all()


def test_the_kind_of_number_is_kept():
    pieces = stream.evaluation(IDS, batch_size=4, bptt=2)
    kinds = (pieces.inputs.dtype, pieces.targets.dtype, pieces.counted.dtype)
    assert kinds == (np.int32, np.int32, bool)


@pytest.mark.parametrize("length", [0, 1])
def test_a_text_without_a_target_is_refused(length):
    with pytest.raises(ValueError, match="at least 2"):
        stream.evaluation(IDS[:length], batch_size=1, bptt=1)


def test_more_rows_than_ids_are_refused():
    with pytest.raises(ValueError, match="10 ids make no 11 rows"):
        stream.fold(IDS, 11)


@pytest.mark.parametrize(("ids", "rows"), [(IDS, 0), (IDS.reshape(2, 5), 2)])
def test_what_is_no_sequence_in_rows_is_refused(ids, rows):
    with pytest.raises(ValueError, match="one sequence in at least one row"):
        stream.fold(ids, rows)
    with pytest.raises(ValueError, match="one sequence in at least one row"):
        stream.evaluation(ids, batch_size=rows, bptt=1)
