"""The settings of data: a section of config/sections.py's `Config`.

No TensorFlow, as there.
"""

import dataclasses

from enas_tf.config import fields
from enas_tf.config.spaces import registry

FLIPS = ("auto", "yes", "no")
EMBEDDED_IMAGES = ("digits", "hard_digits")  # values of --dataset
IN_MEMORY = ("auto", "yes", "no")
IMAGES = registry.Names("images")  # the spaces of image networks
TEXTS = registry.Names("texts")

field = fields.field


@dataclasses.dataclass(frozen=True)
class DataConfig:
    """The data, their place, and the random changes to training images."""

    dataset: str = field(
        "cifar10",
        registry.explained(
            "dataset",
            "`digits` or `hard_digits` (embedded), or the name of any TFDS image "
            "classification data set",
        ),
    )
    data_dir: str = field(
        "",
        "TFDS folder; default: TFDS_DATA_DIR or TFDS's own default.",
        shapes_result=False,
        spaces=IMAGES,
    )
    data_path: str = field(
        "",
        registry.explained(
            "data_path",
            "Data to read instead of TFDS: a folder of CIFAR-10 or CIFAR-100 as "
            "distributed, or with a folder per class; x.npz with x_train, y_train, "
            "x_test, y_test (or x, y); images.npy,labels.npy; or a .csv of pixels and "
            "labels",
        ),
    )
    data_in_memory: str = field(
        "auto",
        "Keep images in memory; no: in a temporary file, from which each batch is "
        "read; auto: in memory if they fit into what is free. Results are the same.",
        choices=IN_MEMORY,
        shapes_result=False,
        spaces=IMAGES,
    )
    data_cache: str = field(
        "",
        "Folder of that temporary file; default: TMPDIR, else /var/tmp.",
        shapes_result=False,
        spaces=IMAGES,
    )
    split_seed: int = field(
        0,
        "Decides which images are set aside where there is no official split; --seed "
        "does not.",
        low=0,
        high=2**31 - 1,
        spaces=IMAGES,
    )
    data_pad: int = field(
        -1,
        "Pixels padded on each side before a random crop; -1: size // 8.",
        low=-1,
        spaces=IMAGES,
    )
    data_flip: str = field(
        "auto",
        "Mirror training images at random; auto: yes, but not for characters.",
        choices=FLIPS,
        spaces=IMAGES,
    )
    image_size: int = field(
        0,
        "Resize images to this many pixels square; 0: as they are.",
        low=0,
        spaces=IMAGES,
    )
    vocab_size: int = field(
        0,
        "Words to keep, the most frequent of the training text; 0: all of them "
        "(python_docs: 2,000).",
        low=0,
        high=10**6,
        spaces=TEXTS,
    )
