"""Data, settings and words of a Python program, and what is refused of them."""

import numpy as np
import pytest
import tensorflow as tf

import enas_tf
from enas_tf.command import keywords
from enas_tf.config.sections import ConfigError, DataConfig
from enas_tf.library import (
    given,
    images_given,
    process,
    texts_given,
    trained,
    voice,
    wording,
)


def images(count: int, *shape: int) -> np.ndarray:
    rng = np.random.default_rng(count)
    return rng.integers(0, 256, (count, *shape), dtype=np.uint8)


def labels(count: int) -> np.ndarray:
    return np.arange(count) % 3


def of_images(**parts):
    return images_given.source(parts)(DataConfig())


def test_arrays_become_three_splits():
    data = of_images(train=(images(100, 8, 8), labels(100)))
    assert data.sizes == (60, 20, 20)
    assert data.image_shape == (8, 8, 1) and data.class_names == ("0", "1", "2")


def test_validation_that_was_named_stays_validation():
    valid = images(20, 8, 8, 3)
    data = of_images(
        train=(images(100, 8, 8, 3), labels(100)), validation=(valid, labels(20))
    )
    assert data.sizes == (90, 20, 10)
    np.testing.assert_array_equal(data.valid.images, valid)
    assert "a tenth of training is the test split" in data.notes[0]


def test_a_tf_dataset_gives_what_its_arrays_do_batched_or_not():
    pair = images(50, 8, 8, 1), labels(50)
    dataset = tf.data.Dataset.from_tensor_slices(pair)
    wanted = of_images(train=pair).arrays
    for form in (dataset, dataset.batch(7)):
        found = of_images(train=form).arrays
        assert all(map(np.array_equal, found, wanted))


def test_names_are_classes_and_whole_floats_are_bytes():
    names = np.array(["cat", "ant", "bee"])[labels(30)]
    data = of_images(train=(images(30, 4, 4).astype(np.float32), names))
    assert data.class_names == ("ant", "bee", "cat")
    assert data.train.images.dtype == np.uint8


PAIR = (images(30, 4, 4), labels(30))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ((PAIR[0] / 255, PAIR[1]), "data has images of float64 from 0 to 1"),
        ((PAIR[0], np.eye(3)[PAIR[1]]), "its class and not one-hot"),
        ((PAIR[0], PAIR[1][:9]), "labels of shape (9,) for 30 images"),
        ((PAIR[0], PAIR[1] - 1), "data has the label -1: labels must be whole"),
        ((PAIR[0][..., None, None], PAIR[1]), "images of shape (30, 4, 4, 1, 1)"),
        ((np.repeat(PAIR[0][..., None], 4, -1), PAIR[1]), "4 channels"),
        (PAIR[0], "data has a ndarray"),
        (tf.data.Dataset.range(3), "one of (image, label)"),
    ],
)
def test_what_are_no_images_is_refused_by_its_argument(value, words):
    with pytest.raises(ConfigError) as no:
        images_given.source(dict(train=value))
    assert words in str(no.value) and "\n" not in str(no.value)


@pytest.mark.parametrize(
    "form",
    [
        lambda names: names.astype(object),
        lambda names: np.char.encode(names, "utf-8"),
        lambda names: np.char.encode(names, "utf-8").astype(object),
        list,
    ],
)
def test_names_are_taken_whatever_holds_them(form):
    names = np.array(["café", "ant", "bee"])[labels(30)]
    data = of_images(train=(PAIR[0], form(names)))
    assert data.class_names == ("ant", "bee", "café")


def test_names_of_a_tf_dataset_are_taken():
    names = np.array(["cat", "ant", "bee"])[labels(30)]
    dataset = tf.data.Dataset.from_tensor_slices((PAIR[0], names))
    for form in (dataset, dataset.map(lambda x, y: (x[..., None], y)).batch(7)):
        assert of_images(train=form).class_names == ("ant", "bee", "cat")


def test_whole_floats_are_labels():
    data = of_images(train=(PAIR[0], PAIR[1].astype(np.float32)))
    assert data.class_names == ("0", "1", "2") and data.train.labels.dtype == np.int32


@pytest.mark.parametrize(
    ("given_labels", "words"),
    [
        (PAIR[1] * 2, "data has no image of class 1, but some of class 4"),
        (PAIR[1] + 1, "data has labels from 1 to 3: labels must be whole numbers"),
        (PAIR[1] * 0, "data has images of one class only (0)"),
        (PAIR[1] + 0.5, "data has the label 0.5 of float64: labels must be whole"),
        (PAIR[1] == 0, "data has labels of bool: labels must be whole"),
        ([[1], *[[1, 2]] * 29], "data has labels of list"),
        ([1, *["a"] * 29], "data has labels of int and str"),
        ([b"\xff"] * 30, "data has labels of bytes that are no UTF-8"),
    ],
)
def test_what_are_no_classes_is_refused(given_labels, words):
    pair = PAIR[0], np.array(given_labels, object)
    with pytest.raises(ConfigError) as no:
        images_given.source(dict(train=pair))
    assert words in str(no.value) and "\n" not in str(no.value)


@pytest.mark.parametrize("split", ["validation", "test"])
def test_a_class_that_training_lacks_is_refused_by_its_argument(split):
    parts = {"train": PAIR, split: (images(4, 4, 4), [0, 1, 2, 3])}
    with pytest.raises(ConfigError, match=f"{split}_data has images of class 3, and"):
        images_given.source(parts)
    parts = {"train": PAIR, split: (images(3, 4, 4), ["a", "b", "c"])}
    with pytest.raises(ConfigError, match=f"{split}_data has labels of <U1, data of"):
        images_given.source(parts)


def test_images_of_another_shape_are_refused_by_their_argument():
    parts = dict(train=PAIR, test=(images(9, 5, 4), labels(9)))
    with pytest.raises(ConfigError, match="test_data has images of shape"):
        images_given.source(parts)


def test_lines_become_a_text_cut_in_three():
    lines = ["the cat sat", "the dog sat"] * 20
    data = texts_given.source(dict(train=lines))(DataConfig())
    assert data.sizes == (4 * 32, 4 * 4, 4 * 4)
    assert data.vocabulary == ("<eos>", "cat", "dog", "sat", "the")


def test_numbers_of_words_are_taken_as_they_are():
    ids = np.arange(40) % 5
    found = texts_given.source(dict(train=ids, test=ids[:6]))(DataConfig())
    assert found.sizes == (36, 4, 6)
    assert found.vocabulary == ("0", "1", "2", "3", "4", "<eos>")
    np.testing.assert_array_equal(found.train, ids[:36])


@pytest.mark.parametrize("value", ["one text", [], [1, "a"], np.eye(2), [-1, 2]])
def test_what_is_no_text_is_refused(value):
    with pytest.raises(ConfigError, match="must be a list of strings"):
        texts_given.source(dict(train=value))


def test_images_for_a_space_of_texts_are_refused():
    with pytest.raises(ConfigError, match="data has a tuple of ndarrays .images are"):
        texts_given.source(dict(train=PAIR))


def test_a_name_is_a_data_set_and_a_folder_a_path(tmp_path):
    for value, settings in {
        "mnist": {"dataset": "mnist"},
        str(tmp_path): {"data_path": str(tmp_path)},
        tmp_path: {"data_path": str(tmp_path)},
        "/no/such/folder": {"data_path": "/no/such/folder"},
        "./photos": {"data_path": "./photos"},
        "cifar10_1/v4": {"dataset": "cifar10_1/v4"},
        None: {"dataset": "digits"},
    }.items():
        assert given.of("macro", value, None, None, {}).settings == settings
    assert given.of("rnn", None, None, None, {}).settings == {"dataset": "python_docs"}
    assert given.of("macro", None, None, None, {"dataset": "mnist"}).settings == {}


def test_data_twice_and_splits_of_a_name_are_refused():
    with pytest.raises(ConfigError, match="data was given, and so was dataset"):
        given.of("macro", PAIR, None, None, {"dataset": "mnist"})
    with pytest.raises(ConfigError, match="go with data in memory"):
        given.of("macro", "mnist", PAIR, None, {})


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (dict(child_layers=3), "child_layers is not a setting. Did you mean child_num"),
        (dict(seed=None), "seed=None is not allowed: it must be a whole number"),
        (dict(child_num_layers=2.0), "child_num_layers=2.0 is not allowed"),
        (dict(child_out_filters=5), "Try child_out_filters=6."),
        (dict(mode="train"), "mode is not allowed here"),
        (dict(preset="fast"), "preset=fast is not allowed: it must be one of paper"),
        (dict(space="makro"), "space=makro is not allowed"),
        (dict(progress="loud"), "progress='loud' is not allowed"),
        (dict(space="rnn", derive_rank_by="no"), "derive_rank_by=no is not allowed"),
        (dict(flagfile="x"), "flagfile is not a setting"),
        (
            dict(controller_num_aggregate=1, controller_normalize_advantage=True),
            "or add controller_normalize_advantage=False.",
        ),
    ],
)
def test_wrong_settings_are_refused_as_flags_are_in_keywords(settings, words):
    with pytest.raises(ValueError) as no:
        enas_tf.Search(**{"space": "macro", **settings})
    assert words in str(no.value)


def test_lists_are_joined_with_commas_where_a_flag_has_several():
    for ops in (["conv5x5", "maxpool3x3"], ("conv5x5", "maxpool3x3")):
        read = keywords.read(dict(search_for="macro", child_ops=ops))
        assert read.given["child_ops"] == "conv5x5,maxpool3x3"
    with pytest.raises(ConfigError, match=r"seed=\[1\] is not allowed"):
        keywords.read(dict(seed=[1]))


def test_a_command_says_its_settings():
    asked = dict(preset="demo", search_for="macro", child_lr_max=1e-5, verbose=True)
    read = keywords.read({**asked, "data_flip": "no"})
    assert keywords.of_command(read.command) == {**asked, "data_flip": "no"}


def test_flags_become_keywords():
    said = wording.of_python("--seed=1: add --nodeterministic, --verbose or --mode=all")
    assert said == (
        "seed=1: add deterministic=False, verbose=True or Search.run, then Result.train"
    )


def test_a_notebook_has_one_line_and_a_script_has_lines(monkeypatch):
    assert voice.checked("auto") == "lines"
    monkeypatch.setattr(voice, "in_notebook", lambda: True)
    assert voice.checked("auto") == "line"
    assert voice.checked(None) == "quiet"


@pytest.mark.parametrize("folder", [5, b"runs", True, ""])
def test_what_is_no_folder_is_refused(folder):
    for call in (
        lambda: enas_tf.Search("macro", output_dir=folder),
        lambda: enas_tf.train("macro", "3 0 1", output_dir=folder),
        lambda: enas_tf.load_result(folder),
    ):
        with pytest.raises(ValueError, match=f"output_dir={folder!r} is not allowed"):
            call()
    with pytest.raises(ValueError, match="output_dir=None is not allowed"):
        enas_tf.load_result(None)


def test_an_arc_is_trained_by_the_command_that_would_be_typed(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(process, "carry_out", asked.append)
    monkeypatch.setattr(trained, "load", lambda folder, config: "the model")
    settings = dict(preset="demo", output_dir=tmp_path / "run", progress=None)
    pair = images(60, 8, 8), labels(60)
    assert enas_tf.train("macro", "3 0 1", pair, **settings, seed=4) == "the model"
    (made,) = list(asked)
    assert (made.mode, made.fixed.text) == ("train", "3 0 1")
    config = made.configs["train"]
    assert (config.data.dataset, config.run.seed) == ("arrays", 4)
    assert config.child.num_layers == 2
    arc = enas_tf.MacroArc(ops=(3, 0), skips=((), (1,)))
    other = {**settings, "output_dir": tmp_path / "other"}
    enas_tf.train("macro", arc, pair, **other)
    assert asked[-1].fixed.text == "3 0 1"
    with pytest.raises(ValueError, match="none of the macro space with 3 ops"):
        enas_tf.train("macro", arc, pair, **other, child_num_branches=3)
    with pytest.raises(ValueError, match="none of the rnn space"):
        enas_tf.train("rnn", arc, ["a b"] * 20, **other)
    with pytest.raises(ValueError, match=r"arc is a tuple: .* Give space.text\(arc\)"):
        enas_tf.train("macro", (3, 0, 1), pair, **settings)
    with pytest.raises(ValueError, match="child_fixed_arc is not an arc of the macro"):
        enas_tf.train("macro", "3 0", pair, **settings)


def test_a_switch_that_is_to_be_changed_is_named_alone():
    with pytest.raises(ConfigError) as caught:
        enas_tf.Search(controller_training="no")
    assert str(caught.value) == (
        "controller_training=no is not allowed: it must be true or false. Change "
        "controller_training, or leave it out for its default."
    )
