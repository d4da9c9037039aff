"""Times of networks that nobody built, in place of the process that measures them."""

import contextlib

from enas_tf.stages import latency


class Faked:
    """An arc takes a millisecond, and one more for each op number; it counts orders."""

    def __init__(self, monkeypatch, stops_after=None):
        self.asked = []
        self._stops_after = stops_after
        monkeypatch.setattr(latency, "_worker", self._worker)

    @contextlib.contextmanager
    def _worker(self, order):
        yield self._answers(order)

    def _answers(self, order):
        for number, arc in enumerate(order.arcs):
            if number == self._stops_after:
                raise KeyboardInterrupt
            self.asked.append(arc)
            least = 1.0 + sum(int(word) for word in arc.split() if word.isdecimal())
            yield [least, 2 * least]
