import os
import pathlib
import threading

import numpy as np
import picture_kinds
import pytest
import tensorflow as tf
import tensorflow_datasets as tfds

from enas_tf.config import sections as config
from enas_tf.data import tfds_download
from enas_tf.data.images import load as images
from enas_tf.data.images import store as store_lib
from enas_tf.export import predict_images as predict

ROOT = pathlib.Path(__file__).parents[3]
CIFAR = pathlib.Path(os.environ.get("ENAS_TFDS", ROOT.parent / "shared/data/tfds"))


def store(folder, name, splits, *, shape=(28, 28, 1), classes=4, side=None):
    """A set whose image i is i in every pixel, with labels as given.

    `classes` is how many there are, or their names.
    """
    named = (
        dict(num_classes=classes) if isinstance(classes, int) else dict(names=classes)
    )
    features = tfds.features.FeaturesDict(
        dict(
            picture=tfds.features.Image(shape=shape),
            kind=tfds.features.ClassLabel(**named),
        )
    )

    def examples(labels):
        for number, label in enumerate(labels):
            size = side(number) if side else shape[:2]
            picture = np.full((*size, shape[2]), number, np.uint8)
            yield number, dict(picture=picture, kind=label)

    tfds.dataset_builders.store_as_tfds_dataset(
        name=name,
        version="1.0.0",
        features=features,
        split_datasets={
            split: list(examples(labels)) for split, labels in splits.items()
        },
        data_dir=folder,
        disable_shuffling=True,
    )


def load(name, folder="", **values):
    given = config.DataConfig(dataset=name, data_dir=str(folder), **values)
    return images.load(given)


def refused(message, *args, **values):
    with pytest.raises(config.ConfigError, match=message) as caught:
        load(*args, **values)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.fixture(scope="module")
def shapes_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tfds")
    store(folder, "shapes", dict(train=[3, 1, 0, 2] * 10, test=[0, 1, 2, 3]))
    return folder


def test_size_channels_and_classes_of_any_set_are_inferred(shapes_folder):
    data = load("shapes", shapes_folder)
    assert data.image_shape == (28, 28, 1)
    assert data.class_names == ("0", "1", "2", "3")
    assert [len(s.labels) for s in (data.train, data.valid, data.test)] == [36, 4, 4]
    assert data.train.images[:, 3, 5, 0].tolist() == list(range(36))
    assert data.train.labels.tolist() == [3, 1, 0, 2] * 9
    assert data.valid.images[:, 0, 0, 0].tolist() == [36, 37, 38, 39]
    assert data.test.labels.tolist() == [0, 1, 2, 3]
    assert data.train.images.dtype == np.uint8
    assert data.train.labels.dtype == np.int32


def test_the_environment_variable_of_tfds_is_honoured(shapes_folder, monkeypatch):
    monkeypatch.setenv("TFDS_DATA_DIR", str(shapes_folder))
    assert load("shapes").image_shape == (28, 28, 1)


def test_data_dir_goes_before_the_environment_variable(shapes_folder, monkeypatch):
    monkeypatch.setenv("TFDS_DATA_DIR", "nowhere")
    assert load("shapes", shapes_folder).image_shape == (28, 28, 1)


def test_image_size_resizes(shapes_folder):
    data = load("shapes", shapes_folder, image_size=14)
    assert data.image_shape == (14, 14, 1)
    assert np.all(data.train.images[7] == 7)


def test_a_set_without_a_test_split_is_split_and_it_is_said(tmp_path):
    store(tmp_path, "alone", dict(train=[0, 1, 2, 3] * 10), shape=(4, 4, 3))
    data = load("alone", tmp_path)
    assert [len(s.labels) for s in (data.train, data.valid, data.test)] == [24, 8, 8]
    assert "no test split" in data.notes[0]


def test_images_of_several_sizes_need_image_size(tmp_path):
    def side(number):
        return (4 + number % 3, 5)

    labels = dict(train=[0, 1, 2, 3] * 5, test=[0])
    store(tmp_path, "uneven", labels, shape=(None, None, 3), side=side)
    refused(
        "^The images of uneven are of several sizes: give --ima", "uneven", tmp_path
    )
    assert load("uneven", tmp_path, image_size=6).image_shape == (6, 6, 3)


def test_one_size_is_inferred_where_the_set_does_not_state_it(tmp_path):
    labels = dict(train=[0, 1, 2, 3] * 5, test=[0])
    store(tmp_path, "even", labels, shape=(None, None, 3), side=lambda _: (5, 6))
    assert load("even", tmp_path).image_shape == (5, 6, 3)


def test_a_set_that_does_not_fit_into_memory_is_refused_only_there(
    shapes_folder, monkeypatch
):
    size = 44 * 28 * 28
    monkeypatch.setattr("enas_tf.data.images.store.SMALL", size - 1)
    monkeypatch.setattr("enas_tf.machine.free_memory.available", lambda: size - 1)
    message = "--data_in_memory=yes: shapes takes .* of memory are free"
    refused(message, "shapes", shapes_folder, data_in_memory="yes")
    found = load("shapes", shapes_folder)
    assert store_lib.on_disk(found.train.images)
    np.testing.assert_array_equal(found.train.images[:, 0, 0, 0], range(36))


def test_a_truncated_record_file_is_refused(tmp_path):
    store(tmp_path, "broken", dict(train=[0, 1, 2, 3] * 5, test=[0]))
    (path,) = tmp_path.glob("broken/1.0.0/*train*")
    path.write_bytes(path.read_bytes()[:-30])
    refused("broken.* is damaged", "broken", tmp_path)
    path.unlink()
    refused("broken.* is damaged", "broken", tmp_path)


@pytest.mark.parametrize(
    "name, message",
    [
        ("no_such_set", "--dataset=no_such_set is not known to TFDS"),
        ("cifar10:9.9.9", "cannot be opened by TFDS"),
        ("a b", "cannot be opened by TFDS"),
        ("imdb_reviews", "is not image classification .*text: Text"),
        ("coco", "is not image classification"),
    ],
)
def test_a_wrong_name_is_refused(tmp_path, name, message):
    refused(message, name, tmp_path)


def test_a_set_without_training_images_is_refused(tmp_path):
    store(tmp_path, "odd", dict(test=[0, 1]))
    refused("no split named train .it has: test", "odd", tmp_path)


def test_a_set_that_is_downloaded_by_hand_says_so(tmp_path):
    assert "--data_path" in refused("by hand", "imagenet2012", tmp_path)


@pytest.mark.parametrize("problem", ["silent", "unreachable"])
def test_a_missing_download_names_the_ways_out(tmp_path, monkeypatch, problem):
    over = threading.Event()

    def urlopen(url, timeout):
        if problem == "unreachable":
            raise OSError("Network is unreachable")
        over.wait()  # as a look-up of the host's name may
        raise OSError

    monkeypatch.setattr("urllib.request.urlopen", urlopen)
    monkeypatch.setattr(tfds_download, "ANSWER_SECONDS", 0.05)
    try:
        line = refused("cannot be downloaded .www.cs.toronto.edu", "cifar10", tmp_path)
    finally:
        over.set()
    for way in ("--dataset=digits", "--data_dir", "--data_path"):
        assert way in line


def test_the_host_has_less_than_15_seconds_to_answer():
    assert tfds_download.ANSWER_SECONDS <= 10


def test_a_download_that_fails_later_is_one_line_too(tmp_path, monkeypatch):
    def fail(self, **_):
        raise RuntimeError("disk\nfull")

    monkeypatch.setattr(tfds_download, "problem", lambda url: "")
    monkeypatch.setattr(tfds.core.DatasetBuilder, "download_and_prepare", fail)
    refused("could not be prepared .* .disk full.", "cifar10", tmp_path)


@pytest.mark.skipif(
    not (CIFAR / "cifar10").is_dir(),
    reason="no CIFAR-10: set ENAS_TFDS to a TFDS folder",
)
def test_cifar10_has_45000_5000_10000_images():
    data = load("cifar10", CIFAR)
    sizes = [len(s.labels) for s in (data.train, data.valid, data.test)]
    assert sizes == [45_000, 5_000, 10_000]
    assert data.image_shape == (32, 32, 3)
    assert data.class_names[3] == "cat"
    assert np.bincount(data.test.labels).tolist() == [1_000] * 10
    assert data.default_flip
    assert data.default_pad == 4


@pytest.mark.parametrize("size", [0, 12])
def test_a_stored_file_has_the_pixels_that_predict_sees(tmp_path, size):
    """TensorFlow decodes a JPEG a little differently, and does not turn it."""
    rng = np.random.default_rng(0)
    paths = [tmp_path / f"{number:02}.jpg" for number in range(20)]
    for number, path in enumerate(paths):
        pattern = rng.integers(0, 256, (8, 6), dtype=np.uint8)
        kind = picture_kinds.KINDS["jpeg_held_6" if number % 2 else "jpeg_rgb"]
        path.write_bytes(kind.write(pattern))
    features = dict(
        picture=tfds.features.Image(shape=(None, None, 3), encoding_format="jpeg"),
        kind=tfds.features.ClassLabel(num_classes=2),
    )
    examples = [(i, dict(picture=str(p), kind=i % 2)) for i, p in enumerate(paths)]
    tfds.dataset_builders.store_as_tfds_dataset(
        name="photos",
        version="1.0.0",
        features=tfds.features.FeaturesDict(features),
        split_datasets=dict(train=examples, test=examples[:1]),
        data_dir=tmp_path,
        disable_shuffling=True,
    )
    data = load("photos", tmp_path, image_size=size)
    assert data.image_shape == ((12, 12, 3) if size else (8, 6, 3))
    seen = predict._read(paths, data.image_shape)
    np.testing.assert_array_equal(data.all_training().images, seen)


def test_decoding_in_batches_gives_what_tfds_gives(shapes_folder):
    builder = tfds.builder("shapes", data_dir=shapes_folder)
    plain = [e["picture"] for e in tfds.as_numpy(builder.as_dataset(split="test"))]
    np.testing.assert_array_equal(load("shapes", shapes_folder).test.images, plain)
    assert tf.executing_eagerly()


def test_a_class_that_is_no_line_of_text_is_refused(tmp_path):
    names = ["cat", "a\u2028b", "dog", " bird"]
    store(tmp_path, "pets", dict(train=[0, 1, 2, 3] * 5, test=[0]), classes=names)
    refused("--dataset: the class name 'a.u2028b' in pets is not", "pets", tmp_path)
