"""Own images in .npz and .npy files."""

import numpy as np
import pytest

from enas_tf.config import sections as config
from enas_tf.data.images import load as images


def load(path, **values):
    return images.load(config.DataConfig(data_path=str(path), **values))


def refused(path, message):
    with pytest.raises(config.ConfigError, match=message) as caught:
        load(path)
    line = str(caught.value)
    assert "\n" not in line and line.startswith("--data_path")
    return line


def numbered(count, *, first=0, shape=(4, 4, 3)):
    """Image i is first + i in every pixel."""
    values = np.arange(first, first + count, dtype=np.uint8)
    return np.ones((count, *shape), np.uint8) * values.reshape(-1, *[1] * len(shape))


def in_turn(count):
    return np.arange(count) % 2


def keras_arrays():
    return dict(
        x_train=numbered(40),
        y_train=in_turn(40)[:, None],  # as of CIFAR-10
        x_test=numbered(10, first=100),
        y_test=in_turn(10)[:, None].astype(np.uint8),
    )


def saved(folder, **changes):
    """A .npz of the four arrays, with changes; None leaves one out."""
    arrays = {k: v for k, v in (keras_arrays() | changes).items() if v is not None}
    np.savez(folder / "set.npz", **arrays)
    return folder / "set.npz"


def values(split):
    return split.images[:, 0, 0, 0].tolist()


def test_the_four_arrays_of_keras_are_the_splits(tmp_path):
    data = load(saved(tmp_path))
    assert values(data.train) == list(range(36))
    assert values(data.valid) == [36, 37, 38, 39]
    assert values(data.test) == list(range(100, 110))
    assert data.train.labels.tolist() == [0, 1] * 18
    assert data.train.labels.dtype == np.int32 and data.train.images.dtype == np.uint8
    assert (data.name, data.class_names, data.notes) == ("set.npz", ("0", "1"), ())


def test_a_compressed_file_with_validation_keeps_its_own_and_names(tmp_path):
    arrays = keras_arrays() | dict(
        x_valid=numbered(4, first=200),
        y_valid=in_turn(4),
        class_names=np.array(["cat", "dog"]),
        made_by=np.array({"me": 1}),  # of no concern, and not looked at
    )
    np.savez_compressed(tmp_path / "set.npz", **arrays)
    data = load(tmp_path / "set.npz")
    assert values(data.valid) == [200, 201, 202, 203]
    assert values(data.train) == list(range(40))
    assert data.class_names == ("cat", "dog")
    assert data.notes == ("set.npz: arrays that are left out: made_by.",)
    both = data.all_training().images
    assert both[:, 0, 0, 0].tolist() == [*range(40), 200, 201, 202, 203]


@pytest.mark.parametrize("shape", [(4, 4), (4, 4, 1)])
def test_x_and_y_are_split_60_20_20_and_it_is_said(tmp_path, shape):
    np.savez(tmp_path / "set.npz", x=numbered(100, shape=shape), y=in_turn(100))
    data = load(tmp_path / "set.npz", split_seed=1)
    assert data.sizes == (60, 20, 20) and data.image_shape == (4, 4, 1)
    for split in (data.train, data.valid, data.test):
        assert (split.images[:, 0, 0, 0] % 2).tolist() == split.labels.tolist()
    every = values(data.train) + values(data.valid) + values(data.test)
    assert sorted(every) == list(range(100))
    assert "60 / 20 / 20 % are drawn (--split_seed=1)" in data.notes[0]


def test_two_npy_files_are_images_and_labels(tmp_path):
    np.save(tmp_path / "x.npy", numbered(50))
    np.save(tmp_path / "y.npy", np.where(in_turn(50), "dog", "cat"))
    data = load(f"{tmp_path}/x.npy,{tmp_path}/y.npy", image_size=6)
    assert data.sizes == (30, 10, 10) and data.image_shape == (6, 6, 3)
    assert data.class_names == ("cat", "dog")
    assert (data.test.images[:, 5, 5, 2] % 2).tolist() == data.test.labels.tolist()


@pytest.mark.parametrize("kind", [np.float16, np.float32, ">f8"])
def test_floats_from_0_to_1_become_bytes_and_it_is_said(tmp_path, kind):
    arrays = {k: (keras_arrays()[k] / 255).astype(kind) for k in ("x_train", "x_test")}
    data = load(saved(tmp_path, **arrays))
    assert values(data.train) == list(range(36))
    assert data.notes[0] == "set.npz: floats from 0 to 1 are read as 0 to 255."


def test_bits_are_those_of_images_in_memory_where_a_file_keeps_them(tmp_path):
    path = saved(tmp_path, y_train=np.repeat([0, 1], 20))  # so that it is shuffled
    held, kept = (load(path, data_in_memory=word) for word in ("yes", "no"))
    assert isinstance(kept.train.images, np.memmap)
    assert not isinstance(held.train.images, np.memmap)
    for ours, theirs in zip(kept.arrays, held.arrays, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    both = kept.all_training().images
    assert isinstance(both, np.memmap) and np.shares_memory(both, kept.train.images)


UNREAL = numbered(40).astype(np.float32) / 255
UNREAL[7, 0, 0, 0] = np.nan


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            dict(y_train=None),
            "has x_train, x_test, y_test: it must hold x_train",
        ),
        (dict(x_train=None, y_train=None), "it must hold x_train, y_train"),
        (dict(y_test=in_turn(9)), r"y_test has the shape \[9\]: it must be \[10\]"),
        (dict(y_train=np.eye(2)[in_turn(40)]), "Save labels.argmax"),
        (dict(y_train=in_turn(40) / 1), "y_train is of float64.* labels.astype"),
        (dict(y_train=in_turn(40) == 0), "y_train is of bool"),
        (dict(y_train=in_turn(40) - 1), "has the label -1"),
        (dict(y_train=in_turn(40) + 1), "has labels from 1 to 2.* Subtract 1"),
        (dict(y_train=in_turn(40) * 2), "no image of class 1, but some of class 2"),
        (dict(y_train=in_turn(40) * 0), "images of one class only .0."),
        (dict(y_test=np.full(10, 2)), "test images of class 2, and none to learn"),
        (dict(y_train=np.full(40, "a\nb")), "has labels of <U3, uint8: "),
        (dict(x_train=numbered(40).astype(int)), r"is of int64: it must be of uint8"),
        (dict(x_train=UNREAL), "has the value nan in image 7.* Replace it"),
        (dict(x_train=numbered(40) * 2.0), "the value 2 in image 1.*astype.np.uint8"),
        (dict(x_train=numbered(40) - 1.0), "the value -1 in image 0"),
        (dict(x_train=numbered(40, shape=(3, 4, 4))), "Save np.moveaxis"),
        (dict(x_train=numbered(40, shape=(4, 4, 4))), r"shape \[40, 4, 4, 4\]"),
        (dict(x_train=numbered(40, shape=(4,))), r"shape \[40, 4\]"),
        (
            dict(x_train=numbered(40, shape=(5, 5, 3))),
            "4 x 4 x 3, .* 5 x 5 x 3: ",
        ),
        (dict(x_train=numbered(0), y_train=in_turn(0)), "x_train is empty"),
        (dict(x_train=np.asfortranarray(numbered(40))), "Fortran order.*contiguous"),
        (dict(y_train=np.array([{}] * 40)), "holds Python objects, which are not read"),
        (dict(class_names=np.array(["a"])), "must be 2 different texts"),
        (dict(class_names=np.array("a")), "class_names is a single value"),
        (dict(x_valid=numbered(4)), "x_valid.* it must hold x_train"),
        (dict(x=numbered(4)), "has x and x_train: it must hold x_train.* or the oth"),
    ],
)
def test_what_is_wrong_is_refused_in_a_line(tmp_path, changes, message):
    refused(saved(tmp_path, **changes), message)


@pytest.mark.parametrize("keep", [0, 100, -3000, -100])
def test_a_damaged_zip_is_refused(tmp_path, keep):
    path = saved(tmp_path)
    path.write_bytes(path.read_bytes()[:keep])
    refused(path, "the zip is damaged or none.* Save it again")


def test_a_zip_whose_content_is_not_what_its_checksum_says_is_refused(tmp_path):
    path = saved(tmp_path)
    content = bytearray(path.read_bytes())
    content[500] ^= 1
    path.write_bytes(content)
    refused(path, "set.npz: x_train cannot be read as an array .the zip is damaged")


def test_npy_files_that_are_wrong_are_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.save("x.npy", numbered(50))
    np.save("y.npy", in_turn(50))
    refused("x.npy", "there must be two .npy files.*images.npy,labels.npy")
    refused("x.npy,gone.npy", "gone.npy cannot be read .No such file")
    refused("y.npy,x.npy", "y.npy is of int64: it must be of uint8")
    content = (tmp_path / "x.npy").read_bytes()
    for cut, reason in ((-1, "it is cut off"), (5, ""), (0, "")):
        (tmp_path / "x.npy").write_bytes(content[:cut])
        refused("x.npy,y.npy", f"x.npy cannot be read as an array .{reason}")
    for end in (b", (", b", )"):  # Python's parser fails in ways of its own
        (tmp_path / "x.npy").write_bytes(content.replace(b", }", end))
        refused("x.npy,y.npy", "x.npy cannot be read as an array .its header is dam")
    (tmp_path / "x.npy").write_bytes(content.replace(b"(50, 4", b"(-5, 4"))
    refused("x.npy,y.npy", r"its header says the shape \[-5, 4, 4, 3\]")
    (tmp_path / "x.npy").write_text("x")
    refused("x.npy,y.npy", "must be as np.save")
