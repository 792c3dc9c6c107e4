"""Words of the command line as values; argparse says the message of an ArgumentTypeError and ends with exit code 2."""
import argparse
import datetime
import ipaddress
import re

from ..machine.errors import HostError
from ..manifest import manifest


def digest(text):
    if not re.fullmatch(manifest.DIGEST, text):
        raise argparse.ArgumentTypeError(f"must be 16 hex digits, got {text!r}")
    return text


def name(text):
    if not re.fullmatch(manifest.NAME, text):
        raise argparse.ArgumentTypeError(f"must be the name of a service or job, or deploy, got {text!r}")
    return text


def add_json(parser):
    """The option of every verb that tells a state."""
    parser.add_argument("--json", action="store_true", help="the same as JSON, for programs")


def add_lock_wait(parser):
    """Of a verb that takes the lock itself, or not at all."""
    parser.add_argument("--lock-wait", type=float, default=0, metavar="SECONDS", help="wait for another run to end (default: 0)")


def message(text):
    if not text.strip() or len(text) > 1000 or any(ord(letter) < 32 and letter != "\n" for letter in text):
        raise argparse.ArgumentTypeError("must be 1 to 1000 characters without control characters")
    return text.strip()


def network(text):
    try:
        return str(ipaddress.ip_network(text))
    except ValueError as failure:
        raise argparse.ArgumentTypeError(f"must be a network such as 203.0.113.7/32 or 2001:db8::/32 ({failure})") from None


def minutes(text):
    return _number(text, 1, 10080)


def seconds(text):
    return _number(text, 1, 3600)


def moment(text):
    """A clock time (hour, minute) of UTC, or a moment in seconds since 1970."""
    if match := re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)", text):
        return tuple(map(int, match.groups()))
    try:
        found = datetime.datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be HH:MM or YYYY-MM-DDTHH:MM, got {text!r}") from None
    return (found if found.tzinfo else found.replace(tzinfo=datetime.timezone.utc)).timestamp()


def next_moment(found, now):
    """The moment() in seconds since 1970: a clock time means the next one after `now`. Raises HostError when it is over."""
    if isinstance(found, tuple):
        today = datetime.datetime.fromtimestamp(now, datetime.timezone.utc).replace(hour=found[0], minute=found[1], second=0, microsecond=0)
        return (today if today.timestamp() > now else today + datetime.timedelta(days=1)).timestamp()
    if found <= now:
        raise HostError("maintenance on: --until must not be in the past")
    return found


def _number(text, least, most):
    if not re.fullmatch(r"\d{1,9}", text) or not least <= int(text) <= most:
        raise argparse.ArgumentTypeError(f"must be a whole number from {least} to {most}, got {text!r}")
    return int(text)
