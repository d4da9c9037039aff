"""A stage goes on with the data it began with, and says so where it has others."""

import types

import numpy as np
import pytest
import runs
from PIL import Image

from enas_tf.config import sections as config
from enas_tf.data.images.image_data import ImageData, Split
from enas_tf.data.text.text_data import TextData
from enas_tf.run import folder as run_folder
from enas_tf.stages import images as images_stage
from enas_tf.stages import same_data
from enas_tf.stages import texts as texts_stage

ARCS = dict(
    macro=dict(child_fixed_arc="0 1 0 2 1 1"), rnn=dict(child_fixed_arc="0 1 0 2")
)
SIZES = dict(train=24, valid=8, test=8)


def pictures(sizes=(24, 8, 8), level=0, classes="ab"):
    splits = (
        Split(np.full((n, 2, 2, 1), level, np.uint8), np.arange(n, dtype="i4"))
        for n in sizes
    )
    return ImageData("photos", *splits, class_names=tuple(classes))


def words(test=(1, 0)):
    ids = (np.int32([0, 1, 1]), np.int32([0]), np.int32(test))
    return TextData("mine", *ids, vocabulary=("a", "b"))


class Stage:
    """A folder in which a stage has begun, and what it was told."""

    def __init__(self, path, began, *, stage="train", saved=True):
        self.stage, self.lines = stage, []
        self.message = self.lines.append
        self.folder = run_folder.RunFolder.claim(path, reset=False)
        self.bind("train", began)
        if saved:
            self.folder.has_checkpoint = lambda stage: True

    def bind(self, mode, data):
        asked = types.SimpleNamespace(mode=mode, folder=self.folder)
        same_data.bind(asked, self.stage, data, self)

    def refuses(self, mode, data, message):
        with pytest.raises(config.ConfigError, match=message) as caught:
            self.bind(mode, data)
        assert "\n" not in str(caught.value)


@pytest.fixture
def begin(tmp_path):
    """A function: data, more -> a stage that began with them."""
    stages = []

    def build(data, **more):
        stages.append(Stage(tmp_path / "run", data, **more))
        return stages[-1]

    yield build
    for stage in stages:
        stage.folder.release()


def test_what_a_stage_begins_with_is_kept(begin):
    stage = begin(pictures())
    kept = stage.folder.run()["stages"]["train"]["data"]
    assert {**kept, **SIZES, "unit": "images", "classes": 2} == kept
    for mode in ("train", "evaluate", "export"):
        stage.bind(mode, pictures())
    assert not stage.lines


@pytest.mark.parametrize("mode", ["train", "all", "export"])
def test_other_data_are_neither_trained_on_nor_exported(begin, mode):
    stage = begin(pictures())
    then, now = "24 / 8 / 8 images then", "21 / 7 / 7 now .train / valid / test.. Res"
    stage.refuses(
        mode, pictures((21, 7, 7)), f"this training began with: {then}, {now}"
    )
    stage.refuses(mode, pictures(level=1), r"as many images .24 / 8 / 8., but not the")


def test_a_look_at_other_data_is_let_pass_and_told(begin):
    stage = begin(pictures())
    stage.bind("evaluate", pictures((21, 7, 7)))
    assert stage.lines[0] == (
        "Careful: the data are not those that this training began with: "
        "24 / 8 / 8 images then, 21 / 7 / 7 now (train / valid / test)."
    )
    assert "may have been trained on" in stage.lines[1]


def test_other_classes_do_not_fit_the_weights(begin):
    stage = begin(pictures())
    stage.refuses("evaluate", pictures(classes="abc"), "2 classes then, 3 now")


def test_texts_are_compared_as_well(begin):
    stage = begin(words(), stage="search")
    stage.refuses("search", words((1, 1, 0)), "this search .* 3 / 1 / 2 words then")
    stage.bind("derive", words((0, 1)))
    assert "as many words (3 / 1 / 2), but not the same" in stage.lines[0]


def test_nothing_is_bound_before_something_is_saved(begin):
    stage = begin(pictures(), saved=False)
    stage.bind("train", pictures((21, 7, 7)))
    assert stage.folder.run()["stages"]["train"]["data"]["train"] == 21


def test_a_run_of_an_earlier_version_is_let_pass(begin):
    stage = begin(pictures())
    stage.folder.record("train", data=None)
    stage.bind("train", pictures((21, 7, 7)))
    assert not stage.lines


def write_pictures(folder):
    for label in ("ant", "bee"):
        (folder / label).mkdir(parents=True)
        for number in range(20):
            Image.new("L", (8, 8), number).save(folder / label / f"{number:02}.png")
    return folder / "ant" / "00.png"


def write_texts(folder):
    folder.mkdir()
    for name in ("train", "valid", "test"):
        (folder / f"{name}.txt").write_text("a cat sat\n" * 120)
    return folder / "valid.txt"


@pytest.mark.parametrize(
    "space, mode, write, reader, given",
    [
        ("macro", "train", write_pictures, images_stage, ARCS["macro"]),
        ("rnn", "train", write_texts, texts_stage, ARCS["rnn"]),
        ("rnn", "search", write_texts, texts_stage, {}),
    ],
)
def test_a_stage_of_a_run_refuses_other_data(
    tmp_path, space, mode, write, reader, given
):
    changed = write(tmp_path / "mine")
    values = dict(data_path=str(tmp_path / "mine"), mode=mode, num_epochs=1)
    values |= dict(batch_size=8, **given)
    runs.run(space, tmp_path / "run", **values)
    if changed.suffix == ".txt":
        changed.write_text("a cat sat\n" * 119)
    else:
        changed.unlink()
    reader._read.cache_clear()  # as in a new process
    with pytest.raises(config.ConfigError, match=f"this {mode}.* began with: "):
        runs.run(space, tmp_path / "run", **values)
