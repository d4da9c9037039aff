"""What was trained on files is said of the same files, whatever kind they are of."""

import keras
import numpy as np
import picture_kinds
import pytest

from enas_tf.config import sections as config
from enas_tf.data.images import load as images
from enas_tf.export import images as export
from enas_tf.export import predict_images as predict

SIDE = 8


def sky(number):
    """Light above, dark below; upside down it is a floor."""
    rng = np.random.default_rng(number)
    levels = np.where(np.arange(SIDE)[:, np.newaxis] < SIDE // 2, 215, 40)
    return (levels + rng.integers(-25, 26, (SIDE, SIDE))).astype(np.uint8)


def floor(number):
    return sky(number)[::-1]


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """Two classes, each of two files of every kind."""
    folder = tmp_path_factory.mktemp("set") / "photos"
    for label, make in dict(sky=sky, floor=floor).items():
        (folder / label).mkdir(parents=True)
        for kind, form in picture_kinds.KINDS.items():
            for number in range(2):
                path = folder / label / f"{kind}_{number}.{form.ending}"
                path.write_bytes(form.write(np.ascontiguousarray(make(number))))
    return folder


def linear_model(split):
    """The least squares fit of the classes to the pixels, as a network."""
    rows = split.images.reshape(len(split.labels), -1) / 255
    rows = np.concatenate([rows, np.ones([len(rows), 1])], axis=1)
    wanted = 10.0 * np.eye(2)[split.labels]
    weights = np.linalg.solve(rows.T @ rows + np.eye(rows.shape[1]), rows.T @ wanted)
    inputs = keras.Input(split.images.shape[1:])
    dense = keras.layers.Dense(2)
    model = keras.Model(inputs, dense(keras.layers.Flatten()(inputs)))
    dense.set_weights([weights[:-1], weights[-1]])
    return model


@pytest.mark.parametrize("size", [0, 12])
def test_every_kind_of_file_gets_the_class_that_it_was_trained_as(
    photos, tmp_path, size
):
    given = config.DataConfig(data_path=str(photos), image_size=size)
    data = images.load(given)
    zero, full = np.zeros(3), np.full(3, 255.0)
    network = linear_model(data.train)
    model = export.deployable(network, mean=zero, std=full, name="photos")
    sample = data.test.images[:4]
    export.export(model, tmp_path, class_names=data.class_names, sample=sample)
    answers = predict.predict(tmp_path, photos)
    assert len(answers) == 4 * len(picture_kinds.KINDS)
    assert [a.path.name for a in answers if a.label != a.path.parent.name] == []
