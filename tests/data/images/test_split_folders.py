import pathlib
import subprocess
import sys

import pytest

from enas_tf.config import sections as config
from enas_tf.data.images import load as images
from enas_tf.data.images import split_folders

REPOSITORY = pathlib.Path(__file__).resolve().parents[3]


def make(root: pathlib.Path, *files: str):
    """Empty files; a path that ends in / is a folder."""
    for name in files:
        path = root / name
        (path if name.endswith("/") else path.parent).mkdir(parents=True, exist_ok=True)
        if not name.endswith("/"):
            path.touch()


def found(root) -> dict[str, str]:
    roots = split_folders.layout(str(root)).roots
    return {
        split: str(pathlib.Path(path).relative_to(root))
        for split, path in roots.items()
    }


def refused(root, message):
    with pytest.raises(config.ConfigError, match=message) as caught:
        images.check_path(str(root))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "names",
    [
        dict(train="train", test="test"),
        dict(train="Train", test="Test"),
        dict(train="Training", test="Testing"),
        dict(train="TRAINING", test="test", validation="Val"),
        dict(train="train", validation="valid"),
        dict(train="train", validation="Validation", test="TEST"),
        dict(train="train"),
    ],
)
def test_splits_are_found_whatever_their_case(tmp_path, names):
    for folder in names.values():
        make(tmp_path, f"{folder}/cat/", f"{folder}/dog/")
    assert found(tmp_path) == names
    assert split_folders.layout(str(tmp_path)).classes == ("cat", "dog")


def test_a_class_called_train_beside_others_is_a_class(tmp_path):
    make(tmp_path, "train/1.png", "bus/1.png", "ship/1.png")
    layout = split_folders.layout(str(tmp_path))
    assert layout.classes == ("bus", "ship", "train")
    assert found(tmp_path) == dict(train=".")


def test_a_split_beside_a_folder_that_is_none_is_refused(tmp_path):
    make(tmp_path, "train/a/1.png", "train/b/1.png", "test/a/1.png", "sample/1.png")
    refused(tmp_path, "train holds folders only, .* beside it are sample/: .*alone")


def test_two_names_of_one_split_are_refused(tmp_path):
    for folder in ("train", "val", "valid"):
        make(tmp_path, f"{folder}/cat/", f"{folder}/dog/")
    refused(tmp_path, "val and .*valid are both the validation split.* Merge or rename")


def test_test_and_validation_without_training_are_refused(tmp_path):
    make(tmp_path, "Test/a/", "Test/b/", "Validation/a/", "Validation/b/")
    refused(tmp_path, "has Test/, Validation/, but no train/")


def test_what_systems_leave_behind_is_no_class_and_no_split(tmp_path):
    make(tmp_path, "Train/cat/", "Train/dog/", "Train/.ipynb_checkpoints/")
    make(tmp_path, "__MACOSX/Train/._1.png", ".git/x", "Thumbs.db", "labels.csv")
    layout = split_folders.layout(str(tmp_path))
    assert layout.classes == ("cat", "dog")
    assert layout.left_out == {
        "in __MACOSX/": 1,
        "in .git/": 1,
        "in .ipynb_checkpoints/": 0,
        "Thumbs.db": 1,
        "beside the class folders": 1,
    }


@pytest.mark.parametrize(
    "files, message",
    [
        ([], "holds 0 class folders.* Correct the path"),
        (["cifar-10-python.tar.gz"], "has cifar-10-python.tar.gz, an archive. Unpack"),
        ([".DS_Store", "train.npz"], "has train.npz, images and labels. Name the fi"),
        (["1.png", "2.png"], "Sort the pictures in it into a folder per class"),
        (["cifar10/3.0.2/dataset_info.json"], "TFDS: name it with --data_dir, not"),
        (["cat/1.png"], "holds 1 class folders.* Add the other classes"),
        (["photos/cat/1.png", "photos/dog/1.png"], "Name .*photos instead"),
    ],
)
def test_a_folder_without_classes_is_refused_with_what_may_help(
    tmp_path, files, message
):
    make(tmp_path, *files)
    refused(tmp_path, message)


@pytest.mark.parametrize("name", [b"a\nb", b"a\xe2\x80\xa8b", b"caf\xe9"])
def test_a_class_whose_name_is_no_line_of_text_is_refused(tmp_path, name):
    make(tmp_path, "cat/")
    pathlib.Path(str(tmp_path), name.decode("utf-8", "surrogateescape")).mkdir()
    refused(tmp_path, "the class name .* is not allowed")


@pytest.mark.parametrize(
    "name, message",
    [
        ("set.zip", "an archive.* Unpack it"),
        ("set.tar.gz", "an archive.* Unpack it"),
        ("SET.ZIP", "an archive.* Unpack it"),
        ("set.mat", "arrays.* Save them as a .npz file with x_train"),
        ("set.tsv", "a table.* Save it as a CSV of pixels, or sort"),
        ("set.tfrecord", "records.* --data_dir"),
        ("set.png", "one image.* Name the folder that holds the class folders"),
        ("data_batch_1", "a file.* Name the folder that it lies in"),
    ],
)
def test_a_path_to_a_file_gets_the_remedy_for_its_kind(tmp_path, name, message):
    make(tmp_path, name)
    refused(tmp_path / name, f"{name} is not a folder but {message}")


def test_a_path_to_nothing_and_a_loose_link_are_told_apart(tmp_path):
    refused(tmp_path / "nowhere", "nowhere does not exist.* Correct the path")
    (tmp_path / "link").symlink_to("nowhere")
    refused(tmp_path / "link", "a link to what is not there.* Mend the link")


def test_a_right_path_and_none_at_all_pass(tmp_path):
    make(tmp_path, "cat/", "dog/")
    images.check_path(str(tmp_path))
    images.check_path("")
    make(tmp_path / "other", "data_batch_1")
    images.check_path(str(tmp_path / "other"))


def test_a_path_is_checked_without_tensorflow(tmp_path):
    make(tmp_path, "cat/", "dog/")
    code = (
        "import sys; from enas_tf.data.images import load as images; "
        f"images.check_path({str(tmp_path)!r}); "
        "assert not {'tensorflow', 'keras', 'sklearn'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=REPOSITORY)


@pytest.mark.parametrize(
    "names",
    [
        dict(train="seg_train", test="seg_test"),
        dict(train="Training Set", test="Test Set"),
        dict(train="my_train", test="my_test", validation="my-val"),
        dict(train="train2017", validation="val2017"),
        dict(train="train", test="my.test"),
    ],
)
def test_splits_in_other_clothes_are_splits(tmp_path, names):
    for folder in names.values():
        make(tmp_path, f"{folder}/cat/", f"{folder}/dog/")
    assert found(tmp_path) == names
    layout = split_folders.layout(str(tmp_path))
    assert layout.classes == ("cat", "dog")
    told = layout.renamed(str(tmp_path))
    assert all(f"{name}/ is the {split} split" in told for split, name in names.items())


def test_a_split_that_is_packed_twice_is_one(tmp_path):
    for split in ("seg_train", "seg_test"):
        make(tmp_path, f"{split}/{split}/cat/", f"{split}/{split}/dog/")
    assert found(tmp_path) == dict(
        train="seg_train/seg_train", test="seg_test/seg_test"
    )


@pytest.mark.parametrize(
    "names",
    [
        ("seg_train", "seg_test", "seg_pred"),
        ("my_train", "extra"),
        ("TrainSet", "TestSet"),
        ("train_val", "test"),
        ("mytrain", "mytest", "other"),
    ],
)
def test_what_may_be_splits_is_refused_and_not_trained_on(tmp_path, names):
    for folder in names:
        make(tmp_path, f"{folder}/cat/1.png", f"{folder}/dog/1.png")
    refused(tmp_path, f"{names[0]}/, .*folders of the same names.*Rename them")


def test_splits_in_classes_are_refused(tmp_path):
    for label in ("cat", "dog"):
        make(tmp_path, f"{label}/Train/1.png", f"{label}/test/1.png")
    refused(
        tmp_path, r"splits lie in the classes .dog/Train/.*Rename them to train/dog/"
    )
    make(tmp_path, "eel/1.png", "eel/Train/2.png", "eel/test/3.png")
    assert found(tmp_path) == dict(train=".")


def test_loose_pictures_beside_splits_in_other_clothes_are_refused(tmp_path):
    for split in ("seg_train", "seg_test"):
        make(tmp_path, f"{split}/{split}/cat/", f"{split}/{split}/dog/")
    make(tmp_path, "seg_pred/seg_pred/1.png")
    refused(tmp_path, "has seg_pred/, seg_test/, seg_train/, .*stand alone")


@pytest.mark.parametrize(
    "files",
    [
        ("cat/day/1.png", "cat/night/1.png", "dog/day/1.png", "dog/night/1.png"),
        ("freight train/1.png", "steam train/1.png"),
        ("freight_train/a/1.png", "steam_train/b/1.png"),
        ("train station/1.png", "test tube/1.png", "bus/1.png"),
        ("latest/a/1.png", "latest/b/1.png", "contest/a/1.png", "contest/b/1.png"),
        ("felis/catus/1.png", "canis/lupus/1.png"),
    ],
)
def test_classes_that_hold_folders_stay_classes(tmp_path, files):
    make(tmp_path, *files)
    classes = {name.split("/")[0] for name in files}
    layout = split_folders.layout(str(tmp_path))
    assert set(layout.classes) == classes
    assert found(tmp_path) == dict(train=".")
    assert layout.renamed(str(tmp_path)) == ""
