"""Some steps out of their turn, cut where epochs end."""

from types import SimpleNamespace

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
