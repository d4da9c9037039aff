"""Refusals of a --data_path that is no folder, each with a remedy for its kind."""

import os

from enas_tf.data.images import pictures

ARCHIVES = (".zip", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".7z", ".rar")
OWN = (".npz", ".npy", ".csv")
ARRAYS = (".mat", ".h5", ".hdf5", ".pkl", ".pickle", ".pt")
TABLES = (".tsv", ".parquet", ".json", ".jsonl", ".txt", ".xlsx")
RECORDS = (".tfrecord", ".tfrecords", ".arrow", ".lmdb")

# In the order in which they are tried; the last has every ending.
REMEDIES = (
    (ARCHIVES, "an archive", "Unpack it, and name the folder that comes out."),
    (OWN, "images and labels", "Name the file itself."),
    (
        ARRAYS,
        "arrays",
        "Save them as a .npz file with x_train, y_train, x_test, y_test.",
    ),
    (
        TABLES,
        "a table",
        "Save it as a CSV of pixels, or sort image files into folders.",
    ),
    (RECORDS, "records", "Prepare them with TFDS and use --dataset and --data_dir."),
    (pictures.ENDINGS, "one image", "Name the folder that holds the class folders."),
    (("",), "a file", "Name the folder that it lies in, or correct the path."),
)


def refusal(data_path: str) -> str:
    """The line that refuses `data_path`, which is not a folder."""
    wanted = (
        "it must be a .npz or .csv file, two .npy files with a comma between them, or "
        "a folder: cifar-10-batches-py or -bin, cifar-100-python or -binary, or one "
        "that holds a folder of images per class"
    )
    path = os.path.expanduser(data_path)
    if not os.path.lexists(path):
        return f"--data_path={data_path} does not exist: {wanted}. Correct the path."
    if not os.path.exists(path):
        return (
            f"--data_path={data_path} is a link to what is not there: {wanted}. "
            "Mend the link, or name another folder."
        )
    kind, remedy = _kind_and_remedy(path)
    return f"--data_path={data_path} is not a folder but {kind}: {wanted}. {remedy}"


def hint(name: str) -> str:
    """The remedy for a file `name` that lies where folders of classes should."""
    if name.lower().endswith(pictures.ENDINGS):
        return "Sort the pictures in it into a folder per class."
    kind, remedy = _kind_and_remedy(name)
    return f"It has {name}, {kind}. {remedy}"


def _kind_and_remedy(path: str) -> tuple[str, str]:
    name = path.lower()
    return next(
        (kind, remedy) for ends, kind, remedy in REMEDIES if name.endswith(ends)
    )
