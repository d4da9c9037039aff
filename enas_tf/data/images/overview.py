"""Lines on the images, for a user to read before anything is trained on them."""

import numpy as np

from enas_tf.data.images.image_data import ImageData
from enas_tf.run import lines as lines_lib

LINE = lines_lib.WIDTH - len(lines_lib.INDENT)  # behind the time of day
MOST_NAMES = 10  # classes, up to which they are named
WIDEST = 20  # letters of a name
UNBALANCED = 3  # times as many images in the largest class as in the smallest


def lines(data: ImageData, *, mirrored: bool) -> tuple[str, ...]:
    """Numbers of classes and images, then the data set's own notes, then a warning.

    `mirrored` says whether training mirrors them at random.
    """
    height, width, channels = data.image_shape
    colours, mirror = "grey" if channels == 1 else "RGB", "" if mirrored else "not "
    return (
        *_sizes(data),
        f"{data.name}: {height} x {width} {colours}; {mirror}mirrored in training.",
        *data.notes,
        *_balance(data),
    )


def _sizes(data: ImageData) -> tuple[str, ...]:
    """Classes, by name if they are few, and images: two lines if one is too short."""
    train, valid, test = (len(part) for part in _labels(data))
    images = f"train {train}, valid {valid}, test {test} images."
    classes = f"{data.name}: {data.num_classes} classes"
    if data.num_classes > MOST_NAMES:
        return (f"{classes}; {images}",)
    names = [lines_lib.shortened(name, WIDEST) for name in data.class_names]
    whole = f"{classes} ({', '.join(names)}); {images}"
    if len(whole) <= LINE:
        return (whole,)
    return (
        f"{classes} ({_cut(names, LINE - len(classes) - 4)});",
        f"{data.name}: {images}",
    )


def _cut(names: list[str], width: int) -> str:
    """As many of `names` as fit into `width`, but one at least."""
    for count in range(len(names), 1, -1):
        listed = ", ".join(names[:count] + ["..."] * (count < len(names)))
        if len(listed) <= width:
            return listed
    return f"{names[0]}, ..."


def _balance(data: ImageData) -> tuple[str, ...]:
    """A warning where classes are of very different sizes."""
    counts = np.bincount(np.concatenate(_labels(data)), minlength=data.num_classes)
    few, many = counts.argmin(), counts.argmax()
    if counts[many] <= UNBALANCED * counts[few]:
        return ()
    most, least = (lines_lib.quoted(data.class_names[place]) for place in (many, few))
    return (
        f"{data.name}: unbalanced: {counts[many]} images of {most}, "
        f"{counts[few]} of {least};",
        "look at the balanced accuracy, which weighs every class alike.",
    )


def _labels(data: ImageData) -> list[np.ndarray]:
    """The labels of training, validation and test."""
    return [split.labels for split in (data.train, data.valid, data.test)]
