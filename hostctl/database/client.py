"""The engine's own client on the app's database, run as the app: how to log in is read here from its environment, so that no password is in
the words of a command."""
import os
import sys

from ..machine.errors import HostError
from ..machine.system import System
from .engines import open_url


def main():
    """Become the client. Ends with a line where there is no database, or not its client."""
    # Past a pooler, whose sessions are not a person's own.
    url = os.environ.get("DATABASE_DIRECT_URL") or os.environ.get("DATABASE_URL")
    try:
        if not url:
            raise HostError("DATABASE_URL: is not set, so this app has no database")
        words, env = open_url(System(), url).shell()
        os.execvpe(words[0], words, {**os.environ, **env})
    except HostError as failure:
        sys.exit(f"hostctl: {failure}")
    except FileNotFoundError:
        sys.exit(f"hostctl: {words[0]}: is not on this host")
