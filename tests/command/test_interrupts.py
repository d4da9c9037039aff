"""A signal during an import ends it as it would end anything else."""

import contextlib
import signal

import pytest

from enas_tf.command import interrupts


@pytest.fixture(
    params=[(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, SystemExit)]
)
def ending(request):
    """A signal, and what its handler raises."""
    number, raised = request.param

    def end(number, frame):
        raise raised(128 + number)

    before = signal.signal(number, end)
    yield number, raised
    assert signal.getsignal(number) is end  # as it was
    signal.signal(number, before)


def test_an_import_that_makes_another_error_of_it_does_not_hide_it(ending):
    number, raised = ending
    with pytest.raises(raised, match=str(128 + number)), interrupts.kept():
        try:
            signal.raise_signal(number)
        except BaseException as error:
            raise ImportError("initialization failed") from error


def test_an_import_that_passes_over_it_does_not_hide_it(ending):
    number, raised = ending
    with pytest.raises(raised, match=str(128 + number)), interrupts.kept():
        with contextlib.suppress(BaseException):
            signal.raise_signal(number)


def test_an_error_without_a_signal_is_itself(ending):
    del ending
    with pytest.raises(ImportError, match="no such module"), interrupts.kept():
        raise ImportError("no such module")


def test_a_signal_that_is_not_for_us_stays_so():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with interrupts.kept():
            signal.raise_signal(signal.SIGINT)
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
