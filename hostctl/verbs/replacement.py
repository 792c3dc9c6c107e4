"""The verbs by which a host takes another one's place."""
import sys

from ..deploy import handover


def add(verb):
    """Declare the verbs; `verb` is manual.py's."""
    _what(verb("hand-over", _hand_over, "write what the next host needs of this one to standard output", locks=False))
    _what(verb("take-over", _take_over, "read what another host hands over; timers wait until in-service"))
    verb("in-service", _in_service, "the site's address leads here now: let timers run, order the certificate if it is due", locks=False)


def _what(made):
    what = made.add_mutually_exclusive_group(required=True)
    what.add_argument("--all", dest="labels", action="store_const", const=handover.LABELS, help="the certificate, uploaded media and what is known of the releases")
    what.add_argument("--media", dest="labels", action="store_const", const=("media",), help="uploaded media only")


def _hand_over(host, args):
    handover.send(host, args.labels, sys.stdout.buffer)
    return 0


def _take_over(host, args):
    handover.take_over(host, args.labels, args.stdin.buffer)
    return 0


def _in_service(host, _args):
    handover.in_service(host)
    return 0
