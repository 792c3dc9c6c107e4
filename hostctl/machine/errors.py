"""Failures that are told to people: the message says what is wrong and what mends it, and no traceback is shown."""
import difflib


class HostError(Exception):
    """A verb failed; exit code 1."""


class CommandFailed(HostError):
    """A command of the machine ended with another code than 0."""

    def __init__(self, argv, code, output):
        last = "\n".join(output.strip().splitlines()[-40:])
        super().__init__(f"{_short(argv)}: ended with {code}" + (f"\n{last}" if last else ""))
        self.code = code
        self.output = output


def _short(argv):
    text = " ".join(argv)
    return text if len(text) <= 160 else f"{text[:160]}..."


class Locked(HostError):
    """Another run holds the lock; exit code 75 (EX_TEMPFAIL of sysexits.h: try again later)."""


class Interrupted(HostError):
    """SIGINT, SIGTERM or SIGHUP: treated like any failure, so that the old state is put back."""


def nearest(name, known):
    """"; did you mean web?" for a word that is like one of those known, else ""."""
    found = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f"; did you mean {found[0]}?" if found else ""
