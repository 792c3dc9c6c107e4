"""Signal handling: SIGINT, SIGTERM and SIGHUP end a run like any failure does: the old state is put back, and no second signal stops that."""
import signal
from contextlib import contextmanager

from .errors import Interrupted

CAUGHT = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def raise_on_signals():
    """From now on a signal raises Interrupted where the program is."""
    for number in CAUGHT:
        signal.signal(number, _interrupt)


@contextmanager
def ignored():
    """The block is not interrupted."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in CAUGHT}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(number, _frame):
    raise Interrupted(f"interrupted by {signal.Signals(number).name}")
