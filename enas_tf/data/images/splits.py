"""Images parted into training, validation and test. NumPy and scikit-learn only."""

from typing import NamedTuple

import numpy as np

from enas_tf.config.sections import ConfigError
from enas_tf.data.images import permutation, repeats
from enas_tf.data.images.image_data import Split

NAMES = ("train", "validation", "test")  # of splits as a data set has them
MAX_VALID = 5_000  # as in the original: 45,000 / 5,000 for CIFAR-10
TEST_SHARE = 0.2
VALID_SHARE = 0.2


class Splits(NamedTuple):
    """Three splits, and notes for the user on how they came to be."""

    train: Split
    valid: Split
    test: Split
    notes: tuple[str, ...] = ()


def arrange(
    given: dict[str, Split],
    *,
    name: str,
    seed: int,
    files: dict[str, list[str]] | None = None,
    in_place: bool = False,
) -> Splits:
    """Three splits out of those that a data set has.

    A missing split is taken from training, never from test: validation is the last
    tenth of training (of a random order, where training is ordered by class). A set
    without a test split is tested on its validation split; one that has neither is
    split 60 / 20 / 20.

    Args:
      given: "train", and "validation" and "test" where there are such splits.
      name: of the data set, for messages.
      seed: decides on the images that are set aside, and on a random order.
      files: the file of each image in `given`, to name images that are in two splits.
      in_place: whether the images in `given` may change their order, which saves the
        memory of a copy.

    Raises:
      ConfigError: too few images to set some of them aside.
    """
    found, order = _arranged(given, name=name, seed=seed, in_place=in_place)
    if in_place and order is not None and files:
        files = files | dict(train=[files["train"][place] for place in order])
    parts = dict(train=found.train, valid=found.valid, test=found.test)
    notes = repeats.note(parts, given, files, name=name)
    return found._replace(notes=found.notes + notes)


def _arranged(
    given: dict[str, Split], *, name: str, seed: int, in_place: bool
) -> tuple[Splits, np.ndarray | None]:
    """The splits; and the order [N] that training was brought to, if it was."""
    train, order = given["train"], None
    valid, test = given.get("validation"), given.get("test")
    notes: tuple[str, ...] = ()
    if test is None:
        if valid is None:
            order, sizes = _stratified_order(train.labels, name=name, seed=seed)
            everything = _reordered(train, order, in_place=in_place)
            return _stratified(everything, sizes, name=name, seed=seed), order
        test, valid = valid, None
        notes = (f"{name} has no test split: its validation split is the test split.",)
    if valid is None:
        if stored_by_class(train.labels):
            order = np.random.default_rng(seed).permutation(_size(train))
            train = _reordered(train, order, in_place=in_place)
            notes += (f"{name}: validation is drawn from training ({_from(seed)}).",)
        train, valid = hold_out_tail(train, name=name)
    return Splits(train, valid, test, notes), order


def hold_out_tail(train: Split, *, name: str) -> tuple[Split, Split]:
    """Training without its last tenth (at most 5,000 images), and that last tenth."""
    held = min(_size(train) // 10, MAX_VALID)
    if not held:
        raise ConfigError(_too_small(name, _size(train), "10 training images"))
    start = _size(train) - held
    return Split(*(a[:start] for a in train)), Split(*(a[start:] for a in train))


def _stratified_order(
    labels: np.ndarray, *, name: str, seed: int
) -> tuple[np.ndarray, tuple[int, int]]:
    """An order of 60 / 20 / 20 % at random, each class in the same proportion.

    The three parts lie behind each other; with it come the sizes of the first two.
    """
    try:
        rest, test = _part(labels, TEST_SHARE, seed)
        share = VALID_SHARE / (1 - TEST_SHARE)
        train, valid = _part(labels[rest], share, seed)
    except ValueError:  # a class has too few images to be in every part
        needed = "some ten images of every class"
        raise ConfigError(_too_small(name, len(labels), needed)) from None
    order = np.concatenate([rest[train], rest[valid], test])
    return order, (len(train), len(valid))


def _stratified(
    ordered: Split, sizes: tuple[int, int], *, name: str, seed: int
) -> Splits:
    """The parts of images that lie in the order of `_stratified_order`."""
    first, second = sizes[0], sum(sizes)
    cuts = (slice(first), slice(first, second), slice(second, None))
    train, valid, test = (Split(*(a[cut] for a in ordered)) for cut in cuts)
    note = f"{name} has no test split: 60 / 20 / 20 % are drawn ({_from(seed)})."
    return Splits(train, valid, test, (note,))


def stored_by_class(labels: np.ndarray) -> bool:
    """Whether the tail of `labels` [N] would hold some classes only.

    They rise, or lie in runs: more neighbours are of one class than halfway between a
    random order, where it is the sum of the squared shares of classes, and all.
    """
    if len(labels) < 2:
        return False
    by_chance = np.sum((np.bincount(labels) / len(labels)) ** 2)
    alike = np.mean(labels[1:] == labels[:-1])
    return bool(np.all(labels[1:] >= labels[:-1]) or alike > (1 + by_chance) / 2)


def _part(labels: np.ndarray, share: float, seed: int) -> list[np.ndarray]:
    from sklearn import model_selection  # takes a second to import

    return model_selection.train_test_split(
        np.arange(len(labels)), test_size=share, random_state=seed, stratify=labels
    )


def _reordered(split: Split, order: np.ndarray, *, in_place: bool) -> Split:
    """The examples at `order`; `in_place` in the memory of the images given."""
    if not in_place:
        return _take(split, order)
    permutation.apply(split.images, order)
    split.labels[:] = split.labels[order]
    return split


def _take(split: Split, indices: np.ndarray) -> Split:
    return Split(split.images[indices], split.labels[indices])


def _from(seed: int) -> str:
    return f"--split_seed={seed}"


def _size(split: Split) -> int:
    return len(split.labels)


def _too_small(name: str, size: int, needed: str) -> str:
    return (
        f"{name} has too few images ({size}) to set some aside for validation and "
        f"test: it must have at least {needed}. Choose another --dataset or "
        "--data_path."
    )
