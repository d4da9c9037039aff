import numpy as np
import pytest

from enas_tf.config import sections as config
from enas_tf.data.images import load as images
from enas_tf.data.images import splits
from enas_tf.data.images.image_data import Split


def numbered(labels) -> Split:
    """A split whose image i has the value i in every pixel."""
    labels = np.asarray(labels, np.int32)
    values = np.arange(len(labels), dtype=np.uint8)
    return Split(np.tile(values[:, None, None, None], (1, 2, 2, 1)), labels)


def numbers(split: Split) -> list[int]:
    return split.images[:, 0, 0, 0].tolist()


def test_last_tenth_of_training_is_validation():
    train = numbered([0, 1] * 10)
    test = Split(train.images + 100, train.labels)
    found = splits.arrange(dict(train=train, test=test), name="x", seed=0)
    assert numbers(found.train) == list(range(18))
    assert numbers(found.valid) == [18, 19]
    assert numbers(found.test) == list(range(100, 120))
    assert found.notes == ()


def test_at_most_5000_images_are_held_out():
    labels = np.arange(60_000, dtype=np.int32) % 7
    train = Split(np.zeros((60_000, 1, 1, 1), np.uint8), labels)
    rest, held = splits.hold_out_tail(train, name="x")
    assert (len(rest.labels), len(held.labels)) == (55_000, 5_000)
    np.testing.assert_array_equal(held.labels, labels[55_000:])


def test_training_ordered_by_class_is_shuffled_before_its_tail_is_held_out():
    train = numbered([0] * 50 + [1] * 50)
    found = splits.arrange(dict(train=train, test=train), name="x", seed=3)
    assert set(found.valid.labels.tolist()) == {0, 1}
    both = numbers(found.train) + numbers(found.valid)
    assert sorted(both) == list(range(100))
    for split in (found.train, found.valid):
        np.testing.assert_array_equal(split.labels, np.asarray(numbers(split)) >= 50)


@pytest.mark.parametrize(
    ("labels", "by_class"),
    [
        (np.repeat([3, 0, 2, 1], 25), True),  # in runs, in no order
        (np.tile(np.repeat([0, 1], 5), 10), True),  # in short runs
        (np.tile([0, 1, 2, 3], 25), False),
        (np.random.default_rng(0).integers(0, 10, 500), False),
        (np.random.default_rng(0).permutation(np.repeat([0, 1], [450, 50])), False),
        (np.array([4]), False),
    ],
)
def test_runs_of_a_class_are_seen_whatever_their_order(labels, by_class):
    assert splits.stored_by_class(labels) is by_class


def test_own_validation_split_is_kept():
    train, valid, test = numbered([0, 1] * 10), numbered([1]), numbered([0])
    given = dict(train=train, validation=valid, test=test)
    found = splits.arrange(given, name="x", seed=0)
    assert [len(s.labels) for s in found[:3]] == [20, 1, 1]


def test_validation_stands_in_for_a_missing_test_split_and_it_is_said():
    given = dict(train=numbered([0, 1] * 10), validation=numbered([1, 0, 1]))
    found = splits.arrange(given, name="flowers", seed=0)
    assert [len(s.labels) for s in found[:3]] == [18, 2, 3]
    assert "flowers has no test split" in found.notes[0]


def test_without_a_test_split_every_class_is_split_60_20_20_and_it_is_said():
    everything = numbered([0] * 50 + [1] * 100)
    found = splits.arrange(dict(train=everything), name="flowers", seed=0)
    counts = [np.bincount(split.labels).tolist() for split in found[:3]]
    assert counts == [[30, 60], [10, 20], [10, 20]]
    together = sum((numbers(split) for split in found[:3]), [])
    assert sorted(together) == list(range(150))
    assert "60 / 20 / 20 % are drawn (--split_seed=0)" in found.notes[0]


def test_the_seed_decides_what_is_set_aside():
    everything = numbered([0, 1] * 50)
    one, same, other = (
        numbers(splits.arrange(dict(train=everything), name="x", seed=seed).test)
        for seed in (1, 1, 2)
    )
    assert one == same
    assert set(one) != set(other)


def test_too_few_images_of_a_class_are_refused():
    with pytest.raises(config.ConfigError, match="too few images"):
        splits.arrange(dict(train=numbered([0] * 10 + [1])), name="x", seed=0)


def test_fewer_than_ten_training_images_are_refused():
    with pytest.raises(config.ConfigError, match="at least 10 training images"):
        splits.hold_out_tail(numbered([0] * 9), name="x")


def test_split_seed_alone_decides_what_is_tested_on():
    def tested_on(**values):
        given = config.replace(config.Config(), dict(dataset="digits", **values))
        return images.load(given.data).test.images

    usual = tested_on()
    np.testing.assert_array_equal(tested_on(seed=7), usual)
    assert not np.array_equal(tested_on(split_seed=7), usual)
    assert config.flat(config.Config())["split_seed"] == 0


def test_images_in_two_splits_are_told_with_their_files():
    train, test = numbered([0, 1] * 10), numbered([0, 1, 0])
    shifts = np.uint8([0, 100, 100]).reshape(3, 1, 1, 1)
    test = Split(test.images + shifts, test.labels)
    files = dict(train=[f"t{i}" for i in range(20)], test=["e0", "e1", "e2"])
    found = splits.arrange(dict(train=train, test=test), name="x", seed=0, files=files)
    assert found.notes == (
        "x: also in training: 1 of 3 test images.",
        "x: for example t0 and e0.",
    )
    assert (
        splits.arrange(dict(train=train, test=test), name="x", seed=0).notes
        == (found.notes[:1])
    )
