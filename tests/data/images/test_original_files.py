import pickle
import struct

import numpy as np
import pytest

from enas_tf.config import sections as config
from enas_tf.data.images import array_pickle, cifar_forms
from enas_tf.data.images import load as images

TRAIN = cifar_forms.FORMS[0].train
PER_BATCH = 4


def rows(number: int) -> tuple[np.ndarray, list[int]]:
    """[4, 3072] with a plane each of 10 n, 10 n + 1, 10 n + 2; four labels."""
    planes = np.repeat(np.arange(3, dtype=np.uint8) + 10 * number, 1024)
    return np.tile(planes, (PER_BATCH, 1)), [number, 9, 0, 1]


def write_python(folder, **changes):
    folder.mkdir(exist_ok=True)
    for number, name in enumerate((*TRAIN, "test_batch")):
        data, labels = rows(number)
        content = {b"data": data, b"labels": labels}
        written = changes.get(name, pickle.dumps(content, protocol=2))
        if written is not None:
            (folder / name).write_bytes(written)
    return folder


def write_binary(folder):
    folder.mkdir(exist_ok=True)
    for number, name in enumerate((*TRAIN, "test_batch")):
        data, labels = rows(number)
        records = np.concatenate([np.uint8(labels)[:, None], data], axis=1)
        (folder / f"{name}.bin").write_bytes(records.tobytes())
    return folder


def load(path):
    return images.load(config.DataConfig(data_path=str(path)))


def refused(path, message):
    with pytest.raises(config.ConfigError, match=message) as caught:
        load(path)
    assert "\n" not in str(caught.value)


def python2_batch(data: np.ndarray, labels: list[int]) -> bytes:
    """A batch byte by byte as Python 2 and the NumPy of 2009 wrote it."""

    def text(value: bytes) -> bytes:
        return b"T" + struct.pack("<i", len(value)) + value

    def number(value: int) -> bytes:
        return b"J" + struct.pack("<i", value)

    dtype = b"cnumpy\ndtype\n" + b"(" + text(b"u1") + b"K\x00K\x01tR"
    state = b"(K\x03" + text(b"|") + b"NNN" + number(-1) * 2 + b"K\x00tb"
    empty = b"cnumpy.core.multiarray\n_reconstruct\n"
    empty += b"(cnumpy\nndarray\n(K\x00t" + text(b"b") + b"tR"
    shape = b"(" + number(len(data)) + number(3072) + b"t"
    array = empty + b"(K\x01" + shape + dtype + state + b"\x89"
    array += text(data.tobytes()) + b"tb"
    items = text(b"data") + array + text(b"labels") + b"]("
    items += b"".join(number(label) for label in labels) + b"e"
    return b"\x80\x02}(" + items + b"u."


@pytest.mark.parametrize("write", [write_python, write_binary])
@pytest.mark.parametrize("own_folder", [True, False])
def test_both_layouts_are_read_from_the_folder_or_its_parent(
    tmp_path, write, own_folder
):
    ending = "bin" if write is write_binary else "py"
    folder = write(
        tmp_path / ("cifar10" if own_folder else f"cifar-10-batches-{ending}")
    )
    data = load(folder if own_folder else tmp_path)
    assert data.image_shape == (32, 32, 3)
    assert data.train.labels.tolist() == [
        0,
        9,
        0,
        1,
        1,
        9,
        0,
        1,
        2,
        9,
        0,
        1,
        3,
        9,
        0,
        1,
    ] + [4, 9]
    assert data.valid.labels.tolist() == [0, 1]  # the tail of the last batch
    assert data.test.labels.tolist() == [5, 9, 0, 1]
    assert data.test.images[0, 5, 7].tolist() == [50, 51, 52]
    assert data.class_names == cifar_forms.CIFAR10_NAMES
    assert "the classes are called as in CIFAR-10" in data.notes[0]


def test_pixels_lie_row_by_row(tmp_path):
    data = np.zeros((PER_BATCH, 3072), np.uint8)
    data[:, 1024 + 32 * 2 + 5] = 7  # green, row 2, column 5
    content = pickle.dumps({b"data": data, b"labels": [0, 1, 2, 3]}, protocol=2)
    loaded = load(write_python(tmp_path / "x", test_batch=content))
    assert loaded.test.images[0, 2, 5].tolist() == [0, 7, 0]
    assert loaded.test.images.sum() == PER_BATCH * 7


def test_a_batch_of_python_2_is_read(tmp_path):
    data, labels = rows(5)
    folder = write_python(tmp_path / "x", test_batch=python2_batch(data, labels))
    loaded = load(folder)
    assert loaded.test.labels.tolist() == [5, 9, 0, 1]
    assert loaded.test.images[0, 0, 0].tolist() == [50, 51, 52]


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_arrays_of_every_protocol_are_read(tmp_path, protocol):
    path = tmp_path / "array"
    array = np.arange(6, dtype=np.uint8).reshape(2, 3)
    path.write_bytes(pickle.dumps({"a": array, "b": [1, 2]}, protocol=protocol))
    with open(path, "rb") as file:
        found = array_pickle.load(file)
    np.testing.assert_array_equal(found["a"], array)


def test_class_names_come_from_the_meta_file(tmp_path):
    names = [f"kind{number}" for number in range(10)]
    python, binary = write_python(tmp_path / "p"), write_binary(tmp_path / "b")
    meta = {b"label_names": [name.encode() for name in names]}
    (python / "batches.meta").write_bytes(pickle.dumps(meta, protocol=2))
    (binary / "batches.meta.txt").write_text("\n".join(names) + "\n\n")
    assert load(python).class_names == load(binary).class_names == tuple(names)


def test_own_names_of_any_number_are_kept(tmp_path):
    """Four classes are not called airplane, automobile, ..., and twelve are read."""
    four = write_python(tmp_path / "four", **relabelled([0, 1, 2, 3]))
    meta = {b"label_names": [b"oak", b"elm", b"fir", b"red maple"]}
    (four / "batches.meta").write_bytes(pickle.dumps(meta, protocol=2))
    data = load(four)
    assert data.class_names == ("oak", "elm", "fir", "red maple")
    assert data.name == "four"
    twelve = write_python(tmp_path / "twelve", **relabelled([0, 11, 10, 3]))
    meta = {"label_names": [f"kind {number}" for number in range(12)]}
    (twelve / "batches.meta").write_bytes(pickle.dumps(meta))
    assert load(twelve).num_classes == 12
    assert load(twelve).test.labels.tolist() == [0, 11, 10, 3]


def relabelled(labels) -> dict[str, bytes]:
    return {
        name: pickle.dumps({b"data": rows(number)[0], b"labels": labels}, protocol=2)
        for number, name in enumerate((*TRAIN, "test_batch"))
    }


def test_a_label_without_a_name_is_refused(tmp_path):
    folder = write_python(tmp_path / "x", **relabelled([0, 1, 2, 4]))
    meta = {b"label_names": [b"oak", b"elm", b"fir", b"yew"]}
    (folder / "batches.meta").write_bytes(pickle.dumps(meta, protocol=2))
    refused(folder, "data_batch_1 is damaged .* not 0 to 3, for which there are names")


@pytest.mark.parametrize(
    "meta", [{b"names": [b"a"]}, [1], {b"label_names": 3}, {b"label_names": [b"a"]}]
)
def test_a_file_of_names_without_names_is_refused(tmp_path, meta):
    folder = write_python(tmp_path / "x")
    (folder / "batches.meta").write_bytes(pickle.dumps(meta, protocol=2))
    refused(folder, "batches.meta is damaged")


def test_a_sixth_batch_is_read_too(tmp_path):
    folder = write_python(tmp_path / "x")
    content = {b"data": rows(9)[0], b"labels": [5, 5, 5, 5]}
    (folder / "data_batch_6").write_bytes(pickle.dumps(content, protocol=2))
    data = load(folder)
    assert len(data.all_training().labels) == 6 * PER_BATCH
    assert data.valid.labels.tolist() == [5, 5]


def write_hundred(folder, ending):
    """CIFAR-100: coarse labels 1, fine labels 99, 7, 7, 7, in either form."""
    folder.mkdir()
    names = [f"fine{number}" for number in range(100)]
    for number, name in enumerate(("train", "test")):
        data, coarse = np.tile(rows(number)[0], (5, 1)), [1] * 5 * PER_BATCH
        fine = [99, 7, 7, 7] * 5
        if ending:
            records = np.column_stack([np.uint8(coarse), np.uint8(fine), data])
            (folder / f"{name}.bin").write_bytes(records.tobytes())
        else:
            content = {b"data": data, b"coarse_labels": coarse, b"fine_labels": fine}
            (folder / name).write_bytes(pickle.dumps(content, protocol=2))
    if ending:
        (folder / "fine_label_names.txt").write_text("\n".join(names) + "\n")
    else:
        meta = {b"fine_label_names": names, b"coarse_label_names": ["c"] * 20}
        (folder / "meta").write_bytes(pickle.dumps(meta, protocol=2))


@pytest.mark.parametrize("own_folder", [True, False])
@pytest.mark.parametrize("ending, name", [("", "python"), (".bin", "binary")])
def test_cifar_100_is_read_with_its_fine_labels(tmp_path, ending, name, own_folder):
    folder = tmp_path / f"cifar-100-{name}"
    write_hundred(folder, ending)
    data = load(folder if own_folder else tmp_path)
    assert data.name == "cifar100"
    assert data.num_classes == 100
    assert data.class_names[99] == "fine99"
    assert data.test.labels.tolist() == [99, 7, 7, 7] * 5
    assert data.test.images[0, 5, 7].tolist() == [10, 11, 12]
    assert len(data.train.labels) == 18


def test_cifar_100_without_names_or_without_a_part_is_refused(tmp_path):
    folder = tmp_path / "cifar-100-python"
    write_hundred(folder, "")
    (folder / "test").rename(tmp_path / "test")
    refused(folder, "test is missing: train and test must be there")
    (tmp_path / "test").rename(folder / "test")
    (folder / "meta").unlink()
    refused(folder, "meta is missing: it must name the classes")


class Malicious:
    def __init__(self, function, *args):
        self.call = (function, args)

    def __reduce__(self):
        return self.call


def dropped(path) -> Malicious:
    return Malicious(exec, f"open({str(path)!r}, 'w').write('x')")


def test_a_pickle_cannot_run_code(tmp_path):
    trace = tmp_path / "trace"
    content = {b"data": dropped(trace), b"labels": []}
    bad = pickle.dumps(content, protocol=2)
    refused(write_python(tmp_path / "x", data_batch_1=bad), "names .*exec")
    assert not trace.exists()


def test_a_meta_file_cannot_run_code(tmp_path):
    trace, folder = tmp_path / "trace", write_python(tmp_path / "x")
    (folder / "batches.meta").write_bytes(pickle.dumps(dropped(trace), protocol=2))
    refused(folder, "batches.meta is damaged .* names .*exec")
    assert not trace.exists()


@pytest.mark.parametrize(
    "name",
    ["os\nsystem", "builtins\neval", "numpy\nload", "numpy.core.multiarray\nfromfile"],
)
def test_a_global_that_no_array_needs_is_refused(tmp_path, name):
    bad = f"\x80\x02c{name}\n.".encode("latin1")
    folder = write_python(tmp_path / "x", data_batch_3=bad)
    refused(folder, "data_batch_3 is damaged .* no part of an array")


def test_a_text_encoding_that_no_array_needs_is_refused(tmp_path):
    bad = b"\x80\x02c_codecs\nencode\nX\x01\x00\x00\x00aX\x03\x00\x00\x00zip\x86R."
    refused(write_python(tmp_path / "x", data_batch_1=bad), "encoding 'zip'")


@pytest.mark.parametrize("kept", [0, 1, 10, 100, 5_000])
def test_a_truncated_pickle_is_refused_by_name(tmp_path, kept):
    data, labels = rows(0)
    whole = pickle.dumps({b"data": data, b"labels": labels}, protocol=2)
    folder = write_python(tmp_path / "x", data_batch_2=whole[:kept])
    refused(folder, "data_batch_2 is damaged")


def test_a_file_that_is_no_pickle_is_refused(tmp_path):
    folder = write_python(tmp_path / "x", test_batch=b"<html>not found</html>")
    refused(folder, "test_batch is damaged")


@pytest.mark.parametrize(
    "content",
    [
        [1, 2],
        {b"data": rows(0)[0]},
        {b"data": rows(0)[0].astype(np.int64), b"labels": [0, 1, 2, 3]},
        {b"data": rows(0)[0][:, :100], b"labels": [0, 1, 2, 3]},
        {b"data": rows(0)[0], b"labels": [0, 1, 2]},
        {b"data": rows(0)[0], b"labels": [0, 1, 2, 10]},
        {b"data": rows(0)[0], b"labels": [0, 1, 2, -1]},
        {b"data": rows(0)[0], b"labels": ["a", "b", "c", "d"]},
        {b"data": rows(0)[0][:0], b"labels": []},
    ],
)
def test_a_pickle_of_something_else_is_refused(tmp_path, content):
    bad = pickle.dumps(content, protocol=2)
    refused(write_python(tmp_path / "x", data_batch_1=bad), "data_batch_1 is damaged")


def test_a_truncated_binary_is_refused_by_name(tmp_path):
    folder = write_binary(tmp_path / "x")
    path = folder / "data_batch_4.bin"
    path.write_bytes(path.read_bytes()[:-1])
    refused(folder, "data_batch_4.bin is damaged .* 3072 are left over")


def test_an_empty_binary_and_wrong_labels_are_refused(tmp_path):
    folder = write_binary(tmp_path / "x")
    (folder / "test_batch.bin").write_bytes(b"")
    refused(folder, "test_batch.bin is damaged")
    (folder / "test_batch.bin").write_bytes(b"\x0a" * 3073)
    refused(folder, "its labels are not 0 to 9")


def test_a_missing_batch_is_named(tmp_path):
    refused(write_python(tmp_path / "x", data_batch_5=None), "data_batch_5 is missing")


def test_a_path_that_is_no_folder_is_refused(tmp_path):
    (tmp_path / "file.tar.gz").write_bytes(b"x")
    refused(tmp_path / "file.tar.gz", "is not a folder but an archive.* Unpack it")
    refused(tmp_path / "nowhere", "nowhere does not exist")
