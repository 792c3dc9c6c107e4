"""The verbs of the app: its jobs, one-off commands, and its database's client."""
import argparse

from ..machine import signals
from ..machine.errors import HostError
from ..monitor import jobs
from ..release import one_off
from . import argument_types


def add(verb):
    """Declare the verbs; `verb` is manual.py's."""
    one = verb("run", _run, "run a job now, show what it says, and end with its exit code", locks=False, exits={75: "the job runs already", 124: "the job took too long"})
    one.add_argument("job", type=argument_types.name, metavar="JOB", help="its name in the stack's file")
    one = verb("exec", _exec, "run a command as the app: its user, its environment, the release that serves, which it cannot write", locks=False,
               examples=["exec -- python manage.py createsuperuser"])
    one.add_argument("words", nargs=argparse.REMAINDER, metavar="WORDS", help="for example python manage.py createsuperuser")
    verb("dbshell", _dbshell, "the database's own client, with the app's rights", locks=False)


def _run(host, args):
    signals.raise_on_signals()
    return jobs.run(host, args.job)


def _exec(host, args):
    # What argparse leaves of the rest of a line begins with the -- that ends the options.
    command = args.words[1:] if args.words[:1] == ["--"] else args.words
    if not command:
        raise HostError("exec: needs the words of a command, for example hostctl exec python manage.py check")
    one_off.run(host, command)
    return 0


def _dbshell(host, _args):
    one_off.run(host, one_off.DATABASE_CLIENT)
    return 0
