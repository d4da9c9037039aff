"""What a user should know of the images before anything is trained on them."""

import numpy as np

from enas_tf.data.images import ImageData

UNBALANCED = 3  # times as many images in the largest class as in the smallest


def lines(data: ImageData, *, mirrored: bool) -> tuple[str, ...]:
    """How many there are of what, then the data set's own notes, then a warning.

    `mirrored` says whether training mirrors them at random.
    """
    train, valid, test = (len(part) for part in _labels(data))
    height, width, channels = data.image_shape
    colours, mirror = "grey" if channels == 1 else "RGB", "" if mirrored else "not "
    return (
        f"{data.name}: {data.num_classes} classes; train {train}, valid {valid}, "
        f"test {test} images.",
        f"{data.name}: {height} x {width} {colours}; {mirror}mirrored in training.",
        *data.notes,
        *_balance(data),
    )


def _balance(data: ImageData) -> tuple[str, ...]:
    """What to tell where classes are of very different sizes."""
    counts = np.bincount(np.concatenate(_labels(data)), minlength=data.num_classes)
    few, many = counts.argmin(), counts.argmax()
    if counts[many] <= UNBALANCED * counts[few]:
        return ()
    names = data.class_names
    return (
        f"{data.name}: unbalanced: {counts[many]} images of {names[many]}, "
        f"{counts[few]} of {names[few]};",
        "look at the balanced accuracy, which weighs every class alike.",
    )


def _labels(data: ImageData) -> list[np.ndarray]:
    """Of training, validation and test."""
    return [split.labels for split in (data.train, data.valid, data.test)]
