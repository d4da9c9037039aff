import numpy as np
import pytest
import tensorflow as tf

from enas_tf.data.images import augment

SEED = tf.constant([1, 2], tf.int32)


def ramp(batch: int, height: int, width: int) -> np.ndarray:
    """Every pixel of an image has a value of its own, from 1 on."""
    one = np.arange(1, height * width + 1, dtype=np.float32)
    return np.tile(one.reshape(1, height, width, 1), (batch, 1, 1, 1))


def varied(images, *, pad=0, flip=False, cutout=0, seed=SEED) -> np.ndarray:
    result = augment.augment(
        tf.constant(images), pad=pad, flip=flip, cutout=cutout, seed=seed
    )
    return result.numpy()


def crops_of(image: np.ndarray, pad: int) -> list[np.ndarray]:
    height, width, _ = image.shape
    padded = np.pad(image, [(pad, pad), (pad, pad), (0, 0)])
    return [
        padded[top : top + height, left : left + width]
        for top in range(2 * pad + 1)
        for left in range(2 * pad + 1)
    ]


def test_nothing_asked_changes_nothing():
    images = ramp(3, 4, 5)
    np.testing.assert_array_equal(varied(images), images)


def test_each_crop_is_a_window_of_the_zero_padded_image_and_all_occur():
    images = ramp(600, 4, 5)
    result = varied(images, pad=1)
    windows = [window.tobytes() for window in crops_of(images[0], 1)]
    found = {image.tobytes() for image in result}
    assert found == set(windows)


def test_flip_mirrors_about_half_left_to_right():
    images = ramp(400, 3, 4)
    result = varied(images, flip=True)
    mirrored = (result == images[:, :, ::-1]).all((1, 2, 3))
    same = (result == images).all((1, 2, 3))
    assert np.all(mirrored ^ same)
    assert 150 < mirrored.sum() < 250


def test_crop_and_flip_together_is_the_mirrored_crop():
    images = ramp(600, 4, 5)
    result = varied(images, pad=1, flip=True)
    windows = crops_of(images[0], 1)
    wanted = {w.tobytes() for w in windows} | {w[:, ::-1].tobytes() for w in windows}
    assert {image.tobytes() for image in result} == wanted


def cutouts_of(side: int, height: int, width: int) -> set[bytes]:
    results = set()
    for top in range(height):
        for left in range(width):
            image = ramp(1, height, width)[0]
            image[top : top + side, left : left + side] = 0
            results.add(image.tobytes())
    return results


def test_cutout_blanks_one_square_with_a_uniform_corner_clipped_at_the_far_edges():
    result = varied(ramp(1_000, 4, 5), cutout=2)
    assert {image.tobytes() for image in result} == cutouts_of(2, 4, 5)
    assert np.all((result == 0).any((1, 2, 3)))  # one square always


def test_all_channels_are_varied_alike():
    images = np.repeat(ramp(50, 6, 6), 3, axis=3)
    result = varied(images, pad=2, flip=True, cutout=3)
    np.testing.assert_array_equal(result[..., 0], result[..., 1])
    np.testing.assert_array_equal(result[..., 0], result[..., 2])


def test_draws_are_independent_of_each_other():
    images = np.ones((2_000, 5, 5, 1), np.float32)
    result = varied(images, cutout=1)
    _, top, left, _ = np.nonzero(result == 0)
    assert abs(np.corrcoef(top, left)[0, 1]) < 0.1


def test_images_of_a_batch_are_varied_each_for_itself():
    assert len({image.tobytes() for image in varied(ramp(50, 8, 8), pad=3)}) > 20


def test_result_follows_from_the_seed():
    images = ramp(20, 8, 8)
    options = dict(pad=2, flip=True, cutout=3)
    other = tf.constant([1, 3], tf.int32)
    np.testing.assert_array_equal(varied(images, **options), varied(images, **options))
    assert not np.array_equal(
        varied(images, **options), varied(images, **options, seed=other)
    )


@pytest.mark.parametrize("batch", [None, 7])
def test_graph_gives_what_eager_gives_and_keeps_the_static_shape(batch):
    images = ramp(7, 8, 8)

    @tf.function(input_signature=[tf.TensorSpec([batch, 8, 8, 1])])
    def traced(x):
        y = augment.augment(x, pad=2, flip=True, cutout=3, seed=SEED)
        assert y.shape.as_list() == [batch, 8, 8, 1]
        return y

    eager = varied(images, pad=2, flip=True, cutout=3)
    np.testing.assert_array_equal(traced(images), eager)
