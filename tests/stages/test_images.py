import logging

import pytest

from enas_tf.config import sections as config
from enas_tf.stages import images


@pytest.mark.parametrize(
    "flip, told",
    [("auto", "not mirrored"), ("yes", "mirrored")],
)
def test_what_is_told_of_mirroring_is_what_is_done(caplog, flip, told):
    values = dict(dataset="digits", data_flip=flip, batch_size=10)
    settings = config.replace(config.Config(), values)
    images._read.cache_clear()  # an earlier test may have read the set
    with caplog.at_level(logging.INFO, logger="absl"):
        _, task = images.search_data(settings, 1)
    assert f"digits: 8 x 8 grey; {told} in training." in caplog.messages
    assert task._augmentation.flip is (told == "mirrored")
    assert caplog.messages[:2] == [
        "digits: 10 classes (0, 1, 2, 3, 4, 5, 6, 7, 8, 9);",
        "digits: train 1077, valid 360, test 360 images.",
    ]
