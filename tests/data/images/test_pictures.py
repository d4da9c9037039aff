"""A file has the same pixels in training and in predicting, whatever its kind."""

import os
import struct
import warnings

import numpy as np
import picture_kinds
import pytest
from PIL import Image

from enas_tf.config import sections as config
from enas_tf.data.images import load as images
from enas_tf.data.images import pictures, threads
from enas_tf.export import predict_images as predict

KINDS = picture_kinds.KINDS
SIX_BY_FIVE = np.linspace(20, 250, 30).astype(np.uint8).reshape(5, 6)
LOSS = 12  # levels that a JPEG of good quality may be off


def write(folder, kind, pattern, stem):
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{stem}.{KINDS[kind].ending}"
    path.write_bytes(KINDS[kind].write(pattern))
    return path


def load(path, **values):
    return images.load(config.DataConfig(data_path=str(path), **values))


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_shows_what_a_viewer_shows(kind):
    image = pictures.decode(KINDS[kind].write(SIX_BY_FIVE))
    expected = KINDS[kind].shows(SIX_BY_FIVE).astype(int)
    if image.mode == "RGB" and expected.ndim == 2:
        expected = np.stack([expected] * 3, axis=-1)
    found = np.asarray(image).astype(int)
    assert found.shape == expected.shape
    assert np.abs(found - expected).max() <= (LOSS if KINDS[kind].lossy else 0)


@pytest.mark.parametrize("size", [0, 4, 9])
@pytest.mark.parametrize("kind", KINDS)
def test_training_and_predict_see_the_same_pixels(tmp_path, kind, size):
    for name, number in (("a", 0), ("b", 1), ("a", 2)) * 6:
        count = len(list(tmp_path.rglob("*.*")))
        write(tmp_path / name, kind, np.roll(SIX_BY_FIVE, number + count), count)
    data = load(tmp_path, image_size=size)
    splits = (data.train, data.valid, data.test)
    seen = {image.tobytes() for split in splits for image in split.images}
    paths = predict.image_files(tmp_path)
    predicted = predict._read(paths, data.image_shape)
    assert {image.tobytes() for image in predicted} == seen
    assert len(seen) == len(paths) == 18


@pytest.mark.parametrize("kind", ["png_grey", "tiff_grey_16", "jpeg_grey", "pbm"])
def test_a_set_of_greys_has_one_channel(kind):
    content = KINDS[kind].write(SIX_BY_FIVE)
    assert pictures.decode(content).mode == "L"
    assert pictures.is_grey(content)


def test_alpha_alone_tells_an_icon():
    """Black ink on nothing: without its alpha every icon would be all black."""
    content = KINDS["png_rgba"].write(SIX_BY_FIVE)
    assert pictures.pixels(content, (5, 6, 1)).tolist()[0][0] == [20]


def test_a_16_bit_level_is_rounded_to_the_nearest_of_8_bits():
    levels = np.uint16([[0, 128, 129, 257, 385, 386, 32767, 65535]])
    content = picture_kinds.saved(levels, "PNG")
    expected = [[0, 0, 1, 1, 1, 2, 127, 255]]
    assert np.asarray(pictures.decode(content)).tolist() == expected


def test_a_12_bit_level_of_a_tiff_is_measured_by_12_bits():
    """Two pixels in three bytes, 0xFFF and 0x800: white and the middle."""
    tags = [(256, 2), (257, 1), (258, 12), (259, 1), (262, 1), (273, 8)]
    tags += [(277, 1), (278, 1), (279, 3)]
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    directory = struct.pack("<H", len(tags)) + entries + bytes(4)
    content = b"II*\0" + struct.pack("<I", 12) + b"\xff\xf8\x00\0" + directory
    assert np.asarray(pictures.decode(content)).tolist() == [[255, 128]]


def test_shrinking_averages():
    array = np.zeros((8, 8, 1), np.uint8)
    array[::2] = 200
    shrunk = pictures.resized(array, 2)
    np.testing.assert_allclose(shrunk, 100, atol=16)


def test_arrays_are_resized_as_files_are():
    array = np.random.default_rng(0).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    content = picture_kinds.saved(array, "PNG")
    found = pictures.resized(array, 32)
    np.testing.assert_array_equal(found, pictures.pixels(content, (32, 32, 3)))


@pytest.mark.parametrize(
    "array, reason",
    [
        (
            np.full((4, 4), 0.5, np.float32),
            "pixels are floats, whose range is not known",
        ),
        (np.full((4, 4), 70_000, np.int32), "of 32 bits, whose range is not known"),
    ],
)
def test_pixels_without_a_known_range_are_refused(array, reason):
    with pytest.raises(pictures.PictureError, match=reason):
        pictures.decode(picture_kinds.saved(array, "TIFF"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_cut_file_is_read_whole_or_refused(kind):
    content = KINDS[kind].write(SIX_BY_FIVE)
    whole = pictures.decode(content).tobytes()

    def outcome(length):
        try:
            return pictures.decode(content[:length]).tobytes() == whole
        except pictures.PictureError as error:
            return bool(str(error)) and "\n" not in str(error)

    assert all(threads.each(outcome, len(content)))


def test_an_eps_file_called_png_starts_no_program(tmp_path):
    path = tmp_path / "x.png"
    path.write_bytes(
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 4 4\n%%EndComments\n"
    )
    with pytest.raises(pictures.PictureError, match="no picture of a format"):
        pictures.decode(path)


def test_an_empty_file_a_loose_link_and_a_lost_file_say_so(tmp_path):
    (tmp_path / "empty.png").touch()
    (tmp_path / "link.png").symlink_to("nowhere.png")
    for name, reason in (
        ("empty", "the file is empty"),
        ("link", "a link to a file that is not there"),
        ("lost", "No such file"),
    ):
        with pytest.raises(pictures.PictureError, match=reason):
            pictures.decode(tmp_path / f"{name}.png")


def test_a_file_without_permission_says_so(tmp_path):
    path = write(tmp_path, "png_rgb", SIX_BY_FIVE, "x")
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")
    with pytest.raises(pictures.PictureError, match="Permission denied"):
        pictures.decode(path)


def test_a_picture_that_is_too_large_says_its_size_and_the_limit(tmp_path, monkeypatch):
    path = write(tmp_path, "png_rgb", SIX_BY_FIVE, "x")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    with pytest.raises(config.ConfigError, match="30 pixels.*20 pixels.*smaller"):
        with pictures.named(path, "input"):
            pictures.decode(path)


def test_a_large_picture_within_the_limit_is_read_without_a_word(monkeypatch):
    content = KINDS["png_rgb"].write(SIX_BY_FIVE)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 20)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        (image,) = threads.each(lambda _: pictures.decode(content), 1)
    assert image.size == (6, 5)
    assert caught == []


def test_damaged_notes_beside_a_whole_picture_do_no_harm():
    content = picture_kinds.saved(SIX_BY_FIVE, "PNG", exif=b"Exif\0\0no notes at all")
    np.testing.assert_array_equal(pictures.decode(content), SIX_BY_FIVE)


@pytest.mark.parametrize("worth", [0.0, 1e9])
def test_order_does_not_hang_on_threads(monkeypatch, worth):
    monkeypatch.setattr(threads, "WORTH_A_THREAD", worth)
    assert threads.each(lambda number: number**2, 100) == [n**2 for n in range(100)]


@pytest.mark.parametrize("worth", [0.0, 1e9])
def test_the_first_error_in_order_is_raised(monkeypatch, worth):
    monkeypatch.setattr(threads, "WORTH_A_THREAD", worth)

    def read(number):
        if number >= 20:
            raise pictures.PictureError(str(number))

    with pytest.raises(pictures.PictureError, match="^20$"):
        threads.each(read, 100)
