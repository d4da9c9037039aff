"""Where images are kept, and how a batch of them comes out of there."""

import collections
import pathlib
import tracemalloc

import numpy as np
import pytest
import tensorflow as tf

from enas_tf.config import sections as config_lib
from enas_tf.config.sections import ConfigError
from enas_tf.data.images import (
    array_files,
    gather,
    permutation,
    splits,
    standardise,
    store,
)
from enas_tf.data.images.image_data import Split
from enas_tf.machine import free_memory
from enas_tf.stages import images as stage
from enas_tf.stages import same_data

GIB = 2**30
Usage = collections.namedtuple("Usage", "total used free")


def room(how="no", counts=(6, 2, 3), shape=(2, 2, 1)):
    """Rooms of splits, image i of all has i in every pixel."""
    found = store.Store(how).empty(counts, shape, name="x")
    for split, first in zip(found, np.cumsum([0, *counts]), strict=False):
        split[:] = (first + np.arange(len(split))).reshape(-1, 1, 1, 1)
    return found


@pytest.mark.parametrize("how", ["yes", "no"])
def test_splits_lie_behind_each_other_and_are_joined_without_a_copy(how):
    train, valid, test = room(how)
    assert [store.on_disk(split) for split in (train, valid, test)] == [how == "no"] * 3
    both = store.joined(train, valid)
    assert both[:, 0, 0, 0].tolist() == list(range(8))
    assert np.shares_memory(both, train) and np.shares_memory(both, valid)
    apart = store.joined(train, test)
    assert apart[:, 0, 0, 0].tolist() == [*range(6), 8, 9, 10]
    assert not np.shares_memory(apart, train)


@pytest.mark.parametrize("how", ["yes", "no"])
def test_a_batch_in_a_graph_holds_the_images_asked_for(how):
    images = room(how)[1]
    gathered = gather.of(images)
    batch = tf.function(gathered)(tf.constant([1, 0, 1]))
    assert batch.shape == (3, 2, 2, 1) and batch.dtype == tf.uint8
    assert batch.numpy()[:, 0, 0, 0].tolist() == [7, 6, 7]


def test_a_tensor_has_the_memory_of_its_images():
    """Or a search would take it twice; a part that begins elsewhere is copied."""
    if tf.config.list_logical_devices("GPU"):
        pytest.skip("a GPU has a memory of its own")
    (images,) = room("yes", counts=(4,), shape=(5, 5, 1))
    whole, part = gather.of(images), gather.of(images[1:])
    images[1] = 99
    assert whole(tf.constant([1]))[0, 0, 0, 0].numpy() == 99
    assert part(tf.constant([0]))[0, 0, 0, 0].numpy() == 1


def test_images_are_in_memory_once_from_the_file_to_the_graph(tmp_path, monkeypatch):
    """They are shuffled into splits, compared, counted, and handed to TensorFlow."""
    monkeypatch.setattr(array_files, "PIECE", 2**18)
    monkeypatch.setattr(standardise, "CHUNK", 100)
    count = 4_000
    x = np.random.default_rng(0).integers(0, 256, (count, 32, 32, 3), np.uint8)
    np.savez(tmp_path / "set.npz", x=x, y=np.arange(count) % 2)
    given = config_lib.Config()
    values = dict(data_path=str(tmp_path / "set.npz"), data_in_memory="yes")
    given = config_lib.replace(given, values)
    stage.search_data(given, 0)  # what is imported on the way is no data
    stage._read.cache_clear()
    tracemalloc.start()
    try:
        data, task = stage.search_data(given, 0)
        same_data.facts(data)
        stage.task(data, dict(train=data.all_training(), test=data.test), given)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        stage._read.cache_clear()
    assert task.size("train") == 2_400
    assert peak < 1.25 * x.nbytes


def test_an_order_is_reached_in_place_in_memory_and_in_a_file():
    order = np.random.default_rng(0).permutation(50)
    for how in ("yes", "no"):
        (images,) = room(how, counts=(50,))
        permutation.apply(images, order)
        assert images[:, 0, 0, 0].tolist() == order.tolist()


@pytest.mark.parametrize("labels", [[0, 1] * 25, [0] * 25 + [1] * 25])
@pytest.mark.parametrize("has_test", [True, False])
def test_splits_in_place_are_those_of_copies(labels, has_test):
    def given():
        images, test = room("yes", counts=(50, 4))
        found = dict(train=Split(images, np.array(labels, np.int32)))
        found |= dict(test=Split(test, np.zeros(4, np.int32))) if has_test else {}
        files = {
            key: [f"{i:02}" for i in range(len(s.labels))] for key, s in found.items()
        }
        found["train"].images[3] = found["train"].images[49]  # a repeated one
        return found, files

    (one, files), (two, same) = given(), given()
    copies = splits.arrange(one, name="x", seed=1, files=files)
    moved = splits.arrange(two, name="x", seed=1, files=same, in_place=True)
    for ours, theirs in zip(moved[:3], copies[:3], strict=True):
        np.testing.assert_array_equal(ours.images, theirs.images)
        np.testing.assert_array_equal(ours.labels, theirs.labels)
    assert moved.notes == copies.notes
    assert np.shares_memory(moved.train.images, two["train"].images)


@pytest.mark.parametrize(
    ("free", "is_on_disk"), [(6.5, True), (6.7, False), (None, False)]
)
def test_auto_goes_by_the_peak_and_says_what_it_chose(
    monkeypatch, caplog, free, is_on_disk
):
    """2 GiB of images take 2.6 at most, beside 4 for the network."""
    monkeypatch.setattr(free_memory, "available", lambda: free and int(free * GIB))
    monkeypatch.setattr(store, "_mapped", lambda *args: np.zeros(3, np.uint8))
    monkeypatch.setattr(store, "empty", lambda shape: np.ones(3, np.uint8))
    caplog.set_level("INFO", logger="absl")
    (found,) = store.AUTO.empty([2**11], (2**10, 2**10, 1), name="x")
    assert (not found.any()) == is_on_disk
    line = "x takes 2.0 GiB; with 6.5 GiB of memory free, it is kept in a file."
    assert (line in caplog.messages) == is_on_disk


def test_small_sets_are_in_memory_however_little_is_free(monkeypatch):
    monkeypatch.setattr(free_memory, "available", lambda: 0)
    assert not store.on_disk(room("auto")[0])


def test_a_full_disk_is_refused_before_anything_is_written(monkeypatch, tmp_path):
    monkeypatch.setattr("shutil.disk_usage", lambda folder: Usage(0, 0, 2**26 - 1))
    with pytest.raises(
        ConfigError, match="x takes .* on the disk .11 images of 2 x 2 "
    ):
        store.Store("no", str(tmp_path)).empty([11], (2, 2, 1), name="x")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_used_is_refused(tmp_path):
    gone = tmp_path / "gone"
    with pytest.raises(ConfigError, match="--data_cache: cannot keep .*No such file"):
        store.Store("no", str(gone)).empty([11], (2, 2, 1), name="x")


def test_nothing_of_the_file_is_seen_or_left(tmp_path):
    held = store.Store("no", str(tmp_path)).empty([11], (2, 2, 1), name="x")
    assert store.on_disk(held[0]) and list(tmp_path.iterdir()) == []


def test_a_cgroup_leaves_its_limit_without_what_is_used_but_for_copies_of_files(
    monkeypatch, tmp_path
):
    inner = tmp_path / "outer/inner"
    inner.mkdir(parents=True)
    for folder, limit in ((inner, "max"), (tmp_path / "outer", "1000")):
        pathlib.Path(folder, "memory.max").write_text(limit + "\n")
        pathlib.Path(folder, "memory.current").write_text("700\n")
        stat = "anon 400\ninactive_file 200\nactive_file 50\n"
        pathlib.Path(folder, "memory.stat").write_text(stat)
    own = tmp_path / "own"
    own.write_text("0::/outer/inner\n")
    monkeypatch.setattr(free_memory, "GROUPS", tmp_path)
    monkeypatch.setattr(free_memory, "OWN_GROUPS", own)
    assert free_memory.available() == 550
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemTotal: 9 kB\nMemAvailable:    0 kB\n")
    monkeypatch.setattr(free_memory, "MEMINFO", meminfo)
    assert free_memory.available() == 0
