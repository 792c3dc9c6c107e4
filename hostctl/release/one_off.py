"""One-off commands: what a person runs as the app, in the release that serves, with a terminal where there is one. They write no release."""
import os
from pathlib import Path

from ..machine.errors import HostError
from ..manifest.stored import stored_or_fail
from . import app_command, slots
from .runtime import PYTHON

# Several at once, a release under way among them, and a program that keeps a history finds a home that goes with it.
VARIABLES = ("HOME=/tmp", "PGAPPNAME=one-off")
# -I leaves the folder of the package out of sys.path.
DATABASE_CLIENT = (PYTHON, "-I", "-c", f"import sys; sys.path.insert(0, {str(Path(__file__).resolve().parents[2])!r}); from hostctl.database.client import main; main()")

# systemd-run of Debian 13 may end before it has read the last words from its terminal: https://github.com/systemd/systemd/pull/35752
LINGER = ("sh", "-c", '"$@"; status=$?; sleep 0.2; exit $status', "sh")


def run(host, command):
    """Become `command`, run as the app; its exit code is that of hostctl. Raises HostError where no release serves, or the program is nowhere."""
    manifest, digest = stored_or_fail(host.paths), slots.current(host.paths)
    if digest is None or not manifest.user:
        raise HostError("no release serves on this host, so there is nothing to run a command in; npm run up brings one")
    release = host.paths.release(digest)
    program = app_command.find(release, command[0])
    if program is None:
        raise HostError(f"{command[0]}: is no program of the release (venv/bin) or of the host")
    if all(os.isatty(fd) for fd in (0, 1, 2)):
        command = [*LINGER, program, *command[1:]]
    # --pty where a terminal is on all three, else --pipe.
    # https://www.freedesktop.org/software/systemd/man/252/systemd-run.html#--pipe
    host.system.become(app_command.words(host, manifest.user, release, f"webstack-one-off-{os.getpid()}", command, ends=["--pty", "--pipe"],
                                         variables=VARIABLES))
