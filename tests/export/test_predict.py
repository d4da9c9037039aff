import pathlib
import shutil

import keras
import numpy as np
import pytest
from PIL import Image

from enas_tf.config.sections import ConfigError
from enas_tf.export import images as export
from enas_tf.export import predict_images as predict

RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)


def export_as(folder, logits_of, channels, names):
    """Export a model of 4 x 4 images that answers softmax(logits_of(images))."""
    images = keras.Input([4, 4, channels])
    final = keras.Model(images, logits_of(images))
    one = np.ones(channels)
    model = export.deployable(final, mean=0 * one, std=one, name="colours")
    sample = np.zeros([2, 4, 4, channels], np.uint8)
    export.export(model, folder, class_names=names, sample=sample)
    return folder


@pytest.fixture(scope="module")
def final(tmp_path_factory):
    """Says which channel is brightest on the whole."""
    folder = tmp_path_factory.mktemp("run") / "final"
    average = keras.layers.GlobalAveragePooling2D()
    return export_as(folder, average, 3, ["red", "green", "blue"])


def picture(path, colour=RED, size=(4, 4), mode="RGB"):
    Image.new("RGB", size, colour).convert(mode).save(path)
    return path


def test_an_image_gets_its_label_and_probability(final, tmp_path):
    file = picture(tmp_path / "x.png", GREEN)
    found = predict.predict(final, file)
    assert found == [predict.Prediction(file, "green", 1.0)]


def test_a_folder_is_read_in_the_order_of_names_and_below(final, tmp_path):
    (tmp_path / "c").mkdir()
    picture(tmp_path / "b.png", BLUE)
    picture(tmp_path / "a.JPG", RED)
    picture(tmp_path / "c" / "d.bmp", GREEN)
    (tmp_path / "notes.txt").write_text("no image")
    found = predict.predict(final, tmp_path)
    assert [(p.path.name, p.label) for p in found] == [
        ("a.JPG", "red"),
        ("b.png", "blue"),
        ("d.bmp", "green"),
    ]


def test_more_images_than_a_batch(final, tmp_path, monkeypatch):
    monkeypatch.setattr(predict, "BATCH_SIZE", 2)
    for i, colour in enumerate([RED, GREEN, BLUE, BLUE, GREEN]):
        picture(tmp_path / f"{i}.png", colour)
    labels = [p.label for p in predict.predict(final, tmp_path)]
    assert labels == ["red", "green", "blue", "blue", "green"]


@pytest.mark.parametrize("size", [(4, 4), (1, 1), (50, 7)])
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "CMYK"])
def test_any_size_and_colour_mode(final, tmp_path, size, mode):
    suffix = "tif" if mode == "CMYK" else "png"
    file = picture(tmp_path / f"x.{suffix}", BLUE, size, mode)
    assert predict.predict(final, file)[0].label == "blue"


@pytest.mark.parametrize("mode", ["L", "1", "LA"])
def test_grey_images_suit_a_model_of_colours(final, tmp_path, mode):
    file = picture(tmp_path / "x.png", (90, 90, 90), mode=mode)
    assert predict.predict(final, file)[0].probability == pytest.approx(1 / 3)


def test_colour_images_suit_a_model_of_grey(tmp_path):
    final = export_as(tmp_path / "final", keras.layers.Flatten(), 1, list(range(16)))
    file = picture(tmp_path / "x.png", GREEN)
    assert predict.predict(final, file)[0].probability == pytest.approx(1 / 16)


def refusal(*arguments):
    with pytest.raises(ConfigError) as caught:
        predict.predict(*arguments)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_a_missing_input_is_named(final, tmp_path):
    assert "nowhere.png does not exist" in refusal(final, tmp_path / "nowhere.png")


def test_a_folder_without_images_is_refused(final, tmp_path):
    (tmp_path / "notes.txt").write_text("no image")
    assert "holds no image" in refusal(final, tmp_path)


def test_a_file_that_is_no_image_is_refused(final, tmp_path):
    file = tmp_path / "x.png"
    file.write_text("no image")
    assert "x.png cannot be read as an image" in refusal(final, file)


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n"])
def test_an_empty_image_is_refused(final, tmp_path, content):
    file = tmp_path / "x.png"
    file.write_bytes(content)
    assert "x.png cannot be read as an image" in refusal(final, file)


@pytest.mark.parametrize("suffix", ["png", "jpg", "bmp", "tif", "ppm"])
def test_a_truncated_image_is_refused(final, tmp_path, suffix):
    file = tmp_path / f"x.{suffix}"
    noise = np.random.default_rng(0).integers(0, 256, (40, 40, 3), dtype=np.uint8)
    Image.fromarray(noise).save(file)
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    assert "cannot be read as an image" in refusal(final, file)


def test_one_bad_image_in_a_folder_is_named(final, tmp_path):
    picture(tmp_path / "good.png")
    (tmp_path / "bad.png").write_text("no image")
    assert "bad.png" in refusal(final, tmp_path)


@pytest.mark.parametrize("lost", [".", "classes.txt", "saved_model"])
def test_a_missing_export_is_refused(final, tmp_path, lost):
    broken = tmp_path / "final"
    shutil.copytree(final, broken)
    victim = broken / lost
    shutil.rmtree(victim) if victim.is_dir() else victim.unlink()
    message = refusal(broken, picture(tmp_path / "x.png"))
    assert "holds no complete exported model" in message
    assert "--mode=export" in message


def test_a_damaged_export_is_refused(final, tmp_path):
    broken = tmp_path / "final"
    shutil.copytree(final, broken)
    (broken / "saved_model" / "saved_model.pb").write_bytes(b"no model")
    message = refusal(broken, picture(tmp_path / "x.png"))
    assert "holds no complete exported model" in message


def test_checks_do_not_wait_for_tensorflow():
    source = pathlib.Path(predict.__file__).read_text()
    top = [line for line in source.splitlines() if line.startswith(("import", "from"))]
    assert not any("tensorflow" in line or "keras" in line for line in top)


@pytest.mark.parametrize(
    ("save", "name"),
    [
        (lambda path, x: np.save(path, x), "set.npy"),
        (lambda path, x: np.save(path, x / 255), "set.npy"),
        (lambda path, x: np.savez(path, other=[1], x=x), "set.npz"),
        (lambda path, x: np.savez(path, x_train=x[:1], x_test=x), "set.npz"),
        (lambda path, x: np.savez(path, mine=x), "set.npz"),
    ],
)
def test_images_in_an_array_are_called_by_their_numbers(
    final, tmp_path, monkeypatch, save, name
):
    monkeypatch.setattr(predict, "BATCH_SIZE", 2)
    colours = np.array([RED, GREEN, BLUE, BLUE, GREEN], np.uint8)
    save(tmp_path / name, np.tile(colours[:, None, None], (1, 9, 9, 1)))
    found = predict.predict(final, tmp_path / name)
    assert [p.path.name for p in found] == [f"{name}[{i}]" for i in range(5)]
    assert [p.label for p in found] == ["red", "green", "blue", "blue", "green"]


def test_grey_images_in_an_array_suit_a_model_of_colours(final, tmp_path):
    np.save(tmp_path / "x.npy", np.full((2, 4, 4), 9, np.uint8))
    (one, _) = predict.predict(final, tmp_path / "x.npy")
    assert one.probability == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        (dict(a=[1], b=[2]), "has a, b: it must hold images as `x` or `x_test`"),
        (dict(), "has no array: it must hold"),
        (dict(x=np.zeros((2, 4, 4), int)), "x is of int64: it must be of uint8"),
        (dict(x=np.array([{}])), "--input: .*: x holds Python objects"),
        (dict(x=np.full((2, 4, 4), np.nan)), "the value nan in image 0"),
    ],
)
def test_arrays_that_are_no_images_are_refused(final, tmp_path, arrays, message):
    np.savez(tmp_path / "x.npz", **arrays)
    with pytest.raises(ConfigError, match=message):
        predict.predict(final, tmp_path / "x.npz")
