"""Some steps out of their turn, cut where epochs end."""

from types import SimpleNamespace

import pytest

from enas_tf.config.sections import ChildConfig
from enas_tf.run import counters
from enas_tf.training.epochs import ChildEpochs


def test_some_steps_are_cut_at_the_ends_of_epochs():
    ends = []
    driver = SimpleNamespace(position={counters.CHILD: 8})

    def advance(counter, last, call, *, log, timed):
        ends.append(last)
        driver.position[counter] = last

    driver.advance = advance
    lessons = SimpleNamespace(steps_before=lambda epoch: 10 * epoch)
    trainer = SimpleNamespace(lessons=lessons)
    epochs = ChildEpochs(trainer, driver, None, ChildConfig(), timed=lambda: None)
    epochs.some(15)
    assert ends == [10, 20, 23]


def test_steps_that_were_left_out_are_told_of_when_they_are_twice_as_many():
    said = []
    report = SimpleNamespace(message=said.append)
    trainer = SimpleNamespace(left_out=SimpleNamespace(steps=0))
    epochs = ChildEpochs(trainer, None, report, ChildConfig(), timed=lambda: None)
    for step, count in enumerate([0, 1, 1, 2, 3, 3, 4, 7, 9], start=10):
        trainer.left_out.steps = count
        epochs._tell_left_out(step)
    told = [line.split(" changed nothing")[0] for line in said]
    assert told == [
        "1 of the steps up to child step 11",
        "2 of the steps up to child step 13",
        "4 of the steps up to child step 16",
        "9 of the steps up to child step 18",
    ]
    assert "--child_lr_max" in said[0] and "after 10 in a row" in said[0]
    trainer.left_out = None  # a training has none
    epochs._tell_left_out(20)
    assert len(said) == 4


@pytest.mark.parametrize(
    ("settings", "remedy"),
    [
        (dict(), "Try a lower --child_lr_max, or --child_clip_mode=global, in"),
        (dict(clip_mode="global"), "Try a lower --child_lr_max, in another"),
        (dict(lr_cosine=False), "Try a lower --child_lr, or --child_clip_mode=global"),
    ],
)
def test_the_remedy_is_something_that_was_not_done(settings, remedy):
    trainer = SimpleNamespace(left_out=None)
    config = ChildConfig(**{"lr_cosine": True, "clip_mode": "none", **settings})
    epochs = ChildEpochs(trainer, None, None, config, timed=lambda: None)
    assert epochs._remedy().startswith(remedy)
