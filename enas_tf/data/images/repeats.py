"""Images that are in two splits at once: they make a test look better than it is."""

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np

from enas_tf.data.images.image_data import Split
from enas_tf.run import lines as lines_lib

CHUNK = 1_000  # images that are compared at a time
WORDS = dict(train="training", valid="validation", test="test")


def note(
    splits: Mapping[str, Split],
    given: Mapping[str, Split],
    files: Mapping[str, Sequence[str]] | None,
    *,
    name: str,
) -> tuple[str, ...]:
    """A warning of images with equal pixels in two splits; "" without any.

    Args:
      splits: "train", "valid" and "test".
      given: the same images as they were read, before they were split.
      files: the file of each image in `given`, if they are files.
      name: of the data set.
    """
    digests = {key: _digests(split.images) for key, split in splits.items()}
    lines: list[str] = []
    example = np.empty(0)
    for first, second in (("train", "valid"), ("train", "test"), ("valid", "test")):
        known = set(digests[first])
        shared = [i for i, digest in enumerate(digests[second]) if digest in known]
        if shared:
            words = f"{len(shared)} of {len(digests[second])} {WORDS[second]} images"
            lines.append(f"{name}: also in {WORDS[first]}: {words}.")
            example = splits[second].images[shared[0]]
    if lines and files:
        same = _files_of(example, given, files)
        first, last = (lines_lib.quoted(file) for file in (same[0], same[-1]))
        lines.append(f"{name}: for example {first} and {last}.")
    return tuple(lines)


def _digests(images: np.ndarray) -> list[bytes]:
    """One per image of [N, H, W, C]: equal for equal pixels, and only for these."""
    return [
        hashlib.blake2b(np.ascontiguousarray(image).data, digest_size=16).digest()
        for image in images
    ]


def _files_of(
    image: np.ndarray,
    given: Mapping[str, Split],
    files: Mapping[str, Sequence[str]],
) -> list[str]:
    """All files that have the pixels of `image`, those of a split by their names."""
    return [
        file
        for key, split in given.items()
        for file in sorted(files[key][place] for place in _places(image, split.images))
    ]


def _places(image: np.ndarray, images: np.ndarray) -> list[int]:
    """Of those equal to `image`; not all are compared at once, to save memory."""
    starts = range(0, len(images), CHUNK)
    parts = [
        start + np.flatnonzero((images[start : start + CHUNK] == image).all((1, 2, 3)))
        for start in starts
    ]
    return np.concatenate(parts).tolist()
