import numpy as np
import pytest
from PIL import Image

from enas_tf.config import sections as config
from enas_tf.data.images import load as images


def write(folder, count, *, value, size=(6, 4), mode="RGB", ending="png"):
    """`count` images of one colour; size is width, height."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        colour = value if mode == "L" else (value, 0, 255)
        Image.new(mode, size, colour).save(folder / f"{number}.{ending}")


def load(path, **values):
    return images.load(config.DataConfig(data_path=str(path), **values))


def refused(path, message, **values):
    with pytest.raises(config.ConfigError, match=message) as caught:
        load(path, **values)
    assert "\n" not in str(caught.value)


def test_folders_are_the_classes_and_are_split_60_20_20(tmp_path):
    write(tmp_path / "cat", 10, value=10)
    write(tmp_path / "dog", 20, value=20)
    data = load(tmp_path)
    assert data.class_names == ("cat", "dog")
    assert data.image_shape == (4, 6, 3)
    splits = (data.train, data.valid, data.test)
    counts = [np.bincount(split.labels).tolist() for split in splits]
    assert counts == [[6, 12], [2, 4], [2, 4]]
    for split in splits:
        reds = np.where(split.labels == 0, 10, 20)
        np.testing.assert_array_equal(split.images[:, 1, 2, 0], reds)
        assert np.all(split.images[..., 2] == 255)
    assert "no test split" in data.notes[0]


def test_pictures_in_a_file_beside_the_memory_are_the_same(tmp_path):
    for split in ("validation", "test", "train"):  # in memory train comes first
        write(tmp_path / split / "cat", 3, value=10)
        write(tmp_path / split / "dog", 4, value=20)
    held, kept = (load(tmp_path, data_in_memory=word) for word in ("yes", "no"))
    assert isinstance(kept.train.images, np.memmap)
    for ours, theirs in zip(kept.arrays, held.arrays, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    both = kept.all_training().images
    assert isinstance(both, np.memmap) and both.shape == (14, 4, 6, 3)


def test_train_and_test_folders_are_the_splits(tmp_path):
    for name, value in (("cat", 10), ("dog", 20)):
        write(tmp_path / "train" / name, 20, value=value)
        write(tmp_path / "test" / name, 3, value=value + 1)
    data = load(tmp_path)
    assert [len(s.labels) for s in (data.train, data.valid, data.test)] == [36, 4, 6]
    assert set(data.valid.labels.tolist()) == {0, 1}
    assert np.unique(data.test.images[..., 0]).tolist() == [11, 21]
    assert "validation is drawn from training (--split_seed=0)" in data.notes[0]
    assert "no test split" not in "".join(data.notes)


def test_a_validation_folder_is_used(tmp_path):
    for split, count in (("train", 5), ("val", 2), ("test", 3)):
        for name in ("cat", "dog"):
            write(tmp_path / split / name, count, value=1)
    data = load(tmp_path)
    assert [len(s.labels) for s in (data.train, data.valid, data.test)] == [10, 4, 6]


def test_grey_images_have_one_channel(tmp_path):
    write(tmp_path / "a", 10, value=7, mode="L")
    write(tmp_path / "b", 10, value=9, mode="L")
    data = load(tmp_path)
    assert data.image_shape == (4, 6, 1)
    assert np.unique(data.train.images).tolist() == [7, 9]


def test_sizes_that_differ_need_image_size(tmp_path):
    write(tmp_path / "a", 10, value=7, size=(6, 4), ending="jpg")
    write(tmp_path / "b", 10, value=9, size=(8, 8), ending="bmp")
    refused(tmp_path, "^The images are of several sizes .*: give --image_size, ")
    assert load(tmp_path, image_size=5).image_shape == (5, 5, 3)


def test_an_unreadable_image_is_named(tmp_path):
    write(tmp_path / "a", 10, value=7)
    write(tmp_path / "b", 10, value=9)
    (tmp_path / "b" / "bad.png").write_bytes(b"not an image")
    refused(tmp_path, "bad.png cannot be read")


def test_a_truncated_image_is_named(tmp_path):
    write(tmp_path / "a", 10, value=7)
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    (tmp_path / "b").mkdir()
    for number in range(10):
        Image.fromarray(noise).save(tmp_path / "b" / f"{number}.png")
    path = tmp_path / "b" / "4.png"
    path.write_bytes(path.read_bytes()[:3000])
    refused(tmp_path, "4.png cannot be read", image_size=8)


def test_a_class_without_images_is_named(tmp_path):
    write(tmp_path / "a", 10, value=7)
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "notes.txt").write_text("none yet")
    refused(tmp_path, r"no image in .*b \(1 file is left out: 1 .txt\): ")


def test_a_folder_without_class_folders_is_refused(tmp_path):
    refused(tmp_path, "holds 0 class folders")
    write(tmp_path / "only", 10, value=7)
    refused(tmp_path, "holds 1 class folders")


def test_train_and_test_must_have_the_same_classes(tmp_path):
    for name in ("cat", "dog"):
        write(tmp_path / "train" / name, 5, value=1)
        write(tmp_path / "test" / name, 5, value=1)
    write(tmp_path / "test" / "eel", 5, value=1)
    refused(tmp_path, "'eel' is only in one of")
